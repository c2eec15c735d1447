//! Why a network that knows classes cannot be used.

use crate::encoder::device::DeviceError;
use crate::encoder::error::EncoderError;
use std::path::PathBuf;
use tch::TchError;

/// Why a network that knows classes cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClassifierError {
    /// The file is not what it should be, or what it gives is not.
    #[error("{path}: {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what helps.
        what: String,
    },
    /// The device cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The model directory cannot be used.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// LibTorch failed.
    #[error("LibTorch: {0}")]
    Torch(#[from] TchError),
}

impl ClassifierError {
    /// What a network says of itself, in one line.
    pub(super) fn of_file(path: &std::path::Path, what: impl Into<String>) -> ClassifierError {
        ClassifierError::File { path: path.to_path_buf(), what: what.into() }
    }
}

/// The first line of a long message that says something: programs put their stack behind it.
pub(super) fn first_line(message: &str) -> &str {
    message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no message")
}
