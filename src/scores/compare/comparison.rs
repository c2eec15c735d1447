//! Runs against each other by all metrics.

use super::measured::{Measured, measure};
use super::metric_comparison::MetricComparison;
use super::options::{CompareOptions, PairsOf};
use super::values::Values;
use crate::numbers::bootstrap::Clusters;
use crate::numbers::interval::{Mean, means};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

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
