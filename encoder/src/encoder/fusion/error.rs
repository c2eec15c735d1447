//! Why a fusion encoder cannot be opened or cannot embed.

use super::regions::{MOST_REGIONS, RegionsError};
use crate::encoder::device::DeviceError;
use crate::encoder::error::EncoderError;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::files::FilesError;
use crate::encoder::pooled_states::PoolError;
use crate::encoder::tokenizer::TokenizerError;
use crate::encoder::weights::WeightsError;
use nearmiss::runs::pooling::Layers;
use std::path::PathBuf;
use tch::TchError;

/// Why a fusion encoder cannot be opened or cannot embed.
#[derive(Debug, thiserror::Error)]
pub enum FusionError {
    /// As of any model.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// The directory is none of a model.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The weights cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The device cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The vocabulary cannot be used.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// Hidden states cannot be pooled so.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// `LibTorch` failed.
    #[error("LibTorch: {0}")]
    Torch(#[from] TchError),
    /// A model that reads texts alone, or none of T5's kind.
    #[error(
        "{path}: not a fusion encoder: its configuration has no 'feat_dim' and its weights no encoder.visual_embedding; a T5 that \
         reads texts alone is opened without --features"
    )]
    NotFusion {
        /// The model.
        path: PathBuf,
    },
    /// Several files of weights, of which none is named.
    #[error("{path}: there are several files of weights: {names}; name one of them")]
    SeveralWeights {
        /// The folder.
        path: PathBuf,
        /// Their names.
        names: String,
    },
    /// Bottlenecks or a prompt beside the model, as this program trains them into towers.
    #[error("{path}: a fusion encoder's bottlenecks and prompt lie in its own weights; take this file away")]
    Beside {
        /// The file.
        path: PathBuf,
    },
    /// A tensor that stands twice, with other numbers.
    #[error("{path}: '{copy}' differs from '{original}', which it is a copy of in such a model; save the model again")]
    Copy {
        /// The weights.
        path: PathBuf,
        /// The second one.
        copy: String,
        /// The first one.
        original: String,
    },
    /// Regions of another length than the model takes.
    #[error("text {index}: regions of {found} features; the model takes {wanted} ('feat_dim')")]
    Features {
        /// Which of the texts, from 0.
        index: usize,
        /// What was given.
        found: usize,
        /// What the model takes.
        wanted: i64,
    },
    /// More regions or photographs than the model has places for.
    #[error("text {index}: {found} {what}; the model has places for {most}")]
    Places {
        /// Which of the texts, from 0.
        index: usize,
        /// `regions` or `photographs`.
        what: &'static str,
        /// What was given.
        found: usize,
        /// The most.
        most: i64,
    },
    /// More regions than are computed.
    #[error("text {index}: {found} regions in all its photographs; at most {MOST_REGIONS} are computed")]
    Many {
        /// Which of the texts, from 0.
        index: usize,
        /// What was given.
        found: usize,
    },
    /// The mean over the regions of a text that has none.
    #[error("text {index} has no region, and the mean over regions is asked for; leave it out, or pool over 'all' or 'text'")]
    NoRegion {
        /// Which of the texts, from 0.
        index: usize,
    },
    /// Several layers one after the other, and a projection.
    #[error(
        "'{layers}' gives {found} numbers, and the model's projection takes {wanted}; ask for last, sum:N or average:N, or take \
         'projection_dim' out of its configuration and 'projection' out of its weights"
    )]
    Projection {
        /// What was asked for.
        layers: Layers,
        /// What it gives.
        found: usize,
        /// What the projection takes.
        wanted: i64,
    },
    /// Numbers that are no regions.
    #[error(transparent)]
    Regions(#[from] RegionsError),
}
