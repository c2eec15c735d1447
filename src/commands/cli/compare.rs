//! Options of `nearmiss compare`.

use super::heading::{COMPARING, JUDGEMENTS, OUTPUT, RARE};
use super::language::LanguageChoice;
use super::retrieve::{LabelsChoice, TiesChoice};
use super::table::TableArgs;
use super::thumbnails::ThumbnailChoice;
use super::word::probability;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Which runs are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PairsChoice {
    /// Every two.
    All,
    /// Each with the first.
    First,
}

/// `nearmiss compare`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(after_help = "Examples:
  nearmiss compare runs/bioclip runs/bioclip-2 -o reports/models
  nearmiss compare predictions.csv --predicted-column svm --predicted-column mlp --taxonomy beetles.csv")]
pub struct CompareArgs {
    /// Run directories or tables of predictions; each predicted column of a table is a run. Or judgements (ranx JSON, TREC,
    /// Parquet, also .gz) and the runs of a retrieval to hold against them.
    #[arg(required_unless_present = "list_metrics")]
    pub runs: Vec<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: what the first run or table says].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// Print every metric with its sentence, formula, direction and source, and stop.
    #[arg(long)]
    pub list_metrics: bool,
    /// How to read tables.
    #[command(flatten)]
    pub table: TableArgs,
    /// Compare over the images that all runs have, instead of refusing runs over different images.
    #[arg(long, help_heading = COMPARING)]
    pub intersect: bool,
    /// Score images whose true taxon was not a candidate as well.
    #[arg(long, help_heading = COMPARING)]
    pub count_unreachable: bool,
    /// Which runs are compared: every two, or each with the first [default: every two of up to 20 runs].
    #[arg(long, help_heading = COMPARING, value_enum)]
    pub pairs: Option<PairsChoice>,
    /// A difference is significant at an adjusted p-value of at most this.
    #[arg(long, help_heading = COMPARING, default_value_t = 0.05, value_parser = probability)]
    pub alpha: f64,
    /// With judgements: measures as in ranx, `name[@k][-l<level>]` [default: those of `retrieve`].
    #[arg(long, short, help_heading = JUDGEMENTS, value_delimiter = ',')]
    pub measures: Vec<String>,
    /// With judgements: what decides between documents with equal scores.
    #[arg(long, help_heading = JUDGEMENTS, value_enum, default_value_t = TiesChoice::Trec)]
    pub ties: TiesChoice,
    /// With judgements: labels of the table.
    #[arg(long, help_heading = JUDGEMENTS, value_enum, default_value_t = LabelsChoice::Current)]
    pub ranx_labels: LabelsChoice,
    /// The folder of the comparison [default: reports/comparison].
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
    /// Folder of the photographs, for the page's galleries [default: the first run's own].
    #[arg(long, help_heading = OUTPUT)]
    pub photographs: Option<PathBuf>,
    /// Which photographs the page may show.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = ThumbnailChoice::Licensed)]
    pub thumbnails: ThumbnailChoice,
    /// The language that the page opens in.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = LanguageChoice::En)]
    pub language: LanguageChoice,
    /// Print compare.json on stdout instead of the table, and everything else on stderr.
    #[arg(long, help_heading = OUTPUT)]
    pub json: bool,
    /// Write table.tex to the letter as ranx does, which is to be cut before LaTeX reads it.
    #[arg(long, help_heading = OUTPUT)]
    pub ranx_table: bool,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// Draws of the bootstrap for intervals of means.
    #[arg(long, help_heading = RARE, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..))]
    pub draws: u32,
    /// Seed of draws and permutations.
    #[arg(long, help_heading = RARE, default_value_t = 0)]
    pub seed: u64,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long, help_heading = RARE)]
    pub csv_safe: bool,
}
