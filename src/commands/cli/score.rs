//! Options of `nearmiss score`.

use super::heading::{OUTPUT, SCORING, TABLES};
use super::table::TableArgs;
use super::word::probability;
use clap::Args;
use std::path::PathBuf;

/// `nearmiss score`.
#[derive(Debug, Args)]
#[command(after_help = "Examples, parts counted apart and one report:
  nearmiss score answers/part-007.parquet --taxonomy backbone.parquet -o states/part-007.state
  nearmiss report states/*.state -o reports/all")]
pub struct ScoreArgs {
    /// Tables of predictions, which become one part: CSV, TSV, JSON Lines, Parquet or folders of Parquet files; or run
    /// directories, as the shards of `nearmiss classify`.
    #[arg(required = true)]
    pub predictions: Vec<PathBuf>,
    /// A taxonomy file or the name of a shipped one; all parts are read with one [default: that of a run directory].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// How to read a table.
    #[command(flatten)]
    pub table: TableArgs,
    /// A column that sorts images into groups (site, split, seen in training), each scored apart; may be repeated.
    #[arg(long, help_heading = TABLES)]
    pub group_column: Vec<String>,
    /// Probability that an answer of the back-off rule must reach, for runs with vectors or logits [default: 0.5].
    #[arg(long, help_heading = SCORING, value_parser = probability)]
    pub back_off: Option<f64>,
    /// Score images whose true taxon was not a candidate as well, of runs with vectors or logits.
    #[arg(long, help_heading = SCORING)]
    pub count_unreachable: bool,
    /// The state: what a report needs of this part.
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: PathBuf,
    /// Write over a file that is no state.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
}
