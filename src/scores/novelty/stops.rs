//! Where the back-off rule stops: above, at or below the deepest taxon that the candidates share with the truth, or in another
//! branch.

use super::evidence::Evidence;
use super::shown::Shown;
use crate::numbers::interval::{MetricIntervals, NoInterval};
use crate::numbers::selective::{Events, Steps, answer_at};
use crate::numbers::statistics::{share, to_f64};
use crate::numbers::ties;
use crate::scores::judged_run::JudgedRun;
use crate::taxonomy::{TaxonId, Taxonomy};
use serde::Serialize;

/// Points of a curve that are kept for files and figures.
const POINTS: usize = 200;

/// Where an answer of the back-off rule stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Right as far as it goes, and above the deepest taxon that is shared.
    TooEarly,
    /// At it; where the truth lies above candidates, at it or below.
    Right,
    /// Below it.
    TooLate,
    /// Anywhere else.
    WrongBranch,
}

impl Stop {
    fn of(taxonomy: &Taxonomy, one: &Shown, answer: TaxonId) -> Self {
        if answer == one.deepest || taxonomy.contains(one.outcome.truth, answer) {
            Stop::Right
        } else if taxonomy.contains(answer, one.deepest) {
            Stop::TooEarly
        } else if taxonomy.contains(one.deepest, answer) {
            Stop::TooLate
        } else {
            Stop::WrongBranch
        }
    }
}

/// Images by where their answers stop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Stops {
    /// Right as far as they go, but above.
    pub too_early: u64,
    /// Where they should.
    pub right: u64,
    /// Below.
    pub too_late: u64,
    /// In another branch.
    pub wrong_branch: u64,
}

impl Stops {
    fn of(counts: [u64; 4]) -> Self {
        let [too_early, right, too_late, wrong_branch] = counts;
        Self { too_early, right, too_late, wrong_branch }
    }

    fn n(&self) -> u64 {
        self.too_early + self.right + self.too_late + self.wrong_branch
    }
}

/// A point of the operating curve: where answers stop at a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StopPoint {
    /// An answer is the most informative taxon of at least this probability.
    pub threshold: f64,
    /// Images whose truth can be told.
    pub known: Stops,
    /// Images whose truth cannot.
    pub novel: Stops,
}

impl StopPoint {
    /// The shares that stop where they should, known and novel images counting alike; `None` without images.
    #[must_use]
    pub fn balanced(&self) -> Option<f64> {
        let shares: Vec<f64> = [self.known, self.novel].iter().filter_map(|stops| share(stops.right, stops.n())).collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / to_f64(shares.len() as u64))
    }

    /// The same as a whole number that can be compared: the share times the number of all pairs of known and novel images.
    fn merit(&self) -> u128 {
        let part = |of: Stops, other: Stops| u128::from(of.right) * u128::from(other.n().max(1));
        part(self.known, self.novel) + part(self.novel, self.known)
    }
}

/// Which threshold a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// The report's own.
    Own,
    /// That of most known and novel images, counting alike, that stop where they should; chosen on the same images.
    Best,
}

impl At {
    /// As files have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            At::Own => "own",
            At::Best => "best",
        }
    }
}

/// Where answers stop at a threshold; `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct StopRow {
    /// Which threshold.
    pub at: At,
    /// Whether of images whose truth can be told, or of the others.
    pub known: bool,
    /// The probability that an answer must reach.
    pub threshold: f64,
    pub n: u64,
    pub too_early: Option<f64>,
    pub right: Option<f64>,
    pub too_late: Option<f64>,
    pub wrong_branch: Option<f64>,
    pub balanced: Option<f64>,
    /// The intervals of the others.
    pub intervals: MetricIntervals,
}

impl StopRow {
    /// Which images it is of, as files have it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.known { "known" } else { "novel" }
    }
}

/// Back-off, which is to stop at the deepest taxon that the candidates share with the truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoveltyBackOff {
    /// The report's own threshold.
    pub threshold: f64,
    /// The best, chosen on the same images; of equals the highest.
    pub best_threshold: f64,
    /// At either threshold, of known and of novel images.
    pub rows: Vec<StopRow>,
    /// The operating curve by falling threshold, thinned to at most 200 points.
    pub curve: Vec<StopPoint>,
}

/// Counts of the four stops, of known images and then of novel ones.
fn indicators(stop: Stop, known: bool) -> [f64; 8] {
    let place = stop as usize + if known { 0 } else { 4 };
    std::array::from_fn(|index| f64::from(u8::from(index == place)))
}

/// `None` without images. One without a distribution is answered by the root at every threshold.
pub(super) fn of(run: &JudgedRun<'_>, evidence: &Evidence, shown: &[Shown], threshold: f64) -> Option<NoveltyBackOff> {
    let unanswered = [(1.0, TaxonId::ROOT)];
    let steps: Vec<Steps<8>> = shown
        .iter()
        .zip(&evidence.signals)
        .map(|(one, signals)| {
            let answers = signals.as_ref().map_or(&unanswered[..], |signals| &signals.steps);
            answers.iter().map(|(p, answer)| (*p, indicators(Stop::of(run.taxonomy, one, *answer), one.known))).collect()
        })
        .collect();
    let curve = Events::of(&steps, &vec![0; steps.len()]).curve(None)?;
    let images = to_f64(shown.len() as u64);
    let points: Vec<StopPoint> = curve
        .thresholds
        .iter()
        .zip(&curve.means)
        .map(|(&threshold, means)| point(ties::shortest(threshold), means.map(|mean| mean * images)))
        .collect();
    let best = points.iter().fold(None, |best: Option<&StopPoint>, point| match best {
        Some(known) if known.merit() >= point.merit() => best,
        _ => Some(point),
    })?;
    let rows = [(At::Own, threshold), (At::Best, best.threshold)].map(|(at, threshold)| {
        let values: Vec<[f64; 8]> = steps.iter().filter_map(|steps| answer_at(steps, threshold)).collect();
        rows_at(run, shown, at, threshold, &values)
    });
    Some(NoveltyBackOff { threshold, best_threshold: best.threshold, rows: rows.concat(), curve: thinned(&points) })
}

/// Sums of indicators are whole numbers but for rounding.
fn point(threshold: f64, sums: [f64; 8]) -> StopPoint {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of images")]
    let counts = sums.map(|sum| sum.round() as u64);
    let of = |first: usize| Stops::of(std::array::from_fn(|place| counts[first + place]));
    StopPoint { threshold, known: of(0), novel: of(4) }
}

/// The rows of known and of novel images at a threshold, where there are any.
fn rows_at(run: &JudgedRun<'_>, shown: &[Shown], at: At, threshold: f64, values: &[[f64; 8]]) -> Vec<StopRow> {
    let sums = std::array::from_fn(|index| values.iter().map(|value| value[index]).sum());
    let whole = point(threshold, sums);
    let row = |known: bool, stops: Stops| {
        let offset = if known { 0 } else { 4 };
        let noun = run.sample.noun;
        let mut intervals = MetricIntervals::default();
        for (place, name) in ["too_early", "right", "too_late", "wrong_branch"].into_iter().enumerate() {
            let of_kind = shown.iter().zip(values).filter(|(one, _)| one.known == known);
            let found = run.sample.share(of_kind.map(|(one, value)| (one.image, value[offset + place] > 0.5)));
            intervals.add(name, found, noun);
        }
        let reason = "it is no mean over images: see those of right";
        intervals.add("balanced", Err(NoInterval::NoMean(reason)), noun);
        let of = |part: u64| share(part, stops.n());
        StopRow {
            at,
            known,
            threshold,
            n: stops.n(),
            too_early: of(stops.too_early),
            right: of(stops.right),
            too_late: of(stops.too_late),
            wrong_branch: of(stops.wrong_branch),
            balanced: whole.balanced(),
            intervals,
        }
    };
    [row(true, whole.known), row(false, whole.novel)].into_iter().filter(|row| row.n > 0).collect()
}

fn thinned(points: &[StopPoint]) -> Vec<StopPoint> {
    let count = points.len();
    if count <= POINTS {
        return points.to_vec();
    }
    let mut kept: Vec<usize> = (0..POINTS).map(|point| point * (count - 1) / (POINTS - 1)).collect();
    kept.dedup();
    kept.into_iter().map(|place| points[place]).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::reach::Reach;
    use super::super::reach::tests::{taxon, taxonomy};
    use super::*;
    use crate::scores::outcome::Outcome;

    fn stop(truth: &str, answer: &str) -> Stop {
        let taxonomy = taxonomy();
        let candidates = ["Felis catus", "Vulpes vulpes"].map(|name| taxon(&taxonomy, name));
        let reach = Reach::of(&taxonomy, &candidates).unwrap();
        let [truth, answer] = [truth, answer].map(|name| taxon(&taxonomy, name));
        let outcome = Outcome::of(&taxonomy, truth, answer);
        let one = Shown { image: 0, outcome, deepest: reach.deepest(&taxonomy, truth), known: reach.is_known(truth) };
        Stop::of(&taxonomy, &one, answer)
    }

    #[test]
    fn an_answer_stops_early_right_late_or_elsewhere() {
        // A new species of Felis is to stop at the genus.
        assert_eq!(stop("Felis silvestris", "Felidae"), Stop::TooEarly);
        assert_eq!(stop("Felis silvestris", "Felis"), Stop::Right);
        assert_eq!(stop("Felis silvestris", "Felis catus"), Stop::TooLate);
        assert_eq!(stop("Felis silvestris", "Canidae"), Stop::WrongBranch);
        // A known species at itself, a known family at itself or below.
        assert_eq!((stop("Felis catus", "Felis"), stop("Felis catus", "Felis catus")), (Stop::TooEarly, Stop::Right));
        assert_eq!((stop("Felidae", "Felis catus"), stop("Felidae", "Carnivora")), (Stop::Right, Stop::TooEarly));
    }

    #[test]
    fn known_and_novel_images_count_alike_worked_by_hand() {
        // 3 of 4 known and 1 of 2 novel images stop where they should: (3/4 + 1/2) / 2.
        let point = point(0.5, [1.0, 3.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
        assert!(point.balanced().is_some_and(|balanced| (balanced - 0.625).abs() < 1e-15));
        // 3 · 2 + 1 · 4 of 2 · 4 · 2.
        assert_eq!(point.merit(), 10);
        let novel = super::point(0.5, [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
        assert!(novel.balanced().is_some_and(|balanced| (balanced - 1.0 / 3.0).abs() < 1e-15));
    }
}
