//! `PyTorch`'s antialiased bilinear on floating-point numbers, along the rows and then down the columns.

#![expect(clippy::inline_always, reason = "compiled a second time for wide registers, which only reaches what is inlined")]

use super::window::Window;
use crate::numbers::simd::{self, Work};
use crate::photographs::photo::Photo;
use crate::photographs::photo::rows::Size;

/// The whole photograph as a square, `[size, size, 3]`, values in `[0, 1]`.
pub(super) fn squashed(photo: &Photo, decoded: Size, size: usize) -> Vec<f32> {
    simd::run(Squash { photo, decoded, size })
}

struct Squash<'photo> {
    photo: &'photo Photo,
    decoded: Size,
    size: usize,
}

impl Work for Squash<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn run(self) -> Vec<f32> {
        let Squash { photo: Photo { width, height, pixels }, decoded, size } = self;
        let extent = decoded.extent();
        let columns = windows(*width, extent.0, size);
        let mut narrow = Vec::with_capacity(size * height * 3);
        let mut row = vec![0.0; width * 3];
        for bytes in pixels.chunks_exact(width * 3) {
            for (value, &byte) in row.iter_mut().zip(bytes) {
                *value = f32::from(byte) / 255.0;
            }
            for window in &columns {
                narrow.extend(pixel(&row, window));
            }
        }
        let stride = size * 3;
        let mut out = vec![0.0; size * stride];
        for (sums, window) in out.chunks_exact_mut(stride).zip(windows(*height, extent.1, size)) {
            for (row, &weight) in narrow[window.start * stride..].chunks_exact(stride).zip(&window.weights) {
                for (sum, &value) in sums.iter_mut().zip(row) {
                    *sum += value * weight;
                }
            }
        }
        out
    }
}

/// Windows of the triangle filter over the first `extent` of `input` pixels, computed in single precision where `PyTorch` does: rounding the
/// centre of a window moves pixels by up to 5e-5.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes of images; as in PyTorch"
)]
fn windows(input: usize, extent: f64, output: usize) -> Vec<Window<f32>> {
    let scale = extent as f32 / output as f32;
    let support = scale.max(1.0);
    let inverse = 1.0 / support;
    let window = |place: usize| {
        let centre = (f64::from(scale) * (place as f64 + 0.5)) as f32;
        let start = (f64::from(centre - support) + 0.5).max(0.0) as usize;
        let end = ((f64::from(centre + support) + 0.5) as usize).min(input);
        let distance = |pixel: usize| ((f64::from(pixel as f32 - centre) + 0.5) * f64::from(inverse)) as f32;
        let mut weights: Vec<f32> = (start..end).map(|pixel| (1.0 - distance(pixel).abs()).max(0.0)).collect();
        let sum = weights.iter().fold(0.0, |sum: f32, weight| sum + weight);
        for weight in &mut weights {
            *weight /= sum;
        }
        Window { start, weights }
    };
    (0..output).map(window).collect()
}

#[inline(always)]
fn pixel(row: &[f32], window: &Window<f32>) -> [f32; 3] {
    let mut sums = [0.0; 3];
    for (pixel, &weight) in row[window.start * 3..].as_chunks::<3>().0.iter().zip(&window.weights) {
        for (sum, &value) in sums.iter_mut().zip(pixel) {
            *sum += value * weight;
        }
    }
    sums
}
