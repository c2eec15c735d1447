//! Runs against each other, image by image: which is better, by how much, and whether that is chance.

pub mod clades;
pub mod json;
pub mod latex;
pub mod runs;
pub mod text;
pub mod values;

mod pair;

use crate::numbers::bootstrap::{self, Clusters, Kinds};
use crate::numbers::interval::{Found, Mean, difference_of_shares, means, share};
use crate::numbers::significance::{Significance, holm};
use crate::numbers::statistics::{Interval, mean};
use crate::scores::metric::Direction;
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
    /// The least and the greatest value that an image can have, where there are such.
    pub range: Option<(f64, f64)>,
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
    /// Which pairs of runs are compared.
    pub compared: PairsOf,
}

/// Which pairs of runs are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PairsOf {
    /// Every two.
    #[default]
    All,
    /// The first run with every other.
    First,
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
    /// Interval of each mean, as [`crate::numbers::interval`] has them.
    pub intervals: Vec<Option<Interval>>,
    /// For each run why its mean has no interval, where it has none.
    #[serde(skip_serializing_if = "none_at_all")]
    pub no_interval: Vec<Option<String>>,
    /// The pairs of runs that are compared, the first against the second, in order.
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
    /// Its interval: of shares Bonett and Price's, on the effective number of images; of means BCa of whole clusters.
    pub interval: Option<Interval>,
    /// Why the difference has no interval, where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_interval: Option<String>,
    /// Images for which the first is better.
    pub wins: usize,
    /// Images for which neither is.
    pub ties: usize,
    /// Images for which the second is better.
    pub losses: usize,
    /// Sign-flip randomisation over clusters.
    pub randomisation: Significance,
    /// Statistic of the paired t-test over clusters; `None` below six of them, and where they all differ alike.
    pub student_t: Option<f64>,
    /// Its p-value.
    pub student_p: Option<f64>,
    /// Why there is no t-test, where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_student: Option<String>,
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
    /// Which pairs of runs are compared.
    pub pairs: PairsOf,
    /// What counts by itself, for reasons: images, observations, queries.
    pub noun: &'static str,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self { alpha: 0.05, draws: bootstrap::DRAWS, seed: 0, pairs: PairsOf::All, noun: "images" }
    }
}

impl Comparison {
    /// Compares runs by some metrics over the same images in the same order.
    #[must_use]
    pub fn of(runs: &[String], values: &[Values], clusters: &Clusters, options: &CompareOptions) -> Self {
        let measured: Vec<Measured> = values.par_iter().map(|values| measure(values, clusters, options)).collect();
        // The means and differences of all metrics are drawn together.
        let drawn: Vec<Mean> = measured.iter().flat_map(Measured::drawn).cloned().collect();
        let mut drawn = means(&drawn, options.draws, options.seed).into_iter();
        let metrics = measured.into_iter().map(|measured| measured.with_intervals(&mut drawn, options.noun)).collect();
        Self {
            runs: distinct(runs),
            metrics,
            alpha: options.alpha,
            images: values.first().and_then(|values| values.runs.first()).map_or(0, Vec::len),
            clusters: clusters.len(),
            compared: options.pairs,
        }
    }
}

impl MetricComparison {
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

#[expect(clippy::ptr_arg, reason = "what serde passes")]
fn none_at_all(reasons: &Vec<Option<String>>) -> bool {
    reasons.iter().all(Option::is_none)
}

/// An interval in closed form, or what it is yet to be drawn from.
enum Estimate {
    Found(Found),
    Drawn(Mean),
}

impl Estimate {
    fn with_reason(self, drawn: &mut impl Iterator<Item = Found>, noun: &str) -> (Option<Interval>, Option<String>) {
        let found = match self {
            Estimate::Found(found) => Some(found),
            Estimate::Drawn(_) => drawn.next(),
        };
        match found {
            Some(Ok(interval)) => (Some(interval), None),
            Some(Err(reason)) => (None, Some(reason.sentence(noun))),
            None => (None, None),
        }
    }
}

/// A metric without its intervals, and these: of every pair, then of every run.
struct Measured {
    metric: MetricComparison,
    estimates: Vec<Estimate>,
}

impl Measured {
    fn drawn(&self) -> impl Iterator<Item = &Mean> {
        self.estimates.iter().filter_map(|estimate| match estimate {
            Estimate::Drawn(mean) => Some(mean),
            Estimate::Found(_) => None,
        })
    }

    fn with_intervals(self, drawn: &mut impl Iterator<Item = Found>, noun: &str) -> MetricComparison {
        let Measured { mut metric, estimates } = self;
        let mut found = estimates.into_iter().map(|estimate| estimate.with_reason(drawn, noun));
        for (pair, found) in metric.pairs.iter_mut().zip(found.by_ref()) {
            (pair.interval, pair.no_interval) = found;
        }
        (metric.intervals, metric.no_interval) = found.unzip();
        metric
    }
}

/// One metric of all runs, over the images that have a value in every run.
fn measure(values: &Values, clusters: &Clusters, options: &CompareOptions) -> Measured {
    let images = values.runs.first().map_or(0, Vec::len);
    let whole: Vec<bool> = (0..images).map(|image| values.runs.iter().all(|run| run[image].is_some())).collect();
    let of_run = |run: &Vec<Option<f64>>| -> Vec<Option<f64>> {
        run.iter().zip(&whole).map(|(value, whole)| value.filter(|_| *whole)).collect()
    };
    let runs: Vec<Vec<Option<f64>>> = values.runs.iter().map(of_run).collect();
    let firsts = if options.pairs == PairsOf::First { runs.len().min(1) } else { runs.len() };
    let places: Vec<(usize, usize)> =
        (0..firsts).flat_map(|first| (first + 1..runs.len()).map(move |second| (first, second))).collect();
    let of_pair = |&places: &(usize, usize)| pair::of(values, &runs, places, clusters, options);
    let (mut pairs, mut estimates): (Vec<Pair>, Vec<Estimate>) =
        places.par_iter().map(of_pair).collect::<Vec<_>>().into_iter().unzip();
    let n = whole.iter().filter(|whole| **whole).count();
    estimates.extend(runs.iter().map(|run| {
        let kinds = Kinds::of(clusters.sums(run));
        if values.binary {
            Estimate::Found(share(&kinds, kinds.weight()))
        } else {
            Estimate::Drawn(Mean { kinds, range: values.range })
        }
    }));
    let adjusted = holm(&pairs.iter().map(|pair| pair.randomisation.p).collect::<Vec<_>>());
    pairs.iter_mut().zip(adjusted).for_each(|(pair, adjusted)| pair.adjusted = adjusted);
    let metric = MetricComparison {
        name: values.name.clone(),
        label: values.label.clone(),
        direction: values.direction,
        n,
        means: runs.iter().map(|run| mean(run.iter().copied().flatten())).collect(),
        intervals: vec![],
        no_interval: vec![],
        pairs,
    };
    Measured { metric, estimates }
}
