//! Embeddings with what is known of them: from and to runs, Parquet tables, NumPy arrays and safetensors.

mod error;
mod points;
mod order;
mod lineage;
mod columns;
mod file;
mod run;
mod read;
mod write;

pub use error::EmbeddingsError;
pub use points::{Embeddings, Labels};
pub use write::Columns;
