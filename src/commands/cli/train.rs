//! Options of `nearmiss train`.

use super::heading::OUTPUT;
use clap::Args;
use std::path::PathBuf;

/// `nearmiss train`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss train atlas.toml -o models/atlas
  nearmiss train adapt.toml -o models/bees-lora")]
pub struct TrainArgs {
    /// The configuration: photographs, model to start at, what is trained, losses.
    pub config: PathBuf,
    /// The model directory that comes of it; a checkpoint in it goes on.
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: PathBuf,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
}
