//! What labels add up to at one rank.

use crate::numbers::ties::falling;
use crate::taxonomy::{TaxonId, Taxonomy};

/// The taxon of most summed score at a main rank, of those that may be answered; of equals the first that a label names.
/// `None` where no label has a taxon there, or none of them any score.
pub(super) fn best(
    taxonomy: &Taxonomy,
    labels: &[(TaxonId, f64)],
    index: usize,
    allows: &dyn Fn(TaxonId) -> bool,
) -> Option<(TaxonId, f64)> {
    let mut sums: Vec<(TaxonId, f64)> = vec![];
    for &(label, score) in labels {
        let Some(taxon) = taxonomy.main_ancestor(label, index) else { continue };
        match sums.iter_mut().find(|(known, _)| *known == taxon) {
            Some((_, sum)) => *sum += score,
            None => sums.push((taxon, score)),
        }
    }
    let better = |best: Option<(TaxonId, f64)>, next: (TaxonId, f64)| match best {
        Some(other) if falling(other.1, next.1).is_le() => best,
        _ => Some(next),
    };
    sums.into_iter().filter(|&(taxon, sum)| sum > 0.0 && allows(taxon)).fold(None, better)
}
