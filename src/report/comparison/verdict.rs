//! The main sentence of a comparison.

use super::super::text::{counted, percent};
use crate::scores::compare::{Comparison, MetricComparison, PairsOf};

/// Which run is right most often, where a test says so; else which is ahead, and that it may be chance.
#[must_use]
pub fn verdict(comparison: &Comparison) -> String {
    let Some(metric) = comparison.metrics.iter().find(|metric| metric.name == "exact") else {
        return "The runs have no image in common that all of them score.".to_string();
    };
    let ahead = metric.ahead();
    let Some(&first) = ahead.first() else { return "No image is scored in all runs.".to_string() };
    let share = format!("{} of {}", percent(metric.means[first]), counted(metric.n as u64, "image", "images"));
    if comparison.compared == PairsOf::First {
        return against_first(comparison, metric);
    }
    if ahead.len() == comparison.runs.len() {
        return equal(comparison, metric, &share);
    }
    if let Some(best) = metric.best(comparison.alpha) {
        return match &comparison.runs[..] {
            [one, other] => {
                let (winner, loser, of_loser) = if best == 0 { (one, other, 1) } else { (other, one, 0) };
                format!(
                    "{winner} is right most often, {share}: significantly more often than {loser}, {}.",
                    percent(metric.means[of_loser])
                )
            }
            runs => format!("{} is right most often, {share}: significantly more often than every other run.", runs[best]),
        };
    }
    let others = (0..comparison.runs.len()).filter(|run| !ahead.contains(run));
    // Of several that are ahead, a run is beaten by all.
    let beaten = |run: &usize| ahead.iter().all(|&ahead| metric.beats(ahead, *run, comparison.alpha));
    let (beaten, rest): (Vec<usize>, Vec<usize>) = others.partition(beaten);
    let have = if ahead.len() == 1 { "has the highest share" } else { "have the highest share" };
    let mut parts = vec![format!("No run is shown to be right most often: {} {have}, {share}", names(comparison, &ahead))];
    if !beaten.is_empty() {
        parts.push(format!("significantly more than {}", names(comparison, &beaten)));
    }
    if !rest.is_empty() {
        parts.push(format!("against {} the difference may be chance", names(comparison, &rest)));
    }
    parts.join("; ") + "."
}

/// All runs are right equally often: on the same images, or not.
fn equal(comparison: &Comparison, metric: &MetricComparison, share: &str) -> String {
    let same = metric.pairs.iter().all(|pair| pair.wins + pair.losses == 0);
    let who = match &comparison.runs[..] {
        [one, other] => format!("{one} and {other}"),
        runs => format!("All {} runs", runs.len()),
    };
    let which = if same { "the same ones" } else { "not all of them the same" };
    format!("{who} are right equally often, {share}, {which}.")
}

/// How many runs are better than the first, and how many worse.
fn against_first(comparison: &Comparison, metric: &MetricComparison) -> String {
    let others = 1..comparison.runs.len();
    let better = others.clone().filter(|&run| metric.beats(run, 0, comparison.alpha)).count();
    let worse = others.clone().filter(|&run| metric.beats(0, run, comparison.alpha)).count();
    let count = |count: usize| counted(count as u64, "run", "runs");
    format!(
        "{} is right on {} of {}; significantly more often: {}, significantly less often: {}, of {} others the difference may be \
         chance.",
        comparison.runs[0],
        percent(metric.means[0]),
        counted(metric.n as u64, "image", "images"),
        count(better),
        count(worse),
        others.len() - better - worse
    )
}

fn names(comparison: &Comparison, runs: &[usize]) -> String {
    runs.iter().map(|&run| comparison.runs[run].as_str()).collect::<Vec<_>>().join(", ")
}
