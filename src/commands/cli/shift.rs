//! Options of `nearmiss shift`.

use super::heading::{COMPARING, OUTPUT, RARE, TABLES};
use super::language::LanguageChoice;
use super::table::TableArgs;
use super::word::{Word, main_rank};
use crate::taxonomy::rank::Rank;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Whose mix of taxa both sets are standardised to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StandardChoice {
    /// That of the first set.
    First,
    /// That of the second set.
    Second,
    /// The mean of both shares of each taxon.
    Both,
}

/// `nearmiss shift`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(after_help = "Examples:
  nearmiss shift 2023.csv 2024.csv --taxonomy beetles.csv -o reports/years
  nearmiss shift predictions.csv --group-column site --between Toulouse Rennes -o reports/sites")]
pub struct ShiftArgs {
    /// The first set and the second: run directories or tables of predictions. Or one table that holds both.
    #[arg(required_unless_present = "list_metrics", num_args = 1..=2)]
    pub sets: Vec<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: what the first set says].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// Print every metric with its sentence, formula, direction and source, and stop.
    #[arg(long)]
    pub list_metrics: bool,
    /// How to read tables.
    #[command(flatten)]
    pub table: TableArgs,
    /// Column of one table whose groups are the sets: a site, a year, a camera.
    #[arg(long, help_heading = TABLES, requires = "between")]
    pub group_column: Option<String>,
    /// The group that is the first set, and the one that is the second.
    #[arg(long, help_heading = TABLES, num_args = 2, value_names = ["FIRST", "SECOND"], requires = "group_column")]
    pub between: Option<Vec<String>>,
    /// Whose mix of taxa both sets are standardised to.
    #[arg(long, help_heading = COMPARING, value_enum, default_value_t = StandardChoice::Both)]
    pub standard: StandardChoice,
    /// Rank of the classes whose mix in the second set is estimated [default: the finest of species, genus and family of which
    /// every answered taxon is true of five images of the first set].
    #[arg(long, help_heading = COMPARING, value_parser = Word(main_rank))]
    pub rank: Option<Rank>,
    /// Score images whose true taxon was not a candidate as well.
    #[arg(long, help_heading = COMPARING)]
    pub count_unreachable: bool,
    /// The folder of the comparison [default: reports/shift].
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
    /// The language that the page opens in.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = LanguageChoice::En)]
    pub language: LanguageChoice,
    /// Print shift.json on stdout instead of the table, and everything else on stderr.
    #[arg(long, help_heading = OUTPUT)]
    pub json: bool,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// Draws of the bootstrap for intervals of means; of estimated mixes at most 500.
    #[arg(long, help_heading = RARE, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..))]
    pub draws: u32,
    /// Seed of draws and exchanges.
    #[arg(long, help_heading = RARE, default_value_t = 0)]
    pub seed: u64,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long, help_heading = RARE)]
    pub csv_safe: bool,
}
