//! How commands end, and the exit code that says so.

use std::process::ExitCode;

/// The exit code of a command that was stopped and has kept what was done: `EX_TEMPFAIL` of `sysexits.h`, try again.
pub const STOPPED: u8 = 75;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Done, but something was skipped, and it was said what.
    Skipped,
    /// Interrupted by Ctrl-C; the same command continues.
    Interrupted,
    /// Stopped by SIGTERM, or before its time was up, with the exit code that was asked for ([`STOPPED`] where none was); the
    /// same command continues.
    Stopped(u8),
}

impl Ending {
    /// The exit code of the program.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Ending::Done => 0,
            Ending::Skipped => 1,
            Ending::Interrupted => 130,
            Ending::Stopped(code) => code,
        }
    }

    /// Whether it ended before all was done, and the same command continues.
    #[must_use]
    pub fn is_stopped(self) -> bool {
        matches!(self, Ending::Interrupted | Ending::Stopped(_))
    }
}

/// The exit code of a command that has ended, its error told on stderr.
#[must_use]
pub fn exit_code(result: anyhow::Result<Ending>) -> ExitCode {
    ExitCode::from(code(result))
}

/// The number of that exit code, the error told on stderr.
#[expect(clippy::print_stderr, reason = "errors are for people")]
pub(super) fn code(result: anyhow::Result<Ending>) -> u8 {
    match result {
        Ok(ending) => ending.code(),
        Err(error) if is_broken_pipe(&error) => 0,
        Err(error) => {
            eprintln!("error: {}", sentence(&error));
            2
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
