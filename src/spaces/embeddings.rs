//! Embeddings with what is known of them: from and to runs, Parquet tables, NumPy arrays and safetensors; a sample where there
//! are many.

mod error;
mod points;
mod order;
mod lineage;
mod columns;
mod file;
mod run;
mod read;
mod write;
mod strata;
mod sampling;
mod stored;
mod beside;
mod labelling;
mod population;
mod sampled;

pub use error::EmbeddingsError;
pub use points::{Embeddings, Labels};
pub use population::Population;
pub use sampled::Sampled;
pub use sampling::{Design, Sample, SampleSize, Sampling, Stratum, USUAL};
pub use write::Columns;
