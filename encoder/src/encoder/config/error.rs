//! Why a model's configuration cannot be used.

use std::path::PathBuf;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is missing or unreadable.
    #[error("{path}: cannot read the model's configuration: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not JSON, or a field is missing or of the wrong kind.
    #[error("{path}: not an open_clip configuration: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// The model is of a kind that this encoder does not compute.
    #[error(
        "{path}: '{field}' is '{value}', which this encoder does not compute; \
         it computes the CLIP vision transformers of open_clip (ViT-B/16, ViT-L/14, ViT-H/14, ...)"
    )]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The field, with its section.
        field: String,
        /// What it says.
        value: String,
    },
    /// A number that no model has: with it, memory would be asked for without end.
    #[error("{path}: '{field}' is {value}; models with {least} to {most} are computed")]
    OutOfRange {
        /// The file.
        path: PathBuf,
        /// The field, with its section.
        field: String,
        /// What it says.
        value: String,
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
}
