//! Embeddings from whatever holds them, and whether they can be compared.

use super::error::{EmbeddingsError, LONGEST, SHORTEST};
use super::file::{extension, named, read_array, read_parquet};
use super::points::Embeddings;
use super::run::read_run;
use crate::answers::table::TableSource;
use crate::files::parquet::Parquet;
use crate::numbers::counted::{counted, form};
use crate::taxonomy::Taxonomy;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What a file is that holds no vectors.
const NO_VECTORS: &str = "no vectors in it: they are read of run directories, .npy, .npz and .safetensors files, and Parquet tables with \
                          a column 'embedding'; a table of labels goes beside them, with --labels";

/// What is said of a file or an array of none.
const NO_VECTOR: &str = "it holds no vector";

impl Embeddings {
    /// Whether a run directory holds vectors.
    ///
    /// # Errors
    ///
    /// [`EmbeddingsError::File`] if its `images.parquet` cannot be read.
    pub fn in_run(folder: &Path) -> Result<bool, EmbeddingsError> {
        let images = folder.join("images.parquet");
        if !images.is_file() {
            return Ok(false);
        }
        let fault = |what: String| EmbeddingsError::File { path: images.clone(), what };
        let file = File::open(&images).map_err(|error| fault(error.to_string()))?;
        let schema = Parquet::new(file).and_then(|mut file| file.schema());
        let schema = schema.map_err(|error| fault(format!("not readable as Parquet: {error}")))?;
        Ok(schema.contains("embedding"))
    }

    /// Reads a run directory, a Parquet table with a column of vectors (`embedding` or `emb`), `.npy`,
    /// `.npz` or `.safetensors`; arrays take names and taxa from `table` (CSV, TSV, JSON Lines or Parquet), a row per vector.
    ///
    /// Without a taxonomy it is that of the run, or the lineages of the rank columns.
    ///
    /// # Errors
    ///
    /// [`EmbeddingsError`]: unreadable, no vectors, lengths that differ, values that are not finite or beyond single precision.
    pub fn read(path: &Path, table: Option<&Path>, taxonomy: Option<&Taxonomy>) -> Result<Embeddings, EmbeddingsError> {
        Embeddings::labelled(path, table.map(TableSource::from).as_ref(), taxonomy)
    }

    /// As [`Embeddings::read`], with a table that may be in memory.
    ///
    /// # Errors
    ///
    /// As [`Embeddings::read`].
    pub fn labelled(
        path: &Path,
        table: Option<&TableSource>,
        taxonomy: Option<&Taxonomy>,
    ) -> Result<Embeddings, EmbeddingsError> {
        let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
        if !path.exists() {
            return Err(fault("there is no such file or folder".to_string()));
        }
        let embeddings = if path.is_dir() {
            read_run(path, taxonomy)?
        } else if !path.is_file() {
            return Err(fault("it is no file but a pipe or a device; write what comes out of it into a file".to_string()));
        } else {
            match extension(path).as_str() {
                "npy" | "npz" | "safetensors" => read_array(path, table, taxonomy)?,
                _ if !is_parquet(path).map_err(|error| fault(error.to_string()))? => return Err(fault(NO_VECTORS.to_string())),
                _ => read_parquet(path, taxonomy)?,
            }
        };
        embeddings.checked(path, &|row| row + 1)
    }

    /// Vectors in memory, `D = width` values each, whose names and taxa a table says, a row per vector; all else as of an
    /// array that [`Embeddings::read`] reads. `name` is for messages.
    ///
    /// # Errors
    ///
    /// As [`Embeddings::read`].
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::answers::table::TableSource;
    /// use nearmiss::spaces::embeddings::Embeddings;
    /// use polars::prelude::df;
    /// use std::path::Path;
    ///
    /// let labels = TableSource::held("labels", df!("image" => ["a", "b"], "taxon" => ["Felis catus", "Lynx lynx"])?);
    /// let embeddings = Embeddings::held(Path::new("vectors"), vec![1.0, 0.0, 0.6, 0.8], 2, &labels, None)?;
    /// assert_eq!((embeddings.len(), embeddings.names[1].as_str()), (2, "b"));
    /// // One vector, and names of two.
    /// let refused = Embeddings::held(Path::new("vectors"), vec![1.0, 0.0], 2, &labels, None).unwrap_err().to_string();
    /// assert_eq!(refused, "labels: 2 rows for the 1 vector of 'vectors'; there must be one for each");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn held(
        name: &Path,
        values: Vec<f64>,
        width: usize,
        labels: &TableSource,
        taxonomy: Option<&Taxonomy>,
    ) -> Result<Embeddings, EmbeddingsError> {
        let fault = |what: String| EmbeddingsError::File { path: name.to_path_buf(), what };
        let rows = values.len().checked_div(width).unwrap_or(0);
        if rows == 0 {
            return Err(fault(NO_VECTOR.to_string()));
        }
        if rows * width != values.len() {
            return Err(fault(format!("{} numbers are no whole vectors of length {width}", values.len())));
        }
        named((values, rows, width), name, labels, taxonomy)?.checked(name, &|row| row + 1)
    }

    /// The same with notes on vectors that say little, where all can be compared.
    /// `place` says what messages call a row.
    pub(super) fn checked(mut self, path: &Path, place: &dyn Fn(usize) -> usize) -> Result<Embeddings, EmbeddingsError> {
        if self.is_empty() || self.width == 0 {
            return Err(EmbeddingsError::File { path: path.to_path_buf(), what: NO_VECTOR.to_string() });
        }
        self.check(path, place)?;
        let zeros = self.values.chunks(self.width).filter(|row| row.iter().all(|value| *value == 0.0)).count();
        if zeros > 0 {
            let (vectors, they_have) = (counted(zeros, "vector is", "vectors are"), form(zeros, "it has", "they have"));
            self.notes.push(format!("{vectors} zero: {they_have} no direction, and a cosine of 0 with everything"));
        }
        let without = self.taxa.iter().filter(|taxon| taxon.is_none()).count();
        if without > 0 {
            self.notes.push(format!(
                "{without} of {} {} no taxon of the taxonomy",
                counted(self.len(), "vector", "vectors"),
                form(without, "has", "have")
            ));
        }
        Ok(self)
    }

    /// Whether all vectors can be compared with each other.
    fn check(&self, path: &Path, place: &dyn Fn(usize) -> usize) -> Result<(), EmbeddingsError> {
        for (index, row) in self.values.chunks(self.width).enumerate() {
            let (path, name) = (|| path.to_path_buf(), || self.names[index].clone());
            if row.iter().any(|value| !value.is_finite()) {
                return Err(EmbeddingsError::NotFinite { path: path(), name: name(), row: place(index) });
            }
            // Squares of very small and very large numbers are 0 or infinite: the largest is put before.
            let largest = row.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
            let length = largest * row.iter().map(|value| (value / largest).powi(2)).sum::<f64>().sqrt();
            if largest > 0.0 && !(SHORTEST..=LONGEST).contains(&length) {
                return Err(EmbeddingsError::Length { path: path(), name: name(), row: place(index), length });
            }
        }
        Ok(())
    }
}

fn is_parquet(path: &Path) -> std::io::Result<bool> {
    let mut magic = vec![];
    crate::files::regular_file::open(path)?.take(4).read_to_end(&mut magic)?;
    Ok(magic == b"PAR1")
}
