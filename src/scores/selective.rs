//! Knowing when to stop: the operating curve and what follows from it.

use super::given::Given;
use super::ground::Ground;
use super::halves::Halves;
use super::jackknife::{self, Groups};
use super::targets::{self, Target};
use crate::numbers::interval::{MetricIntervals, NoInterval};
use crate::numbers::selective::{Curve, Events, Point, Steps, pareto_area, pareto_intercept, trapezoid};
use crate::scores::outcome::Judgement;
use crate::taxonomy::TaxonId;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Points of a curve that are kept for files and figures.
const POINTS: usize = 200;

/// Knowing when to stop.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct Selective {
    pub n: usize,
    pub ac_exact: f64,
    pub ac_info_recall: f64,
    pub ac_depth_recall: f64,
    pub ap_info_recall: f64,
    pub ap_depth_recall: f64,
    pub info_recall_at_90_correct: f64,
    pub info_recall_at_95_correct: f64,
    pub haurc: Option<f64>,
    /// The intervals of the others.
    pub intervals: MetricIntervals,
    /// The operating curve, thinned to at most 200 points.
    pub curve: Vec<Point>,
    /// Thresholds tuned for a target error on one part of the images, tried on the other.
    pub targets: Vec<Target>,
}

/// Areas under the operating curve, in the order of [`AREAS`].
fn areas(curve: &Curve<6>) -> [f64; 5] {
    let [correct, exact, info_recall, info_precision, depth_recall, depth_precision] =
        std::array::from_fn(|index| curve.column(index));
    [
        pareto_area(&exact, &correct),
        pareto_area(&info_recall, &correct),
        pareto_area(&depth_recall, &correct),
        pareto_area(&info_recall, &info_precision),
        pareto_area(&depth_recall, &depth_precision),
    ]
}

const AREAS: [&str; 5] = ["ac_exact", "ac_info_recall", "ac_depth_recall", "ap_info_recall", "ap_depth_recall"];

/// Values that jump from one point of the curve to another.
const JUMPS: [&str; 2] = ["info_recall_at_90_correct", "info_recall_at_95_correct"];

impl Selective {
    pub(super) fn of(ground: &Ground<'_>, given: &[Given], halves: &Halves) -> Option<Self> {
        let groups = Groups::of(ground.run, given);
        let steps: Vec<Steps<6>> = given.iter().map(|given| operating_steps(ground, given)).collect();
        let events = Events::of(&steps, &groups.of_image);
        let curve = events.curve(None)?;
        let [correct, info_recall] = [0, 2].map(|index| curve.column(index));
        let found = areas(&curve);
        let noun = ground.run.sample.noun;
        let without: Vec<[f64; 5]> =
            (0..groups.count).into_par_iter().filter_map(|group| events.curve(Some(group))).map(|curve| areas(&curve)).collect();
        let mut intervals = MetricIntervals::default();
        for (place, name) in AREAS.into_iter().enumerate() {
            let without: Vec<f64> = without.iter().map(|areas| areas[place]).collect();
            intervals.add(name, jackknife::interval(found[place], &without, (0.0, 1.0)), noun);
        }
        for name in JUMPS {
            let reason = "it jumps from one point of the curve to another: see those of the areas";
            intervals.add(name, Err(NoInterval::NoMean(reason)), noun);
        }
        let haurc = haurc(ground, given, &groups, &mut intervals);
        Some(Self {
            n: given.len(),
            ac_exact: found[0],
            ac_info_recall: found[1],
            ac_depth_recall: found[2],
            ap_info_recall: found[3],
            ap_depth_recall: found[4],
            info_recall_at_90_correct: pareto_intercept(&correct, &info_recall, 0.90),
            info_recall_at_95_correct: pareto_intercept(&correct, &info_recall, 0.95),
            haurc,
            intervals,
            curve: thinned(&curve),
            targets: targets::tuned(ground, given, &steps, halves),
        })
    }
}

/// Correct, exact, recall and precision of information, recall and precision of depth.
fn operating_steps(ground: &Ground<'_>, given: &Given) -> Steps<6> {
    // A root answer is never wrong: what has nothing to lose is whole.
    let ratio = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 1.0 };
    let bits = |taxon| ground.information.of(taxon);
    let depth = |taxon| f64::from(ground.run.taxonomy.depth(taxon));
    let values = |taxon: TaxonId| match given.judge(ground.run, taxon) {
        Judgement::Scored(outcome) => [
            f64::from(u8::from(outcome.is_correct())),
            f64::from(u8::from(outcome.is_right())),
            ratio(bits(outcome.lca), bits(outcome.truth)),
            ratio(bits(outcome.lca), bits(outcome.predicted)),
            ratio(depth(outcome.lca), depth(outcome.truth)),
            ratio(depth(outcome.lca), depth(outcome.predicted)),
        ],
        // A mistake whatever is answered; what meets the truth is nothing.
        _ => [0.0, 0.0, 0.0, ratio(0.0, bits(taxon)), 0.0, ratio(0.0, depth(taxon))],
    };
    given.pareto.iter().map(|&(threshold, taxon)| (threshold, values(taxon))).collect()
}

/// Area under risk over coverage of the climbing rule; `None` where all that could be answered is one
/// leaf.
fn haurc(ground: &Ground<'_>, given: &[Given], groups: &Groups, intervals: &mut MetricIntervals) -> Option<f64> {
    let most = ground.leaves.most();
    if most <= 0.0 {
        return None;
    }
    let values = |given: &Given, taxon: TaxonId| {
        let wrong = match given.judge(ground.run, taxon) {
            Judgement::Scored(outcome) => !outcome.is_correct(),
            _ => true,
        };
        [ground.leaves.of(taxon) / most, f64::from(u8::from(wrong))]
    };
    let steps: Vec<Steps<2>> = given
        .iter()
        .map(|given| given.climb.iter().map(|&(probability, taxon)| (probability, values(given, taxon))).collect())
        .collect();
    let events = Events::of(&steps, &groups.of_image);
    let area = |curve: &Curve<2>| trapezoid(&curve.column(0), &curve.column(1));
    let found = area(&events.curve(None)?);
    let without: Vec<f64> =
        (0..groups.count).into_par_iter().filter_map(|group| events.curve(Some(group))).map(|curve| area(&curve)).collect();
    intervals.add("haurc", jackknife::interval(found, &without, (0.0, 1.0)), ground.run.sample.noun);
    Some(found)
}

fn thinned(curve: &Curve<6>) -> Vec<Point> {
    let count = curve.thresholds.len();
    let kept: BTreeSet<usize> = if count <= POINTS {
        (0..count).collect()
    } else {
        (0..POINTS).map(|point| point * (count - 1) / (POINTS - 1)).collect()
    };
    kept.into_iter().map(|index| Point::new(curve.thresholds[index], curve.means[index])).collect()
}
