//! The answers of the best label by how new the truth is.

use super::reach::Newness;
use super::shown::Shown;
use crate::numbers::interval::{Mean, MetricIntervals};
use crate::numbers::statistics::{Interval, share};
use crate::scores::judged_run::JudgedRun;
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;

/// The answers to images that are equally new; `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct NoveltyRow {
    /// How new they are.
    pub newness: Newness,
    pub n: u64,
    /// Accuracy by the path rule at the main ranks that the candidates reach.
    pub accuracy: BTreeMap<Rank, Option<f64>>,
    pub accuracy_low: BTreeMap<Rank, Option<f64>>,
    pub accuracy_high: BTreeMap<Rank, Option<f64>>,
    pub reached: Option<f64>,
    pub mean_height: Option<f64>,
    pub best_height: Option<f64>,
    pub excess_height: Option<f64>,
    pub over_specific: Option<f64>,
    /// The intervals of the others.
    pub intervals: MetricIntervals,
}

/// The rows that have images: what is known, what is novel, and that by how new it is.
pub(super) fn rows(run: &JudgedRun<'_>, shown: &[Shown]) -> Vec<NoveltyRow> {
    let mut by_newness: BTreeMap<Newness, Vec<&Shown>> = BTreeMap::new();
    for one in shown {
        by_newness.entry(one.newness(run.taxonomy)).or_default().push(one);
        if !one.known {
            by_newness.entry(Newness::Novel).or_default().push(one);
        }
    }
    by_newness.into_iter().map(|(newness, images)| row(run, newness, &images)).collect()
}

fn row(run: &JudgedRun<'_>, newness: Newness, images: &[&Shown]) -> NoveltyRow {
    let taxonomy = run.taxonomy;
    let (sample, noun) = (&run.sample, run.sample.noun);
    let ladder = taxonomy.has_ranks().then_some((0.0, 7.0));
    let mean = |value: &dyn Fn(&Shown) -> f64| Mean {
        kinds: sample.kinds(images.iter().map(|one| (one.image, value(one), 1.0))),
        range: ladder,
    };
    let height = |one: &Shown| f64::from(one.outcome.height(taxonomy));
    let best = |one: &Shown| f64::from(one.best_height(taxonomy));
    let means = [mean(&height), mean(&|one| height(one) - best(one)), mean(&best)];
    let count = |is: &dyn Fn(&Shown) -> bool| images.iter().filter(|one| is(one)).count() as u64;
    let found = |is: &dyn Fn(&Shown) -> bool| sample.share(images.iter().map(|one| (one.image, is(one))));
    let n = images.len() as u64;
    let reached = share(count(&|one| one.reached(taxonomy)), n);
    // What is known may be named down to the truth, and further below it.
    let over_specific = share(count(&|one| one.over_specific(taxonomy)), n).filter(|_| newness != Newness::Known);
    let mut intervals = MetricIntervals::default();
    intervals.add_for("reached", reached, found(&|one| one.reached(taxonomy)), noun);
    intervals.add_for("over_specific", over_specific, found(&|one| one.over_specific(taxonomy)), noun);
    for (name, found) in ["mean_height", "excess_height"].into_iter().zip(sample.means(&means[..2])) {
        intervals.add(name, found, noun);
    }
    let ranks: Vec<(Rank, Share)> = Rank::MAIN.into_iter().zip((0..7).map(|index| right_at(run, images, index))).collect();
    let of_ranks = |part: fn(&Share) -> Option<f64>| ranks.iter().map(|(rank, found)| (*rank, part(found))).collect();
    let [mean_height, excess_height, best_height] = means.map(|mean| mean.kinds.mean());
    NoveltyRow {
        newness,
        n,
        accuracy: of_ranks(|found| found.0),
        accuracy_low: of_ranks(|found| found.1.map(|interval| interval.low)),
        accuracy_high: of_ranks(|found| found.1.map(|interval| interval.high)),
        reached,
        mean_height,
        best_height,
        excess_height,
        over_specific,
        intervals,
    }
}

/// A share of images and its interval.
type Share = (Option<f64>, Option<Interval>);

/// Of the images whose truth is reached at a main rank, those whose answer is right there.
fn right_at(run: &JudgedRun<'_>, images: &[&Shown], index: usize) -> Share {
    let taxonomy = run.taxonomy;
    let at = |one: &&Shown| {
        let truth = taxonomy.main_ancestor(one.deepest, index)?;
        Some((one.image, taxonomy.main_ancestor(one.outcome.answer, index) == Some(truth)))
    };
    let right: Vec<(usize, bool)> = images.iter().filter_map(at).collect();
    let count = right.iter().filter(|(_, right)| *right).count() as u64;
    (share(count, right.len() as u64), run.sample.share(right).ok())
}
