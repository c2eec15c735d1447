//! Embeddings of one file: a Parquet table, or an array with a table beside it.

use super::columns::{Described, described, parquet, vectors};
use super::error::EmbeddingsError;
use super::points::Embeddings;
use crate::answers::table::{TableSource, columns_of};
use crate::files::archive::Archive;
use crate::files::numpy::{self, Matrix};
use crate::numbers::counted::{counted, form};
use crate::taxonomy::Taxonomy;
use std::path::Path;

/// A Parquet table with a column of vectors.
pub(super) fn read_parquet(path: &Path, given: Option<&Taxonomy>) -> Result<Embeddings, EmbeddingsError> {
    let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
    let data = parquet(path)?;
    let column = ["embedding", "emb", "embeddings", "vector", "features"].into_iter().find(|name| data.column(name).is_ok());
    let Some(column) = column else {
        let found = data.get_column_names().iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        return Err(fault(format!("no column of vectors (embedding, emb); its columns are {found}")));
    };
    let (rows, values, width) = vectors(&data, column).map_err(fault)?;
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
    let Some(table) = table else {
        return Err(fault(format!(
            "{} without names; give a CSV with a row for each with --labels",
            counted(matrix.1, "vector", "vectors")
        )));
    };
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
    if data.height() != rows {
        let (found, vectors) = (counted(data.height(), "row", "rows"), counted(rows, "vector", "vectors"));
        let what = format!("{found} for the {vectors} of '{}'; there must be one for each", name.display());
        return Err(EmbeddingsError::File { path: table.name().to_path_buf(), what });
    }
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

fn array(path: &Path) -> Result<Matrix, String> {
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
