//! Embeddings with what is known of them: from and to runs, Parquet tables, NumPy arrays and safetensors.

mod columns;
mod file;
mod lineage;
mod order;
mod run;
mod write;

pub use write::Columns;

use crate::answers::table::TableError;
use crate::files::parquet::Parquet;
use crate::numbers::neighbours::{Rows, normalised};
use crate::taxonomy::{TaxonId, Taxonomy};
use file::{read_array, read_parquet};
use run::read_run;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Embeddings of `N` things.
#[derive(Debug, Clone)]
pub struct Embeddings {
    /// `N × D` values as read.
    pub values: Vec<f64>,
    /// `D`.
    pub width: usize,
    /// `N` names.
    pub names: Vec<String>,
    /// `N` taxa; `None` where nobody says, or where the taxonomy does not have it.
    pub taxa: Vec<Option<TaxonId>>,
    /// `N` observations; blank where there is none.
    pub observations: Vec<String>,
    /// The taxonomy.
    pub taxonomy: Taxonomy,
    /// Vectors of candidate labels, where a run has them.
    pub labels: Option<Labels>,
    /// Decisions made while reading, one sentence each.
    pub notes: Vec<String>,
}

/// Vectors of labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// `C × D` values.
    pub values: Vec<f64>,
    /// `C` taxa.
    pub taxa: Vec<Option<TaxonId>>,
}

/// Why embeddings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingsError {
    /// The file cannot be read.
    #[error("{path}: {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and the remedy.
        what: String,
    },
    /// A vector holds a number that is none.
    #[error("{path}: the vector of '{name}' (row {row}) holds a value that is not finite; leave it out or embed it again")]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// Whose.
        name: String,
        /// From 1.
        row: usize,
    },
    /// A vector is so long or so short that products with it are no numbers of single precision.
    #[error(
        "{path}: the vector of '{name}' (row {row}) has a length of {length:e}, and {SHORTEST:e} to {LONGEST:e} can be compared; \
         scale the vectors"
    )]
    Length {
        /// The file.
        path: PathBuf,
        /// Whose.
        name: String,
        /// From 1.
        row: usize,
        /// Its length.
        length: f64,
    },
    /// A table beside the vectors cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Lengths of vectors but zero: the square of each is a number of single precision, in which neighbours are looked for.
const SHORTEST: f64 = 1e-15;
const LONGEST: f64 = 1e15;

impl Embeddings {
    /// `N`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The vectors.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows { values: &self.values, width: self.width }
    }

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

    /// Vectors divided by their lengths; a vector of zeros stays.
    #[must_use]
    pub fn normalised(&self) -> Vec<f64> {
        normalised(self.rows())
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
        let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
        if !path.exists() {
            return Err(fault("there is no such file or folder".to_string()));
        }
        let mut embeddings = if path.is_dir() {
            read_run(path, taxonomy)?
        } else if !path.is_file() {
            return Err(fault("it is no file but a pipe or a device; write what comes out of it into a file".to_string()));
        } else {
            match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
                "npy" | "npz" | "safetensors" => read_array(path, table, taxonomy)?,
                _ => read_parquet(path, taxonomy)?,
            }
        };
        if embeddings.is_empty() || embeddings.width == 0 {
            return Err(fault("it holds no vector".to_string()));
        }
        embeddings.check(path)?;
        let zeros = embeddings.values.chunks(embeddings.width).filter(|row| row.iter().all(|value| *value == 0.0)).count();
        if zeros > 0 {
            embeddings.notes.push(format!("{zeros} vectors are zero: they have no direction, and a cosine of 0 with everything"));
        }
        let without = embeddings.taxa.iter().filter(|taxon| taxon.is_none()).count();
        if without > 0 {
            embeddings.notes.push(format!("{without} of {} vectors have no taxon of the taxonomy", embeddings.len()));
        }
        Ok(embeddings)
    }

    /// Whether all vectors can be compared with each other.
    fn check(&self, path: &Path) -> Result<(), EmbeddingsError> {
        for (index, row) in self.values.chunks(self.width).enumerate() {
            let (path, name) = (|| path.to_path_buf(), || self.names[index].clone());
            if row.iter().any(|value| !value.is_finite()) {
                return Err(EmbeddingsError::NotFinite { path: path(), name: name(), row: index + 1 });
            }
            // Squares of very small and very large numbers are 0 or infinite: the largest is put before.
            let largest = row.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
            let length = largest * row.iter().map(|value| (value / largest).powi(2)).sum::<f64>().sqrt();
            if largest > 0.0 && !(SHORTEST..=LONGEST).contains(&length) {
                return Err(EmbeddingsError::Length { path: path(), name: name(), row: index + 1, length });
            }
        }
        Ok(())
    }
}
