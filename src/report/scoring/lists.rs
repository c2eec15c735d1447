//! Lists of taxa that scores are made with.

use super::error::ScoringError;
use crate::scores::cost::{CostMatrix, LookAlikes};
use crate::scores::training_counts::TrainingCounts;
use crate::taxonomy::Taxonomy;
use std::path::Path;

/// Lists of taxa that scores are made with.
pub(super) struct Lists {
    pub(super) costs: Option<CostMatrix>,
    pub(super) look_alikes: Option<LookAlikes>,
    pub(super) training: Option<TrainingCounts>,
}

impl Lists {
    /// Reads costs, look-alikes and numbers of training images, where they are given; `classes` are those that are no taxa.
    pub(super) fn read(
        [costs, look_alikes, training]: [Option<&Path>; 3],
        classes: &[String],
        taxonomy: &Taxonomy,
    ) -> Result<Self, ScoringError> {
        Ok(Self {
            costs: costs.map(|path| CostMatrix::read_beside(path, taxonomy, classes)).transpose()?,
            look_alikes: look_alikes.map(|path| LookAlikes::read(path, taxonomy)).transpose()?,
            training: training.map(|path| TrainingCounts::read(path, taxonomy)).transpose()?,
        })
    }
}
