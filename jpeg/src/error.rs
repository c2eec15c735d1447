//! Why a JPEG could not be decoded.

use crate::largest::MOST_PIXELS;

/// Why a JPEG could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JpegError {
    /// A kind of JPEG that photographs are not: arithmetic coding, lossless, 12 bits.
    #[error("{0} is not supported; convert it to JPEG or PNG")]
    Unsupported(String),
    /// The file ends before the image does.
    #[error("the file is truncated: it ends before the image does")]
    Truncated,
    /// The bytes contradict their format.
    #[error("the file is damaged: {0}")]
    Corrupt(String),
    /// More pixels than any photograph has.
    #[error("{width} × {height} pixels are more than the {MOST_PIXELS} that are read; make it smaller")]
    TooLarge {
        /// Columns.
        width: u64,
        /// Rows.
        height: u64,
    },
}

impl JpegError {
    pub(crate) fn corrupt(what: &str) -> Self {
        JpegError::Corrupt(what.to_string())
    }
}
