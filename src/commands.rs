//! The commands: each reads its options, calls the library and says what came of it.
//!
//! Read [`cli`] first, every option of every command; then what all commands share: a [`Console`] to say things on, an
//! [`Ending`] to come to, a [`progress_bar`] meanwhile. Then the commands themselves, one file each, and [`run`], which
//! picks one. None of them computes: that is done in the rooms above.

pub mod cli;
mod console;
mod command_line;
mod default_output;
mod ending;
mod progress;
mod input;
mod output;
mod metrics;
pub mod photographs;
pub mod taxonomy;
pub mod merge;
pub mod report;
pub mod retrieve;
pub mod compare;
pub mod latent;

pub use command_line::command_line;
pub use console::{Console, Remarks};
pub use ending::{Ending, exit_code};
pub use progress::progress_bar;

use cli::{Cli, Command};

/// Runs a command that needs no LibTorch.
///
/// # Errors
///
/// Whatever keeps it from running, with file, place, value and remedy; a command of the encoder.
pub fn run(cli: Cli) -> anyhow::Result<Ending> {
    let console = Console::new(Remarks::of(&cli));
    match cli.command {
        Command::Taxonomy { command } => taxonomy::run(&command, console),
        Command::Report(args) => report::run(&args, console),
        Command::Compare(args) => compare::run(&args, console),
        Command::Latent(args) => latent::run(&args, console),
        Command::Merge(args) => merge::run(&args, console),
        Command::Retrieve(args) => retrieve::run(&args, console),
        Command::Classify(_) | Command::Bench(_) | Command::Train(_) | Command::Atlas(_) | Command::Demo(_) => {
            anyhow::bail!("this command is done by nearmiss-encoder")
        }
    }
}
