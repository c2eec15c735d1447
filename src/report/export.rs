//! Vectors beside the page of their space, for other programs.

use super::latent::write_projector;
use crate::spaces::embeddings::{Columns, Embeddings, EmbeddingsError};
use std::path::{Path, PathBuf};

/// Formats of vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VectorFormat {
    /// Parquet: image, observation, taxon, rank columns, `embedding`.
    Parquet,
    /// Parquet with the columns of emb-explorer: `uuid`, `emb`, rank columns.
    EmbExplorer,
    /// NumPy, with a CSV of labels beside it.
    Npy,
    /// Compressed NumPy, likewise.
    Npz,
    /// safetensors, likewise.
    Safetensors,
    /// TensorBoard's projector: vectors.tsv and metadata.tsv.
    Projector,
}

/// Why vectors could not be written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ExportError {
    #[error(transparent)]
    Vectors(#[from] EmbeddingsError),
    #[error("{folder}: cannot write: {source}")]
    Projector { folder: PathBuf, source: std::io::Error },
}

impl VectorFormat {
    /// Writes vectors into a folder that is there; returns the files.
    ///
    /// # Errors
    ///
    /// [`ExportError`]: a file cannot be written.
    pub fn write(self, folder: &Path, embeddings: &Embeddings) -> Result<Vec<PathBuf>, ExportError> {
        let (name, columns) = match self {
            VectorFormat::Parquet => ("vectors.parquet", Columns::Ours),
            VectorFormat::EmbExplorer => ("emb_explorer.parquet", Columns::EmbExplorer),
            VectorFormat::Npy => ("vectors.npy", Columns::Ours),
            VectorFormat::Npz => ("vectors.npz", Columns::Ours),
            VectorFormat::Safetensors => ("vectors.safetensors", Columns::Ours),
            VectorFormat::Projector => {
                let failed = |source| ExportError::Projector { folder: folder.to_path_buf(), source };
                return write_projector(folder, embeddings).map_err(failed);
            }
        };
        Ok(embeddings.write(&folder.join(name), columns)?)
    }
}
