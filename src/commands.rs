//! The commands: each reads its options, calls the library and says what came of it.

#[cfg(feature = "cli")]
pub mod cli;
pub mod compare;
mod input;
pub mod latent;
pub mod merge;
pub mod photographs;
pub mod report;
pub mod retrieve;
pub mod taxonomy;

use crate::commands::cli::{Cli, Command};
use std::io::Write;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Done, but something was skipped, and it was said what.
    Skipped,
    /// Interrupted; the same command continues.
    Interrupted,
}

impl Ending {
    /// The exit code of the program.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Ending::Done => 0,
            Ending::Skipped => 1,
            Ending::Interrupted => 130,
        }
    }
}

/// Whether remarks and progress are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remarks {
    /// They are.
    Told,
    /// They are not; warnings and errors stay.
    Silent,
}

impl Remarks {
    /// As the command line has it.
    #[must_use]
    pub fn of(cli: &Cli) -> Remarks {
        if cli.quiet { Remarks::Silent } else { Remarks::Told }
    }
}

/// Where results and remarks go.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    remarks: Remarks,
    /// Whether results are not said either: a command inside another one.
    silent: bool,
}

impl Console {
    /// For a command that a person runs.
    #[must_use]
    pub fn new(remarks: Remarks) -> Console {
        Console { remarks, silent: false }
    }

    /// A result, on stdout.
    ///
    /// # Errors
    ///
    /// What the system says, a closed pipe included.
    pub fn say(self, line: impl std::fmt::Display) -> std::io::Result<()> {
        if self.silent {
            return Ok(());
        }
        writeln!(std::io::stdout(), "{line}")
    }

    /// A remark on stderr, silent with `--quiet`.
    #[expect(clippy::print_stderr, reason = "remarks are for people")]
    pub fn remark(self, line: impl std::fmt::Display) {
        if !self.is_quiet() {
            eprintln!("{line}");
        }
    }

    /// A warning on stderr, never silent.
    #[expect(clippy::print_stderr, reason = "warnings are for people")]
    pub fn warn(self, line: impl std::fmt::Display) {
        if !self.silent {
            eprintln!("warning: {line}");
        }
    }

    /// For a command inside another one, which says itself what came of it.
    #[must_use]
    pub fn silenced(self) -> Console {
        Console { remarks: Remarks::Silent, silent: true }
    }

    /// Whether remarks and progress are silent.
    #[must_use]
    pub fn is_quiet(self) -> bool {
        self.remarks == Remarks::Silent
    }
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
        Command::Compare(args) => compare::run(&args, console),
        Command::Latent(args) => latent::run(&args, console),
        Command::Merge(args) => merge::run(&args, console),
        Command::Retrieve(args) => retrieve::run(&args, console),
        Command::Classify(_) | Command::Bench(_) | Command::Train(_) | Command::Atlas(_) | Command::Demo(_) => {
            anyhow::bail!("this command is done by nearmiss-encoder")
        }
    }
}

/// The exit code of a command that has ended, its error told on stderr.
#[expect(clippy::print_stderr, reason = "errors are for people")]
#[must_use]
pub fn exit_code(result: anyhow::Result<Ending>) -> ExitCode {
    match result {
        Ok(ending) => ExitCode::from(ending.code()),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", sentence(&error));
            ExitCode::from(2)
        }
    }
}

/// The error with its causes; a cause that the message already ends with is not said again.
fn sentence(error: &anyhow::Error) -> String {
    let causes = error.chain().map(ToString::to_string);
    causes.reduce(|said, cause| if said.ends_with(&cause) { said } else { format!("{said}: {cause}") }).unwrap_or_default()
}

/// Whether the reader of our output went away (`nearmiss ... | head`), which is no error.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

/// A progress bar on stderr, silent where stderr is no terminal or `--quiet` was given.
#[must_use]
pub fn progress_bar(length: usize, what: &'static str, console: Console) -> indicatif::ProgressBar {
    if console.is_quiet() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new(length as u64);
    let style = indicatif::ProgressStyle::with_template("{msg:<12} {wide_bar} {human_pos}/{human_len} {per_sec:>10} {eta:>6}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
