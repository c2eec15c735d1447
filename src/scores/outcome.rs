//! What became of each image: scored with its truth, its answer and where the two meet, or left
//! out for a reason that is counted.

use crate::answers::{Answers, Truth};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Truth and answer of one scored image, and their lowest common ancestor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What the image shows.
    pub truth: TaxonId,
    /// The best answer as given; the root where there was none.
    pub answer: TaxonId,
    /// The answer as it is scored: never deeper than the truth's rank.
    pub predicted: TaxonId,
    /// Lowest common ancestor of `truth` and `predicted`.
    pub lca: TaxonId,
}

impl Outcome {
    /// The outcome of an answer.
    ///
    /// An answer below a truth that is right so far becomes the truth; an answer deeper than the
    /// truth's rank in another branch is cut to its ancestor at that rank, or where it has none
    /// to the nearest main rank above. An answer that stops above the truth stays as it is.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, truth: TaxonId, answer: TaxonId) -> Self {
        let predicted = cut(taxonomy, truth, answer);
        Self { truth, answer, predicted, lca: taxonomy.lca(truth, predicted) }
    }

    /// Whether the answer is the truth, or lies below it.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.predicted == self.truth
    }

    /// Whether the answer is right as far as it goes but stops above the truth.
    #[must_use]
    pub fn stops_above(&self) -> bool {
        self.lca == self.predicted && !self.is_right()
    }

    /// Whether the answer is right as far as it goes, down to the truth or not.
    #[must_use]
    pub fn is_correct(&self) -> bool {
        self.lca == self.truth || self.lca == self.predicted
    }

    /// Height of the error: rungs of the ladder species 0 to root 7 from the truth's own rank up
    /// to the LCA; in a tree without ranks, edges. 0 if right, and where truth and LCA share a
    /// rung (two subspecies of one species).
    #[must_use]
    pub fn height(&self, taxonomy: &Taxonomy) -> u32 {
        if taxonomy.has_ranks() {
            u32::from(taxonomy.rung(self.lca).saturating_sub(taxonomy.rung(self.truth)))
        } else {
            taxonomy.depth(self.truth) - taxonomy.depth(self.lca)
        }
    }
}

fn cut(taxonomy: &Taxonomy, truth: TaxonId, answer: TaxonId) -> TaxonId {
    if taxonomy.contains(truth, answer) {
        return truth;
    }
    let rank = taxonomy.rank(truth);
    if rank.is_unranked() {
        let depth = taxonomy.depth(truth);
        return taxonomy.lineage(answer).find(|&step| taxonomy.depth(step) <= depth).unwrap_or(TaxonId::ROOT);
    }
    if let Some(ancestor) = taxonomy.ancestor_at(answer, rank) {
        return ancestor;
    }
    let named = taxonomy.lineage(answer).map(|step| taxonomy.rank(step)).find(|step| !step.is_unranked());
    if named.is_none_or(|named| named < rank) {
        return answer;
    }
    let is_rung = |step: &TaxonId| {
        let step = taxonomy.rank(*step);
        step.main_index().is_some() && step < rank
    };
    taxonomy.lineage(answer).find(is_rung).unwrap_or(TaxonId::ROOT)
}

/// What became of one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Truth and answer are compared.
    Scored(Outcome),
    /// The truth is missing or unknown, and that counts as a mistake; the answer is kept.
    Unplaced(TaxonId),
    /// The photograph could not be read.
    Unreadable,
    /// Nobody said what it shows (or only "the root").
    WithoutTruth,
    /// The truth is not in the taxonomy.
    OutsideTaxonomy,
    /// The classifier could not have given the truth: see [`reachable`].
    NotACandidate,
    /// The image shows something known that is no taxon: nothing, a person, a vehicle.
    NotATaxon,
}

impl Judgement {
    /// Whether the image counts in the scores.
    #[must_use]
    pub fn is_scored(self) -> bool {
        matches!(self, Judgement::Scored(_) | Judgement::Unplaced(_))
    }
}

/// Whether images whose truth the classifier could not give are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unreachable {
    /// Left out and counted.
    #[default]
    LeaveOut,
    /// Scored like any other image.
    Score,
}

/// Judges every image, in order; each has exactly one judgement.
#[must_use]
pub fn judge(taxonomy: &Taxonomy, answers: &Answers, unreachable: Unreachable) -> Vec<Judgement> {
    let reach = answers.candidates.as_ref().map(|candidates| reachable(taxonomy, candidates));
    let unusable = |image: usize, otherwise: Judgement| {
        if answers.count_outside_as_wrong { Judgement::Unplaced(answers.ranked.best(image).taxon()) } else { otherwise }
    };
    let judge_one = |image: usize| match answers.truths[image] {
        _ if answers.unreadable.contains_key(&image) => Judgement::Unreadable,
        Truth::Missing if answers.is_not_a_taxon(image) => Judgement::NotATaxon,
        Truth::Missing | Truth::Taxon(TaxonId::ROOT) => unusable(image, Judgement::WithoutTruth),
        Truth::Outside => unusable(image, Judgement::OutsideTaxonomy),
        Truth::Taxon(truth) => {
            let can = unreachable == Unreachable::Score || reach.as_ref().is_none_or(|reach| reach[truth.index()]);
            if can {
                Judgement::Scored(Outcome::of(taxonomy, truth, answers.ranked.best(image).taxon()))
            } else {
                Judgement::NotACandidate
            }
        }
    };
    (0..answers.images.len()).into_par_iter().with_min_len(4096).map(judge_one).collect()
}

/// For each taxon, whether it could be told from the candidates: a candidate is the taxon or lies
/// below it, or one of the label set's own rank lies above it (a subspecies among species labels).
///
/// The label set's own rank is the most frequent rank of the candidates, the finer of equals.
#[must_use]
pub fn reachable(taxonomy: &Taxonomy, candidates: &[TaxonId]) -> Vec<bool> {
    let mut reach = vec![false; taxonomy.len()];
    let own = label_rank(taxonomy, candidates);
    for &candidate in candidates {
        for step in taxonomy.lineage(candidate) {
            reach[step.index()] = true;
        }
        if Some(taxonomy.rank(candidate)) == own {
            for below in taxonomy.clade(candidate) {
                reach[below.index()] = true;
            }
        }
    }
    reach
}

fn label_rank(taxonomy: &Taxonomy, candidates: &[TaxonId]) -> Option<Rank> {
    let mut counts: BTreeMap<Rank, usize> = BTreeMap::new();
    for &candidate in candidates {
        *counts.entry(taxonomy.rank(candidate)).or_default() += 1;
    }
    counts.into_iter().max_by_key(|&(rank, count)| (count, rank)).map(|(rank, _)| rank)
}
