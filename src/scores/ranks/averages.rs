//! Averages over the taxa of one rank.

use crate::numbers::statistics::{share, to_f64};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;

/// Averages over the taxa of one rank; `None` without images.
#[derive(Default)]
pub(super) struct Averages {
    /// Over true taxa.
    pub recall: Option<f64>,
    /// Over taxa that are a truth or an answer; 0 for a taxon that was never answered.
    pub precision: Option<f64>,
    pub f1: Option<f64>,
    /// Weighted by the images of the taxon.
    pub weighted_precision: Option<f64>,
    pub weighted_f1: Option<f64>,
}

pub(super) fn averages(taxonomy: &Taxonomy, rank: Rank, truth: &[u32], answered: &[u32], right: &[u32]) -> Averages {
    let [mut recall, mut precision, mut f1, mut weighted_precision, mut weighted_f1] = [0.0; 5];
    let (mut true_taxa, mut taxa, mut images) = (0_u64, 0_u64, 0.0);
    for taxon in taxonomy.taxa().filter(|taxon| taxonomy.rank(*taxon) == rank) {
        let [n, answered, right] = [truth, answered, right].map(|counts| u64::from(counts[taxon.index()]));
        if n + answered == 0 {
            continue;
        }
        taxa += 1;
        true_taxa += u64::from(n > 0);
        recall += share(right, n).unwrap_or(0.0);
        let (taxon_precision, taxon_f1) = (share(right, answered).unwrap_or(0.0), to_f64(2 * right) / to_f64(n + answered));
        precision += taxon_precision;
        f1 += taxon_f1;
        images += to_f64(n);
        weighted_precision += taxon_precision * to_f64(n);
        weighted_f1 += taxon_f1 * to_f64(n);
    }
    if true_taxa == 0 {
        return Averages::default();
    }
    Averages {
        recall: Some(recall / to_f64(true_taxa)),
        precision: Some(precision / to_f64(taxa)),
        f1: Some(f1 / to_f64(taxa)),
        weighted_precision: Some(weighted_precision / images),
        weighted_f1: Some(weighted_f1 / images),
    }
}
