//! Why a training cannot start or go on.

use super::hard_negatives::HardNegativesError;
use crate::encoder::EncoderError;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::files::FilesError;
use crate::encoder::tokenizer::TokenizerError;
use crate::encoder::weights::WeightsError;
use nearmiss::numbers::counted::counted;
use nearmiss::photographs::dataset::DatasetError;
use nearmiss::runs::directory::RunError;
use nearmiss::spaces::retrieval::texts::TextsError;
use nearmiss::taxonomy::read::ReadError;
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
    ModelFiles(#[from] FilesError),
    #[error(transparent)]
    ModelConfig(#[from] ConfigError),
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    #[error(transparent)]
    HardNegatives(#[from] HardNegativesError),
    #[error(transparent)]
    Texts(#[from] TextsError),
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] RunError),
    #[error("LibTorch: {0}")]
    Torch(#[from] TchError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("the photographs cannot be trained on: {0}; every photograph needs a name that the taxonomy holds once")]
    Names(String),
    #[error(
        "{what} both in '{train}' and in '{validation}', such as '{example}': \
         the validation would flatter; put all photographs of an observation into one split"
    )]
    Leak { what: String, example: String, train: String, validation: String },
    #[error(
        "no two of '{0}' are of one taxon: each asks for the others of its taxon there and would find none; \
         put several of a taxon into it"
    )]
    NothingToFind(String),
    #[error("none of the photographs of a batch can be read; the first: {0}")]
    Unreadable(String),
    #[error(
        "a contrast among photographs finds no two of one class in a batch; give larger batches, \
         several photographs per class, or another loss"
    )]
    NoPairs,
    #[error(
        "a contrast among texts finds no two of one taxon in a batch; give larger batches, several texts per taxon, or another loss"
    )]
    NoTextPairs,
    #[error(
        "a step over {} (optimiser.batch × accumulate) is more than the {photographs} of '{split}'; give smaller ones",
        counted(*batch, "photograph", "photographs")
    )]
    FewPhotographs { batch: usize, photographs: usize, split: String },
    #[error(
        "a step over {} (optimiser.batch × accumulate) is more than the {there} {what} for training; give smaller ones",
        counted(*batch, "example", "examples")
    )]
    FewTexts { batch: usize, there: usize, what: &'static str },
    #[error(
        "{}: no query is of the split '{split}' ({key}); there are {there}; name one of them, or leave the column out to draw a share",
        path.display()
    )]
    NoSplit { path: PathBuf, split: String, key: &'static str, there: String },
    #[error(
        "{}: no column says a split, and {key} names one, '{split}'; add a column 'split', or take the key out and draw a share \
         (sentences.validation_share, sentences.test_share)",
        path.display()
    )]
    NoSplitColumn { path: PathBuf, split: String, key: &'static str },
    #[error(
        "the triplet loss takes documents that do not answer, and '{0}' has none; give negatives, or mine them: sentences.mined"
    )]
    NoNegatives(String),
    #[error(
        "{}: the model has adapters or a prompt beside its weights, which training would leave out; \
         start at a model without, or use LoRA, which is merged", .0.display()
    )]
    HasAdapters(PathBuf),
    #[error(
        "{}: it holds a model with '{file}', which would be read with the trained one or in its place; \
         take that model away, or give another -o", folder.display()
    )]
    OtherModel { folder: PathBuf, file: String },
    #[error("the tensor '{0}' has numbers that half precision does not have; leave 'half' out")]
    TooLargeForHalf(String),
    #[error("nothing is trained: 'what' names no tensor of the model")]
    NothingToTrain,
    #[error("a prompt is tuned for a text tower, and the model has none; train adapters, LoRA or the last blocks instead")]
    NoPrompt,
    #[error("the model ({layout}) has no {missing} tower, and {what} takes one; {remedy}")]
    NoTower { layout: String, missing: &'static str, what: String, remedy: &'static str },
    #[error("the model has no {0} tower")]
    Lacks(&'static str),
    #[error(
        "the sigmoid loss starts from a 'bias', and the model has none of its own; \
         give one, such as {{ sigmoid = {{ bias = -10.0 }} }}"
    )]
    NoBias,
    #[error("the loss '{loss}' takes {takes}, and {there}; {remedy}")]
    NoLoss { loss: &'static str, takes: &'static str, there: &'static str, remedy: &'static str },
    #[error(
        "the model's configuration asks for a preprocessing that is not done here: {0}; photographs cannot be trained on with it"
    )]
    Preprocessing(String),
    #[error(
        "the loss is {value} at step {step} of epoch {epoch}: no model was written; \
         a lower optimiser.learning_rate, a longer optimiser.warmup or a smaller optimiser.clip helps"
    )]
    NotFinite { value: f64, step: u64, epoch: usize },
    #[error("cannot draw the curves: {0}")]
    Figure(String),
    #[error("the checkpoint cannot be read: {0}; remove the folder 'checkpoint' to start anew")]
    Checkpoint(String),
    #[error(
        "{}: the checkpoint is of another training (other configuration, photographs or start); remove it or give another -o",
        .0.display()
    )]
    OtherTraining(PathBuf),
}

impl TrainError {
    pub(super) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_path_buf(), source }
    }
}
