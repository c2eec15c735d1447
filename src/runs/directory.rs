//! The run directory: what `classify` writes and everything else reads.
//!
//! `run.json`, `images.parquet`, `labels.parquet`, `predictions.parquet`. While a run is under way
//! its finished parts lie in `.unfinished/`; they become the tables when the last one is there. Whatever counts as
//! finished has reached the disk, and its length and SHA-256 are kept and looked at before it is used.

pub mod sum;
mod rows;
mod lines;
pub mod tables;
pub mod columns;
pub mod logits;
pub mod shard;
mod changes;
pub mod record;
pub mod existing;
mod unfinished;
mod piece;
mod before;
mod in_parts;
mod namesakes;
mod restore;
pub mod parts;
pub mod merge;
mod shard_folder;
pub mod shards;

pub use changes::Changes;

use crate::files::output::{self, lock::LockError};
use std::path::{Path, PathBuf};

/// Photographs per finished part of a run.
pub const PART: usize = 512;

/// The taxonomy of a run over the classes or labels of its data set, which no other file holds.
pub const TAXONOMY: &str = "taxonomy.csv";

/// Why a run directory could not be written or continued.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The file system refused.
    #[error("{path}: cannot {action}: {source}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A table could not be written or read.
    #[error("{path}: {source}")]
    Table {
        /// The file.
        path: PathBuf,
        /// What polars said.
        source: polars::error::PolarsError,
    },
    /// The folder holds files that are no run of this program.
    #[error(
        "{path}: the output folder is not empty (it holds '{example}'); name a new one with -o, or give --force to write into it"
    )]
    NotEmpty {
        /// The folder.
        path: PathBuf,
        /// One file in it.
        example: String,
    },
    /// The folder holds a run of another model, recipe, taxonomy or set of photographs.
    #[error("{path}: holds another run ({what}); name a new folder with -o, or give --force to start anew")]
    Other {
        /// The folder.
        path: PathBuf,
        /// What differs, as a clause.
        what: String,
    },
    /// Another process is writing into the folder, or it cannot be written to.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The record of the folder cannot be read, and nothing says what the folder holds.
    #[error(
        "{path}: the record of the run cannot be read ({what}); give --force to make the run anew, or name a new folder with -o"
    )]
    Damaged {
        /// The record.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// `run.json` is not what this program writes.
    #[error("{path}: not a run record: {source}")]
    Record {
        /// The file.
        path: PathBuf,
        /// What serde said.
        source: serde_json::Error,
    },
}

impl RunError {
    pub(crate) fn file(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> RunError {
        let path = path.to_path_buf();
        move |source| RunError::File { path, action, source }
    }

    pub(crate) fn table(path: &Path) -> impl FnOnce(polars::error::PolarsError) -> RunError {
        let path = path.to_path_buf();
        move |source| RunError::Table { path, source }
    }
}

/// How tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableFormat {
    /// Parquet, embeddings included.
    #[default]
    Parquet,
    /// CSV, without embeddings.
    Csv,
}

impl TableFormat {
    /// The extension of its files.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            TableFormat::Parquet => "parquet",
            TableFormat::Csv => "csv",
        }
    }
}

/// Writes a file whole or not at all: to a temporary name beside it, then to the disk, then renamed.
///
/// # Errors
///
/// [`RunError::File`] with the path.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    output::write_whole(path, bytes).map_err(RunError::file(path, "write"))
}

/// Removes files of a run directory that a process did not finish before it was killed.
fn remove_unfinished(directory: &Path) {
    const OURS: [&str; 5] = ["run.json.", "taxonomy.csv.", "images.", "labels.", "predictions."];
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if output::is_part(&name) && OURS.iter().any(|ours| name.starts_with(ours)) {
            // What cannot be removed is in nobody's way.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
