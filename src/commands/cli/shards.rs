//! Options of `nearmiss shards`.

use super::heading::OUTPUT;
use clap::Args;
use std::path::PathBuf;

/// `nearmiss shards`.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 all shards are complete; 1 some are not; 2 could not be told.

Examples:
  nearmiss shards runs/bees     (what classify -o runs/bees --shard I/N has left)
  sbatch --array=$(nearmiss shards --missing runs/bees) classify.sbatch")]
pub struct ShardsArgs {
    /// The folder that `classify` was given with -o, shards of it, or the folder that they lie in.
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// Read every byte of the tables, as `merge` does; otherwise their lengths, and all of small ones.
    #[arg(long)]
    pub verify: bool,
    /// Print only the numbers of the shards whose command has to run again, as Slurm's --array takes them; nothing where
    /// there are none.
    #[arg(long, help_heading = OUTPUT, conflicts_with = "json")]
    pub missing: bool,
    /// Print a JSON document on stdout.
    #[arg(long, help_heading = OUTPUT)]
    pub json: bool,
}
