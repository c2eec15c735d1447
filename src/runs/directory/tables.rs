//! Tables of a run directory as files.

use super::lines::{self, Lines};
use super::{RunError, TableFormat};
use crate::files::output::{publish, temporary_name};
use crate::files::parquet::{Parquet, writer as parquet_writer};
use polars::prelude::*;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Writes a table from frames that come one after the other, whole or not at all; each becomes a row group.
///
/// # Errors
///
/// [`RunError`], and whatever the frames' source reports.
pub fn write_batches(
    path: &Path,
    format: TableFormat,
    frames: impl Iterator<Item = Result<Vec<DataFrame>, RunError>>,
) -> Result<(), RunError> {
    let temporary = temporary_name(path);
    let mut file = File::create(&temporary).map_err(RunError::file(path, "create"))?;
    if let Err(error) = write_into(&mut file, path, format, frames) {
        // The reason why it could not be written is the one to tell.
        let _ = std::fs::remove_file(&temporary);
        return Err(error);
    }
    publish(&file, &temporary, path).map_err(RunError::file(path, "write"))
}

/// Writes frames into a file that will be called `path`.
fn write_into(
    mut file: &mut File,
    path: &Path,
    format: TableFormat,
    frames: impl Iterator<Item = Result<Vec<DataFrame>, RunError>>,
) -> Result<(), RunError> {
    let mut writer = None;
    let mut first = true;
    for frames in frames {
        for frame in frames? {
            match format {
                TableFormat::Parquet => {
                    if writer.is_none() {
                        let target = file.try_clone().map_err(RunError::file(path, "open"))?;
                        let columns = frame.schema();
                        writer = Some(parquet_writer(target, columns).batched(columns).map_err(RunError::table(path))?);
                    }
                    if let Some(writer) = writer.as_mut().filter(|_| frame.height() > 0) {
                        writer.write_batch(&frame).map_err(RunError::table(path))?;
                    }
                }
                TableFormat::Csv => {
                    let mut frame = without_vectors(&frame);
                    CsvWriter::new(&mut file).include_header(first).finish(&mut frame).map_err(RunError::table(path))?;
                }
            }
            first = false;
        }
    }
    if let Some(writer) = writer {
        writer.finish().map_err(RunError::table(path))?;
    }
    Ok(())
}

/// Writes CSV tables of the same columns under each other, whole or not at all.
///
/// # Errors
///
/// [`RunError`].
pub(super) fn join_lines(path: &Path, tables: &[PathBuf]) -> Result<(), RunError> {
    let temporary = temporary_name(path);
    let mut file = File::create(&temporary).map_err(RunError::file(path, "create"))?;
    if let Err(error) = lines::join(tables, &mut file, path) {
        let _ = std::fs::remove_file(&temporary);
        return Err(error);
    }
    publish(&file, &temporary, path).map_err(RunError::file(path, "write"))
}

fn without_vectors(frame: &DataFrame) -> DataFrame {
    frame.drop("embedding").unwrap_or_else(|_| frame.clone())
}

/// Reads a table of a run directory; of CSV all columns are text.
///
/// # Errors
///
/// [`RunError`].
pub fn read_table(path: &Path, format: TableFormat) -> Result<DataFrame, RunError> {
    let file = File::open(path).map_err(RunError::file(path, "open"))?;
    match format {
        TableFormat::Parquet => Parquet::new(file).and_then(|file| file.read(None, None)),
        TableFormat::Csv => {
            CsvReadOptions::default().with_infer_schema_length(Some(0)).into_reader_with_file_handle(file).finish()
        }
    }
    .map_err(RunError::table(path))
}

/// Reads some columns of a table of a run directory, those that it has; of CSV all columns are text.
///
/// # Errors
///
/// [`RunError`].
pub(super) fn read_columns(path: &Path, format: TableFormat, names: &[&str]) -> Result<DataFrame, RunError> {
    match format {
        TableFormat::Parquet => {
            let file = File::open(path).map_err(RunError::file(path, "open"))?;
            let mut reader = Parquet::new(file).map_err(RunError::table(path))?;
            let schema = reader.schema().map_err(RunError::table(path))?;
            let known: Vec<&str> = names.iter().copied().filter(|name| schema.contains(name)).collect();
            reader.read(Some(&known), None).map_err(RunError::table(path))
        }
        TableFormat::Csv => {
            let frame = read_table(path, format)?;
            let known: Vec<&str> = names.iter().copied().filter(|name| frame.column(name).is_ok()).collect();
            frame.select(known).map_err(RunError::table(path))
        }
    }
}

/// The columns of a table of a run directory.
///
/// # Errors
///
/// [`RunError`].
pub(super) fn column_names(path: &Path, format: TableFormat) -> Result<Vec<String>, RunError> {
    match format {
        TableFormat::Parquet => {
            let file = File::open(path).map_err(RunError::file(path, "open"))?;
            let schema = Parquet::new(file).map_err(RunError::table(path))?.schema().map_err(RunError::table(path))?;
            Ok(schema.iter_names().map(ToString::to_string).collect())
        }
        TableFormat::Csv => Ok(Lines::of(path)?.columns().to_vec()),
    }
}

/// The column `image` of a table.
///
/// # Errors
///
/// [`RunError`]; where there is no such column, too.
pub(super) fn image_names(path: &Path, format: TableFormat) -> Result<Vec<String>, RunError> {
    let frame = read_columns(path, format, &["image"])?;
    let missing = || RunError::table(path)(polars_err!(ColumnNotFound: "there is no column 'image' of text"));
    Ok(texts(&frame, "image").ok_or_else(missing)?.into_iter().map(Option::unwrap_or_default).collect())
}

/// The cells of a column of text; `None` where there is no such column.
pub(super) fn texts(frame: &DataFrame, name: &str) -> Option<Vec<Option<String>>> {
    let cells = frame.column(name).ok()?.str().ok()?;
    Some(cells.iter().map(|cell| cell.map(str::to_string)).collect())
}

/// Writes one table as Parquet, whole or not at all.
///
/// # Errors
///
/// [`RunError`].
pub(super) fn write_table(path: &Path, frame: &mut DataFrame) -> Result<(), RunError> {
    let temporary = temporary_name(path);
    let file = File::create(&temporary).map_err(RunError::file(path, "create"))?;
    parquet_writer(&file, frame.schema()).finish(frame).map_err(RunError::table(path))?;
    publish(&file, &temporary, path).map_err(RunError::file(path, "write"))
}

/// Puts frames of the same columns under each other; `None` for no frame.
///
/// # Errors
///
/// What polars says of frames that do not fit.
pub(super) fn stacked(frames: impl IntoIterator<Item = DataFrame>) -> PolarsResult<Option<DataFrame>> {
    let mut frames = frames.into_iter();
    let Some(mut whole) = frames.next() else { return Ok(None) };
    for frame in frames {
        whole.vstack_mut(&frame)?;
    }
    if whole.max_n_chunks() > 1 {
        // A table's bytes depend on how its columns are cut.
        whole.rechunk_mut();
    }
    Ok(Some(whole))
}
