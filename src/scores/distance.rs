//! How far one answer is from its truth: the one definition that reports and comparisons share.

use super::depths::Depths;
use super::judged_run::JudgedRun;
use super::tree::Tree;
use crate::scores::outcome::{Judgement, Outcome};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// One scored image, measured. A truth that is missing or unknown and counts as a mistake is missed from the root on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distance {
    /// Edges from the root to the truth.
    pub truth_depth: u32,
    /// Edges from the root to the answer, cut at the truth's rank.
    pub predicted_depth: u32,
    /// Edges from the root to their lowest common ancestor.
    pub lca_depth: u32,
    /// Height of the error.
    pub height: u32,
    /// Taxa from the truth up to the lowest common ancestor in the full tree, whatever their ranks.
    pub climb: u32,
    /// Rung of the lowest common ancestor, species 0 to root 7.
    pub rung: u8,
    /// Whether the answer is right down to the rank of the truth.
    pub right: bool,
    /// Whether it is right as far as it goes, and stops above the truth.
    pub stopped_above: bool,
    /// Whether truth and answer are species with all seven ranks and nothing between them.
    pub full: bool,
}

impl Distance {
    /// Whether a mistake meets its truth before the next rung of the ladder: another tribe of the family, another
    /// subspecies of the species, another domain. Its height is 0, and it is no less a mistake.
    #[must_use]
    pub fn is_between_rungs(&self) -> bool {
        !self.right && self.height == 0
    }

    /// Edges of the tree between truth and answer.
    #[must_use]
    pub fn edges(&self) -> u32 {
        self.truth_depth + self.predicted_depth - 2 * self.lca_depth
    }

    /// Share of the answer's lineage that is right, in `[0, 1]`; `None` for an answer at the root.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        ratio(self.lca_depth, self.predicted_depth)
    }

    /// Share of the true lineage that was found, in `[0, 1]`; `None` for a truth at the root.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        ratio(self.lca_depth, self.truth_depth)
    }

    /// Harmonic mean of both, in `[0, 1]`: the similarity of Wu & Palmer (1994).
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        ratio(2 * self.lca_depth, self.truth_depth + self.predicted_depth)
    }
}

fn ratio(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

/// Measures the images of one taxonomy.
pub struct Distances<'a> {
    taxonomy: &'a Taxonomy,
    depths: Depths,
}

impl<'a> Distances<'a> {
    /// Distances in a tree of edges.
    #[must_use]
    pub fn new(taxonomy: &'a Taxonomy, tree: Tree) -> Self {
        Self { taxonomy, depths: Depths::new(taxonomy, tree, None) }
    }

    /// The same for a run, on which what it does not meet has no influence.
    pub(super) fn of_run(run: &JudgedRun<'a>, tree: Tree) -> Self {
        Self { taxonomy: run.taxonomy, depths: Depths::new(run.taxonomy, tree, Some(run.met)) }
    }

    pub(super) fn depths(&self) -> &Depths {
        &self.depths
    }

    /// The distance of one image; `None` where it is not scored.
    #[must_use]
    pub fn of(&self, judgement: Judgement) -> Option<Distance> {
        match judgement {
            Judgement::Scored(outcome) => Some(self.placed(&outcome)),
            Judgement::Unplaced(answer) => Some(self.unplaced(answer)),
            _ => None,
        }
    }

    pub(super) fn unplaced(&self, answer: TaxonId) -> Distance {
        Distance {
            truth_depth: self.depths.unplaced(),
            predicted_depth: self.depths.of(answer),
            lca_depth: 0,
            height: self.depths.unplaced(),
            climb: self.depths.unplaced(),
            rung: 7,
            right: false,
            stopped_above: false,
            full: false,
        }
    }

    pub(super) fn placed(&self, outcome: &Outcome) -> Distance {
        let full = |taxon: TaxonId| {
            self.taxonomy.rank(taxon) == Rank::Species
                && self.depths.of(taxon) == 7
                && (0..7).all(|index| self.taxonomy.main_ancestor(taxon, index).is_some())
        };
        Distance {
            truth_depth: self.depths.of(outcome.truth),
            predicted_depth: self.depths.of(outcome.predicted),
            lca_depth: self.depths.of(outcome.lca),
            height: outcome.height(self.taxonomy),
            climb: self.taxonomy.depth(outcome.truth) - self.taxonomy.depth(outcome.lca),
            rung: self.taxonomy.rung(outcome.lca),
            right: outcome.is_right(),
            stopped_above: outcome.stops_above(),
            full: full(outcome.truth) && full(outcome.predicted),
        }
    }
}
