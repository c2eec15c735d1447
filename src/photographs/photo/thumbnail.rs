//! Small pictures of photographs, for pages.

use super::pixels::Photo;
use super::reading::Orientation;
use image::RgbImage;
use image::imageops::{FilterType, resize};
use std::io::Cursor;
use std::path::Path;

/// A small upright picture of a photograph, as JPEG; its longer side has at most `side` pixels.
///
/// `None` where the photograph cannot be read: a page then shows its name alone.
#[must_use]
pub fn thumbnail(path: &Path, side: u32) -> Option<Vec<u8>> {
    let photo = Photo::from_path(path, Orientation::Upright).ok()?;
    let (width, height) = (u32::try_from(photo.width).ok()?, u32::try_from(photo.height).ok()?);
    let picture = RgbImage::from_raw(width, height, photo.pixels)?;
    let longer = width.max(height);
    let scaled = |length: u32| (u64::from(length) * u64::from(side) / u64::from(longer)).max(1);
    let small = if longer > side {
        let (width, height) = (u32::try_from(scaled(width)).ok()?, u32::try_from(scaled(height)).ok()?);
        resize(&picture, width, height, FilterType::Triangle)
    } else {
        picture
    };
    let mut bytes = Cursor::new(vec![]);
    small.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80)).ok()?;
    Some(bytes.into_inner())
}
