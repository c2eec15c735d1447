//! Which truth was taken for what, and how often.

use super::Run;
use crate::outcome::Judgement;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;

/// A truth and the wrong answer it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confusion {
    /// The truth.
    pub truth: TaxonId,
    /// The answer, never deeper than the truth's rank.
    pub predicted: TaxonId,
    /// Their lowest common ancestor.
    pub lca: TaxonId,
    /// Images.
    pub count: u64,
    /// Height of the error.
    pub height: u32,
}

/// All pairs of truth and answer as given, with counts, in order of the tree.
pub(super) fn pairs(run: &Run<'_>) -> Vec<(TaxonId, TaxonId, u64)> {
    count_pairs(run.judgements.par_iter().filter_map(|judgement| match judgement {
        Judgement::Scored(outcome) => Some((outcome.truth, outcome.answer)),
        _ => None,
    }))
}

/// Wrong pairs, the most frequent first, then the worst, then in order of the tree.
pub(super) fn confusions(run: &Run<'_>) -> Vec<Confusion> {
    let wrong = run.judgements.par_iter().filter_map(|judgement| match judgement {
        Judgement::Scored(outcome) if !outcome.is_right() => Some((outcome.truth, outcome.predicted)),
        _ => None,
    });
    let mut confusions: Vec<_> = count_pairs(wrong).into_iter().map(|pair| confusion(run.taxonomy, pair)).collect();
    confusions.par_sort_unstable_by_key(|pair| (std::cmp::Reverse((pair.count, pair.height)), pair.truth, pair.predicted));
    confusions
}

fn confusion(taxonomy: &Taxonomy, (truth, predicted, count): (TaxonId, TaxonId, u64)) -> Confusion {
    let outcome = crate::outcome::Outcome::of(taxonomy, truth, predicted);
    Confusion { truth, predicted, lca: outcome.lca, count, height: outcome.height(taxonomy) }
}

/// Sorts pairs and counts runs of equal ones.
pub(super) fn count_pairs(pairs: impl ParallelIterator<Item = (TaxonId, TaxonId)>) -> Vec<(TaxonId, TaxonId, u64)> {
    let mut pairs: Vec<_> = pairs.collect();
    pairs.par_sort_unstable();
    let count = |run: &[(TaxonId, TaxonId)]| (run[0].0, run[0].1, run.len() as u64);
    pairs.chunk_by(|a, b| a == b).map(count).collect()
}
