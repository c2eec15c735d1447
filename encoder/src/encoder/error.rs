//! Why a model cannot be opened or cannot embed.

use super::device::DeviceError;
use super::layouts::error::ConfigError;
use super::layouts::files::FilesError;
use super::tokenizer::TokenizerError;
use super::weights::WeightsError;
use nearmiss::runs::pooling::PoolingError;
use std::path::PathBuf;
use tch::TchError;

/// Why a model cannot be opened or cannot embed.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
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
    /// The model has no tower for what is embedded.
    #[error("{path}: the model ({layout}) has no {missing} tower; {remedy}")]
    NoTower {
        /// The model.
        path: PathBuf,
        /// What wrote it.
        layout: String,
        /// `image` or `text`.
        missing: &'static str,
        /// What can be done with it.
        remedy: &'static str,
    },
    /// The model knows no classes.
    #[error("{path}: the model has no layer of classes; its vectors are there, and candidates are named by a text tower")]
    NoClasses {
        /// The model.
        path: PathBuf,
    },
    /// Pixels of another shape.
    #[error("pixels have shape {found:?}; the model takes [B, 3, {size}, {size}]")]
    Shape {
        /// What was given.
        found: Vec<i64>,
        /// Side of the model's images.
        size: i64,
    },
    /// Token ids the model has no row for, no id at all, or too many.
    #[error("text {index} has {problem}")]
    Tokens {
        /// Which of the texts, from 0.
        index: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// More layers than a tower has.
    #[error("the {tower} tower: {source}")]
    Pooling {
        /// `image` or `text`.
        tower: &'static str,
        /// What was asked for, and what there is.
        source: PoolingError,
    },
    /// A class token is wanted of a tower that has none.
    #[error("the image tower has no class token; give --pool mean")]
    NoClassToken,
    /// An embedding that is not a number, or of length zero.
    #[error("embedding {index} is not finite; the weights or the pixels hold infinite or undefined values")]
    NotFinite {
        /// Which row, from 0.
        index: usize,
    },
    /// A file could not be read again for its fingerprint.
    #[error("{path}: cannot read the file for its fingerprint: {source}")]
    Fingerprint {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// `LibTorch` failed.
    #[error("LibTorch: {0}")]
    Torch(#[from] TchError),
}
