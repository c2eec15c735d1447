//! Why predictions could not be scored.

use crate::answers::distribution::NotWhole;
use crate::answers::distribution::run_vectors::VectorsError;
use crate::answers::prior::PriorError;
use crate::answers::table::TableError;
use crate::report::states::StateError;
use crate::runs::directory::RunError;
use crate::scores::cost::PairsError;
use crate::scores::gate::GateError;
use crate::scores::verdicts::VerdictsError;
use crate::spaces::embeddings::EmbeddingsError;
use crate::taxonomy::read::ReadError;
use std::path::PathBuf;

/// Why predictions could not be scored.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ScoringError {
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Pairs(#[from] PairsError),
    #[error(transparent)]
    Gate(#[from] GateError),
    #[error(transparent)]
    Verdicts(#[from] VerdictsError),
    #[error(transparent)]
    Vectors(#[from] VectorsError),
    #[error(transparent)]
    Prior(#[from] PriorError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Embeddings(#[from] EmbeddingsError),
    #[error("--by observation: {0}")]
    Observations(String),
    #[error("--by event: {0}")]
    Events(String),
    #[error("{path}: cannot read: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: no image can be scored: {accounting}{remedy}")]
    NothingScored { path: PathBuf, accounting: String, remedy: String },
}

impl From<NotWhole> for ScoringError {
    fn from(why: NotWhole) -> Self {
        ScoringError::Observations(why.to_string())
    }
}
