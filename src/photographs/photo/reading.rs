//! Reading photographs: from files, from data sets, from bytes; whole, or row by row.

use super::error::PhotoError;
use super::pixels::Photo;
use super::rows::{self, Receiver, Size, Whole};
use super::{other, turn};
use crate::files::regular_file;
use crate::photographs::dataset::{Photograph, Region, View, is_raw};
use std::path::Path;

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

impl Photo {
    /// Reads a photograph from a file.
    ///
    /// # Errors
    ///
    /// [`PhotoError`]; a file that Pillow does not open is never read as something else.
    pub fn from_path(path: &Path, orientation: Orientation) -> Result<Photo, PhotoError> {
        let bytes = regular_file::read(path).map_err(|source| PhotoError::unread(path, source))?;
        Photo::from_bytes(&bytes, orientation)
    }

    /// Reads a photograph of a data set, wherever its bytes lie; all of it, or its box, if it has one.
    ///
    /// # Errors
    ///
    /// As [`Photo::from_path`]; a box outside the photograph is an error, too.
    pub fn of(photograph: &Photograph, orientation: Orientation, view: View) -> Result<Photo, PhotoError> {
        Photo::in_box(&bytes_of(photograph)?, photograph.region.filter(|_| view == View::Boxes), orientation)
    }

    /// Reads a photograph from the bytes of a file, and cuts a box out of it.
    pub(crate) fn in_box(bytes: &[u8], region: Option<Region>, orientation: Orientation) -> Result<Photo, PhotoError> {
        let photo = Photo::from_bytes(bytes, orientation)?;
        match region {
            None => Ok(photo),
            Some(region) => photo.cut(region),
        }
    }

    /// Reads a photograph from the bytes of a file.
    ///
    /// # Errors
    ///
    /// As [`Photo::from_path`], but for `missing` and `unreadable`.
    pub fn from_bytes(bytes: &[u8], orientation: Orientation) -> Result<Photo, PhotoError> {
        Ok(whole(bytes, orientation, None)?.0)
    }
}

/// The bytes of a photograph of a data set, wherever they lie.
///
/// # Errors
///
/// As [`Photo::from_path`], but for what is wrong with the bytes themselves.
pub fn bytes_of(photograph: &Photograph) -> Result<Vec<u8>, PhotoError> {
    if is_raw(&photograph.path) {
        return Err(PhotoError::Unsupported("a camera's raw file".to_string()));
    }
    photograph.bytes().map_err(|source| PhotoError::unread(&photograph.path, source))
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
