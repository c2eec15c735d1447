//! One metric in all runs.

use super::pair::Pair;
use crate::numbers::statistics::Interval;
use crate::scores::metric::Direction;
use serde::Serialize;

/// One metric in all runs.
#[derive(Debug, Clone, Serialize)]
pub struct MetricComparison {
    /// Name in files.
    pub name: String,
    /// Name in tables.
    pub label: String,
    /// Which way is better.
    pub direction: Direction,
    /// Images that have a value in all runs.
    pub n: usize,
    /// Mean of each run; `None` without images.
    pub means: Vec<Option<f64>>,
    /// Interval of each mean, as [`crate::numbers::interval`] has them.
    pub intervals: Vec<Option<Interval>>,
    /// For each run why its mean has no interval, where it has none.
    #[serde(skip_serializing_if = "none_at_all")]
    pub no_interval: Vec<Option<String>>,
    /// The pairs of runs that are compared, the first against the second, in order.
    pub pairs: Vec<Pair>,
}

/// One run by one metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunMean {
    /// Its mean; `None` without images.
    pub mean: Option<f64>,
    /// The interval of that.
    pub interval: Option<Interval>,
}

impl MetricComparison {
    /// The mean of a run.
    #[must_use]
    pub fn of_run(&self, run: usize) -> RunMean {
        RunMean { mean: self.means[run], interval: self.intervals[run] }
    }

    /// The pair of two runs, whichever stands first; `None` where they are not compared.
    #[must_use]
    pub fn pair(&self, one: usize, other: usize) -> Option<&Pair> {
        let wanted = (one.min(other), one.max(other));
        self.pairs.binary_search_by_key(&wanted, |pair| (pair.first, pair.second)).ok().map(|place| &self.pairs[place])
    }

    /// Whether a mean is better than another.
    fn better(&self, a: f64, b: f64) -> bool {
        if self.direction == Direction::Lower { a < b } else { a > b }
    }

    /// Whether a run is better than another, and significantly so.
    #[must_use]
    pub fn beats(&self, run: usize, other: usize, alpha: f64) -> bool {
        let better = self.means[run].zip(self.means[other]).is_some_and(|(mine, theirs)| self.better(mine, theirs));
        better && self.pair(run, other).is_some_and(|pair| pair.adjusted <= alpha)
    }

    /// The best run: significantly better than every other. `None` where no run is, which is no sign that all are equal.
    #[must_use]
    pub fn best(&self, alpha: f64) -> Option<usize> {
        let runs = 0..self.means.len();
        runs.clone().find(|&run| runs.len() > 1 && runs.clone().all(|other| other == run || self.beats(run, other, alpha)))
    }

    /// The runs that no other has a better mean than, whether that is chance or not; none without images.
    #[must_use]
    pub fn ahead(&self) -> Vec<usize> {
        let means = || self.means.iter().flatten();
        let ahead = |mean: f64| means().all(|other| !self.better(*other, mean));
        (0..self.means.len()).filter(|&run| self.means[run].is_some_and(ahead)).collect()
    }
}

#[expect(clippy::ptr_arg, reason = "what serde passes")]
fn none_at_all(reasons: &Vec<Option<String>>) -> bool {
    reasons.iter().all(Option::is_none)
}
