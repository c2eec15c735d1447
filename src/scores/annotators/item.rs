//! What is said of an image.

use super::panel::Panel;
use super::references::References;
use crate::taxonomy::TaxonId;

/// An image with what the annotators say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Place of the image.
    pub image: usize,
    /// Labels of annotators.
    pub labels: u64,
    /// Distinct ones among them.
    pub distinct: u64,
    /// The deepest taxon that more than half of them lie in, and their share.
    pub majority: Option<(TaxonId, f64)>,
    /// The deepest taxon with more than half of the probability, and its probability.
    pub consensus: Option<(TaxonId, f64)>,
}

/// All images.
pub(super) fn of(panel: &Panel, majority: &References, consensus: Option<&References>) -> Vec<Item> {
    let item = |image: usize| {
        let mut labels: Vec<TaxonId> = panel.said(image).into_iter().map(|(_, label)| label).collect();
        let all = labels.len() as u64;
        labels.sort_unstable();
        labels.dedup();
        let consensus = consensus.and_then(|references| references.of_all[image]);
        Item { image, labels: all, distinct: labels.len() as u64, majority: majority.of_all[image], consensus }
    };
    (0..panel.images.len()).map(item).collect()
}
