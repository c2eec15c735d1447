//! Pillow's resampling of eight-bit pixels: first along the rows, rounded to bytes, then down the columns, in 22-bit fixed point.

use super::resize::{CentreAt, EightBit, Fit};
use super::window::{self, Window};
use crate::numbers::simd::{self, Work};
use crate::photographs::photo::rows::{Band, Part, Receiver, Size};
use std::ops::Range;

/// Bits behind the point of a weight; with 8 of the pixel and 2 to spare they make 32.
const PRECISION: u32 = 32 - 8 - 2;
const HALF: i32 = 1 << (PRECISION - 1);

/// Pixels that are added up at a time.
const LANES: usize = 8;

/// The centre square of a photograph that is resized, made from its rows as they come.
///
/// Where the ratio is kept the long side is cut to whole pixels. Only what ends up in the square is asked for.
#[derive(Default)]
pub(super) struct Centre {
    size: usize,
    way: EightBit,
    /// The input pixels of every column of the square; none where the columns stay as they are.
    columns: Vec<Window<i32>>,
    /// The input rows of every row of the square, beginning at the first that is needed; none where they stay as they are.
    rows: Vec<Window<i32>>,
    /// Rows that are as wide as the square: red, green and blue of each in turn.
    narrow: Vec<u8>,
    sums: Vec<[[i32; LANES]; 3]>,
}

impl Centre {
    pub(super) fn new(size: usize, way: EightBit) -> Self {
        Self { size, way, ..Self::default() }
    }

    /// The square, once all rows were taken: rows of red, green and blue in turn, `[size, 3, size]`.
    pub(super) fn finish(self) -> Vec<u8> {
        if self.rows.is_empty() { self.narrow } else { simd::run(Down { centre: &self }) }
    }
}

impl Receiver for Centre {
    fn begin(&mut self, size: Size) -> Part {
        let EightBit { fit, filter, edge, centre } = self.way;
        let square = self.size;
        // A centre that is larger than what it is cut out of has no pixels of its own.
        let edge = edge.and_then(|edge| usize::try_from(edge).ok()).map_or(square, |edge| edge.max(square));
        let (width, height) = size.full;
        let shortest = width.min(height);
        let (new_width, new_height) = match fit {
            Fit::Shortest => (edge * width / shortest, edge * height / shortest),
            Fit::Squash => (edge, edge),
        };
        let (left, top) = (margin(new_width, square, centre), margin(new_height, square, centre));
        let extent = size.extent();
        let mut part = Part { columns: left..left + square, rows: top..top + square };
        if new_height != size.height {
            self.rows = window::windows(filter, (size.height, extent.1), new_height, part.rows, fixed);
            part.rows = span(&self.rows);
            self.rows.iter_mut().for_each(|row| row.start -= part.rows.start);
        }
        if new_width != size.width {
            let columns = window::windows(filter, (size.width, extent.0), new_width, part.columns, fixed);
            part.columns = span(&columns);
            self.columns = columns.into_iter().map(|column| in_groups(column, &part.columns)).collect();
        }
        self.narrow = Vec::with_capacity(part.rows.len() * square * 3);
        self.sums = vec![[[0; LANES]; 3]; self.columns.len()];
        part
    }

    fn take(&mut self, band: &Band) {
        if self.columns.is_empty() {
            self.narrow.extend(band.rows().flatten().flatten());
        } else {
            simd::run(Across { centre: self, band });
        }
    }
}

/// Pixels cut off before the centre: half of what is too much; halves to the even side as Python rounds, or down.
fn margin(length: usize, size: usize, centre: CentreAt) -> usize {
    let (half, rest) = ((length - size) / 2, (length - size) % 2);
    match centre {
        CentreAt::Even => half + (rest * (half % 2)),
        CentreAt::Smaller => half,
    }
}

/// A weight in fixed point, rounded away from zero at halves.
#[expect(clippy::cast_possible_truncation, reason = "weights are below 2")]
fn fixed(weight: f64) -> i32 {
    let scaled = weight * f64::from(1 << PRECISION);
    if scaled < 0.0 { (scaled - 0.5) as i32 } else { (scaled + 0.5) as i32 }
}

/// All input pixels that some output pixel needs.
fn span(windows: &[Window<i32>]) -> Range<usize> {
    let start = windows.iter().map(|window| window.start).min().unwrap_or(0);
    start..windows.iter().map(|window| window.range().end).max().unwrap_or(0)
}

/// The window among the pixels of a part, filled up with zeros to whole groups where the part is long enough.
fn in_groups(window: Window<i32>, part: &Range<usize>) -> Window<i32> {
    let own = window.start - part.start;
    let length = window.weights.len().next_multiple_of(LANES);
    if length > part.len() {
        return Window { start: own, ..window };
    }
    let start = own.min(part.len() - length);
    let mut weights = vec![0; length];
    weights[own - start..][..window.weights.len()].copy_from_slice(&window.weights);
    Window { start, weights }
}

#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn byte(sum: i32) -> u8 {
    (sum >> PRECISION).clamp(0, 255) as u8
}

/// Resampling along the rows.
struct Across<'band> {
    centre: &'band mut Centre,
    band: &'band Band,
}

impl Work for Across<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Centre { columns, narrow, sums, size, .. } = self.centre;
        for row in self.band.rows() {
            // The lanes of a whole row before any is added up: in one loop the compiler vectorises neither.
            for (sums, window) in sums.iter_mut().zip(columns.iter()) {
                let [red, green, blue] = [&row[0][window.range()], &row[1][window.range()], &row[2][window.range()]];
                *sums = products(red, green, blue, &window.weights);
            }
            let begin = narrow.len();
            narrow.resize(begin + 3 * *size, 0);
            let (red, others) = narrow[begin..].split_at_mut(*size);
            let (green, blue) = others.split_at_mut(*size);
            for (((sums, red), green), blue) in sums.iter().zip(red).zip(green).zip(blue) {
                (*red, *green, *blue) = (total(sums[0]), total(sums[1]), total(sums[2]));
            }
        }
    }
}

/// Weighted values of red, green and blue, eight pixels at a time.
#[inline(always)]
fn products(red: &[u8], green: &[u8], blue: &[u8], weights: &[i32]) -> [[i32; LANES]; 3] {
    let (groups, rest) = weights.as_chunks::<LANES>();
    let mut out = [[0_i32; LANES]; 3];
    for (out, values) in out.iter_mut().zip([red, green, blue]) {
        let mut lanes = [0_i32; LANES];
        for (weights, values) in groups.iter().zip(values.as_chunks::<LANES>().0) {
            lanes = std::array::from_fn(|lane| lanes[lane] + i32::from(values[lane]) * weights[lane]);
        }
        for ((lane, &value), &weight) in lanes.iter_mut().zip(&values[weights.len() - rest.len()..]).zip(rest) {
            *lane += i32::from(value) * weight;
        }
        *out = lanes;
    }
    out
}

#[inline(always)]
fn total(lanes: [i32; LANES]) -> u8 {
    let four: [i32; LANES / 2] = std::array::from_fn(|lane| lanes[lane] + lanes[lane + LANES / 2]);
    byte(HALF + (four[0] + four[2]) + (four[1] + four[3]))
}

/// Resampling down the columns.
struct Down<'centre> {
    centre: &'centre Centre,
}

impl Work for Down<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run(self) -> Vec<u8> {
        let stride = self.centre.size * 3;
        let mut out = Vec::with_capacity(self.centre.rows.len() * stride);
        let mut sums = vec![HALF; stride];
        for window in &self.centre.rows {
            sums.fill(HALF);
            for (row, &weight) in self.centre.narrow[window.start * stride..].chunks_exact(stride).zip(&window.weights) {
                for (sum, &value) in sums.iter_mut().zip(row) {
                    *sum += i32::from(value) * weight;
                }
            }
            out.extend(sums.iter().map(|&sum| byte(sum)));
        }
        out
    }
}
