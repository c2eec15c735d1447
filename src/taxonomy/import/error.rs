//! Why a source is no taxonomy.

use crate::files::archive::ArchiveError;
use crate::taxonomy::build::Problem;
use std::path::PathBuf;

/// Why a source is no taxonomy.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file or archive cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The text is not UTF-8.
    #[error(
        "{file}:{line}: not UTF-8 text, from '{seen}' on (as Windows-1252); give --encoding windows-1252, or convert the file"
    )]
    Utf8 {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The bytes there, read as Windows-1252.
        seen: String,
    },
    /// No encoding has the name.
    #[error("--encoding '{0}' is none that is known; give utf-8, windows-1252, utf-16le, ...")]
    Encoding(String),
    /// A file lacks columns.
    #[error("{file}: {what}; its columns are {found}")]
    Columns {
        /// The file.
        file: String,
        /// What is missing.
        what: String,
        /// What is there.
        found: String,
    },
    /// The content does not make sense.
    #[error("{file}: {what}")]
    Content {
        /// The file.
        file: String,
        /// What is wrong, and the remedy.
        what: String,
    },
    /// A table that is to be scored against does not form a tree as it stands; every problem is listed.
    #[error(
        "{path}: not a taxonomy, {} problem{}:\n{}\nmend them, or 'nearmiss taxonomy import' makes a taxonomy of the rest",
        problems.len(), if problems.len() == 1 { "" } else { "s" }, listed(problems)
    )]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All of them, by place.
        problems: Vec<Problem>,
    },
    /// Names to keep that the source does not have.
    #[error("--within '{0}' is neither an id nor a name in the source")]
    Within(String),
    /// The file could not be written.
    #[error("{path}: cannot be written: {what}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        what: String,
    },
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// The first of some columns, as messages name them.
pub(super) fn quoted(names: &[String]) -> String {
    let shown: Vec<String> =
        names.iter().take(12).map(|name| format!("'{}'", name.chars().take(40).collect::<String>())).collect();
    let more = if names.len() > 12 { format!(" and {} more", names.len() - 12) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
