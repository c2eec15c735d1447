//! Why embeddings cannot be used.

use crate::answers::table::TableError;
use std::path::PathBuf;

/// Lengths of vectors but zero: the square of each is a number of single precision, in which neighbours are looked for.
pub(super) const SHORTEST: f64 = 1e-15;
pub(super) const LONGEST: f64 = 1e15;

/// Why embeddings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingsError {
    /// The file cannot be read.
    #[error("{path}: {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and the remedy.
        what: String,
    },
    /// A vector holds a number that is none.
    #[error("{path}: the vector of '{name}' (row {row}) holds a value that is not finite; leave it out or embed it again")]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// Whose.
        name: String,
        /// From 1.
        row: usize,
    },
    /// A vector is so long or so short that products with it are no numbers of single precision.
    #[error(
        "{path}: the vector of '{name}' (row {row}) has a length of {length:e}, and {SHORTEST:e} to {LONGEST:e} can be compared; \
         scale the vectors"
    )]
    Length {
        /// The file.
        path: PathBuf,
        /// Whose.
        name: String,
        /// From 1.
        row: usize,
        /// Its length.
        length: f64,
    },
    /// A table beside the vectors cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
}
