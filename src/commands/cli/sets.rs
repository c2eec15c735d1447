//! Options of `nearmiss sets`.

use super::heading::{COMPARING, OUTPUT, RARE, SCORING, TABLES};
use super::language::LanguageChoice;
use super::word::{Word, probability};
use clap::Args;
use std::path::PathBuf;

/// `nearmiss sets`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(after_help = "Examples:
  nearmiss sets quadrats.csv --truth truth.csv --taxonomy arable-france --transect-column transect
  nearmiss sets scores.csv --truth presence.csv --threshold 0.3 --site-column site -o reports/frames")]
pub struct SetsArgs {
    /// Tables of answers: a row for each image and taxon, lists in cells, or a column for every class; each is a run.
    #[arg(required_unless_present = "list_metrics")]
    pub predictions: Vec<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: built from the tables].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// Print every metric with its sentence, formula, direction and source, and stop.
    #[arg(long)]
    pub list_metrics: bool,
    /// A table that holds the sets of truths, joined by image.
    #[arg(long, help_heading = TABLES)]
    pub truth: Option<PathBuf>,
    /// Column of images, quadrats or frames.
    #[arg(long, help_heading = TABLES)]
    pub image_column: Option<String>,
    /// The same in the truth table, where it is called otherwise.
    #[arg(long, help_heading = TABLES)]
    pub truth_image_column: Option<String>,
    /// Column of true names or lists of them.
    #[arg(long, help_heading = TABLES)]
    pub truth_column: Option<String>,
    /// Column of predicted names or lists of them; repeat it, each is one run.
    #[arg(long, help_heading = TABLES)]
    pub predicted_column: Vec<String>,
    /// Column of scores.
    #[arg(long, help_heading = TABLES)]
    pub score_column: Option<String>,
    /// Column of transects: F1 is averaged within each, and intervals and tests take whole ones.
    #[arg(long, help_heading = TABLES)]
    pub transect_column: Option<String>,
    /// Column of sites: richness and communities are compared site by site.
    #[arg(long, help_heading = TABLES)]
    pub site_column: Option<String>,
    /// The character between the names of a list in a cell [default: told by what is between].
    #[arg(long, help_heading = TABLES)]
    pub list_separator: Option<char>,
    /// The character that separates the ranks of a lineage in one cell.
    #[arg(long, help_heading = TABLES)]
    pub lineage_separator: Option<char>,
    /// Encoding of text that is not UTF-8 (latin1, windows-1252).
    #[arg(long, help_heading = TABLES)]
    pub encoding: Option<String>,
    /// Lineage that all names of the tables lie in (`Plantae;Tracheophyta`).
    #[arg(long, help_heading = TABLES)]
    pub clade: Option<String>,
    /// Names with a score of at least this are answered [default: 0.5 for columns of classes, else all that are listed].
    #[arg(long, help_heading = SCORING, conflicts_with = "top_k", allow_negative_numbers = true, value_parser = score)]
    pub threshold: Option<f64>,
    /// So many names of each image are answered, those of the highest scores.
    #[arg(long, help_heading = SCORING, value_parser = Word(top))]
    pub top_k: Option<usize>,
    /// Tune a threshold for this share of right answers, besides the one for F1.
    #[arg(long, help_heading = SCORING, value_parser = probability)]
    pub precision: Option<f64>,
    /// A difference of runs is significant at an adjusted p-value of at most this.
    #[arg(long, help_heading = COMPARING, default_value_t = 0.05, value_parser = probability)]
    pub alpha: f64,
    /// The folder of the report [default: reports/NAME].
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
    /// The language of the page.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = LanguageChoice::En)]
    pub language: LanguageChoice,
    /// Print sets.json on stdout instead of the summary, and everything else on stderr.
    #[arg(long, help_heading = OUTPUT)]
    pub json: bool,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// Draws of the bootstrap for intervals of means.
    #[arg(long, help_heading = RARE, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..))]
    pub draws: u32,
    /// Seed of draws, halves and permutations.
    #[arg(long, help_heading = RARE, default_value_t = 0)]
    pub seed: u64,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long, help_heading = RARE)]
    pub csv_safe: bool,
}

/// A score that a threshold can be: logits may be less than 0.
fn score(word: &str) -> Result<f64, String> {
    word.parse().ok().filter(|score: &f64| score.is_finite()).ok_or_else(|| format!("'{word}' is no number"))
}

fn top(word: &str) -> Result<usize, String> {
    word.parse().ok().filter(|most| *most > 0).ok_or_else(|| format!("'{word}' is no whole number from 1 on"))
}
