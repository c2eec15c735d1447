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
    /// Not JSON, or not an object.
    #[error("{path}: not a model's configuration: {reason}")]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A field that must be there.
    #[error("{path}: '{field}' is missing; {remedy}")]
    Missing {
        /// The file.
        path: PathBuf,
        /// The field, with its section.
        field: String,
        /// What to do.
        remedy: String,
    },
    /// The model is of a kind that this encoder does not compute.
    #[error(
        "{path}: '{field}' is '{value}', which this encoder does not compute; \
         docs/models.md lists what it does, ONNX and TorchScript files are classifiers of their own (--classes), and vectors \
         made elsewhere are read as .npy, .npz, .safetensors or Parquet"
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
