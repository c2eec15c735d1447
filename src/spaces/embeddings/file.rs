//! Embeddings of one file: a Parquet table, or an array with a table beside it.

use super::columns::{Described, Vectors, described, parquet, vectors};
use super::error::EmbeddingsError;
use super::points::Embeddings;
use crate::answers::table::{TableSource, columns_of};
use crate::files::archive::Archive;
use crate::files::numpy::{self, Matrix};
use crate::numbers::counted::{counted, form};
use crate::taxonomy::Taxonomy;
use std::path::Path;

/// Columns of vectors, in the order in which they are looked for.
pub(super) const VECTORS: [&str; 5] = ["embedding", "emb", "embeddings", "vector", "features"];

/// What is said of a table without any.
pub(super) fn no_column<'a>(path: &Path, columns: impl Iterator<Item = &'a str>) -> EmbeddingsError {
    let found = columns.map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let what = format!("no column of vectors (embedding, emb); its columns are {found}");
    EmbeddingsError::File { path: path.to_path_buf(), what }
}

/// What is said of an array whose rows nobody names.
pub(super) fn without_names(path: &Path, rows: usize) -> EmbeddingsError {
    let what = format!("{} without names; give a CSV with a row for each with --labels", counted(rows, "vector", "vectors"));
    EmbeddingsError::File { path: path.to_path_buf(), what }
}

/// Whether a table has a row for each vector of what is called `name`.
pub(super) fn counted_rows(found: usize, rows: usize, name: &Path, table: &TableSource) -> Result<(), EmbeddingsError> {
    if found == rows {
        return Ok(());
    }
    let (found, vectors) = (counted(found, "row", "rows"), counted(rows, "vector", "vectors"));
    let what = format!("{found} for the {vectors} of '{}'; there must be one for each", name.display());
    Err(EmbeddingsError::File { path: table.name().to_path_buf(), what })
}

/// A Parquet table with a column of vectors.
pub(super) fn read_parquet(path: &Path, given: Option<&Taxonomy>) -> Result<Embeddings, EmbeddingsError> {
    let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
    let data = parquet(path)?;
    let column = VECTORS.into_iter().find(|name| data.column(name).is_ok());
    let Some(column) = column else {
        return Err(no_column(path, data.get_column_names().into_iter().map(polars::prelude::PlSmallStr::as_str)));
    };
    let Vectors { rows, values, width } = vectors(&data, column, &|row| row + 1).map_err(fault)?;
    let mut notes = vec![];
    if rows.len() < data.height() {
        notes.push(without_vector(data.height() - rows.len(), data.height(), ["row", "rows"]));
    }
    Ok(embeddings((values, rows.len(), width), described(&data, &rows, given, path), notes))
}

/// An array, whose rows `table` names: CSV, TSV, JSON Lines or Parquet, a row for each vector.
pub(super) fn read_array(
    path: &Path,
    table: Option<&TableSource>,
    given: Option<&Taxonomy>,
) -> Result<Embeddings, EmbeddingsError> {
    let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
    let matrix = array(path).map_err(fault)?;
    let table = table.ok_or_else(|| without_names(path, matrix.1))?;
    named(matrix, path, table, given)
}

/// The vectors of an array that is called `name`, with what a table says of them, a row for each.
pub(super) fn named(
    matrix: Matrix,
    name: &Path,
    table: &TableSource,
    given: Option<&Taxonomy>,
) -> Result<Embeddings, EmbeddingsError> {
    let rows = matrix.1;
    let data = columns_of(table)?;
    counted_rows(data.height(), rows, name, table)?;
    let places: Vec<usize> = (0..rows).collect();
    Ok(embeddings(matrix, described(&data, &places, given, table.name()), vec![]))
}

/// What is said of rows without a vector.
pub(super) fn without_vector(without: usize, all: usize, [one, several]: [&str; 2]) -> String {
    format!("{without} of {} {} no vector", counted(all, one, several), form(without, "has", "have"))
}

fn embeddings((values, _, width): Matrix, described: Described, notes: Vec<String>) -> Embeddings {
    let Described { names, observations, taxonomy, taxa } = described;
    Embeddings { values, width, names, taxa, observations, taxonomy, labels: None, notes }
}

/// How a file's name ends, in lower case.
pub(super) fn extension(path: &Path) -> String {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase()
}

pub(super) fn array(path: &Path) -> Result<Matrix, String> {
    let whole = || crate::files::regular_file::read(path).map_err(|error| error.to_string());
    match extension(path).as_str() {
        "safetensors" => numpy::safetensors(&whole()?).map_err(|error| error.to_string()),
        "npy" => numpy::matrix(&whole()?).map_err(|error| error.to_string()),
        _ => first_of(path),
    }
}

/// Of several arrays in an `.npz` the first that is a matrix of numbers.
fn first_of(path: &Path) -> Result<Matrix, String> {
    let archive = Archive::open(path).map_err(|error| error.to_string())?;
    let mut reasons = vec![];
    for member in archive.members() {
        // What unpacks to more than a stated multiple of the file is refused.
        let bytes = archive.bytes(member).map_err(|error| error.to_string())?;
        match numpy::matrix(&bytes) {
            Ok(matrix) => return Ok(matrix),
            Err(error) => reasons.push(format!("'{}': {error}", member.name)),
        }
    }
    reasons.truncate(5);
    Err(format!("no matrix of numbers in it ({})", reasons.join("; ")))
}
