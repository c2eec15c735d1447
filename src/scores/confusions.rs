//! Which truth was taken for what, and how often.

use super::judged_run::JudgedRun;
use crate::numbers::interval::Grouped;
use crate::scores::outcome::{Judgement, Outcome};
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

/// What was asked and answered, counted.
pub(super) struct Pairs {
    /// Outcomes with their images, in order of truth and answer as given.
    pub placed: Vec<(Outcome, u64)>,
    /// Answers to images whose truth is unknown, which counts as a mistake.
    pub unplaced: Vec<(TaxonId, u64)>,
}

impl Pairs {
    /// Place of an image's pair, those with a known truth first; `None` where the image is not scored.
    pub fn place(&self, judgement: Judgement) -> Option<usize> {
        match judgement {
            Judgement::Scored(outcome) => {
                let key = (outcome.truth, outcome.answer);
                self.placed.binary_search_by_key(&key, |(pair, _)| (pair.truth, pair.answer)).ok()
            }
            Judgement::Unplaced(answer) => {
                let place = self.unplaced.binary_search_by_key(&answer, |(other, _)| *other).ok()?;
                Some(self.placed.len() + place)
            }
            _ => None,
        }
    }

    /// The scored images by their pair.
    pub fn grouped(&self, run: &JudgedRun<'_>) -> Grouped {
        if run.sample.clusters.is_none() {
            let counts = self.placed.iter().map(|(_, count)| *count).chain(self.unplaced.iter().map(|(_, count)| *count));
            return Grouped::alone(counts.enumerate());
        }
        run.sample
            .grouped(run.judgements.iter().enumerate().filter_map(|(image, judgement)| Some((image, self.place(*judgement)?))))
    }
}

pub(super) fn pairs(run: &JudgedRun<'_>) -> Pairs {
    let placed = count_pairs(run, |judgement| match judgement {
        Judgement::Scored(outcome) => Some((outcome.truth, outcome.answer)),
        _ => None,
    });
    let unplaced = count_pairs(run, |judgement| match judgement {
        Judgement::Unplaced(answer) => Some((TaxonId::ROOT, answer)),
        _ => None,
    });
    let outcome = |(truth, answer, count)| (Outcome::of(run.taxonomy, truth, answer), count);
    Pairs {
        placed: placed.into_par_iter().map(outcome).collect(),
        unplaced: unplaced.into_iter().map(|(_, answer, count)| (answer, count)).collect(),
    }
}

/// Wrong pairs, the most frequent first, then the worst, then in order of the tree.
pub(super) fn confusions(taxonomy: &Taxonomy, pairs: &Pairs) -> Vec<Confusion> {
    let wrong = |(outcome, count): &(Outcome, u64)| (!outcome.is_right()).then_some((outcome.truth, outcome.predicted, *count));
    let mut cut: Vec<_> = pairs.placed.par_iter().filter_map(wrong).collect();
    // Two answers of one truth can be cut to the same taxon.
    cut.par_sort_unstable();
    let sum = |equal: &[(TaxonId, TaxonId, u64)]| (equal[0].0, equal[0].1, equal.iter().map(|pair| pair.2).sum());
    let mut confusions: Vec<_> =
        cut.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(sum).map(|pair| confusion(taxonomy, pair)).collect();
    confusions.par_sort_unstable_by_key(|pair| (std::cmp::Reverse((pair.count, pair.height)), pair.truth, pair.predicted));
    confusions
}

fn confusion(taxonomy: &Taxonomy, (truth, predicted, count): (TaxonId, TaxonId, u64)) -> Confusion {
    let outcome = Outcome::of(taxonomy, truth, predicted);
    Confusion { truth, predicted, lca: outcome.lca, count, height: outcome.height(taxonomy) }
}

/// Sorts the pairs that some judgements are and counts runs of equal ones.
fn count_pairs(
    run: &JudgedRun<'_>,
    pair: impl Fn(Judgement) -> Option<(TaxonId, TaxonId)> + Sync,
) -> Vec<(TaxonId, TaxonId, u64)> {
    if run.sample.times.is_some() {
        let counted =
            |(image, judgement): (usize, &Judgement)| pair(*judgement).map(|(truth, answer)| (truth, answer, run.times(image)));
        let mut pairs: Vec<_> = run.judgements.par_iter().enumerate().filter_map(counted).collect();
        pairs.par_sort_unstable();
        let total = |run: &[(TaxonId, TaxonId, u64)]| (run[0].0, run[0].1, run.iter().map(|pair| pair.2).sum());
        return pairs.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(total).collect();
    }
    let mut pairs: Vec<_> = run.judgements.par_iter().filter_map(|judgement| pair(*judgement)).collect();
    pairs.par_sort_unstable();
    let count = |run: &[(TaxonId, TaxonId)]| (run[0].0, run[0].1, run.len() as u64);
    pairs.chunk_by(|a, b| a == b).map(count).collect()
}
