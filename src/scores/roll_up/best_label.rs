//! The best labels of an image.

use crate::numbers::ties::falling;
use crate::taxonomy::TaxonId;

/// The `k` labels of most score, best first; of equals those that come first.
pub(super) fn best_labels(labels: &[(TaxonId, f64)], k: usize) -> Vec<(TaxonId, f64)> {
    let mut best: Vec<(TaxonId, f64)> = Vec::with_capacity(k + 1);
    for &label in labels.iter().filter(|(_, score)| *score > 0.0) {
        let place = best.partition_point(|other| falling(other.1, label.1).is_le());
        if place < k {
            best.insert(place, label);
            best.truncate(k);
        }
    }
    best
}
