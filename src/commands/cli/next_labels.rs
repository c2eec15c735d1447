//! Options of `nearmiss next-labels`.

use super::heading::{MEASURING, OUTPUT, RARE};
use super::language::LanguageChoice;
use super::table::TableArgs;
use super::word::{Word, rank};
use crate::taxonomy::rank::Rank;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How images are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MethodChoice {
    /// By what a label is expected to tell of which model is best.
    Coda,
    /// By the share of pairs of models that disagree.
    Disagreement,
    /// By how far apart the answers are in the tree.
    Height,
    /// At random.
    Random,
}

/// `nearmiss next-labels`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(after_help = "Examples:
  nearmiss next-labels runs/bioclip runs/bioclip-2 --truth labels.csv --budget 50 -o next.csv
  nearmiss next-labels predictions.csv --predicted-column svm --predicted-column mlp --simulate")]
pub struct NextLabelsArgs {
    /// Run directories or tables of the answers of two models or more to the same images; each predicted column of a table is a
    /// model.
    #[arg(required_unless_present = "list_metrics")]
    pub runs: Vec<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: what the runs say, or built of their names].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// Print every metric with its sentence, formula, direction and source, and stop.
    #[arg(long)]
    pub list_metrics: bool,
    /// Try the methods on images whose truth is known, instead of ordering those whose truth is not.
    #[arg(long)]
    pub simulate: bool,
    /// How to read tables; what has a truth counts as labelled.
    #[command(flatten)]
    pub table: TableArgs,
    /// How images are chosen.
    #[arg(long, help_heading = MEASURING, value_enum, default_value_t = MethodChoice::Coda)]
    pub method: MethodChoice,
    /// Rank at which models are told apart [default: answers as they are].
    #[arg(long, help_heading = MEASURING, value_parser = Word(rank))]
    pub rank: Option<Rank>,
    /// Images to label at most [default: all; 100 in a simulation].
    #[arg(long, help_heading = MEASURING, value_parser = clap::value_parser!(u32).range(1..))]
    pub budget: Option<u32>,
    /// How often a simulation tries each method.
    #[arg(long, help_heading = MEASURING, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub repetitions: u32,
    /// The table of images [default: next-labels.csv], or the folder of a simulation [default: reports/next-labels].
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
    /// The language that the page of a simulation opens in.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = LanguageChoice::En)]
    pub language: LanguageChoice,
    /// Print what is known of the models, or simulation.json, on stdout as JSON, and everything else on stderr.
    #[arg(long, help_heading = OUTPUT)]
    pub json: bool,
    /// Write over a file, or into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// Seed of chance.
    #[arg(long, help_heading = RARE, default_value_t = 0)]
    pub seed: u64,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long, help_heading = RARE)]
    pub csv_safe: bool,
}
