//! The patches of any image tower as regions.

use crate::encoder::description::fusion::BoxOrder;
use crate::encoder::error::EncoderError;
use crate::encoder::{Encoder, kind};
use tch::{Device, Kind, Tensor};

impl Encoder {
    /// What the last block of the image tower puts out for each patch, before the norm after it: class token and registers are
    /// left out.
    ///
    /// # Shapes
    ///
    /// `pixels`: as [`Encoder::embed_images`]. Returns `[B, N, width]` f32 on the processor, patches in reading order.
    ///
    /// # Errors
    ///
    /// As [`Encoder::embed_images`].
    pub fn patch_states(&self, pixels: &Tensor) -> Result<Tensor, EncoderError> {
        self.check_pixels(pixels)?;
        let _guard = tch::no_grad_guard();
        let pixels = pixels.f_to_device(self.device)?.f_to_kind(kind(self.precision))?;
        Ok(self.vision()?.patch_states(&pixels)?.f_to_kind(Kind::Float)?.f_to_device(Device::Cpu)?)
    }

    /// Length of a patch's state, and patches in a row; `None` without an image tower.
    #[must_use]
    pub fn patches(&self) -> Option<(i64, i64)> {
        self.description.image.as_ref().map(|image| (image.transformer.width, image.grid()))
    }
}

/// The boxes of so many rows of as many patches, in reading order: fractions of the picture that the tower sees.
///
/// # Shapes
///
/// `[side², 4]`, row by row.
#[must_use]
pub fn grid_boxes(side: i64, order: BoxOrder) -> Vec<f32> {
    // Towers have at most some hundred patches in a row.
    let side = u16::try_from(side).unwrap_or(u16::MAX);
    let at = |place: u16| f32::from(place) / f32::from(side.max(1));
    let of = |row: u16, column: u16| {
        let [left, right, top, bottom] = [at(column), at(column + 1), at(row), at(row + 1)];
        match order {
            BoxOrder::Corners => [left, top, right, bottom],
            BoxOrder::Sides => [left, right, top, bottom],
        }
    };
    (0..side).flat_map(|row| (0..side).flat_map(move |column| of(row, column))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_two_by_two_patches() {
        let corners = grid_boxes(2, BoxOrder::Corners);
        assert_eq!(corners, [0., 0., 0.5, 0.5, 0.5, 0., 1., 0.5, 0., 0.5, 0.5, 1., 0.5, 0.5, 1., 1.]);
        let sides = grid_boxes(2, BoxOrder::Sides);
        assert_eq!(sides, [0., 0.5, 0., 0.5, 0.5, 1., 0., 0.5, 0., 0.5, 0.5, 1., 0.5, 1., 0.5, 1.]);
    }
}
