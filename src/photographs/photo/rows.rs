//! Rows of a photograph, handed on as soon as they are decoded, so that nobody need hold all of them.

use super::error::PhotoError;
use super::pixels::Photo;

pub(crate) use nearmiss_jpeg::{Band, Part, Receiver, Size, Whole};

/// Hands a photograph to somebody, some rows at a time.
pub(crate) fn hand_on(photo: &Photo, size: Size, receiver: &mut dyn Receiver) {
    const ROWS: usize = 16;
    let Part { columns, rows } = receiver.begin(size);
    let stride = photo.width * 3;
    let mut band = Band { width: columns.len(), ..Band::default() };
    for rows in photo.pixels[rows.start * stride..rows.end * stride].chunks(ROWS * stride) {
        band.planes.iter_mut().for_each(Vec::clear);
        for row in rows.chunks_exact(stride) {
            let pixels = row[columns.start * 3..columns.end * 3].as_chunks::<3>().0;
            for (channel, plane) in band.planes.iter_mut().enumerate() {
                plane.extend(pixels.iter().map(|pixel| pixel[channel]));
            }
        }
        receiver.take(&band);
    }
}

/// The photograph of all rows.
///
/// # Errors
///
/// `corrupt` where rows are missing.
pub(super) fn photo(whole: Whole) -> Result<Photo, PhotoError> {
    Photo::new(whole.size.width, whole.size.height, whole.pixels)
}
