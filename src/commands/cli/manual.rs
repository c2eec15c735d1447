//! Options of `nearmiss man`.

use super::heading::OUTPUT;
use clap::Args;
use std::path::PathBuf;

/// `nearmiss man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss man | man -l -
  nearmiss man -o ~/.local/share/man/man1")]
pub struct ManualArgs {
    /// Folder for the pages of all commands; the page of nearmiss itself is printed without it.
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
}
