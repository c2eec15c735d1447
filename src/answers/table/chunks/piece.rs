//! A file, or a table in memory, that is read chunk by chunk.

use super::super::columns;
use super::super::error::TableError;
use super::super::frame::Frame;
use super::super::options::TableOptions;
use super::super::source::TableSource;
use super::super::words::squashed;
use super::super::{camtrap, run};
use super::folder::Partition;
use crate::files::parquet::{Looked, Parquet};
use crate::files::regular_file;
use polars::prelude::{Column, DataFrame, DataType, PolarsError};
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A file, or a table in memory.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its path, or what it is called.
    pub(super) path: PathBuf,
    kind: Kind,
    /// Names of its columns; those of text are known once it was loaded.
    pub(super) names: Vec<String>,
    /// Its chunks: rows that are read at once.
    pub(super) slices: Vec<Range<usize>>,
    /// The whole of it, where it is small or has one chunk.
    kept: Option<Frame>,
}

#[derive(Debug)]
enum Kind {
    /// Rows of groups, and columns that folders name.
    Parquet(Partition),
    /// A table of another format, read whole.
    Text(TableSource),
    Held(DataFrame),
}

/// A piece whose file is open.
pub(super) struct Opened {
    file: Option<(File, Looked)>,
}

/// Whether a file is Parquet as it lies there.
pub(super) fn is_parquet(path: &Path) -> bool {
    let mut magic = [0; 4];
    path.is_file() && regular_file::open(path).is_ok_and(|mut file| file.read_exact(&mut magic).is_ok()) && &magic == b"PAR1"
}

/// The run directory that a Parquet file is the predictions of.
pub(super) fn run_of(path: &Path) -> Option<&Path> {
    let file = regular_file::open(path).ok()?;
    let schema = Parquet::new(file).ok()?.schema().ok()?;
    run::folder_of_predictions(path, &schema.iter_names().map(polars::prelude::PlSmallStr::as_str).collect::<Vec<_>>())
}

impl Piece {
    /// A Parquet file, whose chunks are groups of rows joined or cut to at most so many rows.
    ///
    /// # Errors
    ///
    /// What the system says; a file that is none or damaged.
    pub(super) fn of_parquet(path: &Path, partition: Partition, rows_per_chunk: usize) -> Result<Piece, TableError> {
        let broken = |error: PolarsError| broken(path, &error);
        let mut file = Parquet::new(opened(path)?).map_err(broken)?;
        let schema = file.schema().map_err(broken)?;
        let mut names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let partition: Partition = partition.into_iter().filter(|(name, _)| !names.contains(name)).collect();
        names.extend(partition.iter().map(|(name, _)| name.clone()));
        let groups = file.looked().map_err(broken)?.group_rows();
        let slices = if is_camtrap(&names) { whole(groups.iter().sum()) } else { plan(&groups, rows_per_chunk) };
        Ok(Piece { path: path.to_path_buf(), kind: Kind::Parquet(partition), names, slices, kept: None })
    }

    /// A table in memory.
    pub(super) fn of_held(name: &Path, data: &DataFrame, rows_per_chunk: usize) -> Piece {
        let names: Vec<String> = data.get_column_names().into_iter().map(ToString::to_string).collect();
        let rows = data.height();
        let slices = if is_camtrap(&names) { whole(rows) } else { plan(&[rows], rows_per_chunk) };
        Piece { path: name.to_path_buf(), kind: Kind::Held(data.clone()), names, slices, kept: None }
    }

    /// A table of another format, which is one chunk; it is read here for its columns and rows.
    ///
    /// # Errors
    ///
    /// As [`Frame::from_source`].
    pub(super) fn of_text(source: &TableSource, options: &TableOptions) -> Result<Piece, TableError> {
        let frame = text(source, options)?;
        let names = frame.names().iter().map(ToString::to_string).collect();
        let (path, kind) = (source.name().to_path_buf(), Kind::Text(source.clone()));
        Ok(Piece { path, kind, names, slices: whole(frame.len()), kept: Some(frame) })
    }

    /// Whether its rows are put together from all over it, as those of Camtrap DP's observations are: it is one chunk, and its columns
    /// are others than those of the file.
    pub(super) fn is_reshaped(&self) -> bool {
        !matches!(self.kind, Kind::Text(_)) && is_camtrap(&self.names)
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.slices.last().map_or(0, |last| last.end)
    }

    /// Forgets the whole of it, where it can be read again.
    pub(super) fn forget(&mut self) {
        self.kept = None;
    }

    /// Keeps the whole of it.
    ///
    /// # Errors
    ///
    /// As [`Piece::frame`].
    pub(super) fn keep(&mut self, options: &TableOptions) -> Result<(), TableError> {
        if self.kept.is_none() {
            let opened = self.open()?;
            self.kept = Some(self.frame(&opened, 0..self.rows(), None, options)?);
        }
        Ok(())
    }

    /// The whole of it, where it is kept.
    pub(super) fn kept(&self) -> Option<&Frame> {
        self.kept.as_ref()
    }

    /// The whole of it, where it is kept and one chunk: it is not kept any more.
    pub(super) fn take_kept(&mut self) -> Option<Frame> {
        if self.slices.len() == 1 { self.kept.take() } else { None }
    }

    /// Opens the file.
    ///
    /// # Errors
    ///
    /// As [`Piece::of_parquet`]; a file that has other rows than it had.
    pub(super) fn open(&self) -> Result<Opened, TableError> {
        if !matches!(self.kind, Kind::Parquet(_)) || self.kept.is_some() {
            return Ok(Opened { file: None });
        }
        let broken = |error: PolarsError| broken(&self.path, &error);
        let file = opened(&self.path)?;
        let again = file.try_clone().map_err(|source| TableError::Open { path: self.path.clone(), source })?;
        let looked = Parquet::new(again).map_err(broken)?.looked().map_err(broken)?;
        if looked.group_rows().iter().sum::<usize>() != self.rows() {
            let what = "it has other rows than when it was first read: it was written to meanwhile; read it once it is whole";
            return Err(TableError::Format { path: self.path.clone(), line: None, what: what.to_string() });
        }
        Ok(Opened { file: Some((file, looked)) })
    }

    /// Some rows, with all columns or some.
    ///
    /// # Errors
    ///
    /// Rows that cannot be read.
    pub(super) fn frame(
        &self,
        opened: &Opened,
        rows: Range<usize>,
        columns: Option<&[String]>,
        options: &TableOptions,
    ) -> Result<Frame, TableError> {
        if let Some(kept) = &self.kept {
            return Ok(kept.slice(rows.start, rows.len()));
        }
        let data = match (&self.kind, &opened.file) {
            (Kind::Text(source), _) => return text(source, options),
            (Kind::Held(data), _) => data.slice(i64::try_from(rows.start).unwrap_or(i64::MAX), rows.len()),
            (Kind::Parquet(partition), Some((file, looked))) => Self::read(file, looked, &rows, columns)
                .and_then(|data| with_partition(data, partition, columns))
                .map_err(|error| broken(&self.path, &error))?,
            (Kind::Parquet(_), None) => return Err(TableError::Empty { path: self.path.clone() }),
        };
        let frame = Frame::behind(&self.path, data, rows.start).tidy()?;
        columns::without_zeros(camtrap::reshaped(frame)?)
    }

    fn read(file: &File, looked: &Looked, rows: &Range<usize>, columns: Option<&[String]>) -> Result<DataFrame, PolarsError> {
        let mut file = Parquet::again(file.try_clone()?, looked);
        let schema = file.schema()?;
        let held: Option<Vec<&str>> =
            columns.map(|columns| columns.iter().map(String::as_str).filter(|column| schema.contains(column)).collect());
        file.read(held.as_deref(), Some((rows.start, rows.len())))
    }
}

fn opened(path: &Path) -> Result<File, TableError> {
    regular_file::open(path).map_err(|source| TableError::Open { path: path.to_path_buf(), source })
}

fn broken(path: &Path, error: &PolarsError) -> TableError {
    TableError::Format { path: path.to_path_buf(), line: None, what: format!("not readable as Parquet: {error}") }
}

/// A table of text, as it is read whole.
fn text(source: &TableSource, options: &TableOptions) -> Result<Frame, TableError> {
    let frame = Frame::from_source(source, &columns::answer_columns(options), options.encoding.as_deref())?;
    columns::without_zeros(camtrap::reshaped(frame)?)
}

/// Adds the columns that folders name.
fn with_partition(mut data: DataFrame, partition: &Partition, columns: Option<&[String]>) -> Result<DataFrame, PolarsError> {
    let rows = data.height();
    for (name, value) in partition.iter().filter(|(name, _)| columns.is_none_or(|columns| columns.contains(name))) {
        let column = match value {
            Some(value) => Column::new(name.as_str().into(), vec![value.as_str(); 1]).new_from_index(0, rows),
            None => Column::full_null(name.as_str().into(), rows, &DataType::String),
        };
        data.with_column(column)?;
    }
    Ok(data)
}

/// Whether a table may be Camtrap DP's observations, whose rows are put together from all over the table.
fn is_camtrap(names: &[String]) -> bool {
    let has = |name: &str| names.iter().any(|written| squashed(written) == name);
    has("scientificname") && (has("classificationmethod") || has("observationtype"))
}

/// All rows at once.
fn whole(rows: usize) -> Vec<Range<usize>> {
    std::iter::once(0..rows).filter(|rows| !rows.is_empty()).collect()
}

/// Chunks of at most so many rows: groups of rows that follow each other, or parts of a large one that are about as long.
fn plan(groups: &[usize], rows_per_chunk: usize) -> Vec<Range<usize>> {
    let most = rows_per_chunk.max(1);
    let mut chunks: Vec<Range<usize>> = vec![];
    let mut start = 0;
    for &rows in groups.iter().filter(|rows| **rows > 0) {
        let end = start + rows;
        match chunks.last_mut() {
            Some(last) if end - last.start <= most => last.end = end,
            _ => {
                let parts = rows.div_ceil(most);
                chunks.extend((0..parts).map(|part| start + rows * part / parts..start + rows * (part + 1) / parts));
            }
        }
        start = end;
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_rows_are_joined_and_cut() {
        assert_eq!(plan(&[3, 0, 2, 4, 10, 1], 5), [0..5, 5..9, 9..14, 14..19, 19..20]);
        assert_eq!(plan(&[7], 3), [0..2, 2..4, 4..7]);
        assert_eq!(plan(&[2, 2], 1), [0..1, 1..2, 2..3, 3..4]);
        assert!(plan(&[0, 0], 5).is_empty());
        assert_eq!(plan(&[4, 4], usize::MAX), vec![0..8; 1]);
    }
}
