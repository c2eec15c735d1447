//! Options of `nearmiss annotators`.

use super::heading::{MEASURING, OUTPUT, RARE, TABLES};
use super::language::LanguageChoice;
use super::word::{Word, main_rank};
use crate::taxonomy::rank::Rank;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How the confusions of annotators are modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConsensusChoice {
    /// A probability per annotator and height of a mistake.
    Tree,
    /// A matrix of confusions per annotator, of labels cut to one rank.
    Flat,
}

/// `nearmiss annotators`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(after_help = "Examples:
  nearmiss annotators labels.csv --predictions runs/bioclip --taxonomy birds.csv
  nearmiss annotators table.csv --annotator-column ana --annotator-column zoe --predicted-column svm -o reports/people")]
pub struct AnnotatorsArgs {
    /// A table of annotations: a row for each image, annotator and label, or a column for each annotator.
    #[arg(required_unless_present = "list_metrics")]
    pub annotations: Option<PathBuf>,
    /// Answers of classifiers to the same images: a table or a run directory; repeat it.
    #[arg(long)]
    pub predictions: Vec<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: built of the labels].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// Print every metric with its sentence, formula, direction and source, and stop.
    #[arg(long)]
    pub list_metrics: bool,
    /// Column of image names.
    #[arg(long, help_heading = TABLES)]
    pub image_column: Option<String>,
    /// Column that names the annotator of each row.
    #[arg(long, help_heading = TABLES, value_name = "COLUMN")]
    pub annotator: Option<String>,
    /// Column of labels.
    #[arg(long, help_heading = TABLES)]
    pub label_column: Option<String>,
    /// A column with the labels of one annotator; repeat it.
    #[arg(long, help_heading = TABLES)]
    pub annotator_column: Vec<String>,
    /// A column of the table of annotations with the answers of a classifier; repeat it.
    #[arg(long, help_heading = TABLES)]
    pub predicted_column: Vec<String>,
    /// The character that separates the ranks of a lineage in one cell.
    #[arg(long, help_heading = TABLES)]
    pub lineage_separator: Option<char>,
    /// Lineage that all names of the tables lie in (`Animalia;Arthropoda;Insecta;Coleoptera;Carabidae`).
    #[arg(long, help_heading = TABLES)]
    pub clade: Option<String>,
    /// What the probable truth is computed by.
    #[arg(long, help_heading = MEASURING, value_enum, default_value_t = ConsensusChoice::Tree)]
    pub consensus: ConsensusChoice,
    /// Rank that labels are cut to by `--consensus flat` [default: the finest that a label reaches].
    #[arg(long, help_heading = MEASURING, value_parser = Word(main_rank))]
    pub rank: Option<Rank>,
    /// Right labels that the consensus adds to every annotator, and as many that are spread evenly.
    #[arg(long, help_heading = MEASURING, default_value_t = 1.0, value_parser = Word(smoothing))]
    pub smoothing: f64,
    /// The folder [default: reports/annotators].
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
    /// The language that the page opens in.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = LanguageChoice::En)]
    pub language: LanguageChoice,
    /// Print annotators.json on stdout instead of what came out, and everything else on stderr.
    #[arg(long, help_heading = OUTPUT)]
    pub json: bool,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// Draws of the bootstrap for intervals of means.
    #[arg(long, help_heading = RARE, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..))]
    pub draws: u32,
    /// Seed of draws.
    #[arg(long, help_heading = RARE, default_value_t = 0)]
    pub seed: u64,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long, help_heading = RARE)]
    pub csv_safe: bool,
}

/// A count that is added: 0 or more.
fn smoothing(word: &str) -> Result<f64, String> {
    let value: f64 = word.parse().map_err(|_| format!("'{word}' is no number"))?;
    if (0.0..=1_000.0).contains(&value) { Ok(value) } else { Err(format!("{value} is no count from 0 to 1000")) }
}
