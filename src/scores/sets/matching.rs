//! Truths and answers paired so that their errors are as small as can be.

use super::chosen::SetPair;
use crate::numbers::assignment::least_cost;
use crate::numbers::statistics::to_f64;
use crate::scores::outcome::Outcome;
use crate::taxonomy::{TaxonId, Taxonomy};

/// The height to the root: what a truth without an answer and an answer without a truth cost.
pub(super) const UNMATCHED: u32 = 7;

/// The mean height of the error over the pairs of the best matching: each truth has one answer and each answer one truth, and
/// where one is left over it counts 7, the height to the root (in a tree without ranks, its edges to the root). 0 where both sets
/// are empty.
///
/// # Source
///
/// Kuhn 1955, for the least sum.
#[must_use]
pub fn height(taxonomy: &Taxonomy, pair: &SetPair) -> f64 {
    let (truths, answers) = (&pair.truths, &pair.answers);
    let size = truths.len().max(answers.len() + pair.unknown.len());
    if size == 0 {
        return 0.0;
    }
    let left_over = |taxon: TaxonId| if taxonomy.has_ranks() { UNMATCHED } else { taxonomy.depth(taxon) };
    // A right answer costs nothing, and no other pair is cheaper for its being taken apart: it is matched beforehand.
    let is_right = |taxon: &&TaxonId| truths.binary_search(taxon).is_ok() && answers.binary_search(taxon).is_ok();
    let truths: Vec<TaxonId> = truths.iter().filter(|taxon| !is_right(taxon)).copied().collect();
    let answers: Vec<TaxonId> = answers.iter().filter(|taxon| !is_right(taxon)).copied().collect();
    let open = truths.len().max(answers.len() + pair.unknown.len());
    let cost = |row: usize, column: usize| match (truths.get(row), answers.get(column)) {
        (Some(&truth), Some(&answer)) => Outcome::of(taxonomy, truth, answer).height(taxonomy),
        (Some(&one), None) | (None, Some(&one)) => left_over(one),
        // An unknown name beside no truth.
        (None, None) => UNMATCHED,
    };
    to_f64(least_cost(open, &cost)) / to_f64(size as u64)
}
