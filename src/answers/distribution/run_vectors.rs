//! The unit vectors of a run directory, read back.

use super::vectors::Vectors;
use crate::files::parquet::Parquet;
use crate::runs::directory::record::Record;
use polars::prelude::*;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The column of vectors.
const EMBEDDING: &str = "embedding";

/// What a run directory holds for making distributions again.
#[derive(Debug)]
pub struct RunVectors {
    /// Identities of the `C` candidates.
    pub candidates: Vec<String>,
    /// Vectors of images (in the order of `images`) and candidates, with the scale.
    pub vectors: Vectors,
}

/// Why a run's vectors cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum VectorsError {
    #[error("{reason}")]
    Missing { reason: &'static str },
    #[error("{}: {source}", path.display())]
    Table { path: PathBuf, source: PolarsError },
    #[error("{}: {what}", path.display())]
    Broken { path: PathBuf, what: String },
}

/// Reads the vectors of a run.
///
/// # Errors
///
/// [`VectorsError::Missing`] where a run has none (CSV, an older record); the others where a table
/// cannot be read or does not fit together. Candidates of a classifier have vectors of zeros.
pub fn read(directory: &Path) -> Result<RunVectors, VectorsError> {
    let missing = |reason| VectorsError::Missing { reason };
    let record = Record::read(directory).map_err(|_| missing("the run has no readable run.json"))?;
    let scale =
        record.logit_scale.ok_or_else(|| missing("the run was made by an older version that did not record the logit scale"))?;
    let [images, labels] = ["images.parquet", "labels.parquet"].map(|name| directory.join(name));
    if !images.is_file() || !labels.is_file() {
        return Err(missing("the run was written as CSV, without vectors"));
    }
    if !has_column(&images, EMBEDDING)? {
        return Err(missing("the run's model gives no vectors"));
    }
    let label_table = table(&labels, &["taxon"])?;
    let of_labels = if has_column(&labels, EMBEDDING)? {
        Some(vectors(&labels, &table(&labels, &[EMBEDDING])?, EMBEDDING, None)?)
    } else {
        None
    };
    let expected = of_labels.as_ref().map(|(_, _, width)| *width);
    let (rows, image_vectors, width) = vectors(&images, &table(&images, &[EMBEDDING])?, EMBEDDING, expected)?;
    let count = label_table.height();
    let (label_rows, label_vectors, _) =
        of_labels.unwrap_or_else(|| ((0..count).map(Some).collect(), vec![0.0; count * width], width));
    if label_rows.iter().any(Option::is_none) {
        return Err(VectorsError::Broken { path: labels, what: "a candidate has no vector".to_string() });
    }
    let candidates = candidates(&labels, &label_table)?;
    let usable = |name: &String| !record.unusable_labels.contains(name);
    let finite = |vectors: &[f32], row: usize| vectors.iter().skip(row * width).take(width).all(|value| value.is_finite());
    if let Some((_, name)) = candidates.iter().enumerate().find(|&(row, name)| usable(name) && !finite(&label_vectors, row)) {
        let what = format!("the vector of the candidate '{name}' holds a value that is not finite");
        return Err(VectorsError::Broken { path: labels, what });
    }
    if let Some(row) = rows.iter().position(|place| place.is_some_and(|place| !finite(&image_vectors, place))) {
        let what = format!("the vector of row {} holds a value that is not finite", row + 1);
        return Err(VectorsError::Broken { path: images, what });
    }
    Ok(RunVectors { candidates, vectors: Vectors::new(rows, image_vectors, label_vectors, width, scale) })
}

/// Identities of the candidates, from the table of labels.
pub(super) fn candidates(path: &Path, labels: &DataFrame) -> Result<Vec<String>, VectorsError> {
    let failed = |source| VectorsError::Table { path: path.to_path_buf(), source };
    let names = labels.column("taxon").and_then(|column| column.str().cloned()).map_err(failed)?;
    Ok(names.iter().map(|name| name.unwrap_or_default().to_string()).collect())
}

/// Whether a table has a column.
pub(super) fn has_column(path: &Path, column: &str) -> Result<bool, VectorsError> {
    let failed = |source| VectorsError::Table { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    let schema = Parquet::new(file).and_then(|mut file| file.schema()).map_err(failed)?;
    Ok(schema.contains(column))
}

/// Some columns of a table.
pub(super) fn table(path: &Path, columns: &[&str]) -> Result<DataFrame, VectorsError> {
    let failed = |source| VectorsError::Table { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    Parquet::new(file).and_then(|file| file.read(Some(columns), None)).map_err(failed)
}

/// Row of each vector in the numbers, the numbers, and the width.
type Rows = (Vec<Option<usize>>, Vec<f32>, usize);

/// The lists of a column, which are all of one length: the expected one, where there is one.
pub(super) fn vectors(path: &Path, table: &DataFrame, name: &str, expected: Option<usize>) -> Result<Rows, VectorsError> {
    let failed = |source| VectorsError::Table { path: path.to_path_buf(), source };
    let broken = |what: String| VectorsError::Broken { path: path.to_path_buf(), what };
    let column = table.column(name).map_err(failed)?;
    let DataType::Array(_, width) = column.dtype() else {
        return Err(broken(format!("the column '{name}' holds {}, not vectors of one length", column.dtype())));
    };
    let width = *width;
    if expected.is_some_and(|expected| expected != width) {
        return Err(broken(format!("the vectors have length {width}, those of the labels {}", expected.unwrap_or(0))));
    }
    let arrays = column.array().map_err(failed)?;
    let (mut rows, mut numbers) = (Vec::with_capacity(table.height()), vec![]);
    for row in arrays.amortized_iter() {
        let Some(row) = row else {
            rows.push(None);
            continue;
        };
        rows.push(Some(numbers.len() / width.max(1)));
        let values = row.as_ref().f32().map_err(failed)?;
        numbers.extend(values.iter().map(|value| value.unwrap_or(f32::NAN)));
    }
    Ok((rows, numbers, width))
}
