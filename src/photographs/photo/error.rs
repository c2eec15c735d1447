//! Why a photograph could not be read.

use crate::files::regular_file::NoFile;
use nearmiss_jpeg::JpegError;
use nearmiss_jpeg::room::MOST_PIXELS;
use std::path::{Path, PathBuf};

/// Why a photograph could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// There is no such file.
    #[error("no such file: '{0}'")]
    Missing(PathBuf),
    /// The system does not let the file be read.
    #[error("cannot read '{path}': {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder, a named pipe, a socket or a device.
    #[error("'{path}' is {what} and no file")]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there.
        what: &'static str,
    },
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The first bytes are of no image format.
    #[error("not an image: the file begins with {0}")]
    NotAnImage(String),
    /// An image, but of a kind that is not read.
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

impl From<JpegError> for PhotoError {
    fn from(error: JpegError) -> Self {
        match error {
            JpegError::Unsupported(what) => PhotoError::Unsupported(what),
            JpegError::Truncated => PhotoError::Truncated,
            JpegError::Corrupt(what) => PhotoError::Corrupt(what),
            JpegError::TooLarge { width, height } => PhotoError::TooLarge { width, height },
        }
    }
}

impl PhotoError {
    /// A short name that does not change between versions: the `status` of an unreadable photograph.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            PhotoError::Missing(_) => "missing",
            PhotoError::Unreadable { .. } => "unreadable",
            PhotoError::NotAFile { .. } => "not_a_file",
            PhotoError::Empty => "empty",
            PhotoError::NotAnImage(_) => "not_an_image",
            PhotoError::Unsupported(_) => "unsupported",
            PhotoError::Truncated => "truncated",
            PhotoError::Corrupt(_) => "corrupt",
            PhotoError::TooLarge { .. } => "too_large",
        }
    }

    pub(super) fn corrupt(what: &str) -> Self {
        PhotoError::Corrupt(what.to_string())
    }

    /// That of a file which the system does not let be read.
    pub(super) fn unread(path: &Path, source: std::io::Error) -> PhotoError {
        let path = path.to_path_buf();
        if let Some(NoFile(what)) = NoFile::of(&source) {
            return PhotoError::NotAFile { path, what };
        }
        match source.kind() {
            std::io::ErrorKind::NotFound => PhotoError::Missing(path),
            _ => PhotoError::Unreadable { path, source },
        }
    }
}
