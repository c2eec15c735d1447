//! Right answers to what is known against answers to what is not, all thresholds together.

use super::evidence::{Evidence, LABELS, NoveltyScore};
use super::left_out;
use super::shown::Shown;
use crate::numbers::interval::MetricIntervals;
use crate::numbers::ranking::{Ranking, open_set_area};
use crate::numbers::statistics::share;
use crate::scores::jackknife::Groups;
use crate::scores::judged_run::JudgedRun;

/// The open-set classification rate of a score of the labels themselves; `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct OpenSetRow {
    /// By which score.
    pub score: NoveltyScore,
    pub known: u64,
    pub novel: u64,
    pub accuracy: Option<f64>,
    pub oscr: Option<f64>,
    /// The intervals of the others.
    pub intervals: MetricIntervals,
}

/// A row for each score that images of both kinds have.
pub(super) fn rows(run: &JudgedRun<'_>, evidence: &Evidence, shown: &[Shown], groups: &Groups) -> Vec<OpenSetRow> {
    NoveltyScore::ALL.into_iter().filter_map(|score| row(run, score, (evidence, shown, groups))).collect()
}

fn row(
    run: &JudgedRun<'_>,
    score: NoveltyScore,
    (evidence, shown, groups): (&Evidence, &[Shown], &Groups),
) -> Option<OpenSetRow> {
    let scored: Vec<(usize, f64)> =
        (0..shown.len()).filter_map(|position| Some((position, evidence.of_image(score, LABELS, position)?))).collect();
    let images = || scored.iter().map(|(position, _)| &shown[*position]);
    let ranking = Ranking::of(scored.iter().map(|(_, score)| *score).collect(), images().map(|one| !one.known).collect());
    // Of what is known: the truth, or where the candidates are genera its genus.
    let right: Vec<bool> = images().map(|one| one.reached(run.taxonomy)).collect();
    let known: Vec<(usize, bool)> = images().filter(|one| one.known).map(|one| (one.image, one.reached(run.taxonomy))).collect();
    let oscr = open_set_area(&ranking, &right, |_| true)?;
    let parts: Vec<usize> = scored.iter().map(|(position, _)| groups.of_image[*position]).collect();
    let (answered, right_answers) = (known.len() as u64, known.iter().filter(|(_, right)| *right).count() as u64);
    let noun = run.sample.noun;
    let mut intervals = MetricIntervals::default();
    intervals.add("accuracy", run.sample.share(known), noun);
    intervals.add("oscr", left_out::interval(&parts, |kept| open_set_area(&ranking, &right, kept)), noun);
    Some(OpenSetRow {
        score,
        known: answered,
        novel: scored.len() as u64 - answered,
        accuracy: share(right_answers, answered),
        oscr: Some(oscr),
        intervals,
    })
}
