//! Where results, remarks and warnings go.

use super::cli::Cli;
use std::io::Write;

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
