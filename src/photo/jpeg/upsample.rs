//! Chroma samples between the stored ones: the triangle filter of libjpeg, row by row.

#![expect(clippy::inline_always, reason = "compiled a second time for wide registers, which only reaches what is inlined")]

use super::frame::Component;
use crate::photo::PhotoError;

/// How the samples of a component become pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    /// Every sample is that many pixels wide and high.
    Box { wide: usize, high: usize },
    /// Twice as many columns, weights 3 : 1.
    Columns,
    /// Twice as many rows, weights 3 : 1.
    Rows,
    /// Both, weights 9 : 3 : 3 : 1, rounded once.
    Both,
}

/// The rows of a component at the size of the image.
pub(super) struct Upsampler<'plane> {
    component: &'plane Component,
    filter: Filter,
    sums: Vec<u16>,
}

impl<'plane> Upsampler<'plane> {
    /// Chooses the filter from the sampling factors (`most` is the largest of the image, horizontal, vertical).
    ///
    /// # Errors
    ///
    /// `unsupported` for factors that do not divide.
    pub(super) fn new(component: &'plane Component, most: (usize, usize)) -> Result<Self, PhotoError> {
        let (wide, high) = (most.0 / component.horizontal, most.1 / component.vertical);
        if wide * component.horizontal != most.0 || high * component.vertical != most.1 {
            return Err(PhotoError::Unsupported("JPEG with fractional sampling factors".to_string()));
        }
        let filter = match (wide, high) {
            (2, 1) if component.width > 2 => Filter::Columns,
            (1, 2) => Filter::Rows,
            (2, 2) if component.width > 2 => Filter::Both,
            (wide, high) => Filter::Box { wide, high },
        };
        Ok(Self { component, filter, sums: vec![0; component.width] })
    }

    /// Writes row `y` of the image; `out` holds at least the component's width times its expansion.
    #[inline(always)]
    pub(super) fn row(&mut self, y: usize, out: &mut [u8]) {
        let component = self.component;
        match self.filter {
            Filter::Box { wide: 1, high } => out[..component.width].copy_from_slice(component.row(y / high)),
            Filter::Box { wide, high } => {
                for (pixels, &sample) in out.chunks_mut(wide).zip(component.row(y / high)) {
                    pixels.fill(sample);
                }
            }
            Filter::Columns => columns(component.row(y), out),
            Filter::Rows => {
                let (near, far) = neighbours(component, y);
                let bias = if y.is_multiple_of(2) { 1 } else { 2 };
                for ((pixel, &near), &far) in out.iter_mut().zip(near).zip(far) {
                    *pixel = low_byte((3 * u16::from(near) + u16::from(far) + bias) >> 2);
                }
            }
            Filter::Both => {
                let (near, far) = neighbours(component, y);
                for ((sum, &near), &far) in self.sums.iter_mut().zip(near).zip(far) {
                    *sum = 3 * u16::from(near) + u16::from(far);
                }
                both(&self.sums, out);
            }
        }
    }
}

/// The stored row of a pixel row and the next nearest one; at the edges the same row twice.
#[inline(always)]
fn neighbours(component: &Component, y: usize) -> (&[u8], &[u8]) {
    let near = y / 2;
    let far = if y.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(component.height - 1) };
    (component.row(near), component.row(far))
}

#[inline(always)]
fn columns(samples: &[u8], out: &mut [u8]) {
    let last = samples.len() - 1;
    let mix = |near: u8, far: u8, bias: u16| low_byte((3 * u16::from(near) + u16::from(far) + bias) >> 2);
    out[0] = samples[0];
    out[1] = mix(samples[0], samples[1], 2);
    for (pair, three) in out[2..].as_chunks_mut::<2>().0.iter_mut().zip(samples.windows(3)) {
        *pair = [mix(three[1], three[0], 1), mix(three[1], three[2], 2)];
    }
    out[2 * last] = mix(samples[last], samples[last - 1], 1);
    out[2 * last + 1] = samples[last];
}

#[inline(always)]
fn both(sums: &[u16], out: &mut [u8]) {
    let last = sums.len() - 1;
    let mix = |near: u16, far: u16, bias: u16| low_byte((3 * near + far + bias) >> 4);
    out[0] = low_byte((4 * sums[0] + 8) >> 4);
    out[1] = mix(sums[0], sums[1], 7);
    for (pair, three) in out[2..].as_chunks_mut::<2>().0.iter_mut().zip(sums.windows(3)) {
        *pair = [mix(three[1], three[0], 8), mix(three[1], three[2], 7)];
    }
    out[2 * last] = mix(sums[last], sums[last - 1], 8);
    out[2 * last + 1] = low_byte((4 * sums[last] + 7) >> 4);
}

#[expect(clippy::cast_possible_truncation, reason = "a weighted mean of bytes is a byte")]
#[inline(always)]
fn low_byte(value: u16) -> u8 {
    value as u8
}
