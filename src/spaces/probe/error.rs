//! Why a run cannot be probed.

use crate::answers::distribution::run_vectors::VectorsError;
use crate::answers::table::TableError;
use crate::runs::directory::RunError;
use crate::taxonomy::read::ReadError;
use polars::prelude::PolarsError;
use std::path::PathBuf;

/// Why a run cannot be probed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ProbingError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error("{0}: the taxonomy of the run has changed since; name the one to use with probe.taxonomy")]
    TaxonomyChanged(String),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("{}: the run holds no answers", .0.display())]
    NoAnswers(PathBuf),
    #[error("{}: no embeddings to probe", run.display())]
    Embeddings { run: PathBuf, source: VectorsError },
    #[error("{}: the run has no splits; give probe.shots, or classify with a manifest that has them", .0.display())]
    NoSplits(PathBuf),
    #[error("{}: no image of the split '{split}' for the {what}; splits: {known:?}", run.display())]
    NoImage { run: PathBuf, split: String, what: &'static str, known: Vec<String> },
    #[error("{0} images to answer show an observation of the support: the answers would flatter; split by observation")]
    Leak(usize),
    #[error("the labelled images show {0} taxa; a probe takes at least 2")]
    FewTaxa(usize),
    #[error("'{0}' was no candidate of the run: it has no text to adapt")]
    NoText(String),
    #[error("the embeddings of the support are not finite")]
    NotFinite,
    #[error(transparent)]
    Record(#[from] serde_json::Error),
    #[error(transparent)]
    Frame(#[from] PolarsError),
}
