//! What one scored image gives to the blocks that take its whole distribution.

use super::judged_run::JudgedRun;
use super::outcome::{Judgement, Outcome};
use crate::numbers::calibration::Confidence;
use crate::taxonomy::TaxonId;

/// What one scored image gives.
///
/// Where nothing was answered there is no distribution: every taxon has probability 0, and every rule
/// answers the root.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Given {
    pub image: usize,
    /// `None` where the truth is unknown, which counts as a mistake.
    pub truth: Option<TaxonId>,
    /// Taxon of most summed probability at each main rank.
    pub summed: [Option<TaxonId>; 7],
    /// Answers of the other rules.
    pub top_down: TaxonId,
    pub expected_height: TaxonId,
    pub back_off: TaxonId,
    /// `None` unless a way of rolling up is asked for.
    pub roll_up: Option<TaxonId>,
    /// What it says about calibration at each main rank, where it counts.
    pub confidences: [Option<Confidence>; 7],
    /// Answers by falling threshold, and the climb from the best label.
    pub pareto: Vec<(f64, TaxonId)>,
    pub climb: Vec<(f64, TaxonId)>,
}

impl Given {
    /// What becomes of an answer.
    pub(super) fn judge(&self, run: &JudgedRun<'_>, answer: TaxonId) -> Judgement {
        match self.truth {
            Some(truth) => Judgement::Scored(Outcome::of(run.taxonomy, truth, answer)),
            None => Judgement::Unplaced(answer),
        }
    }
}
