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

/// Where results go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Results {
    /// To stdout.
    Said,
    /// To stderr, as remarks: stdout is for one document.
    Aside,
    /// Nowhere: a command inside another one.
    Silent,
}

/// Where results and remarks go.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    remarks: Remarks,
    results: Results,
}

impl Console {
    /// For a command that a person runs.
    #[must_use]
    pub fn new(remarks: Remarks) -> Console {
        Console { remarks, results: Results::Said }
    }

    /// A result, on stdout; on stderr beside a document.
    ///
    /// # Errors
    ///
    /// What the system says, a closed pipe included.
    pub fn say(self, line: impl std::fmt::Display) -> std::io::Result<()> {
        match self.results {
            Results::Said => writeln!(std::io::stdout(), "{line}")?,
            Results::Aside => self.remark(line),
            Results::Silent => {}
        }
        Ok(())
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
        if self.results != Results::Silent {
            eprintln!("warning: {line}");
        }
    }

    /// For a command inside another one, which says itself what came of it.
    #[must_use]
    pub fn silenced(self) -> Console {
        Console { remarks: Remarks::Silent, results: Results::Silent }
    }

    /// For what a command says besides the one document that it prints on stdout.
    #[must_use]
    pub fn aside(self) -> Console {
        let results = if self.results == Results::Said { Results::Aside } else { self.results };
        Console { results, ..self }
    }

    /// Whether remarks and progress are silent.
    #[must_use]
    pub fn is_quiet(self) -> bool {
        self.remarks == Remarks::Silent
    }
}
