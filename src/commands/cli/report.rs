//! Options of `nearmiss report`.

use super::event::EventArgs;
use super::heading::{GATES, OUTPUT, RARE, SCORING, TABLES};
use super::language::LanguageChoice;
use super::table::TableArgs;
use super::thumbnails::ThumbnailChoice;
use super::word::{Word, main_rank, probability};
use crate::report::noun::Noun;
use crate::scores::gate::Gate;
use crate::scores::roll_up::RollUp;
use crate::taxonomy::rank::Rank;
use clap::{ArgGroup, Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// Trees to count edges in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TreeChoice {
    /// Every taxon is a step.
    Full,
    /// Only the seven main ranks are steps.
    MainRanks,
}

/// What the intervals of accuracy draw together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IntervalChoice {
    /// Images of one observation, where observations repeat; else nothing (Wilson).
    Observation,
    /// Images of one true taxon: for statements about other taxa of the kind.
    Taxon,
    /// Nothing: as if all images were independent (Wilson).
    Image,
}

/// What is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitChoice {
    /// Each photograph.
    Image,
    /// Each observation.
    Observation,
    /// Each event (--event-gap).
    Event,
}

/// How the probabilities of an observation's photographs become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PoolChoice {
    /// Their mean.
    Mean,
    /// The largest.
    Max,
    /// The mean of their logarithms.
    Product,
}

/// What the probability of a taxon is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InformationChoice {
    /// Its share of the leaves of the taxonomy.
    Leaves,
    /// Its share of the truths.
    Truths,
}

/// `nearmiss report`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss report runs/bees
  nearmiss report predictions.csv --truth-column species --predicted-column bioclip --predicted-column resnet -o reports/two")]
#[command(group(ArgGroup::new("handed_on").args(["model_index", "multiqc"]).multiple(true)))]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct ReportArgs {
    /// A run directory, a table of predictions (CSV, TSV, Parquet, JSON Lines), a folder of Parquet files, or states of
    /// `nearmiss score`.
    #[arg(required_unless_present = "list_metrics")]
    pub predictions: Option<PathBuf>,
    /// More states, or more tables with the same columns: they are counted and added up.
    #[arg(value_name = "PREDICTIONS")]
    pub more: Vec<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: what the table itself says].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// Print every metric with its sentence, formula, direction and source, and stop.
    #[arg(long)]
    pub list_metrics: bool,
    /// Print what is understood of the predictions (columns, names, scores), and score nothing.
    #[arg(long)]
    pub explain: bool,
    /// How to read a table.
    #[command(flatten)]
    pub table: TableArgs,
    /// A column that sorts images into groups (site, split, seen in training), each scored apart; may be repeated.
    #[arg(long, help_heading = TABLES)]
    pub group_column: Vec<String>,
    /// Events and sites.
    #[command(flatten)]
    pub events: EventArgs,
    /// Score photographs, or observations: the photographs of one individual as one answer.
    #[arg(long, help_heading = SCORING, value_enum, default_value_t = UnitChoice::Image)]
    pub by: UnitChoice,
    /// How the probabilities of an observation's photographs become one.
    #[arg(long, help_heading = SCORING, value_enum, default_value_t = PoolChoice::Mean)]
    pub pool: PoolChoice,
    /// Score images whose true taxon was not a candidate as well.
    #[arg(long, help_heading = SCORING)]
    pub count_unreachable: bool,
    /// What the intervals of accuracy draw together.
    #[arg(long, help_heading = SCORING, value_enum, default_value_t = IntervalChoice::Observation)]
    pub intervals: IntervalChoice,
    /// Rank at which truth and answer must meet for a near miss to be acceptable (yellow).
    #[arg(long, help_heading = SCORING, default_value_t = Rank::Genus, value_parser = Word(main_rank))]
    pub yellow_from: Rank,
    /// A CSV of pairs of taxa that may be taken for each other (yellow).
    #[arg(long, help_heading = SCORING)]
    pub look_alikes: Option<PathBuf>,
    /// A CSV of truth, answer, cost: what a mistake costs; a taxon stands for its clade.
    #[arg(long, help_heading = SCORING)]
    pub costs: Option<PathBuf>,
    /// What is known of place and season: a table of taxon, group (a column of the predictions), and prior, log_prior or
    /// allowed; the numbers with and without it.
    #[arg(long, help_heading = SCORING)]
    pub prior: Option<PathBuf>,
    /// The taxa that may be answered, by group or for all: a table, a list of names, a download of GBIF, TAXREF; the numbers
    /// with and without it.
    #[arg(long, help_heading = SCORING)]
    pub geofence: Option<PathBuf>,
    /// One more decision rule, a published way of rolling up: speciesnet, antenna or antenna=THRESHOLD.
    #[arg(long, help_heading = SCORING, value_name = "RULE", value_parser = Word(RollUp::from_str))]
    pub roll_up: Option<RollUp>,
    /// A table of image, verdict, note, as the page's workbench exports it: the numbers with and without the images that
    /// are judged label_wrong, unusable or synonym.
    #[arg(long, help_heading = SCORING, conflicts_with = "by")]
    pub verdicts: Option<PathBuf>,
    /// A CSV of taxon, images: how many a model was trained on; truths are grouped by it, unseen apart.
    #[arg(long, help_heading = SCORING)]
    pub training_counts: Option<PathBuf>,
    /// A line that a metric must reach, or the exit code is 1: 'family.path_top1>=0.8'; may be repeated.
    #[arg(long, help_heading = GATES, value_parser = Gate::parse)]
    pub gate: Vec<Gate>,
    /// A TOML file with a table `gates` of such lines.
    #[arg(long, help_heading = GATES)]
    pub gates: Option<PathBuf>,
    /// The report folder [default: reports/NAME].
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
    /// Folder of the photographs, for the gallery of mistakes [default: the run's own].
    #[arg(long, help_heading = OUTPUT)]
    pub photographs: Option<PathBuf>,
    /// Which photographs the gallery of mistakes may show.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = ThumbnailChoice::Licensed)]
    pub thumbnails: ThumbnailChoice,
    /// The language that the page opens in.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = LanguageChoice::En)]
    pub language: LanguageChoice,
    /// What one answer is about where it is no image, as 'sequence' or 'larva:larvae': the page's word for it.
    #[arg(long, help_heading = OUTPUT, value_name = "NOUN", value_parser = Noun::from_str)]
    pub unit: Option<Noun>,
    /// No section on the latent space, where a run has vectors.
    #[arg(long, help_heading = OUTPUT)]
    pub no_latent: bool,
    /// Tables only: no page, no figures.
    #[arg(long, help_heading = OUTPUT)]
    pub tables_only: bool,
    /// Write model-index.yml: the results for the card of the model on the Hugging Face Hub.
    #[arg(long, help_heading = OUTPUT)]
    pub model_index: bool,
    /// Write what MultiQC shows of the runs: accuracy per rank, and columns of its general statistics.
    #[arg(long, help_heading = OUTPUT)]
    pub multiqc: bool,
    /// Name of the model on its card and in MultiQC; may be repeated, one for each run [default: the run's name].
    #[arg(long, help_heading = OUTPUT, requires = "handed_on")]
    pub model_name: Vec<String>,
    /// Name of the data set on the card, best its id on the hub [default: the predictions' name].
    #[arg(long, help_heading = OUTPUT, requires = "model_index")]
    pub dataset_name: Option<String>,
    /// Print metrics.json on stdout, and everything else on stderr.
    #[arg(long, help_heading = OUTPUT)]
    pub json: bool,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// Which tree edges and lineages are counted in.
    #[arg(long, help_heading = RARE, value_enum, default_value_t = TreeChoice::Full)]
    pub tree: TreeChoice,
    /// What the information of a taxon is taken from, for the metrics in bits.
    #[arg(long, help_heading = RARE, value_enum, default_value_t = InformationChoice::Leaves)]
    pub information: InformationChoice,
    /// Probability that an answer of the back-off rule must reach.
    #[arg(long, help_heading = RARE, value_parser = probability)]
    pub back_off: Option<f64>,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long, help_heading = RARE)]
    pub csv_safe: bool,
}
