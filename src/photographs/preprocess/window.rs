//! Which input pixels make an output pixel, and with what weights: antialiased resampling along one axis.

use super::resize::Filter;
use std::ops::Range;

/// Catmull and Rom's cubic (a = −0.5), as Pillow's `BICUBIC`; it ends at 2.
fn cubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    let x = x.abs();
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}

/// A triangle, as Pillow's `BILINEAR`; it ends at 1.
fn triangle(x: f64) -> f64 {
    (1.0 - x.abs()).max(0.0)
}

/// The input pixels of one output pixel.
pub(super) struct Window<W> {
    /// The first of them.
    pub(super) start: usize,
    /// Their weights.
    pub(super) weights: Vec<W>,
}

impl<W> Window<W> {
    /// The first input pixel and the one after the last.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.weights.len()
    }
}

/// Windows of the output pixels `wanted` when the first `extent` of `input` pixels become
/// `output`, weights of sum 1 through `weight`.
///
/// Where the image shrinks, the filter is stretched by the same factor (antialiasing).
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes of images; truncation as in Pillow"
)]
pub(super) fn windows<W>(
    filter: Filter,
    (input, extent): (usize, f64),
    output: usize,
    wanted: Range<usize>,
    weight: impl Fn(f64) -> W,
) -> Vec<Window<W>> {
    let scale = extent / output as f64;
    let stretch = scale.max(1.0);
    let (value_at, end): (fn(f64) -> f64, f64) = match filter {
        Filter::Bicubic => (cubic, 2.0),
        Filter::Bilinear => (triangle, 1.0),
    };
    let support = end * stretch;
    wanted
        .map(|place| {
            let centre = (place as f64 + 0.5) * scale;
            let start = (centre - support + 0.5).max(0.0) as usize;
            let end = ((centre + support + 0.5) as usize).min(input);
            let raw: Vec<f64> = (start..end).map(|pixel| value_at((pixel as f64 - centre + 0.5) * (1.0 / stretch))).collect();
            let sum: f64 = raw.iter().sum();
            let weights = raw.iter().map(|&value| weight(if sum == 0.0 { value } else { value / sum })).collect();
            Window { start, weights }
        })
        .collect()
}
