//! Photographs, read into the pixels that Pillow reads.
//!
//! The format is told from the first bytes of a file, never from its name. Colours are those of
//! Pillow's `convert("RGB")`: transparency is dropped, not blended, and colour profiles are not applied.

mod jpeg;
mod other;
mod thumbnail;
mod turn;

use crate::dataset::{Photograph, Region};
use std::path::{Path, PathBuf};

pub use thumbnail::thumbnail;

/// The most pixels a photograph may have; Pillow refuses from there on, too.
const MOST_PIXELS: u64 = 178_956_970;

/// A photograph in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Columns of pixels.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Red, green, blue; row by row from the top left: `height × width × 3` bytes.
    pub pixels: Vec<u8>,
}

/// Whether the camera's note on how it was held is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orientation {
    /// The pixels as stored, as Pillow opens a file and as the evaluations of `BioCLIP` and pybioclip
    /// see it. (Pillow always turns TIFF upright, and so does this.)
    AsStored,
    /// Turned by the orientation of the EXIF data, where there is one.
    Upright,
}

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

impl PhotoError {
    /// A short name that does not change between versions: the `status` of an unreadable photograph.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            PhotoError::Missing(_) => "missing",
            PhotoError::Unreadable { .. } => "unreadable",
            PhotoError::Empty => "empty",
            PhotoError::NotAnImage(_) => "not_an_image",
            PhotoError::Unsupported(_) => "unsupported",
            PhotoError::Truncated => "truncated",
            PhotoError::Corrupt(_) => "corrupt",
            PhotoError::TooLarge { .. } => "too_large",
        }
    }

    fn corrupt(what: &str) -> Self {
        PhotoError::Corrupt(what.to_string())
    }
}

impl Photo {
    /// Reads a photograph from a file.
    ///
    /// # Errors
    ///
    /// [`PhotoError`]; a file that Pillow does not open is never read as something else.
    pub fn from_path(path: &Path, orientation: Orientation) -> Result<Photo, PhotoError> {
        let bytes = std::fs::read(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => PhotoError::Missing(path.to_path_buf()),
            _ => PhotoError::Unreadable { path: path.to_path_buf(), source },
        })?;
        Photo::from_bytes(&bytes, orientation)
    }

    /// Reads a photograph of a data set, wherever its bytes lie; `crop` cuts out its box, if it has one.
    ///
    /// # Errors
    ///
    /// As [`Photo::from_path`]; a box outside the photograph is an error, too.
    pub fn of(photograph: &Photograph, orientation: Orientation, crop: bool) -> Result<Photo, PhotoError> {
        let bytes = photograph.bytes().map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => PhotoError::Missing(photograph.path.clone()),
            _ => PhotoError::Unreadable { path: photograph.path.clone(), source },
        })?;
        let photo = Photo::from_bytes(&bytes, orientation)?;
        match photograph.region.filter(|_| crop) {
            None => Ok(photo),
            Some(region) => photo.cut(region),
        }
    }

    /// The part of a photograph that a box holds.
    fn cut(&self, region: Region) -> Result<Photo, PhotoError> {
        let outside = || PhotoError::corrupt("its box lies outside the photograph");
        let [left, top, right, bottom] = region.within(self.width, self.height).ok_or_else(outside)?;
        let row = |row: usize| &self.pixels[(row * self.width + left) * 3..(row * self.width + right) * 3];
        Photo::new(right - left, bottom - top, (top..bottom).flat_map(row).copied().collect())
    }

    /// Reads a photograph from the bytes of a file.
    ///
    /// # Errors
    ///
    /// As [`Photo::from_path`], but for `missing` and `unreadable`.
    pub fn from_bytes(bytes: &[u8], orientation: Orientation) -> Result<Photo, PhotoError> {
        if bytes.is_empty() {
            return Err(PhotoError::Empty);
        }
        let is_jpeg = bytes.starts_with(&[0xff, 0xd8, 0xff]);
        let photo = if is_jpeg { jpeg::decode(bytes)? } else { other::decode(bytes)? };
        let turns = orientation == Orientation::Upright || other::is_tiff(bytes);
        Ok(if turns { turn::upright(photo, turn::orientation(bytes)) } else { photo })
    }

    fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Photo, PhotoError> {
        if width == 0 || height == 0 || pixels.len() != width * height * 3 {
            return Err(PhotoError::corrupt("it has not as many pixels as it says"));
        }
        Ok(Photo { width, height, pixels })
    }
}

/// Refuses sizes that no photograph has, before memory is asked for.
fn limit(width: u64, height: u64) -> Result<(), PhotoError> {
    if width.saturating_mul(height) > MOST_PIXELS { Err(PhotoError::TooLarge { width, height }) } else { Ok(()) }
}
