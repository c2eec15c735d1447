//! One metric of all runs before its intervals are drawn.

use super::estimate::Estimate;
use super::metric_comparison::MetricComparison;
use super::options::{CompareOptions, PairsOf};
use super::pair::{self, Pair};
use super::values::Values;
use crate::numbers::bootstrap::{Clusters, Kinds};
use crate::numbers::interval::{Found, Mean, share};
use crate::numbers::significance::holm;
use crate::numbers::statistics::mean;
use rayon::prelude::*;

/// A metric without its intervals, and these: of every pair, then of every run.
pub(super) struct Measured {
    metric: MetricComparison,
    estimates: Vec<Estimate>,
}

impl Measured {
    /// What intervals are drawn from, in order.
    pub fn drawn(&self) -> impl Iterator<Item = &Mean> {
        self.estimates.iter().filter_map(|estimate| match estimate {
            Estimate::Drawn(mean) => Some(mean),
            Estimate::Found(_) => None,
        })
    }

    /// The metric with its intervals, those that were drawn among them.
    pub fn with_intervals(self, drawn: &mut impl Iterator<Item = Found>, noun: &str) -> MetricComparison {
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
pub(super) fn measure(values: &Values, clusters: &Clusters, options: &CompareOptions) -> Measured {
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
