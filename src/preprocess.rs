//! From a photograph to the numbers that an encoder sees, exactly as the recipes of the field do it.

mod bicubic;
mod bilinear;
mod window;

use crate::photo::Photo;

/// How a photograph of any size becomes a square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resize {
    /// Shortest side to the size, antialiased bicubic on eight bits as Pillow computes it, then the
    /// centre: `open_clip`'s evaluation transform and the one of the `BioCLIP` papers.
    ShortestBicubic8,
    /// Both sides to the size, antialiased bilinear on floating-point numbers as `PyTorch` computes it:
    /// pybioclip's transform.
    SquashBilinearFloat,
}

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
    /// torchvision's `Resize`, `CenterCrop`, `ToTensor` and `Normalize`, on Pillow images for
    /// [`Resize::ShortestBicubic8`] (equal to the last bit) and on tensors for
    /// [`Resize::SquashBilinearFloat`] (within 1e-5); parity: `tests/it/photo.rs`.
    #[must_use]
    pub fn apply(&self, photo: &Photo) -> Vec<f32> {
        let size = self.size as usize;
        match self.resize {
            Resize::ShortestBicubic8 => {
                let tables = self.normalised_bytes();
                let pixels = self.pixels(photo);
                planes(&pixels, |channel, value| tables[channel][usize::from(value)])
            }
            Resize::SquashBilinearFloat => {
                let pixels = bilinear::squashed(photo, size);
                planes(&pixels, |channel, value: f32| (value - self.mean[channel]) / self.std[channel])
            }
        }
    }

    /// The square of eight-bit pixels before normalisation, `[size, size, 3]`, for [`Resize::ShortestBicubic8`];
    /// for [`Resize::SquashBilinearFloat`] the nearest eight-bit pixels.
    #[must_use]
    pub fn pixels(&self, photo: &Photo) -> Vec<u8> {
        let size = self.size as usize;
        match self.resize {
            Resize::ShortestBicubic8 => bicubic::centre(photo, size),
            Resize::SquashBilinearFloat => bilinear::squashed(photo, size).into_iter().map(nearest_byte).collect(),
        }
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

/// From interleaved pixels to one plane per channel.
fn planes<T: Copy>(pixels: &[T], number: impl Fn(usize, T) -> f32) -> Vec<f32> {
    let pixels = pixels.as_chunks::<3>().0;
    (0..3)
        .flat_map(|channel| pixels.iter().map(move |pixel| (channel, pixel[channel])))
        .map(|(channel, value)| number(channel, value))
        .collect()
}
