//! What takes the whole distribution of each image: decision rules side by side, calibration at
//! every rank, and knowing when to stop.

use super::calibration::CalibrationScores;
use super::decisions::Decisions;
use super::halves::Halves;
use super::selective::Selective;
use super::targets::Target;
use super::{Run, ScoreOptions, Tree};
use crate::answers::distribution::Distribution;
use crate::answers::distribution::tree::CandidateTree;
use crate::numbers::calibration::Confidence;
use crate::scores::outcome::{Judgement, Outcome};
use crate::taxonomy::TaxonId;
use crate::taxonomy::information::{Information, InformationFrom};
use serde::Serialize;

/// Probability that the answer of the back-off rule must reach, unless given.
pub const BACK_OFF: f64 = 0.5;

/// The blocks that take whole distributions; each counts every scored image.
#[derive(Debug, Clone, Serialize)]
pub struct Whole {
    /// Decision rules side by side.
    pub decisions: Decisions,
    /// Calibration of the summed probabilities.
    pub calibration: CalibrationScores,
    /// The operating curve and what follows from it; `None` without scored images.
    pub selective: Option<Selective>,
}

/// What one scored image gives.
///
/// Where nothing was answered there is no distribution: every taxon has probability 0, and every rule
/// answers the root.
pub(super) struct Given {
    pub image: usize,
    /// `None` where the truth is unknown, which counts as a mistake.
    pub truth: Option<TaxonId>,
    /// Taxon of most summed probability at each main rank.
    pub summed: [Option<TaxonId>; 7],
    /// Answers of the other rules.
    pub top_down: TaxonId,
    pub expected_height: TaxonId,
    pub back_off: TaxonId,
    /// What it says about calibration at each main rank, where it counts.
    pub confidences: [Option<Confidence>; 7],
    /// Answers by falling threshold, and the climb from the best label.
    pub pareto: Vec<(f64, TaxonId)>,
    pub climb: Vec<(f64, TaxonId)>,
}

impl Given {
    /// What becomes of an answer.
    pub fn judge(&self, run: &Run<'_>, answer: TaxonId) -> Judgement {
        match self.truth {
            Some(truth) => Judgement::Scored(Outcome::of(run.taxonomy, truth, answer)),
            None => Judgement::Unplaced(answer),
        }
    }
}

/// The true taxon of an image at a rank; `None` where the truth is unknown, which counts as a mistake.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct TruthAt(pub Option<TaxonId>);

impl TruthAt {
    /// Whether an answer is right.
    pub fn is(self, answer: Option<TaxonId>) -> bool {
        self.0.is_some() && self.0 == answer
    }
}

/// The run with the tree of its candidates.
pub(super) struct Ground<'a> {
    pub run: &'a Run<'a>,
    pub tree: CandidateTree,
    pub information: &'a Information,
    /// Information from the leaves alone.
    pub leaves: Information,
    threshold: f64,
}

impl Ground<'_> {
    /// The truth of an image at a main rank, `None` where the image does not count there; one of unknown
    /// truth counts at every rank.
    pub fn truth_at(&self, truth: Option<TaxonId>, index: usize) -> Option<TruthAt> {
        match truth {
            None => self.run.taxonomy.has_ranks().then_some(TruthAt(None)),
            Some(truth) => self.run.taxonomy.main_ancestor(truth, index).map(|taxon| TruthAt(Some(taxon))),
        }
    }

    /// What distributions say about calibration, given the best taxon of each rank.
    pub fn confidences(
        &self,
        truth: Option<TaxonId>,
        sums: &[f64],
        best: [Option<(TaxonId, f64)>; 7],
    ) -> [Option<Confidence>; 7] {
        std::array::from_fn(|index| {
            let truth = self.truth_at(truth, index)?;
            let squares: f64 = self.tree.of_rank(index).iter().map(|&place| sums[place] * sums[place]).sum();
            let of_truth = truth.0.and_then(|truth| self.tree.place(truth)).map_or(0.0, |place| sums[place]);
            let probability = best[index].map_or(0.0, |(_, probability)| probability);
            let right = truth.is(best[index].map(|(taxon, _)| taxon));
            Some(Confidence { probability, right, brier: squares - 2.0 * of_truth + 1.0, of_truth })
        })
    }

    /// The summed answers of an image: those that the source lists, or those of its distribution at
    /// ranks where it lists none.
    fn summed(&self, image: usize, sums: &[f64]) -> [Option<(TaxonId, f64)>; 7] {
        let of_tree = self.tree.best_of_ranks(sums);
        std::array::from_fn(|index| match &self.run.answers.summed[index] {
            None => of_tree[index],
            Some(listed) => {
                let best = self.run.taxonomy.main_ancestor(listed.best(image).taxon(), index)?;
                let sum = || self.tree.place(best).map_or(0.0, |place| sums[place].min(1.0));
                Some((best, listed.best_probability(image).unwrap_or_else(sum)))
            }
        })
    }

    fn given(&self, image: usize, truth: Option<TaxonId>, probabilities: &[f64]) -> Given {
        let sums = self.tree.sums(probabilities);
        let summed = self.summed(image, &sums);
        Given {
            image,
            truth,
            summed: summed.map(|best| best.map(|(taxon, _)| taxon)),
            top_down: self.tree.top_down(probabilities, &sums),
            expected_height: self.tree.least_expected_height(probabilities, &sums),
            back_off: self.tree.back_off(&sums, self.threshold),
            confidences: self.confidences(truth, &sums, summed),
            pareto: self.tree.pareto(&sums),
            climb: self.tree.climb(self.run.best(image), &sums),
        }
    }
}

impl Whole {
    pub(super) fn of(
        run: &Run<'_>,
        distribution: &Distribution,
        tree: Tree,
        information: &Information,
        options: &ScoreOptions<'_>,
    ) -> Self {
        let threshold = options.back_off.unwrap_or(BACK_OFF);
        let ground = Ground {
            run,
            tree: CandidateTree::new(run.taxonomy, distribution.candidates(), information),
            information,
            leaves: run.information(InformationFrom::Leaves),
            threshold,
        };
        let scored: Vec<usize> = (0..run.judgements.len()).filter(|&image| run.judgements[image].is_scored()).collect();
        let truth_of = |image: usize| match run.judgements[image] {
            Judgement::Scored(outcome) => Some(outcome.truth),
            _ => None,
        };
        let given = distribution.map(&scored, |image, probabilities| ground.given(image, truth_of(image), probabilities));
        let nothing = vec![0.0; distribution.candidates().len()];
        let unanswered = |image: usize| ground.given(image, truth_of(image), &nothing);
        let given: Vec<Given> =
            scored.iter().zip(given).map(|(&image, given)| given.unwrap_or_else(|| unanswered(image))).collect();
        let halves = Halves::of(run.answers, &given);
        Self {
            decisions: Decisions::of(&ground, &given, tree, options, threshold),
            calibration: CalibrationScores::of(&ground, distribution, &given, &halves),
            selective: Selective::of(&ground, &given, &halves),
        }
    }
}

impl Whole {
    /// What could not be done, one sentence each.
    pub(super) fn remarks(&self) -> Vec<String> {
        let targets = self.selective.iter().flat_map(|block| &block.targets).filter_map(Target::remark);
        targets.map(|remark| format!("{remark}.")).collect()
    }
}
