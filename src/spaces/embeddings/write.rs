//! Embeddings into files that other programs read.

use super::error::EmbeddingsError;
use super::points::Embeddings;
use crate::files::numpy::{matrix_bytes, safetensors_bytes};
use crate::files::output::temporary_name;
use crate::files::parquet::writer;
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use ::zip::CompressionMethod;
use ::zip::write::{FileOptions, ZipWriter};
use polars::prelude::*;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

/// What the array is called inside `.npz` and `.safetensors`.
const ARRAY: &str = "embeddings";

/// What the columns of a table of embeddings are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Columns {
    /// `image`, `observation`, `taxon` (id, or lineage joined by `;`), `kingdom`…`species`, `embedding`:
    /// a fixed-size list of f32, or of f64 where a value is no f32.
    #[default]
    Ours,
    /// `uuid`, `emb` (a list of f32), `kingdom`…`species`: what emb-explorer of Imageomics reads.
    EmbExplorer,
}

impl Embeddings {
    /// Writes the vectors with their names, observations and lineages, each file whole or not at all,
    /// over one of that name; returns the files.
    ///
    /// `.parquet` is one table. `.npy`, `.npz` (array `embeddings`) and `.safetensors` (tensor
    /// `embeddings`) hold the `N × D` matrix alone, in f32 or, where a value is no f32, in f64; a table
    /// of the other columns goes beside it, `NAME.labels.csv`, whose rows are in the same order and
    /// which [`Embeddings::read`] takes as its `table`. What is read again is equal, but for taxa
    /// below the species and for notes and labels, which are not written.
    ///
    /// # Errors
    ///
    /// [`EmbeddingsError::File`]: another extension, or a file that cannot be written.
    pub fn write(&self, path: &Path, columns: Columns) -> Result<Vec<PathBuf>, EmbeddingsError> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let matrix = match extension {
            "parquet" => {
                let mut table = self.table(columns, true).map_err(fault(path))?;
                let mut bytes = vec![];
                writer(&mut bytes, table.schema()).finish(&mut table).map_err(fault(path))?;
                replace(&[(path, &bytes)])?;
                return Ok(vec![path.to_path_buf()]);
            }
            "npy" => matrix_bytes(&self.values, self.width),
            "npz" => zipped(&matrix_bytes(&self.values, self.width)).map_err(fault(path))?,
            "safetensors" => safetensors_bytes(ARRAY, &self.values, self.width),
            other => {
                let what = format!("'.{other}' is not a file of vectors; give .parquet, .npy, .npz or .safetensors");
                return Err(EmbeddingsError::File { path: path.to_path_buf(), what });
            }
        };
        let labels = path.with_extension("labels.csv");
        let mut rows = vec![];
        let mut table = self.table(columns, false).map_err(fault(&labels))?;
        CsvWriter::new(&mut rows).finish(&mut table).map_err(fault(&labels))?;
        replace(&[(&labels, &rows), (path, &matrix)])?;
        Ok(vec![path.to_path_buf(), labels])
    }

    fn table(&self, columns: Columns, vectors: bool) -> PolarsResult<DataFrame> {
        let taxonomy = &self.taxonomy;
        let name = if columns == Columns::Ours { "image" } else { "uuid" };
        let mut table = vec![Column::new(name.into(), &self.names)];
        if columns == Columns::Ours {
            let observations = self.observations.iter().map(|text| Some(text.as_str()).filter(|text| !text.is_empty()));
            table.push(Column::new("observation".into(), observations.collect::<Vec<_>>()));
            let taxa: Vec<Option<String>> = self.taxa.iter().map(|taxon| taxon.map(|taxon| taxonomy.identity(taxon))).collect();
            table.push(Column::new("taxon".into(), taxa));
        } else if vectors {
            table.push(self.vectors("emb", true));
        }
        for (index, rank) in Rank::MAIN.iter().enumerate() {
            let ancestor = |taxon: TaxonId| taxonomy.main_ancestor(taxon, index).map(|ancestor| taxonomy.name(ancestor));
            let names: Vec<Option<&str>> = self.taxa.iter().map(|taxon| taxon.and_then(ancestor)).collect();
            table.push(Column::new(rank.name().into(), names));
        }
        if columns == Columns::Ours && vectors {
            let lists = self.vectors("embedding", crate::files::numpy::single(&self.values));
            let inner = if let DataType::List(inner) = lists.dtype() { inner.clone() } else { Box::new(DataType::Float64) };
            table.push(lists.cast(&DataType::Array(inner, self.width))?);
        }
        DataFrame::new_infer_height(table)
    }

    /// A column of lists, of f32 if `single`.
    #[expect(clippy::cast_possible_truncation, reason = "f32 is what is asked for")]
    fn vectors(&self, name: &str, single: bool) -> Column {
        let rows = self.values.chunks(self.width.max(1));
        if !single {
            let (count, values) = (self.len(), self.values.len());
            let mut lists = ListPrimitiveChunkedBuilder::<Float64Type>::new(name.into(), count, values, DataType::Float64);
            rows.for_each(|row| lists.append_slice(row));
            return lists.finish().into_series().into();
        }
        let (count, values) = (self.len(), self.values.len());
        let mut lists = ListPrimitiveChunkedBuilder::<Float32Type>::new(name.into(), count, values, DataType::Float32);
        for row in rows {
            lists.append_slice(&row.iter().map(|&value| value as f32).collect::<Vec<_>>());
        }
        lists.finish().into_series().into()
    }
}

fn fault<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> EmbeddingsError {
    let path = path.to_path_buf();
    move |error| EmbeddingsError::File { path, what: format!("cannot write it: {error}") }
}

/// Writes all files to temporary names, then gives them their own.
fn replace(files: &[(&Path, &[u8])]) -> Result<(), EmbeddingsError> {
    for (path, bytes) in files {
        let temporary = temporary_name(path);
        let written = std::fs::write(&temporary, bytes);
        if written.is_err() {
            // A disk that is full keeps its half file otherwise; that there is none is no error.
            let _ = std::fs::remove_file(&temporary);
        }
        written.map_err(fault(path))?;
    }
    files.iter().try_for_each(|(path, _)| std::fs::rename(temporary_name(path), path).map_err(fault(path)))
}

/// An array as the only member of an archive.
fn zipped(array: &[u8]) -> Result<Vec<u8>, ::zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    let large = u32::try_from(array.len()).is_err();
    archive.start_file(
        format!("{ARRAY}.npy"),
        FileOptions::default().compression_method(CompressionMethod::Stored).large_file(large),
    )?;
    archive.write_all(array)?;
    Ok(archive.finish()?.into_inner())
}
