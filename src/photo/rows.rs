//! Rows of a photograph, handed on as soon as they are decoded, so that nobody need hold all of them.

use super::{Photo, PhotoError};
use crate::wide::{self, Work};
use std::ops::Range;

/// How large a decoded photograph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Size {
    /// Columns and rows of pixels.
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Columns and rows before it was decoded smaller by `reduction`; the last pixel of a row or
    /// column may then lie partly outside.
    pub(crate) full: (usize, usize),
    /// 1, 2, 4 or 8.
    pub(crate) reduction: usize,
}

impl Size {
    /// Of a photograph decoded as it is.
    pub(crate) fn of(photo: &Photo) -> Self {
        Self { width: photo.width, height: photo.height, full: (photo.width, photo.height), reduction: 1 }
    }

    /// With rows for columns.
    pub(crate) fn swapped(self) -> Self {
        Self { width: self.height, height: self.width, full: (self.full.1, self.full.0), ..self }
    }

    /// Width and height of the picture in decoded pixels, parts of pixels included.
    #[expect(clippy::cast_precision_loss, reason = "sizes of images")]
    pub(crate) fn extent(self) -> (f64, f64) {
        (self.full.0 as f64 / self.reduction as f64, self.full.1 as f64 / self.reduction as f64)
    }
}

/// The pixels of a photograph that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) columns: Range<usize>,
    pub(crate) rows: Range<usize>,
}

/// Some neighbouring rows: red, green and blue apart, each row by row, of the wanted columns.
#[derive(Debug, Default)]
pub(crate) struct Band {
    pub(crate) planes: [Vec<u8>; 3],
    /// Columns of pixels.
    pub(crate) width: usize,
}

impl Band {
    /// All rows, from the first one on: red, green, blue.
    #[inline(always)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = [&[u8]; 3]> {
        let [red, green, blue] = self.planes.each_ref().map(|plane| plane.chunks_exact(self.width));
        red.zip(green).zip(blue).map(|((red, green), blue)| [red, green, blue])
    }
}

/// Takes the rows of a photograph.
pub(crate) trait Receiver {
    /// Is told the size before any row, and says which pixels it wants: not none.
    fn begin(&mut self, size: Size) -> Part;

    /// Takes the next wanted rows.
    fn take(&mut self, band: &Band);
}

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

/// Puts all rows into a photograph.
#[derive(Debug, Default)]
pub(super) struct Whole {
    pub(super) size: Size,
    pixels: Vec<u8>,
}

impl Whole {
    /// The photograph.
    ///
    /// # Errors
    ///
    /// `corrupt` where rows are missing.
    pub(super) fn photo(self) -> Result<Photo, PhotoError> {
        Photo::new(self.size.width, self.size.height, self.pixels)
    }
}

impl Receiver for Whole {
    fn begin(&mut self, size: Size) -> Part {
        self.size = size;
        self.pixels = Vec::with_capacity(size.width * size.height * 3);
        Part { columns: 0..size.width, rows: 0..size.height }
    }

    fn take(&mut self, band: &Band) {
        wide::run(Interleave { band, pixels: &mut self.pixels });
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
