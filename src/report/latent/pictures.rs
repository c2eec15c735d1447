//! The figures of a space.

use crate::report::document::Block;
use crate::report::error::ReportError;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Latent;

/// The figures as blocks; none without the feature `plots`.
#[derive(Default)]
pub(super) struct Pictures {
    pub staircase: Option<Block>,
    pub similarities: Option<Block>,
    pub agreement: Option<Block>,
    pub maps: Vec<Block>,
    pub centroids: Vec<Block>,
    pub silhouettes: Option<Block>,
}

#[cfg(feature = "plots")]
impl Pictures {
    pub fn of(embeddings: &Embeddings, latent: &Latent) -> Result<Pictures, ReportError> {
        use crate::report::figures::latent as figures;
        use crate::report::figures::{maps, similarities};
        Ok(Pictures {
            staircase: figures::staircase(latent)?.map(Block::Figure),
            agreement: figures::agreement(latent)?.map(Block::Figure),
            similarities: similarities::similarities(latent)?.map(Block::Figure),
            maps: maps::maps(embeddings, latent)?.into_iter().map(Block::Figure).collect(),
            centroids: [figures::heatmap(embeddings, latent)?, figures::tanglegram(embeddings, latent)?]
                .into_iter()
                .flatten()
                .map(Block::Figure)
                .collect(),
            silhouettes: figures::silhouettes(embeddings, latent)?.map(Block::Figure),
        })
    }
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
impl Pictures {
    pub fn of(_embeddings: &Embeddings, _latent: &Latent) -> Result<Pictures, ReportError> {
        Ok(Pictures::default())
    }
}
