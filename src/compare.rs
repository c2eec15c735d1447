//! Runs against each other, image by image: which is better, by how much, and whether that is chance.

pub mod clades;
pub mod json;
pub mod latex;
pub mod text;
pub mod values;

use crate::bootstrap::{self, Clusters};
use crate::metric::Direction;
use crate::significance::{Significance, holm, paired_t, sign_flip};
use crate::statistics::{Interval, to_f64, wilson};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// Values of one metric: for each run one per image, `None` where the image has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// Name in files, `path_top1.species`.
    pub name: String,
    /// Name in tables.
    pub label: String,
    /// Which way is better.
    pub direction: Direction,
    /// Whether values are 1 (right) and 0 (wrong) only.
    pub binary: bool,
    /// `R × N`.
    pub runs: Vec<Vec<Option<f64>>>,
}

/// A comparison of `R` runs by `M` metrics.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Names of the runs.
    pub runs: Vec<String>,
    /// The metrics.
    pub metrics: Vec<MetricComparison>,
    /// A difference is called significant at an adjusted p-value of at most this.
    pub alpha: f64,
    /// Images compared.
    pub images: usize,
    /// Clusters of images that are drawn and flipped together; as many as images where none repeats.
    pub clusters: usize,
}

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
    /// Interval of each mean: Wilson for shares of independent images, else BCa bootstrap by cluster.
    pub intervals: Vec<Option<Interval>>,
    /// Every pair of runs, the first against the second.
    pub pairs: Vec<Pair>,
}

/// Two runs by one metric.
#[derive(Debug, Clone, Serialize)]
pub struct Pair {
    /// Place of the first run.
    pub first: usize,
    /// Place of the second run.
    pub second: usize,
    /// Mean of the first minus mean of the second.
    pub difference: Option<f64>,
    /// Its interval, by BCa bootstrap over the same draws of clusters.
    pub interval: Option<Interval>,
    /// Images for which the first is better.
    pub wins: usize,
    /// Images for which neither is.
    pub ties: usize,
    /// Images for which the second is better.
    pub losses: usize,
    /// Sign-flip randomisation over clusters.
    pub randomisation: Significance,
    /// Statistic of the paired t-test over clusters; `None` below two clusters.
    pub student_t: Option<f64>,
    /// Its p-value.
    pub student_p: Option<f64>,
    /// p of the randomisation, adjusted by Holm over the pairs of the metric.
    pub adjusted: f64,
}

/// What to compare by, and how.
#[derive(Debug, Clone)]
pub struct CompareOptions {
    /// Significance level.
    pub alpha: f64,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Seed of all chance.
    pub seed: u64,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self { alpha: 0.05, draws: bootstrap::DRAWS, seed: 0 }
    }
}

impl Comparison {
    /// Compares runs by some metrics over the same images in the same order.
    #[must_use]
    pub fn of(runs: &[String], values: &[Values], clusters: &Clusters, options: &CompareOptions) -> Self {
        let (mut metrics, drawn): (Vec<_>, Vec<_>) =
            values.par_iter().map(|values| metric(values, clusters, options)).collect::<Vec<_>>().into_iter().unzip();
        // The means and differences of all metrics are drawn together.
        let mut intervals = bootstrap::intervals(&drawn.concat(), options.draws, options.seed).into_iter();
        for (metric, drawn) in metrics.iter_mut().zip(&drawn) {
            let mut intervals = intervals.by_ref().take(drawn.len());
            metric.pairs.iter_mut().zip(intervals.by_ref()).for_each(|(pair, interval)| pair.interval = interval);
            metric.intervals.extend(intervals);
        }
        Self {
            runs: distinct(runs),
            metrics,
            alpha: options.alpha,
            images: values.first().and_then(|values| values.runs.first()).map_or(0, Vec::len),
            clusters: clusters.len(),
        }
    }
}

impl MetricComparison {
    /// The pair of two runs, whichever stands first.
    #[must_use]
    pub fn pair(&self, one: usize, other: usize) -> Option<&Pair> {
        self.pairs.iter().find(|pair| (pair.first, pair.second) == (one.min(other), one.max(other)))
    }

    /// Whether a run is better than another, and significantly so.
    #[must_use]
    pub fn beats(&self, run: usize, other: usize, alpha: f64) -> bool {
        let better = match (self.means[run], self.means[other], self.direction) {
            (Some(mine), Some(theirs), Direction::Lower) => mine < theirs,
            (Some(mine), Some(theirs), _) => mine > theirs,
            _ => false,
        };
        better && self.pair(run, other).is_some_and(|pair| pair.adjusted <= alpha)
    }

    /// The best run; of equals the first. `None` where no run has a mean.
    #[must_use]
    pub fn best(&self) -> Option<usize> {
        let means = self.means.iter().enumerate().filter_map(|(run, mean)| Some((run, (*mean)?)));
        let better = |a: f64, b: f64| if self.direction == Direction::Lower { a < b } else { a > b };
        let best = means.fold(None, |best: Option<(usize, f64)>, (run, mean)| match best {
            Some((_, known)) if !better(mean, known) => best,
            _ => Some((run, mean)),
        });
        best.map(|(run, _)| run)
    }
}

/// Makes names differ: a name that stands again gets its number.
fn distinct(names: &[String]) -> Vec<String> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut unlike = vec![];
    for name in names {
        let times = seen.entry(name).or_default();
        *times += 1;
        if *times == 1 {
            unlike.push(name.clone());
            continue;
        }
        let mut number = *times;
        let mut next = format!("{name} ({number})");
        while !taken.insert(next.clone()) {
            number += 1;
            next = format!("{name} ({number})");
        }
        unlike.push(next);
    }
    unlike
}

/// Sums of a mean by cluster.
type Sums = Vec<(f64, f64)>;

/// A metric without the intervals that are yet to be drawn, and what they are drawn from: every pair, then every run
/// whose interval is not known in closed form.
fn metric(values: &Values, clusters: &Clusters, options: &CompareOptions) -> (MetricComparison, Vec<Sums>) {
    let images = values.runs.first().map_or(0, Vec::len);
    let whole: Vec<bool> = (0..images).map(|image| values.runs.iter().all(|run| run[image].is_some())).collect();
    let of_run = |run: &Vec<Option<f64>>| -> Vec<Option<f64>> {
        run.iter().zip(&whole).map(|(value, whole)| value.filter(|_| *whole)).collect()
    };
    let runs: Vec<Vec<Option<f64>>> = values.runs.iter().map(of_run).collect();
    let (mut pairs, mut drawn) = (vec![], vec![]);
    for first in 0..runs.len() {
        for second in first + 1..runs.len() {
            let (pair, sums) = pair(values, &runs, (first, second), clusters, options);
            pairs.push(pair);
            drawn.push(sums);
        }
    }
    let mut intervals = vec![];
    if values.binary && !clusters.repeat() {
        intervals.extend(runs.iter().map(|run| share(run)));
    } else {
        drawn.extend(runs.iter().map(|run| clusters.sums(run)));
    }
    let adjusted = holm(&pairs.iter().map(|pair| pair.randomisation.p).collect::<Vec<_>>());
    pairs.iter_mut().zip(adjusted).for_each(|(pair, adjusted)| pair.adjusted = adjusted);
    let metric = MetricComparison {
        name: values.name.clone(),
        label: values.label.clone(),
        direction: values.direction,
        n: whole.iter().filter(|whole| **whole).count(),
        means: runs.iter().map(|run| mean(run)).collect(),
        intervals,
        pairs,
    };
    (metric, drawn)
}

fn mean(values: &[Option<f64>]) -> Option<f64> {
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / to_f64(known.len() as u64))
}

/// Wilson's interval of a share of right answers.
fn share(run: &[Option<f64>]) -> Option<Interval> {
    let known = run.iter().copied().flatten();
    let (right, n) = known.fold((0, 0), |(right, n), value| (right + u64::from(value > 0.5), n + 1));
    wilson(right, n)
}

fn pair(
    values: &Values,
    runs: &[Vec<Option<f64>>],
    (first, second): (usize, usize),
    clusters: &Clusters,
    options: &CompareOptions,
) -> (Pair, Sums) {
    let difference = |(a, b): (&Option<f64>, &Option<f64>)| Some((*a)? - (*b)?);
    let differences: Vec<Option<f64>> = runs[first].iter().zip(&runs[second]).map(difference).collect();
    let sign = if values.direction == Direction::Lower { -1.0 } else { 1.0 };
    let count = |holds: &dyn Fn(f64) -> bool| differences.iter().flatten().filter(|value| holds(sign * **value)).count();
    let sums = clusters.sums(&differences);
    let flipped: Vec<f64> = sums.iter().filter(|(_, count)| *count > 0.0).map(|(sum, _)| *sum).collect();
    let key = format!("{}\n{}\n{first}\n{second}", options.seed, values.name);
    let student = paired_t(&flipped);
    let pair = Pair {
        first,
        second,
        difference: mean(&differences),
        interval: None,
        wins: count(&|value| value > 0.0),
        ties: count(&|value| value.abs() <= 0.0),
        losses: count(&|value| value < 0.0),
        randomisation: sign_flip(&flipped, &key),
        student_t: student.map(|(t, _)| t),
        student_p: student.map(|(_, p)| p),
        adjusted: 1.0,
    };
    (pair, sums)
}
