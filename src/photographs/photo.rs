//! Photographs, read into the pixels that Pillow reads.
//!
//! The format is told from the first bytes of a file, never from its name. Colours are those of
//! Pillow's `convert("RGB")`: transparency is dropped, not blended, and colour profiles are not applied.

mod gif;
mod other;
pub(crate) mod rows;
mod thumbnail;
mod turn;

use crate::files::regular_file::{self, NoFile};
use crate::photographs::dataset::{Photograph, Region};
use nearmiss_jpeg::JpegError;
use nearmiss_jpeg::room::MOST_PIXELS;
use rows::{Receiver, Size, Whole};
use std::path::{Path, PathBuf};

pub use thumbnail::thumbnail;

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

/// Whether a photograph is decoded smaller where only a small picture of it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Decoding {
    /// Every pixel, as the evaluations of the field do.
    #[default]
    Exact,
    /// A JPEG at a half, a quarter or an eighth of its size, the smallest whose shorter side still is
    /// twice that of the encoder's square (Pillow's `draft`, as `thumbnail` uses it with
    /// `reducing_gap=2`); quicker, and slightly other numbers.
    Scaled,
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
        let bytes = regular_file::read(path).map_err(|source| unread(path, source))?;
        Photo::from_bytes(&bytes, orientation)
    }

    /// Reads a photograph of a data set, wherever its bytes lie; `crop` cuts out its box, if it has one.
    ///
    /// # Errors
    ///
    /// As [`Photo::from_path`]; a box outside the photograph is an error, too.
    pub fn of(photograph: &Photograph, orientation: Orientation, crop: bool) -> Result<Photo, PhotoError> {
        Photo::in_box(&bytes_of(photograph)?, photograph.region.filter(|_| crop), orientation)
    }

    /// Reads a photograph from the bytes of a file, and cuts a box out of it.
    pub(crate) fn in_box(bytes: &[u8], region: Option<Region>, orientation: Orientation) -> Result<Photo, PhotoError> {
        let photo = Photo::from_bytes(bytes, orientation)?;
        match region {
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
        Ok(whole(bytes, orientation, None)?.0)
    }

    /// Its size as a receiver of rows is told it.
    pub(crate) fn size(&self) -> Size {
        Size::whole(self.width, self.height)
    }

    fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Photo, PhotoError> {
        if width == 0 || height == 0 || pixels.len() != width * height * 3 {
            return Err(PhotoError::corrupt("it has not as many pixels as it says"));
        }
        Ok(Photo { width, height, pixels })
    }
}

/// The bytes of a photograph of a data set, wherever they lie.
///
/// # Errors
///
/// As [`Photo::from_path`], but for what is wrong with the bytes themselves.
pub fn bytes_of(photograph: &Photograph) -> Result<Vec<u8>, PhotoError> {
    photograph.bytes().map_err(|source| unread(&photograph.path, source))
}

/// The error of a file that the system does not let be read.
fn unread(path: &Path, source: std::io::Error) -> PhotoError {
    let path = path.to_path_buf();
    if let Some(NoFile(what)) = NoFile::of(&source) {
        return PhotoError::NotAFile { path, what };
    }
    match source.kind() {
        std::io::ErrorKind::NotFound => PhotoError::Missing(path),
        _ => PhotoError::Unreadable { path, source },
    }
}

/// Hands the rows of a photograph to somebody, as they are decoded where that is possible.
///
/// A JPEG may be decoded smaller, to a shorter side of `least` pixels at least.
pub(crate) fn receive(
    bytes: &[u8],
    orientation: Orientation,
    least: Option<usize>,
    receiver: &mut dyn Receiver,
) -> Result<(), PhotoError> {
    if is_jpeg(bytes) && (orientation == Orientation::AsStored || turn::orientation(bytes) == 1) {
        return Ok(nearmiss_jpeg::decode(bytes, least, receiver)?);
    }
    let (photo, size) = whole(bytes, orientation, least)?;
    rows::hand_on(&photo, size, receiver);
    Ok(())
}

/// Reads a photograph from the bytes of a file; a JPEG may be decoded smaller, as for [`receive`].
pub(crate) fn whole(bytes: &[u8], orientation: Orientation, least: Option<usize>) -> Result<(Photo, Size), PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    let (photo, size) = if is_jpeg(bytes) {
        let mut whole = Whole::default();
        nearmiss_jpeg::decode(bytes, least, &mut whole)?;
        let size = whole.size;
        (rows::photo(whole)?, size)
    } else {
        let photo = other::decode(bytes)?;
        let size = photo.size();
        (photo, size)
    };
    let turns = orientation == Orientation::Upright || other::is_tiff(bytes);
    let value = if turns { turn::orientation(bytes) } else { 1 };
    Ok((turn::upright(photo, value), if turn::swaps_sides(value) { size.swapped() } else { size }))
}

fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8, 0xff])
}
