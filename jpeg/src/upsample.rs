//! Chroma samples between the stored ones: the triangle filter of libjpeg, row by row.

use super::frame::Component;

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

/// From the rows of a component to rows of the image.
pub(super) struct Upsampler {
    filter: Filter,
    /// Rows of the component.
    height: usize,
    sums: Vec<u16>,
    out: Vec<u8>,
}

impl Upsampler {
    /// Chooses the filter from the sizes of a sample in pixels; `length` samples of a row are wanted.
    pub(super) fn new(component: &Component, (wide, high): (usize, usize), is_smooth: bool, length: usize) -> Self {
        let filter = match (wide, high) {
            (2, 1) if is_smooth && component.width > 2 => Filter::Columns,
            (1, 2) if is_smooth => Filter::Rows,
            (2, 2) if is_smooth && component.width > 2 => Filter::Both,
            (wide, high) => Filter::Box { wide, high },
        };
        let sums = if filter == Filter::Both { length + 2 } else { 0 };
        Self { filter, height: component.height, sums: vec![0; sums], out: vec![0; length * wide] }
    }

    /// The stored row of an image row and the next nearest one; at the edges the same row twice.
    fn neighbours(&self, y: usize) -> (usize, usize) {
        let near = y / 2;
        (near, if y.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(self.height - 1) })
    }

    /// Row `y` of the image. `row` gives the wanted samples of a stored row with one more at both
    /// ends, those at the edges of the image twice.
    #[inline(always)]
    pub(super) fn row<'out>(&'out mut self, y: usize, row: impl Fn(usize) -> &'out [u8]) -> &'out [u8] {
        let inner = |row: &'out [u8]| &row[1..row.len() - 1];
        match self.filter {
            Filter::Box { wide: 1, high } => return inner(row(y / high)),
            Filter::Box { wide, high } => {
                for (pixels, &sample) in self.out.chunks_exact_mut(wide).zip(inner(row(y / high))) {
                    pixels.fill(sample);
                }
            }
            Filter::Columns => {
                let mix = |near: u8, far: u8, bias: u16| low_byte((3 * u16::from(near) + u16::from(far) + bias) >> 2);
                doubled(row(y), &mut self.out, |near, far| mix(near, far, 1), |near, far| mix(near, far, 2));
            }
            Filter::Rows => {
                let (near, far) = self.neighbours(y);
                let bias = if y.is_multiple_of(2) { 1 } else { 2 };
                for ((pixel, &near), &far) in self.out.iter_mut().zip(inner(row(near))).zip(inner(row(far))) {
                    *pixel = low_byte((3 * u16::from(near) + u16::from(far) + bias) >> 2);
                }
            }
            Filter::Both => {
                let (near, far) = self.neighbours(y);
                for ((sum, &near), &far) in self.sums.iter_mut().zip(row(near)).zip(row(far)) {
                    *sum = 3 * u16::from(near) + u16::from(far);
                }
                let mix = |near: u16, far: u16, bias: u16| low_byte((3 * near + far + bias) >> 4);
                doubled(&self.sums, &mut self.out, |near, far| mix(near, far, 8), |near, far| mix(near, far, 7));
            }
        }
        &self.out
    }
}

/// Two pixels for each sample but the first and last: one mixed with the sample before, one with that behind.
#[inline(always)]
fn doubled<T: Copy>(samples: &[T], out: &mut [u8], before: impl Fn(T, T) -> u8, behind: impl Fn(T, T) -> u8) {
    let length = out.len() / 2;
    let (left, middle, right) = (&samples[..length], &samples[1..=length], &samples[2..length + 2]);
    let pairs = out.as_chunks_mut::<2>().0;
    for (((pair, &left), &middle), &right) in pairs.iter_mut().zip(left).zip(middle).zip(right) {
        *pair = [before(middle, left), behind(middle, right)];
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a weighted mean of bytes is a byte")]
#[inline(always)]
fn low_byte(value: u16) -> u8 {
    value as u8
}
