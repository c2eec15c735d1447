//! What whole distributions are scored on: the run, the tree of its candidates, and how much each taxon says.

use super::given::Given;
use super::judged_run::JudgedRun;
use super::roll_up::RollUp;
use super::truth_at::TruthAt;
use crate::answers::distribution::tree::CandidateTree;
use crate::answers::prior::Places;
use crate::numbers::calibration::Confidence;
use crate::taxonomy::TaxonId;
use crate::taxonomy::information::Information;

/// The run with the tree of its candidates.
pub(super) struct Ground<'a> {
    pub run: &'a JudgedRun<'a>,
    pub tree: CandidateTree,
    pub information: &'a Information,
    /// Information from the leaves alone.
    pub leaves: Information,
    /// Probability that the answer of the back-off rule must reach.
    pub threshold: f64,
    /// How answers are rolled up, where that is asked for.
    pub roll_up: Option<RollUp>,
    /// What may be answered for each image, where that is known.
    pub places: Option<Places<'a>>,
    /// The candidates, in the order of probabilities.
    pub candidates: &'a [TaxonId],
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

    /// The answer that is rolled up.
    fn rolled_up(&self, roll_up: RollUp, image: usize, probabilities: &[f64]) -> TaxonId {
        let labels: Vec<(TaxonId, f64)> = self
            .candidates
            .iter()
            .copied()
            .zip(probabilities.iter().copied())
            .filter(|(_, probability)| *probability > 0.0)
            .collect();
        let allows = |taxon: TaxonId| self.places.as_ref().is_none_or(|places| places.allows(image, taxon));
        roll_up.answer(self.run.taxonomy, &labels, &allows)
    }

    /// What an image of these probabilities gives.
    pub fn given(&self, image: usize, truth: Option<TaxonId>, probabilities: &[f64]) -> Given {
        let sums = self.tree.sums(probabilities);
        let summed = self.summed(image, &sums);
        Given {
            image,
            truth,
            summed: summed.map(|best| best.map(|(taxon, _)| taxon)),
            top_down: self.tree.top_down(probabilities, &sums),
            expected_height: self.tree.least_expected_height(probabilities, &sums),
            back_off: self.tree.back_off(&sums, self.threshold),
            roll_up: self.roll_up.map(|roll_up| self.rolled_up(roll_up, image, probabilities)),
            confidences: self.confidences(truth, &sums, summed),
            pareto: self.tree.pareto(&sums),
            climb: self.tree.climb(self.run.best(image), &sums),
        }
    }
}
