//! What takes the whole distribution of each image: decision rules side by side, calibration at
//! every rank, and knowing when to stop.

use super::back_off::BackOffSteps;
use super::calibration::CalibrationScores;
use super::decisions::Decisions;
use super::given::Given;
use super::ground::Ground;
use super::halves::Halves;
use super::judged_run::JudgedRun;
use super::options::ScoreOptions;
use super::selective::Selective;
use super::targets::Target;
use super::temperature::{self, Temperature};
use super::tree::Tree;
use crate::answers::distribution::Distribution;
use crate::answers::distribution::tree::CandidateTree;
use crate::scores::outcome::Judgement;
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
    /// The answers of the back-off rule to every threshold, image by image.
    #[serde(skip)]
    pub steps: BackOffSteps,
}

/// What whole distributions over some candidates are scored on.
pub(super) fn ground<'a>(
    run: &'a JudgedRun<'a>,
    candidates: &'a [TaxonId],
    information: &'a Information,
    options: &ScoreOptions<'a>,
) -> Ground<'a> {
    Ground {
        run,
        tree: CandidateTree::new(run.taxonomy, candidates, information),
        information,
        leaves: run.information(InformationFrom::Leaves),
        threshold: options.back_off.unwrap_or(BACK_OFF),
        roll_up: options.roll_up,
        places: options.priors.map(|priors| priors.places(run.taxonomy, run.answers)),
        candidates,
    }
}

/// What the distributions of all scored images give, in their order.
pub(super) fn given(ground: &Ground<'_>, distribution: &Distribution) -> Vec<Given> {
    let judgements = &ground.run.judgements;
    let scored: Vec<usize> = (0..judgements.len()).filter(|&image| judgements[image].is_scored()).collect();
    let truth_of = |image: usize| match judgements[image] {
        Judgement::Scored(outcome) => Some(outcome.truth),
        _ => None,
    };
    let given = distribution.map(&scored, |image, probabilities| ground.given(image, truth_of(image), probabilities));
    let nothing = vec![0.0; distribution.candidates().len()];
    let unanswered = |image: usize| ground.given(image, truth_of(image), &nothing);
    scored.iter().zip(given).map(|(&image, given)| given.unwrap_or_else(|| unanswered(image))).collect()
}

impl Whole {
    pub(super) fn of(
        run: &JudgedRun<'_>,
        distribution: &Distribution,
        tree: Tree,
        information: &Information,
        options: &ScoreOptions<'_>,
    ) -> Self {
        let ground = ground(run, distribution.candidates(), information, options);
        let given = given(&ground, distribution);
        let halves = Halves::of(run.answers, &given);
        let temperature = temperature::fit(&ground, distribution, &given, &halves);
        Self::of_given(&ground, (&given, &halves), temperature, tree, options)
    }

    /// Of what the distributions gave, and the temperature that was fitted to them, or why there is none.
    pub(super) fn of_given(
        ground: &Ground<'_>,
        (given, halves): (&[Given], &Halves),
        temperature: Result<Temperature, String>,
        tree: Tree,
        options: &ScoreOptions<'_>,
    ) -> Self {
        Self {
            decisions: Decisions::of(ground, given, tree, options, ground.threshold),
            calibration: CalibrationScores::of(ground, given, temperature),
            selective: Selective::of(ground, given, halves),
            steps: BackOffSteps::of(ground.run.judgements.len(), given),
        }
    }

    /// What could not be done, one sentence each.
    pub(super) fn remarks(&self) -> Vec<String> {
        let targets = self.selective.iter().flat_map(|block| &block.targets).filter_map(Target::remark);
        targets.map(|remark| format!("{remark}.")).collect()
    }
}
