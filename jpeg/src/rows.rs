//! Rows of a photograph, handed on as soon as they are decoded, so that nobody need hold all of them.

use crate::simd::{self, Work};
use std::ops::Range;

/// How large a decoded photograph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Columns of pixels.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Columns and rows before it was decoded smaller by `reduction`; the last pixel of a row or
    /// column may then lie partly outside.
    pub full: (usize, usize),
    /// 1, 2, 4 or 8.
    pub reduction: usize,
}

impl Size {
    /// Of a picture decoded as it is.
    #[must_use]
    pub fn whole(width: usize, height: usize) -> Self {
        Self { width, height, full: (width, height), reduction: 1 }
    }

    /// With rows for columns.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { width: self.height, height: self.width, full: (self.full.1, self.full.0), ..self }
    }

    /// Width and height of the picture in decoded pixels, parts of pixels included.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "sizes of images")]
    pub fn extent(self) -> (f64, f64) {
        (self.full.0 as f64 / self.reduction as f64, self.full.1 as f64 / self.reduction as f64)
    }
}

/// The pixels of a photograph that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Columns.
    pub columns: Range<usize>,
    /// Rows.
    pub rows: Range<usize>,
}

/// Some neighbouring rows: red, green and blue apart, each row by row, of the wanted columns.
#[derive(Debug, Default)]
pub struct Band {
    /// Red, green and blue, each `rows × width` bytes.
    pub planes: [Vec<u8>; 3],
    /// Columns of pixels.
    pub width: usize,
}

impl Band {
    /// All rows, from the first one on: red, green, blue.
    #[inline(always)]
    pub fn rows(&self) -> impl Iterator<Item = [&[u8]; 3]> {
        let [red, green, blue] = self.planes.each_ref().map(|plane| plane.chunks_exact(self.width));
        red.zip(green).zip(blue).map(|((red, green), blue)| [red, green, blue])
    }
}

/// Takes the rows of a photograph.
pub trait Receiver {
    /// Is told the size before any row, and says which pixels it wants: not none.
    fn begin(&mut self, size: Size) -> Part;

    /// Takes the next wanted rows.
    fn take(&mut self, band: &Band);
}

/// All rows of a photograph: red, green, blue of each pixel side by side.
#[derive(Debug, Default)]
pub struct Whole {
    /// How large it is.
    pub size: Size,
    /// `height × width × 3` bytes, row by row from the top left.
    pub pixels: Vec<u8>,
}

impl Receiver for Whole {
    fn begin(&mut self, size: Size) -> Part {
        self.size = size;
        self.pixels = Vec::with_capacity(size.width * size.height * 3);
        Part { columns: 0..size.width, rows: 0..size.height }
    }

    fn take(&mut self, band: &Band) {
        simd::run(Interleave { band, pixels: &mut self.pixels });
    }
}

/// Red, green and blue of each pixel side by side.
struct Interleave<'band> {
    band: &'band Band,
    pixels: &'band mut Vec<u8>,
}

impl Work for Interleave<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [red, green, blue] = &self.band.planes;
        let begin = self.pixels.len();
        self.pixels.resize(begin + red.len() * 3, 0);
        let pixels = self.pixels[begin..].as_chunks_mut::<3>().0;
        for (((pixel, &red), &green), &blue) in pixels.iter_mut().zip(red).zip(green).zip(blue) {
            *pixel = [red, green, blue];
        }
    }
}
