//! Intervals of means over points: the space stays as it is, and the points that are asked are drawn again, those of one
//! observation together.

use crate::numbers::bootstrap::{Clusters, Kinds};
use crate::numbers::interval::{self, Mean};
use crate::numbers::statistics::{Interval, Z_95, to_f64};
use std::collections::BTreeMap;

/// Why values have no interval, by their names.
pub type Reasons = BTreeMap<&'static str, String>;

/// Clusters from which on intervals are those of the linearised standard error, which so many draws come to.
const MANY: u64 = 2_000;

/// Bounds of values that are shares.
pub(crate) const SHARE: Option<(f64, f64)> = Some((0.0, 1.0));

/// Reasons of blocks that have no intervals.
pub(crate) fn reasons(of: &[(&'static str, &str)]) -> Reasons {
    of.iter().map(|&(name, reason)| (name, reason.to_string())).collect()
}

/// A mean with its 95 % interval, or with the reason why there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Estimate {
    /// The mean; `None` where nothing has a value.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// Why there is a value and no interval.
    pub reason: Option<String>,
}

impl Estimate {
    pub(crate) fn low(&self) -> Option<f64> {
        self.interval.map(|interval| interval.low)
    }

    pub(crate) fn high(&self) -> Option<f64> {
        self.interval.map(|interval| interval.high)
    }

    /// Writes the reason down under the name of the value.
    pub(crate) fn explain(&self, name: &'static str, reasons: &mut Reasons) {
        if let Some(reason) = &self.reason {
            reasons.insert(name, reason.clone());
        }
    }
}

/// How points are drawn: by observation where any is named, else one by one.
#[derive(Debug)]
pub(crate) struct Draws {
    clusters: Clusters,
    noun: &'static str,
    times: usize,
    seed: u64,
}

impl Draws {
    /// Of the observations of all points; one without is an observation by itself. `noun` is what points are called where
    /// none is named.
    pub(crate) fn of(observations: &[String], noun: &'static str, times: usize, seed: u64) -> Draws {
        if observations.iter().all(String::is_empty) {
            return Draws { clusters: Clusters::single(observations.len()), noun, times, seed };
        }
        let alone = |(point, name): (usize, &String)| if name.is_empty() { format!("\u{1}{point}") } else { name.clone() };
        let names: Vec<String> = observations.iter().enumerate().map(alone).collect();
        Draws { clusters: Clusters::by_name(names.iter().map(String::as_str)), noun: "observations", times, seed }
    }

    /// Observations and points without one: what is drawn.
    pub(crate) fn clusters(&self) -> usize {
        self.clusters.len()
    }

    /// A ratio of sums over points, each with its part of both; `range` are the bounds of the ratio of a point.
    pub(crate) fn ratio(&self, sums: &[(f64, f64)], range: Option<(f64, f64)>) -> Estimate {
        let parts = |part: fn(&(f64, f64)) -> f64| -> Vec<f64> {
            let values: Vec<Option<f64>> = sums.iter().map(|sums| Some(part(sums))).collect();
            self.clusters.sums(&values).into_iter().map(|(sum, _)| sum).collect()
        };
        let clusters: Vec<(f64, f64)> = parts(|sums| sums.0).into_iter().zip(parts(|sums| sums.1)).collect();
        self.of_sums(&clusters, self.noun, range)
    }

    /// The mean over points, a value for each point of the space; `range` are the bounds of the values.
    pub(crate) fn mean(&self, values: &[Option<f64>], range: Option<(f64, f64)>) -> Estimate {
        self.of_sums(&self.clusters.sums(values), self.noun, range)
    }

    /// The share of points for which something holds, 1 or 0 for each point of the space: its interval is that of shares of
    /// images. What is asked of a point must be yes or no by its nature; a mean of values that happen to be 1 and 0 is none.
    pub(crate) fn share(&self, values: &[Option<f64>]) -> Estimate {
        let kinds = Kinds::of(self.clusters.sums(values).into_iter().filter(|(_, count)| *count > 0.0));
        let count = values.iter().flatten().count() as u64;
        Estimate::of(kinds.mean(), interval::share(&kinds, to_f64(count)), self.noun)
    }

    /// The mean over taxa of the means over their points; taxa are drawn.
    pub(crate) fn macro_mean(&self, means: &[Option<f64>], range: Option<(f64, f64)>) -> Estimate {
        let sums: Vec<(f64, f64)> = means.iter().flatten().map(|&mean| (mean, 1.0)).collect();
        self.of_sums(&sums, "taxa", range)
    }

    fn of_sums(&self, sums: &[(f64, f64)], noun: &str, range: Option<(f64, f64)>) -> Estimate {
        let kinds = Kinds::of(sums.iter().copied().filter(|(_, weight)| *weight > 0.0));
        let value = kinds.mean();
        if kinds.clusters() >= MANY && kinds.kinds().len() as u64 * 8 > kinds.clusters() {
            return Estimate { value, interval: linearised(sums, range), reason: None };
        }
        Estimate::of(value, interval::mean(&Mean { kinds, range }, self.times, self.seed), noun)
    }
}

impl Estimate {
    fn of(value: Option<f64>, found: interval::Found, noun: &str) -> Estimate {
        match (value, found) {
            (Some(_), Ok(interval)) => Estimate { value, interval: Some(interval), reason: None },
            (Some(_), Err(reason)) => Estimate { value, interval: None, reason: Some(reason.sentence(noun)) },
            (None, _) => Estimate { value: None, interval: None, reason: None },
        }
    }
}

/// The interval of a ratio of sums over many clusters, by its linearised standard error.
///
/// # Source
///
/// Cochran 1977, Sampling Techniques, the ratio estimator of a sample of clusters.
fn linearised(sums: &[(f64, f64)], range: Option<(f64, f64)>) -> Option<Interval> {
    let total = sums.iter().fold((0.0, 0.0), |total, cluster| (total.0 + cluster.0, total.1 + cluster.1));
    let clusters = to_f64(sums.iter().filter(|(_, weight)| *weight > 0.0).count() as u64);
    let ratio = total.0 / total.1;
    let squares: f64 = sums.iter().map(|(sum, count)| (sum - ratio * count).powi(2)).sum();
    let error = (squares * clusters / (clusters - 1.0)).sqrt() / total.1;
    let (least, most) = range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    (clusters > 1.0).then_some(Interval { low: (ratio - Z_95 * error).max(least), high: (ratio + Z_95 * error).min(most) })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn points(n: usize) -> Draws {
        Draws::of(&vec![String::new(); n], "points", 2_000, 0)
    }

    #[test]
    fn a_mean_has_an_interval_or_a_reason() {
        let draws = points(8);
        let some = draws.mean(&[Some(0.0), Some(1.0), None, Some(0.9), Some(0.5), Some(0.2), Some(0.4), Some(0.6)], SHARE);
        assert!(some.reason.is_none() && some.low() < some.value && some.value < some.high(), "{some:?}");
        let all = draws.share(&[Some(1.0); 8]);
        // Wilson of 8 in 8: 1 / (1 + 3.8415 / 8).
        assert!((all.low().unwrap() - 0.675_593).abs() < 1e-5 && all.high() == Some(1.0), "{all:?}");
        let equal = draws.mean(&[Some(-0.25); 8], None);
        assert_eq!(
            (equal.interval, equal.reason.as_deref()),
            (None, Some("all 8 points have the same value, and draws of them would too"))
        );
        let none = draws.mean(&[None; 8], SHARE);
        assert_eq!((none.value, none.interval, none.reason.clone()), (None, None, None));
        let mut reasons = Reasons::new();
        equal.explain("equal", &mut reasons);
        none.explain("none", &mut reasons);
        assert_eq!(reasons.keys().copied().collect::<Vec<_>>(), ["equal"]);
        assert!(draws.macro_mean(&[Some(0.5), None], None).reason.unwrap().contains("taxa"));
    }

    #[test]
    fn points_of_one_observation_are_drawn_together() {
        let observations: Vec<String> = (0..40).map(|point| format!("o{}", point / 4)).collect();
        let values: Vec<Option<f64>> = (0..40).map(|point| Some(f64::from(u8::from((point / 4) % 3 == 0)))).collect();
        let width = |draws: Draws| {
            let found = draws.share(&values);
            found.high().unwrap() - found.low().unwrap()
        };
        assert!(width(Draws::of(&observations, "points", 2_000, 1)) > 1.5 * width(points(40)));
    }

    #[test]
    fn many_draws_come_to_the_standard_error() {
        let sums: Vec<(f64, f64)> =
            (0..2_000).map(|cluster| (f64::from(cluster % 7) / 3.0, f64::from(1 + cluster % 3))).collect();
        let kinds = Kinds::of(sums.iter().copied());
        let (one, other) = (linearised(&sums, None).unwrap(), crate::numbers::bootstrap::interval(&kinds, 4_000, 0).unwrap());
        assert!((one.low - other.low).abs() < 2e-3 && (one.high - other.high).abs() < 2e-3, "{one:?} {other:?}");
    }
}
