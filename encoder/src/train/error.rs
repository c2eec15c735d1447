//! Why a training cannot start or go on.

use super::hard_negatives::HardNegativesError;
use crate::encoder::EncoderError;
use crate::encoder::config::ConfigError;
use crate::encoder::tokenizer::TokenizerError;
use crate::encoder::weights::WeightsError;
use nearmiss::numbers::counted::counted;
use nearmiss::photographs::dataset::DatasetError;
use nearmiss::runs::directory::RunError;
use std::path::{Path, PathBuf};
use tch::TchError;

/// Why a training cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum TrainError {
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error(transparent)]
    ModelConfig(#[from] ConfigError),
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    #[error(transparent)]
    HardNegatives(#[from] HardNegativesError),
    #[error(transparent)]
    Write(#[from] RunError),
    #[error("LibTorch: {0}")]
    Torch(#[from] TchError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("the photographs cannot be trained on: {0}; every photograph needs a name that the taxonomy holds once")]
    Names(String),
    #[error(
        "{} both in '{train}' and in '{validation}', such as '{example}': \
         the validation would flatter; put all photographs of an observation into one split",
        counted(*count, "observation is", "observations are")
    )]
    Leak { count: usize, example: String, train: String, validation: String },
    #[error("none of the photographs of a batch can be read; the first: {0}")]
    Unreadable(String),
    #[error(
        "a contrast among photographs finds no two of one class in a batch; give larger batches, \
         several photographs per class, or another loss"
    )]
    NoPairs,
    #[error(
        "a step over {} (optimiser.batch × accumulate) is more than the {photographs} of '{split}'; give smaller ones",
        counted(*batch, "photograph", "photographs")
    )]
    FewPhotographs { batch: usize, photographs: usize, split: String },
    #[error(
        "{}: the model has adapters or a prompt beside its weights, which training would leave out; \
         start at a model without, or use LoRA, which is merged", .0.display()
    )]
    HasAdapters(PathBuf),
    #[error("nothing is trained: 'what' names no tensor of the model")]
    NothingToTrain,
    #[error(
        "the loss is {value} at step {step} of epoch {epoch}: no model was written; \
         a lower optimiser.learning_rate, a longer optimiser.warmup or a smaller optimiser.clip helps"
    )]
    NotFinite { value: f64, step: u64, epoch: usize },
    #[error("cannot draw the curves: {0}")]
    Figure(String),
    #[error("the checkpoint cannot be read: {0}; remove the folder 'checkpoint' to start anew")]
    Checkpoint(String),
    #[error("{}: the checkpoint is of another training (other configuration, photographs or start); remove it or give another -o", .0.display())]
    OtherTraining(PathBuf),
}

impl TrainError {
    pub(super) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_path_buf(), source }
    }
}
