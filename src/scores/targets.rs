//! Thresholds for answers that are wrong no more often than aimed at: tuned on one part of the images,
//! tried on the other.

use super::given::Given;
use super::ground::Ground;
use super::halves::Halves;
use crate::numbers::counted::counted;
use crate::numbers::interval::{MetricIntervals, Sample};
use crate::numbers::selective::{Curve, Steps, answer_at, threshold_for};
use crate::numbers::statistics::{Sum, to_f64};
use crate::numbers::ties::shortest;
use serde::Serialize;

/// One wrong answer in as many is aimed at.
const ONE_IN: [usize; 2] = [20, 10];

/// A threshold tuned for a target error.
#[derive(Debug, Clone, Serialize)]
pub struct Target {
    /// Share of wrong answers aimed at.
    pub target_error: f64,
    /// The threshold; `None` where even the most careful answers err too often, and where there are
    /// too few images to tune it on.
    pub threshold: Option<f64>,
    /// Images it was tuned on.
    pub tuned_on: usize,
    /// Images it takes to tune it: as many as make one error of the share aimed at.
    pub tuned_on_needed: usize,
    /// How these were chosen.
    pub chosen: String,
    /// Other images it was tried on.
    pub tried_on: u64,
    /// Share of wrong answers really reached on them.
    pub error: Option<f64>,
    /// Share of the truths' information that the answers find.
    pub info_recall: Option<f64>,
    /// Share of answers that are right down to the truth.
    pub exact: Option<f64>,
    /// The intervals of these three.
    #[serde(flatten)]
    pub intervals: MetricIntervals,
    /// Why there is no threshold.
    pub note: Option<String>,
}

/// A threshold for each error that is aimed at, or why there is none.
pub(super) fn tuned(ground: &Ground<'_>, given: &[Given], steps: &[Steps<6>], halves: &Halves) -> Vec<Target> {
    let errors: Vec<Steps<1>> = steps
        .iter()
        .zip(&halves.tuned)
        .filter(|(_, tuned)| **tuned)
        .map(|(steps, _)| steps.iter().map(|(threshold, values)| (*threshold, [1.0 - values[0]])).collect())
        .collect();
    let others = given.iter().zip(steps).zip(&halves.tuned).filter(|(_, tuned)| !**tuned);
    let others: Vec<(usize, &Steps<6>)> = others.map(|((given, steps), _)| (given.image, steps)).collect();
    let curve = Curve::of(&errors);
    ONE_IN.map(|one_in| target(one_in, errors.len(), curve.as_ref(), (&ground.run.sample, &others), halves)).into()
}

fn target(
    one_in: usize,
    tuned_on: usize,
    curve: Option<&Curve<1>>,
    (sample, others): (&Sample, &[(usize, &Steps<6>)]),
    halves: &Halves,
) -> Target {
    let target_error = 1.0 / to_f64(one_in as u64);
    let found = match curve {
        Some(curve) if tuned_on >= one_in && !others.is_empty() => {
            let threshold = threshold_for(&curve.thresholds, &curve.column(0), target_error).map(shortest);
            threshold.ok_or_else(|| "even the most careful answers err more often".to_string())
        }
        _ => Err(too_few(one_in, tuned_on, others.len(), halves)),
    };
    let mut target = Target {
        target_error,
        threshold: found.as_ref().ok().copied(),
        tuned_on,
        tuned_on_needed: one_in,
        chosen: halves.chosen.clone(),
        tried_on: others.len() as u64,
        error: None,
        info_recall: None,
        exact: None,
        intervals: MetricIntervals::default(),
        note: found.err(),
    };
    target.try_on(sample, others);
    target
}

fn too_few(one_in: usize, tuned_on: usize, others: usize, halves: &Halves) -> String {
    if tuned_on < one_in {
        let needed = if halves.drawn { format!("{one_in}, half of {}", 2 * one_in) } else { one_in.to_string() };
        let images = counted(tuned_on, "image to tune on is", "images to tune on are");
        format!("{images} too few for one wrong answer in {one_in}: it takes at least {needed}")
    } else {
        format!("{} left to try it on", counted(others, "image is", "images are"))
    }
}

impl Target {
    /// Why there is no threshold, with the error that is aimed at; `None` where there is one.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        let note = self.note.as_ref()?;
        Some(format!("No threshold for an error of {} %: {note}", 100.0 * self.target_error))
    }

    /// Finds what the threshold, if there is one, does to images.
    fn try_on(&mut self, sample: &Sample, images: &[(usize, &Steps<6>)]) {
        let Some(threshold) = self.threshold else { return };
        let answers: Vec<(usize, [f64; 6])> =
            images.iter().filter_map(|(image, steps)| Some((*image, answer_at(steps, threshold)?))).collect();
        let [correct, exact, info_recall] =
            [0, 1, 2].map(|place| answers.iter().map(|(_, values)| values[place]).collect::<Sum>().mean());
        (self.error, self.exact, self.info_recall) = (correct.map(|correct| 1.0 - correct), exact, info_recall);
        let wrong = sample.share(answers.iter().map(|(image, values)| (*image, values[0] < 0.5)));
        let exact = sample.share(answers.iter().map(|(image, values)| (*image, values[1] > 0.5)));
        let recall = sample.mean(answers.iter().map(|(image, values)| (*image, values[2], 1.0)), Some((0.0, 1.0)));
        for (name, found) in [("error", wrong), ("exact", exact), ("info_recall", recall)] {
            self.intervals.add(name, found, sample.noun);
        }
    }
}
