//! From a photograph to the numbers that an encoder sees, exactly as the recipes of the field do it.

mod resize;
mod window;
mod eight_bit;
mod bilinear;

pub use resize::{CentreAt, EightBit, Filter, Fit, Resize};

use crate::photographs::dataset::{Photograph, View};
use crate::photographs::photo::rows::{Size, hand_on};
use crate::photographs::photo::{self, Decoding, Orientation, Photo, PhotoError};
use crate::photographs::tiles::TileGrid;
use eight_bit::Centre;

/// Everything that turns pixels into the encoder's input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preprocess {
    /// How the photograph becomes a square.
    pub resize: Resize,
    /// Side of the square in pixels.
    pub size: u32,
    /// Mean of red, green and blue in `[0, 1]`, subtracted.
    pub mean: [f32; 3],
    /// Standard deviation of red, green and blue, divided by.
    pub std: [f32; 3],
}

impl Preprocess {
    /// CLIP's mean of red, green and blue.
    pub const CLIP_MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
    /// CLIP's standard deviation of red, green and blue.
    pub const CLIP_STD: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

    /// The input of the encoder for one photograph.
    ///
    /// # Shapes
    ///
    /// Returns `[3, size, size]`: red, green, blue; each row by row from the top left; normalised.
    ///
    /// # Source
    ///
    /// torchvision's `Resize`, `CenterCrop`, `ToTensor` and `Normalize`, on tensors for
    /// [`Resize::SquashBilinearFloat`] (within 1e-5) and on Pillow images for all else (equal to the last bit);
    /// parity: `tests/it/photo.rs`.
    #[must_use]
    pub fn apply(&self, photo: &Photo) -> Vec<f32> {
        match self.resize.eight_bit() {
            Some(eight_bit) => self.normalised(&self.centre(photo, eight_bit)),
            None => self.squash(photo, photo.size()),
        }
    }

    /// The input of the encoder for the bytes of a file.
    ///
    /// The same numbers as [`Photo::from_bytes`] and [`Preprocess::apply`] give with [`Decoding::Exact`],
    /// but only what the square needs is decoded, and never is the whole photograph in memory where
    /// that can be avoided (a JPEG that is not turned, for all but [`Resize::SquashBilinearFloat`]).
    ///
    /// # Shapes
    ///
    /// As [`Preprocess::apply`].
    ///
    /// # Errors
    ///
    /// As [`Photo::from_bytes`].
    pub fn read(&self, bytes: &[u8], orientation: Orientation, decoding: Decoding) -> Result<Vec<f32>, PhotoError> {
        let eight_bit = self.resize.eight_bit();
        let edge = eight_bit.and_then(|eight_bit| eight_bit.edge).unwrap_or(self.size).max(self.size);
        let least = match decoding {
            Decoding::Exact => None,
            Decoding::Scaled => Some(2 * edge as usize),
        };
        let Some(eight_bit) = eight_bit else {
            let (photo, size) = photo::whole(bytes, orientation, least)?;
            return Ok(self.squash(&photo, size));
        };
        let mut centre = Centre::new(self.size as usize, eight_bit);
        photo::receive(bytes, orientation, least, &mut centre)?;
        Ok(self.normalised(&centre.finish()))
    }

    /// The input of the encoder for a photograph of a data set, wherever its bytes lie; of
    /// [`View::Boxes`] its box, if it has one, which is always decoded exactly.
    ///
    /// # Shapes
    ///
    /// As [`Preprocess::apply`].
    ///
    /// # Errors
    ///
    /// As [`Photo::of`].
    pub fn of(
        &self,
        photograph: &Photograph,
        orientation: Orientation,
        view: View,
        decoding: Decoding,
    ) -> Result<Vec<f32>, PhotoError> {
        self.of_bytes(&photo::bytes_of(photograph)?, photograph, orientation, view, decoding)
    }

    /// As [`Preprocess::of`], of the bytes of the photograph, which are there already.
    ///
    /// # Errors
    ///
    /// As [`Preprocess::of`].
    pub fn of_bytes(
        &self,
        bytes: &[u8],
        photograph: &Photograph,
        orientation: Orientation,
        view: View,
        decoding: Decoding,
    ) -> Result<Vec<f32>, PhotoError> {
        match photograph.region.filter(|_| view == View::Boxes) {
            Some(region) => Ok(self.apply(&Photo::in_box(bytes, Some(region), orientation)?)),
            None => self.read(bytes, orientation, decoding),
        }
    }

    /// The input of the encoder for each tile of a photograph of a data set; of [`View::Boxes`] the tiles of its box, if it has
    /// one. Photographs are turned first, and always decoded exactly.
    ///
    /// # Shapes
    ///
    /// Returns [`TileGrid::count`] of what [`Preprocess::apply`] returns, in the order of [`TileGrid::rectangles`].
    ///
    /// # Errors
    ///
    /// As [`Preprocess::of`].
    pub fn tiles_of_bytes(
        &self,
        bytes: &[u8],
        photograph: &Photograph,
        orientation: Orientation,
        view: View,
        grid: &TileGrid,
    ) -> Result<Vec<Vec<f32>>, PhotoError> {
        let photo = Photo::in_box(bytes, photograph.region.filter(|_| view == View::Boxes), orientation)?;
        let tiles = grid.rectangles(photo.width, photo.height);
        Ok(tiles.into_iter().map(|corners| self.apply(&photo.between(corners))).collect())
    }

    /// The square of eight-bit pixels before normalisation, `[size, size, 3]`; for [`Resize::SquashBilinearFloat`] the
    /// nearest eight-bit pixels.
    #[must_use]
    pub fn pixels(&self, photo: &Photo) -> Vec<u8> {
        let size = self.size as usize;
        match self.resize.eight_bit() {
            Some(eight_bit) => {
                let pixels = |row: &[u8]| (0..size).flat_map(|x| [row[x], row[size + x], row[2 * size + x]]).collect::<Vec<u8>>();
                self.centre(photo, eight_bit).chunks_exact(3 * size).flat_map(pixels).collect()
            }
            None => bilinear::squashed(photo, photo.size(), size).into_iter().map(nearest_byte).collect(),
        }
    }

    /// Rows of red, green and blue in turn, `[size, 3, size]`.
    fn centre(&self, photo: &Photo, eight_bit: EightBit) -> Vec<u8> {
        let mut centre = Centre::new(self.size as usize, eight_bit);
        hand_on(photo, photo.size(), &mut centre);
        centre.finish()
    }

    /// From rows of red, green and blue in turn to normalised planes.
    fn normalised(&self, rows: &[u8]) -> Vec<f32> {
        let size = self.size as usize;
        let tables = self.normalised_bytes();
        let plane = |channel: usize| rows.chunks_exact(size).skip(channel).step_by(3).map(move |row| (channel, row));
        let mut out = Vec::with_capacity(3 * size * size);
        for (channel, row) in (0..3).flat_map(plane) {
            out.extend(row.iter().map(|&value| tables[channel][usize::from(value)]));
        }
        out
    }

    fn squash(&self, photo: &Photo, size: Size) -> Vec<f32> {
        let pixels = bilinear::squashed(photo, size, self.size as usize);
        let pixels = pixels.as_chunks::<3>().0;
        let mut out = Vec::with_capacity(3 * pixels.len());
        for channel in 0..3 {
            out.extend(pixels.iter().map(|pixel| (pixel[channel] - self.mean[channel]) / self.std[channel]));
        }
        out
    }

    /// The normalised value of each byte, per channel.
    fn normalised_bytes(&self) -> [[f32; 256]; 3] {
        std::array::from_fn(|channel| {
            std::array::from_fn(|byte| {
                let byte = u8::try_from(byte).unwrap_or(u8::MAX);
                (f32::from(byte) / 255.0 - self.mean[channel]) / self.std[channel]
            })
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and clamped to 0..=255")]
fn nearest_byte(value: f32) -> u8 {
    (value * 255.0).round().clamp(0.0, 255.0) as u8
}
