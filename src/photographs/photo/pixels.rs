//! A photograph in memory.

use super::error::PhotoError;
use crate::photographs::dataset::Region;
use nearmiss_jpeg::Size;

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

impl Photo {
    /// The part of a photograph that a box holds.
    pub(super) fn cut(&self, region: Region) -> Result<Photo, PhotoError> {
        let outside = || PhotoError::corrupt("its box lies outside the photograph");
        let [left, top, right, bottom] = region.within(self.width, self.height).ok_or_else(outside)?;
        Ok(self.between([left, top, right, bottom]))
    }

    /// The part between left, top, right and bottom, which lie in it.
    pub(crate) fn between(&self, [left, top, right, bottom]: [usize; 4]) -> Photo {
        let row = |row: usize| &self.pixels[(row * self.width + left) * 3..(row * self.width + right) * 3];
        Photo { width: right - left, height: bottom - top, pixels: (top..bottom).map(row).collect::<Vec<_>>().concat() }
    }

    /// Its size as a receiver of rows is told it.
    pub(crate) fn size(&self) -> Size {
        Size::whole(self.width, self.height)
    }

    /// A photograph of so many pixels; `corrupt` where it has another number of them.
    pub(super) fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Photo, PhotoError> {
        if width == 0 || height == 0 || pixels.len() != width * height * 3 {
            return Err(PhotoError::corrupt("it has not as many pixels as it says"));
        }
        Ok(Photo { width, height, pixels })
    }
}
