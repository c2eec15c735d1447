//! The rows of a table chunk by chunk, none of which ends in the middle of an image.

use super::super::error::TableError;
use super::super::frame::Frame;
use super::super::options::TableOptions;
use super::piece::{Opened, Piece};
use polars::prelude::PolarsError;
use std::ops::Range;
use std::path::PathBuf;

/// Rows of one piece.
pub(super) struct Part {
    pub(super) frame: Frame,
    pub(super) path: PathBuf,
    /// Which rows of the piece.
    pub(super) rows: Range<u64>,
    /// Rows of the pieces before it.
    pub(super) before: u64,
}

/// All rows of some pieces.
pub(super) struct Parts {
    pieces: Vec<Piece>,
    /// The column of images, by which rows belong together.
    image: Option<String>,
    /// The columns that are read; all of them where it is not known which are needed.
    columns: Option<Vec<String>>,
    /// The piece at hand, and its next chunk.
    at: (usize, usize),
    opened: Option<Opened>,
    /// Rows of an image that may go on, and where they begin.
    held_back: Option<(Frame, usize)>,
    /// Rows of the pieces that are done.
    before: u64,
}

impl Parts {
    pub(super) fn new(pieces: Vec<Piece>, image: Option<String>, columns: Option<Vec<String>>) -> Parts {
        Parts { pieces, image, columns, at: (0, 0), opened: None, held_back: None, before: 0 }
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    ///
    /// Rows that cannot be read.
    pub(super) fn next(&mut self, options: &TableOptions) -> Result<Option<Part>, TableError> {
        loop {
            let (at, slice) = self.at;
            let Some(piece) = self.pieces.get_mut(at) else { return Ok(None) };
            let Some(rows) = piece.slices.get(slice).cloned() else {
                self.before += piece.rows() as u64;
                piece.forget();
                (self.at, self.opened) = ((at + 1, 0), None);
                continue;
            };
            let is_last = slice + 1 == piece.slices.len();
            self.at.1 += 1;
            let frame = if let Some(kept) = piece.take_kept() {
                kept
            } else {
                if self.opened.is_none() {
                    self.opened = Some(piece.open()?);
                }
                let Some(opened) = &self.opened else { return Ok(None) };
                piece.frame(opened, rows.clone(), self.columns.as_deref(), options)?
            };
            let path = piece.path.clone();
            let (frame, start) = match self.held_back.take() {
                Some((held, start)) => (joined(&held, &frame, start)?, start),
                None => (frame, rows.start),
            };
            let whole = if is_last { frame.len() } else { self.without_last_image(&frame)? };
            if whole < frame.len() {
                self.held_back = Some((frame.slice(whole, frame.len() - whole), start + whole));
            }
            if whole == 0 {
                continue;
            }
            let frame = if whole < frame.len() { frame.slice(0, whole) } else { frame };
            let rows = start as u64..(start + whole) as u64;
            return Ok(Some(Part { frame, path, rows, before: self.before }));
        }
    }

    /// How many rows there are before those of the last image.
    fn without_last_image(&self, frame: &Frame) -> Result<usize, TableError> {
        let Some(image) = &self.image else { return Ok(frame.len()) };
        let texts = frame.texts(image)?;
        let last = texts.last();
        let same = texts.iter().rev().take_while(|text| *text == last).count();
        Ok(frame.len() - same)
    }
}

/// Rows that were held back with those behind them, as rows of the piece from one on.
fn joined(held: &Frame, behind: &Frame, start: usize) -> Result<Frame, TableError> {
    let fault = |error: PolarsError| TableError::Format { path: behind.path.clone(), line: None, what: error.to_string() };
    let data = held.data.vstack(&behind.data).map_err(fault)?;
    Ok(Frame::behind(&behind.path, data, start))
}
