//! Thresholds for answers that are wrong no more often than aimed at: tuned on one part of the images,
//! tried on the other.

use super::halves::Halves;
use crate::selective::{Curve, Steps, answer_at, threshold_for};
use crate::statistics::{Sum, share, wilson};
use crate::ties::shortest;
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
    /// Lower end of its interval.
    pub error_low: Option<f64>,
    /// Upper end.
    pub error_high: Option<f64>,
    /// Share of the truths' information that the answers find.
    pub info_recall: Option<f64>,
    /// Share of answers that are right down to the truth.
    pub exact: Option<f64>,
    /// Why there is no threshold.
    pub note: Option<String>,
}

/// A threshold for each error that is aimed at, or why there is none.
pub(super) fn tuned(steps: &[Steps<6>], halves: &Halves) -> Vec<Target> {
    let errors: Vec<Steps<1>> = steps
        .iter()
        .zip(&halves.tuned)
        .filter(|(_, tuned)| **tuned)
        .map(|(steps, _)| steps.iter().map(|(threshold, values)| (*threshold, [1.0 - values[0]])).collect())
        .collect();
    let rest: Vec<&Steps<6>> = steps.iter().zip(&halves.tuned).filter(|(_, tuned)| !**tuned).map(|(steps, _)| steps).collect();
    let curve = Curve::of(&errors);
    ONE_IN.map(|one_in| target(one_in, errors.len(), curve.as_ref(), &rest, halves)).into()
}

fn target(one_in: usize, tuned_on: usize, curve: Option<&Curve<1>>, rest: &[&Steps<6>], halves: &Halves) -> Target {
    let target_error = 1.0 / crate::statistics::to_f64(one_in as u64);
    let found = match curve {
        _ if tuned_on < one_in || rest.is_empty() => Err(too_few(one_in, tuned_on, rest.len(), halves)),
        Some(curve) => threshold_for(&curve.thresholds, &curve.column(0), target_error)
            .map(shortest)
            .ok_or_else(|| "even the most careful answers err more often".to_string()),
        None => Err(too_few(one_in, tuned_on, rest.len(), halves)),
    };
    let tried = found.as_ref().ok().map(|threshold| tried(rest, *threshold));
    let tried_on = rest.len() as u64;
    let interval = tried.and_then(|tried| wilson(tried.errors, tried_on));
    Target {
        target_error,
        threshold: found.as_ref().ok().copied(),
        tuned_on,
        tuned_on_needed: one_in,
        chosen: halves.chosen.clone(),
        tried_on,
        error: tried.and_then(|tried| share(tried.errors, tried_on)),
        error_low: interval.map(|interval| interval.low),
        error_high: interval.map(|interval| interval.high),
        info_recall: tried.and_then(|tried| tried.info_recall.mean()),
        exact: tried.and_then(|tried| share(tried.exact, tried_on)),
        note: found.err(),
    }
}

fn too_few(one_in: usize, tuned_on: usize, rest: usize, halves: &Halves) -> String {
    let needed = if halves.drawn { format!("{one_in}, half of {}", 2 * one_in) } else { one_in.to_string() };
    if tuned_on < one_in {
        format!("{tuned_on} images to tune on are too few for one wrong answer in {one_in}: it takes at least {needed}")
    } else {
        format!("{rest} images are left to try it on")
    }
}

/// What a threshold does to images.
#[derive(Clone, Copy, Default)]
struct Tried {
    errors: u64,
    info_recall: Sum,
    exact: u64,
}

fn tried(images: &[&Steps<6>], threshold: f64) -> Tried {
    let mut tried = Tried::default();
    for [correct, exact, info_recall, ..] in images.iter().filter_map(|steps| answer_at(steps, threshold)) {
        tried.errors += u64::from(correct < 0.5);
        tried.exact += u64::from(exact > 0.5);
        tried.info_recall.add(info_recall);
    }
    tried
}
