//! Vectors that stay where they lie: some are read, or all of them block by block.

use super::columns::{Vectors, vectors};
use super::error::EmbeddingsError;
use crate::files::numpy::stored::StoredMatrix;
use crate::files::parquet::row_groups::RowGroups;
use polars::prelude::*;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is done with a block of vectors: it gets their numbers and values, and says whether to go on.
pub(super) type BlockWork<'w> = dyn FnMut(Range<usize>, &[f64]) -> Result<bool, EmbeddingsError> + 'w;

/// Vectors in a file or in memory.
pub(super) struct Stored {
    path: PathBuf,
    width: usize,
    place: Place,
}

enum Place {
    /// Row by row.
    Held(Vec<f64>),
    Matrix(StoredMatrix),
    Column {
        groups: Arc<RowGroups>,
        name: String,
        spans: Vec<Span>,
    },
}

/// The vectors of a row group.
struct Span {
    /// The first of them, of all vectors, and the first row, of all rows.
    first: usize,
    row: usize,
    /// How many there are.
    vectors: usize,
    /// The rows of the group that have one; `None` where all do.
    with: Option<Vec<u32>>,
}

impl Span {
    /// The row in its group of one of its vectors.
    fn row_of(&self, vector: usize) -> u32 {
        let place = vector - self.first;
        self.with.as_ref().map_or_else(|| u32::try_from(place).unwrap_or(u32::MAX), |with| with[place])
    }
}

impl Stored {
    /// Vectors in memory.
    pub(super) fn held(path: &Path, values: Vec<f64>, width: usize) -> Stored {
        Stored { path: path.to_path_buf(), width, place: Place::Held(values) }
    }

    /// The rows of a matrix in a file.
    pub(super) fn of_matrix(path: &Path, matrix: StoredMatrix) -> Stored {
        Stored { path: path.to_path_buf(), width: matrix.columns(), place: Place::Matrix(matrix) }
    }

    /// A column of vectors. Rows without one are found by the footer of the file, which counts the values of every group; only
    /// groups whose count is not that of whole vectors are read for it.
    pub(super) fn of_column(path: &Path, groups: Arc<RowGroups>, name: &str) -> Result<Stored, EmbeddingsError> {
        let broken = |error: PolarsError| fault(path, format!("not readable as Parquet: {error}"));
        let columns = [name];
        let mut width = match groups.schema().get(name).map(polars::prelude::ArrowField::dtype) {
            Some(ArrowDataType::FixedSizeList(_, width)) => *width,
            _ => 0,
        };
        let (mut spans, mut first, mut row) = (vec![], 0, 0);
        for group in 0..groups.len() {
            let rows = groups.rows_of(group);
            let whole = width > 1 && groups.values_of(group, name) == rows.checked_mul(width);
            let present = if whole {
                None
            } else {
                let data = groups.read(group, Some(&columns)).map_err(broken)?;
                let is_there = data.column(name).map_err(broken)?.is_not_null();
                let filled: Vec<u32> =
                    (0..).zip(is_there.iter()).filter(|(_, there)| *there == Some(true)).map(|(row, _)| row).collect();
                if let (0, Some(&one)) = (width, filled.first()) {
                    width = taken(&data, name, &[one], row).map_err(|what| fault(path, what))?.width;
                }
                (filled.len() < rows).then_some(filled)
            };
            let vectors = present.as_ref().map_or(rows, Vec::len);
            spans.push(Span { first, row, vectors, with: present });
            (first, row) = (first + vectors, row + rows);
        }
        Ok(Stored { path: path.to_path_buf(), width, place: Place::Column { groups, name: name.to_string(), spans } })
    }

    /// Where they lie.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// `N`.
    pub(super) fn len(&self) -> usize {
        match &self.place {
            Place::Held(values) => values.len().checked_div(self.width).unwrap_or(0),
            Place::Matrix(matrix) => matrix.rows(),
            Place::Column { spans, .. } => spans.last().map_or(0, |last| last.first + last.vectors),
        }
    }

    /// `D`.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Rows of the table of vectors; as many as vectors where there is none.
    pub(super) fn rows(&self) -> usize {
        match &self.place {
            Place::Column { groups, .. } => groups.rows(),
            Place::Held(_) | Place::Matrix(_) => self.len(),
        }
    }

    /// The row in its table of each of some vectors.
    pub(super) fn rows_of<'a>(&'a self, vectors: impl Iterator<Item = usize> + 'a) -> Box<dyn Iterator<Item = usize> + 'a> {
        match &self.place {
            Place::Column { spans, .. } => Box::new(vectors.map(|vector| {
                let span = &spans[spans.partition_point(|span| span.first + span.vectors <= vector)];
                span.row + span.row_of(vector) as usize
            })),
            Place::Held(_) | Place::Matrix(_) => Box::new(vectors),
        }
    }

    /// The values of some vectors, whose numbers rise.
    pub(super) fn values(&mut self, wanted: &[usize]) -> Result<Vec<f64>, EmbeddingsError> {
        let mut values = Vec::with_capacity(wanted.len() * self.width);
        match &mut self.place {
            Place::Held(all) => {
                for &row in wanted {
                    values.extend_from_slice(&all[row * self.width..(row + 1) * self.width]);
                }
            }
            Place::Matrix(matrix) => {
                for rows in wanted.chunk_by(|one, next| one + 1 == *next) {
                    let range = rows[0]..rows[0] + rows.len();
                    values.extend(matrix.read(range).map_err(|error| fault(&self.path, error.to_string()))?);
                }
            }
            Place::Column { groups, name, spans } => {
                let mut wanted = wanted.iter().copied().peekable();
                for (group, span) in spans.iter().enumerate() {
                    let of_group: Vec<u32> = std::iter::from_fn(|| wanted.next_if(|&next| next < span.first + span.vectors))
                        .map(|vector| span.row_of(vector))
                        .collect();
                    if !of_group.is_empty() {
                        let found = read(&self.path, groups, group, name)?;
                        values.extend(alike(taken(&found, name, &of_group, span.row), self.width, &self.path)?);
                    }
                }
            }
        }
        Ok(values)
    }

    /// Hands over the values of all vectors in blocks of so many or fewer, until one is refused; `work` gets the numbers of the
    /// vectors too, and says whether to go on.
    pub(super) fn each_block(&mut self, size: usize, work: &mut BlockWork<'_>) -> Result<(), EmbeddingsError> {
        let (all, width) = (self.len(), self.width);
        let blocks = |all: usize| (0..all).step_by(size).map(move |start| start..(start + size).min(all));
        match &mut self.place {
            Place::Held(values) => {
                for block in blocks(all) {
                    if !work(block.clone(), &values[block.start * width..block.end * width])? {
                        break;
                    }
                }
            }
            Place::Matrix(matrix) => {
                for block in blocks(all) {
                    let values = matrix.read(block.clone()).map_err(|error| fault(&self.path, error.to_string()))?;
                    if !work(block, &values)? {
                        break;
                    }
                }
            }
            Place::Column { groups, name, spans } => {
                for (group, span) in spans.iter().enumerate().filter(|(_, span)| span.vectors > 0) {
                    let found = read(&self.path, groups, group, name)?;
                    for block in blocks(span.vectors) {
                        let block = span.first + block.start..span.first + block.end;
                        let rows: Vec<u32> = block.clone().map(|vector| span.row_of(vector)).collect();
                        let values = alike(taken(&found, name, &rows, span.row), width, &self.path)?;
                        if !work(block, &values)? {
                            return Ok(());
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn fault(path: &Path, what: String) -> EmbeddingsError {
    EmbeddingsError::File { path: path.to_path_buf(), what }
}

fn read(path: &Path, groups: &RowGroups, group: usize, name: &str) -> Result<DataFrame, EmbeddingsError> {
    groups.read(group, Some(&[name])).map_err(|error| fault(path, format!("not readable as Parquet: {error}")))
}

/// Some rows of a column of vectors, whose first row is so far down the table.
fn taken(data: &DataFrame, name: &str, rows: &[u32], first: usize) -> Result<Vectors, String> {
    let rows = IdxCa::from_vec("rows".into(), rows.to_vec());
    let some = data.take(&rows).map_err(|error| error.to_string())?;
    let place = |place: usize| first + rows.get(place).unwrap_or_default() as usize + 1;
    vectors(&some, name, &place)
}

/// The values of vectors that are as long as the others.
fn alike(found: Result<Vectors, String>, width: usize, path: &Path) -> Result<Vec<f64>, EmbeddingsError> {
    let found = found.map_err(|what| fault(path, what))?;
    if found.width == width {
        return Ok(found.values);
    }
    Err(fault(path, format!("a vector has length {}, the first one {width}", found.width)))
}
