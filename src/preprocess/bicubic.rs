//! Pillow's eight-bit bicubic: first along the rows, rounded to bytes, then down the columns, in 22-bit fixed point.

#![expect(clippy::inline_always, reason = "compiled a second time for wide registers, which only reaches what is inlined")]

use super::window::{self, Window};
use crate::photo::Photo;
use crate::wide::{self, Work};
use std::ops::Range;

/// Bits behind the point of a weight; with 8 of the pixel and 2 to spare they make 32.
const PRECISION: u32 = 32 - 8 - 2;
const HALF: i32 = 1 << (PRECISION - 1);

/// The centre square of the photograph when its shortest side is `size`: `[size, size, 3]`.
///
/// The long side is cut to whole pixels, and the square begins at the nearest even half, as
/// torchvision has it. Only what ends up in the square is computed.
pub(super) fn centre(photo: &Photo, size: usize) -> Vec<u8> {
    let (width, height) = (photo.width, photo.height);
    let shortest = width.min(height);
    let (new_width, new_height) = (size * width / shortest, size * height / shortest);
    let (left, top) = (margin(new_width, size), margin(new_height, size));
    let rows = window::bicubic(height, new_height, top..top + size, fixed);
    let needed = if new_height == height { top..top + size } else { span(&rows) };

    let (pixels, first_row) = (&photo.pixels[needed.start * width * 3..needed.end * width * 3], needed.start);
    let narrow = if new_width == width {
        pixels.chunks_exact(width * 3).flat_map(|row| &row[left * 3..(left + size) * 3]).copied().collect()
    } else {
        let columns = window::bicubic(width, new_width, left..left + size, fixed);
        wide::run(Across { pixels, width, columns: columns.into_iter().map(|window| per_byte(window, width)).collect() })
    };
    if new_height == height { narrow } else { wide::run(Down { pixels: &narrow, width: size, first_row, rows }) }
}

/// Pixels cut off before the centre: half of what is too much, halves to the even side as Python rounds.
fn margin(length: usize, size: usize) -> usize {
    let (half, rest) = ((length - size) / 2, (length - size) % 2);
    half + (rest * (half % 2))
}

/// A weight in fixed point, rounded away from zero at halves.
#[expect(clippy::cast_possible_truncation, reason = "weights are below 2")]
fn fixed(weight: f64) -> i32 {
    let scaled = weight * f64::from(1 << PRECISION);
    if scaled < 0.0 { (scaled - 0.5) as i32 } else { (scaled + 0.5) as i32 }
}

/// All input rows that some output row needs.
fn span(rows: &[Window<i32>]) -> Range<usize> {
    let start = rows.iter().map(|row| row.start).min().unwrap_or(0);
    start..rows.iter().map(|row| row.range().end).max().unwrap_or(0)
}

/// Pixels that are added up at a time.
const LANES: usize = 8;

/// The window in bytes: each weight three times, filled up with zeros to whole groups of pixels
/// where the row is long enough.
fn per_byte(window: Window<i32>, width: usize) -> Window<i32> {
    let length = window.weights.len();
    let filled = length.next_multiple_of(LANES);
    let (start, filled) = if filled <= width { (window.start.min(width - filled), filled) } else { (window.start, length) };
    let mut weights = vec![0; filled * 3];
    let begin = (window.start - start) * 3;
    for (three, weight) in weights[begin..].as_chunks_mut::<3>().0.iter_mut().zip(window.weights) {
        *three = [weight; 3];
    }
    Window { start: start * 3, weights }
}

#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn byte(sum: i32) -> u8 {
    (sum >> PRECISION).clamp(0, 255) as u8
}

/// Resampling along the rows.
struct Across<'photo> {
    pixels: &'photo [u8],
    width: usize,
    columns: Vec<Window<i32>>,
}

impl Work for Across<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.pixels.len() / self.width * self.columns.len());
        // The lanes of a whole row before any is added up: in one loop the compiler vectorises neither.
        let mut sums = vec![[[0; LANES]; 3]; self.columns.len()];
        for row in self.pixels.chunks_exact(self.width * 3) {
            for (sums, window) in sums.iter_mut().zip(&self.columns) {
                *sums = products(&row[window.range()], &window.weights);
            }
            out.extend(sums.iter().flat_map(total));
        }
        out
    }
}

/// Weighted values of red, green and blue in turn, eight pixels at a time.
#[inline(always)]
fn products(bytes: &[u8], weights: &[i32]) -> [[i32; LANES]; 3] {
    let mut lanes = [[0_i32; LANES]; 3];
    let (groups, bytes_left) = bytes.as_chunks::<{ 3 * LANES }>();
    let (weight_groups, weights_left) = weights.as_chunks::<{ 3 * LANES }>();
    for (bytes, weights) in groups.iter().zip(weight_groups) {
        let (bytes, weights) = (bytes.as_chunks::<LANES>().0, weights.as_chunks::<LANES>().0);
        for ((lanes, bytes), weights) in lanes.iter_mut().zip(bytes).zip(weights) {
            *lanes = std::array::from_fn(|lane| lanes[lane] + i32::from(bytes[lane]) * weights[lane]);
        }
    }
    for (lane, (&byte, &weight)) in lanes.as_flattened_mut().iter_mut().zip(bytes_left.iter().zip(weights_left)) {
        *lane += i32::from(byte) * weight;
    }
    lanes
}

/// Red, green and blue: lanes of one colour are three apart, so 24 become 12, 6 and 3.
#[inline(always)]
fn total(lanes: &[[i32; LANES]; 3]) -> [u8; 3] {
    let flat = lanes.as_flattened();
    let twelve: [i32; 12] = std::array::from_fn(|place| flat[place] + flat[place + 12]);
    let six: [i32; 6] = std::array::from_fn(|place| twelve[place] + twelve[place + 6]);
    std::array::from_fn(|place| byte(HALF + six[place] + six[place + 3]))
}

/// Resampling down the columns.
struct Down<'rows> {
    pixels: &'rows [u8],
    width: usize,
    /// Which row of the photograph comes first.
    first_row: usize,
    rows: Vec<Window<i32>>,
}

impl Work for Down<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run(self) -> Vec<u8> {
        let stride = self.width * 3;
        let mut out = Vec::with_capacity(self.rows.len() * stride);
        let mut sums = vec![HALF; stride];
        for window in &self.rows {
            sums.fill(HALF);
            let begin = (window.start - self.first_row) * stride;
            for (row, &weight) in self.pixels[begin..].chunks_exact(stride).zip(&window.weights) {
                for (sum, &value) in sums.iter_mut().zip(row) {
                    *sum += i32::from(value) * weight;
                }
            }
            out.extend(sums.iter().map(|&sum| byte(sum)));
        }
        out
    }
}
