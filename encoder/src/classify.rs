//! Photographs → embeddings → answers → run directory.
//!
//! [`Classification`](classification::Classification) is the operation: it reads the data set, the taxonomy and the
//! model, has the candidates embedded (or finds their vectors in the cache), and sends the photographs through the
//! [`Pipeline`]: what was seen of them comes batch by batch from one of two sources, the encoder or another run
//! ([`Vectors`]); the [scorer](label_scores::LabelScores) turns vectors into answers; parts of the run directory are
//! written as they are complete.

pub mod label_cache;
pub mod listener;
pub mod model;
pub mod label_vectors;
pub mod label_scores;
mod error;
mod candidates;
mod known;
mod seen;
mod pipeline;
mod source;
pub mod classification;

pub use error::ClassifyError;
pub use pipeline::{Pipeline, label_rank};
pub use seen::{Reading, Vectors};
