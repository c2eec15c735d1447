//! The picture taking shape: from samples of one row of units at a time to rows of pixels.

use super::colour::{self, Colours};
use super::frame::Frame;
use super::idct;
use super::upsample::Upsampler;
use crate::error::JpegError;
use crate::rows::{Band, Part, Receiver};
use crate::simd::{self, Work};
use std::ops::Range;

/// Room before the samples of a row, for the one that is repeated at the left edge.
const BEFORE: usize = 16;

/// Samples of a component: those of a row of units, and above them the last row before.
struct Strip {
    samples: Vec<u8>,
    stride: usize,
    /// Rows of samples in a row of units.
    rows: usize,
    /// The first sample across, the first block across, and the samples in a block's row.
    first: usize,
    first_block: usize,
    size: usize,
    /// Samples across and down in the component.
    width: usize,
    /// Samples wanted across.
    wanted: Range<usize>,
}

impl Strip {
    /// Row `y` of the component, as far as it is wanted, with one sample more at both ends.
    /// `first_row` is the first row of the current units.
    #[inline(always)]
    fn row(&self, y: usize, first_row: usize) -> &[u8] {
        let begin = (y + 1 - first_row) * self.stride + BEFORE + self.wanted.start - self.first;
        &self.samples[begin - 1..=begin + self.wanted.len()]
    }

    /// Repeats the samples at the edges of the image, in the rows of the current units.
    fn repeat_edges(&mut self) {
        for row in self.samples.chunks_exact_mut(self.stride).skip(1) {
            if self.first == 0 {
                row[BEFORE - 1] = row[BEFORE];
            }
            if self.wanted.end == self.width {
                let end = BEFORE + self.width - self.first;
                row[end] = row[end - 1];
            }
        }
    }

    /// Keeps the last row above the next units.
    fn keep_last(&mut self) {
        let last = self.rows * self.stride;
        self.samples.copy_within(last..last + self.stride, 0);
    }
}

/// The picture while it is decoded.
pub(super) struct Picture<'receiver> {
    receiver: &'receiver mut dyn Receiver,
    part: Part,
    /// Units whose samples are needed, across and down.
    units: Range<usize>,
    unit_rows: Range<usize>,
    /// Pixels that are computed across: whole units.
    columns: Range<usize>,
    /// Rows of pixels in a row of units, and in the image.
    unit_height: usize,
    height: usize,
    strips: Vec<Strip>,
    upsamplers: Vec<Upsampler>,
    colours: Colours,
    band: Band,
}

impl<'receiver> Picture<'receiver> {
    /// Begins the picture of a frame that knows the size of its blocks.
    ///
    /// # Errors
    ///
    /// `unsupported` for sampling factors that do not divide.
    pub(super) fn new(frame: &Frame, colours: Colours, receiver: &'receiver mut dyn Receiver) -> Result<Self, JpegError> {
        let size = frame.decoded_size();
        let part = receiver.begin(size);
        let (unit_width, unit_height) = (frame.most.0 * frame.size, frame.most.1 * frame.size);
        let (across, down) = frame.units();
        let inner = part.columns.start / unit_width..part.columns.end.div_ceil(unit_width);
        let columns = inner.start * unit_width..(inner.end * unit_width).min(size.width);
        // One unit more on every side, for the filters between samples.
        let units = inner.start.saturating_sub(1)..(inner.end + 1).min(across);
        let unit_rows = (part.rows.start / unit_height).saturating_sub(1)..(part.rows.end.div_ceil(unit_height) + 1).min(down);
        let mut strips = vec![];
        let mut upsamplers = vec![];
        for component in &frame.components {
            let size = component.size;
            let (wide, high) = frame.pixels_per_sample(component)?;
            let first_block = units.start * component.horizontal;
            let wanted = columns.start / wide..columns.end.div_ceil(wide).min(component.width);
            let stride = (BEFORE + units.len() * component.horizontal * size + 1).next_multiple_of(32);
            let rows = component.vertical * size;
            upsamplers.push(Upsampler::new(component, (wide, high), frame.size > 1, wanted.len()));
            strips.push(Strip {
                samples: vec![0; (1 + rows) * stride],
                stride,
                rows,
                first: first_block * size,
                first_block,
                size,
                width: component.width,
                wanted,
            });
        }
        let band = Band { planes: [vec![], vec![], vec![]], width: part.columns.len() };
        Ok(Self {
            receiver,
            part,
            units,
            unit_rows,
            columns,
            unit_height,
            height: size.height,
            strips,
            upsamplers,
            colours,
            band,
        })
    }

    /// Whether the samples of units in this row are needed at all.
    pub(super) fn needs_row(&self, unit_row: usize) -> bool {
        self.unit_rows.contains(&unit_row)
    }

    /// Whether all needed rows of units were before this one.
    pub(super) fn is_past(&self, unit_row: usize) -> bool {
        unit_row >= self.unit_rows.end
    }

    /// The units across whose samples are needed.
    pub(super) fn units(&self) -> Range<usize> {
        self.units.clone()
    }

    /// Draws all that is needed from the coefficients of a frame.
    pub(super) fn draw(&mut self, frame: &Frame) {
        for unit_row in self.unit_rows.clone() {
            simd::run(Stored { picture: self, frame, unit_row });
            self.finish_row(unit_row);
        }
    }

    /// The samples of a block of the current units from its first one on, and how far its rows are apart.
    /// `row` is the block's row within the unit.
    #[inline(always)]
    pub(super) fn block(&mut self, component: usize, across: usize, row: usize) -> (&mut [u8], usize) {
        let strip = &mut self.strips[component];
        let begin = (1 + row * strip.size) * strip.stride + BEFORE + (across - strip.first_block) * strip.size;
        (&mut strip.samples[begin..], strip.stride)
    }

    /// Hands on the rows of pixels that are complete when these units are, the last one of them not
    /// being so before the units below are known.
    pub(super) fn finish_row(&mut self, unit_row: usize) {
        self.strips.iter_mut().for_each(Strip::repeat_edges);
        let begin = unit_row * self.unit_height;
        let end = if begin + self.unit_height >= self.height { self.height } else { begin + self.unit_height - 1 };
        let rows = begin.saturating_sub(1).max(self.part.rows.start)..end.min(self.part.rows.end);
        if !rows.is_empty() {
            simd::run(Finish { picture: self, unit_row, rows });
            self.receiver.take(&self.band);
        }
        self.strips.iter_mut().for_each(Strip::keep_last);
    }
}

/// From the coefficients of a row of units to samples.
struct Stored<'row, 'receiver> {
    picture: &'row mut Picture<'receiver>,
    frame: &'row Frame,
    unit_row: usize,
}

impl Work for Stored<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Stored { picture, frame, unit_row } = self;
        let units = picture.units();
        for (index, component) in frame.components.iter().enumerate() {
            let quantisation = component.quantisation.as_ref().unwrap_or(&[0; 64]);
            for row in 0..component.vertical {
                for across in units.start * component.horizontal..units.end * component.horizontal {
                    let block = component.block_index(across, unit_row * component.vertical + row);
                    let coefficients = &component.coefficients[block];
                    let end = if coefficients[1..].iter().all(|&value| value == 0) { 1 } else { 64 };
                    let samples = picture.block(index, across, row);
                    idct::write(component.size, coefficients, quantisation, end, samples);
                }
            }
        }
    }
}

/// From the samples of the current units to rows of pixels.
struct Finish<'picture, 'receiver> {
    picture: &'picture mut Picture<'receiver>,
    unit_row: usize,
    rows: Range<usize>,
}

impl Work for Finish<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Picture { part, columns, strips, upsamplers, colours, band, .. } = self.picture;
        let width = part.columns.len();
        let wanted = part.columns.start - columns.start..part.columns.end - columns.start;
        band.planes.iter_mut().for_each(|plane| plane.resize(self.rows.len() * width, 0));
        let [red, green, blue] = band.planes.each_mut().map(|plane| plane.chunks_exact_mut(width));
        for (((y, red), green), blue) in self.rows.zip(red).zip(green).zip(blue) {
            let mut rows: [&[u8]; 4] = [&[]; 4];
            for ((row, upsampler), strip) in rows.iter_mut().zip(upsamplers.iter_mut()).zip(strips.iter()) {
                let first_row = self.unit_row * strip.rows;
                *row = &upsampler.row(y, |y| strip.row(y, first_row))[wanted.clone()];
            }
            colour::convert(*colours, &rows[..strips.len()], [red, green, blue]);
        }
    }
}
