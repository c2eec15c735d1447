//! A whole command line: read, and done or handed over.

use super::cli::{Cli, Command};
use super::console::{Console, Remarks};
use super::ending::{Ending, code};
use super::{command_line, compare, completions, encoder, latent, manual, merge, report, retrieve, score, sets, shift, taxonomy};
use clap::Parser;
use std::ffi::OsString;
use std::io::Write;

/// Runs a command line, whose first word is the program's name, and gives the exit code.
///
/// It is the program, for its `main` and for Python: it says everything on stdout and stderr itself. What loads LibTorch is
/// done by `nearmiss-encoder`, which on Unix takes the place of the process, so that this does not come back.
#[must_use]
pub fn program(arguments: Vec<OsString>) -> u8 {
    crate::files::parquet::silence_decoder();
    let parsed = Cli::try_parse_from(&arguments);
    command_line::begin(arguments);
    let code = match parsed {
        Ok(cli) if cli.command.needs_encoder() => encoder::hand_over().unwrap_or_else(|error| code(Err(error))),
        Ok(cli) => code(run(cli)),
        Err(answer) => say(&answer),
    };
    // Inside Python nobody else does.
    let _ = std::io::stdout().flush();
    code
}

/// Says what clap answers, be it an error, help or the version, and gives the exit code that clap has for it.
fn say(answer: &clap::Error) -> u8 {
    // As clap itself does: where nobody reads there is nobody to tell.
    let _ = answer.print();
    u8::try_from(answer.exit_code()).unwrap_or(2)
}

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
        Command::Score(args) => score::run(&args, console),
        Command::Compare(args) => compare::run(&args, console),
        Command::Sets(args) => sets::run(&args, console),
        Command::Shift(args) => shift::run(&args, console),
        Command::Annotators(args) => super::annotators::run(&args, console),
        Command::NextLabels(args) => super::next_labels::run(&args, console),
        Command::Latent(args) => latent::run(&args, console),
        Command::Merge(args) => merge::run(&args, console),
        Command::Shards(args) => super::shards::run(&args, console),
        Command::Retrieve(args) => retrieve::run(&args, console),
        Command::Completions(args) => completions::run(&args, console),
        Command::Man(args) => manual::run(&args, console),
        Command::Classify(_) | Command::Bench(_) | Command::Train(_) | Command::Atlas(_) | Command::Demo(_) => {
            anyhow::bail!("this command is done by nearmiss-encoder")
        }
    }
}
