//! Options of `nearmiss demo`.

use super::heading::OUTPUT;
use clap::Args;
use std::path::PathBuf;

/// `nearmiss demo`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss demo
  nearmiss demo -o /tmp/nearmiss-demo")]
pub struct DemoArgs {
    /// Folder for everything the demonstration writes.
    #[arg(long, short, default_value = "reports/demo", help_heading = OUTPUT)]
    pub output: PathBuf,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
}
