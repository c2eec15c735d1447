//! Embeddings of a run directory.

use super::columns::{Vectors, parquet, texts, vectors};
use super::error::EmbeddingsError;
use super::file::without_vector;
use super::points::{Embeddings, Labels};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::search::Found;
use std::path::Path;

pub(super) fn read_run(folder: &Path, given: Option<&Taxonomy>) -> Result<Embeddings, EmbeddingsError> {
    let fault = |what: String| EmbeddingsError::File { path: folder.to_path_buf(), what };
    let images = folder.join("images.parquet");
    if !images.is_file() {
        return Err(fault(
            "no images.parquet in it; it is no run directory, or one that was written as CSV, without vectors".to_string(),
        ));
    }
    let tables = crate::answers::table::read_run(folder, given)?;
    let taxonomy = tables.taxonomy.into_owned();
    let data = parquet(&images)?;
    let Vectors { rows, values, width } = vectors(&data, "embedding", &|row| row + 1).map_err(fault)?;
    let (truths, names) = (texts(&data, "truth").unwrap_or_default(), texts(&data, "image").unwrap_or_default());
    let observations = texts(&data, "observation").unwrap_or_default();
    let find = |text: &str| if let Found::One(taxon) = taxonomy.find(text) { Some(taxon) } else { None };
    let cell = |cells: &[Option<String>], row: usize| cells.get(row).cloned().flatten().unwrap_or_default();
    let taxa =
        rows.iter().map(|&row| Some(cell(&truths, row)).filter(|text| !text.is_empty()).and_then(|text| find(&text))).collect();
    let labels_file = folder.join("labels.parquet");
    // Candidates of a classifier have no vectors, and a model of images alone has no candidates.
    let of_labels = if labels_file.is_file() { Some(parquet(&labels_file)?) } else { None };
    let labels = if let Some(data) = of_labels.filter(|data| data.column("embedding").is_ok()) {
        let Vectors { rows, values, width: label_width } = vectors(&data, "embedding", &|row| row + 1).map_err(fault)?;
        let ids = texts(&data, "taxon").unwrap_or_default();
        (label_width == width).then(|| Labels { values, taxa: rows.iter().map(|&row| find(&cell(&ids, row))).collect() })
    } else {
        None
    };
    let mut notes = tables.notes;
    if rows.len() < data.height() {
        notes.push(without_vector(data.height() - rows.len(), data.height(), ["photograph", "photographs"]));
    }
    Ok(Embeddings {
        values,
        width,
        names: rows.iter().map(|&row| cell(&names, row)).collect(),
        taxa,
        observations: rows.iter().map(|&row| cell(&observations, row)).collect(),
        taxonomy,
        labels,
        notes,
    })
}
