//! Why a vocabulary cannot be used.

use std::path::PathBuf;

/// Why a vocabulary cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenizerError {
    /// The file is unreadable.
    #[error("{path}: cannot read the vocabulary: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not a tokenizer of this kind.
    #[error("{path}: not a byte-pair vocabulary of CLIP: {reason}; remove the file to use CLIP's own")]
    Vocabulary {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file that says something that is no tokenizer, or none that is computed.
    #[error("{path}: this tokenizer is not read: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A folder without the file.
    #[error("{folder}: there is no tokenizer.json{found}; {remedy}")]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// What there is instead, from the comma on; empty where there is nothing.
        found: String,
        /// What to do.
        remedy: String,
    },
    /// A context in which nothing of a text has room.
    #[error("{path}: {special} tokens stand around every text and the context is {context}; it must be longer than that")]
    Context {
        /// The file.
        path: PathBuf,
        /// Tokens around a text.
        special: usize,
        /// Most tokens in a text.
        context: usize,
    },
}
