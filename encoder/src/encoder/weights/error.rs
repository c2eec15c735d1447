//! Why weights cannot be used.

use std::path::PathBuf;
use tch::TchError;

/// The largest logarithm of the factor on cosines, either way; open_clip keeps it below ln 100 = 4.6, and with a
/// factor beyond e¹⁰ every answer has a probability of 0 or 1.
pub(super) const MOST_LOGIT_SCALE: f64 = 10.0;

/// Why weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file is missing or unreadable.
    #[error("{path}: cannot read the weights: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not what its name says, or cut short.
    #[error("{path}: not a complete safetensors file: {reason}; copy or download it again")]
    Safetensors {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Not a dictionary of tensors.
    #[error(
        "{path}: not a dictionary of tensors saved by PyTorch 1.6 or later ({reason}); \
         save the model's state_dict alone, best as safetensors"
    )]
    Pickle {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        reason: String,
    },
    /// The tensors are not those of the model.
    #[error("{path}: the weights do not fit {config}: {problems}")]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// The configuration that asked for other tensors.
        config: String,
        /// Missing, unused and misshapen tensors by name.
        problems: String,
    },
    /// A tensor of numbers that are not floating point.
    #[error("{path}: tensor '{name}' is of type {dtype}; f32, f16 and bf16 are read")]
    Kind {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// Its type.
        dtype: String,
    },
    /// A factor on cosines that is none.
    #[error(
        "{path}: 'logit_scale' is {value}; it is the natural logarithm of the factor on cosines, from -{MOST_LOGIT_SCALE} to \
         {MOST_LOGIT_SCALE} (4.6 in most models): fetch the weights again"
    )]
    LogitScale {
        /// The weights.
        path: PathBuf,
        /// What it is.
        value: f64,
    },
    /// Files of which one names where the tensors of all lie, and another is not there or says otherwise.
    #[error("{path}: {reason}; download the model again")]
    Index {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// `LibTorch` failed.
    #[error(transparent)]
    Torch(#[from] TchError),
}
