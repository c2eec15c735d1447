//! Why photographs could not be classified.

use crate::classify::class_labels::ClassLabelError;
use crate::classify::classes::ClassesError;
use crate::classify::model::ModelError;
use crate::classify::preprocessing::PreprocessingError;
use crate::encoder::EncoderError;
use crate::encoder::classifier::error::ClassifierError;
use nearmiss::numbers::counted::counted;
use nearmiss::photographs::dataset::DatasetError;
use nearmiss::runs::directory::RunError;
use nearmiss::runs::directory::shard::Shard;
use nearmiss::taxonomy::label_set::LabelError;
use nearmiss::taxonomy::read::ReadError;
use std::path::PathBuf;

/// Why photographs could not be classified.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ClassificationError {
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error("--taxonomy {which}")]
    OwnTaxonomy { which: &'static str, source: DatasetError },
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Labels(#[from] LabelError),
    #[error(transparent)]
    FindModel(#[from] ModelError),
    #[error("cannot use the model '{model}'")]
    Model { model: String, source: EncoderError },
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
    #[error(transparent)]
    Classes(#[from] ClassesError),
    #[error(transparent)]
    ClassLabels(#[from] ClassLabelError),
    #[error(transparent)]
    Preprocessing(#[from] PreprocessingError),
    #[error("model '{model}' {what}")]
    NotFor { model: String, what: String },
    #[error(transparent)]
    Size(#[from] std::num::TryFromIntError),
    #[error(
        "--shard {shard}: nothing is left for it, {} too few batches of {batch}; use fewer shards",
        counted(*images, "photograph makes", "photographs make")
    )]
    Shard { shard: Shard, images: usize, batch: usize },
    #[error("--embeddings {}: {what}", run.display())]
    Embeddings { run: PathBuf, what: String },
    #[error("--tiles: {what}")]
    Tiles { what: &'static str },
    #[error("{}: cannot use its vectors again", table.display())]
    Vectors { table: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("cannot {action}")]
    File { action: &'static str, source: std::io::Error },
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Classify(#[from] ClassifyError),
    #[error("none of the {} could be read ({statuses}); nothing to classify", counted(*images, "photograph", "photographs"))]
    NothingRead { images: usize, statuses: String },
}

/// Why classification stopped.
#[derive(Debug, thiserror::Error)]
pub enum ClassifyError {
    /// The encoder failed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// The classifier failed.
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
    /// LibTorch failed.
    #[error("the encoder failed: {0}")]
    Torch(#[from] tch::TchError),
    /// The run directory could not be written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A run whose vectors were to be used again lacks a photograph.
    #[error("the run whose embeddings are used again has no photograph '{0}'")]
    NotKnown(String),
    /// The reading thread ended early.
    #[error("reading photographs stopped unexpectedly")]
    Reader,
}
