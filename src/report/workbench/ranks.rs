//! The ranks of a page, and the numbers of whole runs at them.

use super::format::{RankNumbers, RankRow, RunNumbers};
use crate::answers::Answers;
use crate::numbers::statistics::to_f64;
use crate::scores::Scores;
use crate::scores::compare::{Comparison, MetricComparison};
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;

/// The ranks that have images in some run, with their taxa that could be answered, the coarsest first.
pub(super) fn of_runs(runs: &[(Answers, Scores)]) -> BTreeMap<Rank, Answerable> {
    let mut ranks: BTreeMap<Rank, Answerable> = BTreeMap::new();
    for row in runs.iter().flat_map(|(_, scores)| &scores.ranks).filter(|row| row.n > 0) {
        let found = ranks.entry(row.rank).or_insert(Answerable { classes: 0, decided: true });
        found.classes = row.classes.max(found.classes);
        // Truths that are no candidates may lie elsewhere: then a guess is not always right.
        found.decided &= row.classes <= 1 && row.chance.is_none_or(|chance| chance >= 1.0);
    }
    ranks
}

/// What could be answered at a rank.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answerable {
    /// Taxa.
    pub classes: u64,
    /// Whether there is one taxon to answer, and that is the truth of all images.
    pub decided: bool,
}

/// The main ranks at which runs are compared.
pub(super) fn of_comparison(comparison: &Comparison) -> Vec<Rank> {
    Rank::MAIN.into_iter().filter(|rank| at(comparison, "path_top1", *rank).is_some_and(|metric| metric.n > 0)).collect()
}

/// A metric of a comparison at a rank.
fn at<'c>(comparison: &'c Comparison, name: &str, rank: Rank) -> Option<&'c MetricComparison> {
    metric(comparison, &format!("{name}.{rank}"))
}

fn metric<'c>(comparison: &'c Comparison, name: &str) -> Option<&'c MetricComparison> {
    comparison.metrics.iter().find(|metric| metric.name == name)
}

/// What the page is told of a rank.
pub(super) fn row(rank: Rank, answerable: Answerable) -> RankRow {
    let rung = rank.main_index().and_then(|_| rank.rung());
    RankRow { name: rank.name(), rung, classes: answerable.classes, given: answerable.decided }
}

impl RunNumbers {
    /// The numbers of a run, as its report has them.
    pub(super) fn of(ranks: &[Rank], answers: &Answers, scores: &Scores) -> Self {
        let numbers = |rank: &Rank| {
            let Some(row) = scores.rank(*rank) else { return RankNumbers::default() };
            let interval = row.intervals.of("path_top1");
            RankNumbers {
                n: row.n,
                right: images(row.path_top1, row.n).unwrap_or(0),
                low: interval.map(|interval| interval.low),
                high: interval.map(|interval| interval.high),
                chance: row.chance,
                summed_right: images(row.summed_top1, row.n),
            }
        };
        Self {
            whole: ranks.iter().map(numbers).collect(),
            scored: scores.accounting.scored,
            mistakes: scores.how_wrong.mistakes,
            mean_height: scores.how_wrong.mean_height,
            severity: scores.how_wrong.severity,
            has_probabilities: has_probabilities(answers),
        }
    }

    /// The numbers of one of several runs that were compared, over the images that all of them score.
    pub(super) fn of_compared(ranks: &[Rank], answers: &Answers, comparison: &Comparison, run: usize) -> Self {
        let numbers = |rank: &Rank| {
            let Some(metric) = at(comparison, "path_top1", *rank) else { return RankNumbers::default() };
            let (n, found) = (metric.n as u64, metric.of_run(run));
            RankNumbers {
                n,
                right: images(found.mean, n).unwrap_or(0),
                low: found.interval.map(|interval| interval.low),
                high: found.interval.map(|interval| interval.high),
                chance: None,
                summed_right: at(comparison, "summed_top1", *rank).and_then(|metric| images(metric.of_run(run).mean, n)),
            }
        };
        let exact = metric(comparison, "exact");
        let scored = exact.map_or(0, |exact| exact.n as u64);
        let right = exact.and_then(|exact| images(exact.of_run(run).mean, scored)).unwrap_or(0);
        let mistakes = scored - right;
        let mean_height = metric(comparison, "height").and_then(|height| height.of_run(run).mean);
        Self {
            whole: ranks.iter().map(numbers).collect(),
            scored,
            mistakes,
            mean_height,
            severity: mean_height.filter(|_| mistakes > 0).map(|mean| mean * to_f64(scored) / to_f64(mistakes)),
            has_probabilities: has_probabilities(answers),
        }
    }
}

/// The images that a share of images is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of at most as many images")]
fn images(share: Option<f64>, of: u64) -> Option<u64> {
    share.map(|share| ((share * to_f64(of)).round() as u64).min(of))
}

fn has_probabilities(answers: &Answers) -> bool {
    let ranked = &answers.ranked;
    (0..ranked.len()).any(|image| ranked.best_probability(image).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_know_their_rung_and_whether_they_say_anything() {
        let of = |classes: u64| Answerable { classes, decided: classes <= 1 };
        assert_eq!(row(Rank::Genus, of(4)), RankRow { name: "genus", rung: Some(1), classes: 4, given: false });
        assert_eq!(row(Rank::Kingdom, of(1)), RankRow { name: "kingdom", rung: Some(6), classes: 1, given: true });
        assert_eq!(row(Rank::Subspecies, of(9)).rung, None);
    }

    #[test]
    fn shares_become_images_again() {
        for of in [1, 3, 7, 49, 1_000_003] {
            for part in [0, 1, of / 2, of] {
                assert_eq!(images(crate::numbers::statistics::share(part, of), of), Some(part));
            }
        }
        assert_eq!(images(None, 5), None);
    }
}
