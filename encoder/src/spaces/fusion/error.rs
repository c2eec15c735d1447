//! Why pairs of texts and photographs cannot be embedded.

use crate::classify::preprocessing::PreprocessingError;
use crate::encoder::EncoderError;
use crate::encoder::fusion::FusionError;
use crate::encoder::fusion::regions::RegionsError;
use nearmiss::answers::table::TableError;
use nearmiss::spaces::embeddings::EmbeddingsError;
use std::path::PathBuf;

/// Why pairs of texts and photographs cannot be embedded.
#[derive(Debug, thiserror::Error)]
pub enum FusedError {
    /// The table of pairs, or one of names, cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The taxa of the table cannot be used.
    #[error(transparent)]
    Embeddings(#[from] EmbeddingsError),
    /// The fusion encoder cannot be opened, or cannot embed.
    #[error(transparent)]
    Fusion(#[from] FusionError),
    /// The image tower cannot be opened, or cannot embed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// The photographs of an image tower cannot be made what it sees.
    #[error(transparent)]
    Preprocessing(#[from] PreprocessingError),
    /// A file that holds something else.
    #[error("{path}: {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and the remedy.
        what: String,
    },
    /// Regions of a photograph that are none.
    #[error("{path}: the photograph '{image}': {source}")]
    Regions {
        /// The file of regions, or the image tower.
        path: PathBuf,
        /// The photograph.
        image: String,
        /// What is wrong.
        source: RegionsError,
    },
    /// An image tower whose patches are of another length than the regions of the fusion encoder.
    #[error(
        "{path}: its patches are {found} numbers long, and the fusion encoder takes regions of {wanted} ('feat_dim'); give an image \
         tower of that width, or a fusion encoder that was trained with its patches"
    )]
    Width {
        /// The image tower.
        path: PathBuf,
        /// What it gives.
        found: i64,
        /// What is wanted.
        wanted: i64,
    },
    /// No pair of which both can be read.
    #[error("{path}: none of its {rows} rows can be embedded: {why}")]
    Nothing {
        /// The table.
        path: PathBuf,
        /// How many rows.
        rows: usize,
        /// What the first lacks.
        why: String,
    },
    /// Nothing is asked for.
    #[error("no way of pooling is asked for; name positions (all, text, regions) and layers")]
    NothingWanted,
}
