//! Photographs → embeddings → answers → run directory.
//!
//! [`Classification`](classification::Classification) is the operation: it reads the data set, the taxonomy and the
//! model, has the candidates embedded (or finds their vectors in the cache), and sends the photographs through the
//! [`Pipeline`]: what was seen of them comes batch by batch from one of two sources, the model or another run
//! ([`Vectors`]); [`Answering`] turns vectors, or the logits of a classifier, into answers; parts of the run directory are
//! written as they are complete.
//!
//! A model is one of three kinds. An encoder compares photographs with sentences about candidates. A classifier has
//! [classes](classes::Classes), which are [taxa at any depth](class_labels::ClassLabels) or none. A model of images alone without
//! classes names no taxon: its run directory holds the vectors of the photographs, for latent spaces, retrieval and probes.

pub mod label_cache;
pub mod listener;
pub mod model;
pub mod label_vectors;
pub mod label_scores;
pub mod classes;
pub mod class_labels;
pub mod preprocessing;
mod error;
mod candidates;
pub mod tiles;
mod known;
mod sight;
mod seen;
mod answering;
mod pace;
pub mod stopping;
mod pipeline;
mod source;
mod asked;
mod opening;
pub mod classification;

pub use answering::{Answering, ClassScores};
pub use error::ClassifyError;
pub use pipeline::{Pipeline, label_rank};
pub use seen::{Reading, Vectors};
pub use sight::Sight;
