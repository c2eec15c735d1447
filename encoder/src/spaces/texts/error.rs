//! Why texts cannot be embedded.

use crate::classify::model::ModelError;
use crate::encoder::EncoderError;

/// Why texts cannot be embedded.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// The model is not to be had.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model cannot be opened, has no text tower, or cannot embed.
    #[error("{model}: {source}")]
    Encoder {
        /// As given.
        model: String,
        /// What is wrong.
        source: Box<EncoderError>,
    },
    /// More numbers are to be kept than a vector has.
    #[error("--dimensions {wanted}: the vectors of '{model}' have {width} numbers; give {width} or less")]
    Dimensions {
        /// As given.
        model: String,
        /// How many were asked for.
        wanted: usize,
        /// How many there are.
        width: usize,
    },
}
