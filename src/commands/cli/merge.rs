//! Options of `nearmiss merge`.

use super::heading::OUTPUT;
use clap::Args;
use std::path::PathBuf;

/// `nearmiss merge`.
#[derive(Debug, Args)]
#[command(after_help = "Example, four processes and then one run:
  nearmiss classify photos --model M --taxonomy T -o runs/bees --shard 1/4     (and 2/4, 3/4, 4/4)
  nearmiss merge runs/bees-*-of-4 -o runs/bees")]
pub struct MergeArgs {
    /// Run directories.
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// The new run directory.
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: PathBuf,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
}
