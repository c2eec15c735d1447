//! Intervals of means over points: the space stays as it is, and the points that are asked are drawn again, those of one
//! observation together.

use crate::bootstrap::{self, Clusters};
use crate::statistics::{Interval, to_f64, wilson};
use std::collections::BTreeMap;

/// Why values have no interval, by their names.
pub type NoInterval = BTreeMap<&'static str, &'static str>;

/// Clusters from which on intervals are those of the linearised standard error, which so many draws come to.
const MANY: usize = 20_000;
/// The 0.975 quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A mean with its 95 % interval, or with the reason why there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    /// The mean; `None` where nothing has a value.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// Why there is none.
    pub reason: Option<&'static str>,
}

impl Estimate {
    pub(crate) fn low(&self) -> Option<f64> {
        self.interval.map(|interval| interval.low)
    }

    pub(crate) fn high(&self) -> Option<f64> {
        self.interval.map(|interval| interval.high)
    }

    /// Writes the reason down under the name of the value.
    pub(crate) fn explain(&self, name: &'static str, reasons: &mut NoInterval) {
        if let Some(reason) = self.reason.filter(|_| self.value.is_some()) {
            reasons.insert(name, reason);
        }
    }
}

/// How points are drawn: by observation where any is named, else one by one.
#[derive(Debug)]
pub(crate) struct Draws {
    clusters: Clusters,
    draws: usize,
    seed: u64,
}

impl Draws {
    /// Of the observations of all points; one without is an observation by itself.
    pub(crate) fn of(observations: &[String], draws: usize, seed: u64) -> Draws {
        let clusters = if observations.iter().all(String::is_empty) {
            Clusters::single(observations.len())
        } else {
            let alone = |(point, name): (usize, &String)| if name.is_empty() { format!("\u{1}{point}") } else { name.clone() };
            let names: Vec<String> = observations.iter().enumerate().map(alone).collect();
            Clusters::by_name(names.iter().map(String::as_str))
        };
        Draws { clusters, draws, seed }
    }

    /// Observations and points without one: what is drawn.
    pub(crate) fn clusters(&self) -> usize {
        self.clusters.len()
    }

    /// A ratio of sums over points, each with its part of both.
    pub(crate) fn ratio(&self, sums: &[(f64, f64)], share: bool) -> Estimate {
        let parts = |part: fn(&(f64, f64)) -> f64| -> Vec<f64> {
            let values: Vec<Option<f64>> = sums.iter().map(|sums| Some(part(sums))).collect();
            self.clusters.sums(&values).into_iter().map(|(sum, _)| sum).collect()
        };
        let clusters: Vec<(f64, f64)> = parts(|sums| sums.0).into_iter().zip(parts(|sums| sums.1)).collect();
        self.of_sums(&clusters, share)
    }

    /// The mean over points, a value for each point of the space; `share` says whether values are shares of 0 to 1.
    pub(crate) fn mean(&self, values: &[Option<f64>], share: bool) -> Estimate {
        self.of_sums(&self.clusters.sums(values), share)
    }

    /// The mean over taxa of the means over their points; taxa are drawn.
    pub(crate) fn macro_mean(&self, means: &[Option<f64>], share: bool) -> Estimate {
        let sums: Vec<(f64, f64)> = means.iter().flatten().map(|&mean| (mean, 1.0)).collect();
        self.of_sums(&sums, share)
    }

    fn of_sums(&self, sums: &[(f64, f64)], share: bool) -> Estimate {
        let sums: Vec<(f64, f64)> = sums.iter().copied().filter(|(_, count)| *count > 0.0).collect();
        let total = sums.iter().fold((0.0, 0.0), |total, cluster| (total.0 + cluster.0, total.1 + cluster.1));
        let value = (total.1 > 0.0).then(|| total.0 / total.1);
        let with = |interval| Estimate { value, interval, reason: None };
        let without = |reason| Estimate { value, interval: None, reason: Some(reason) };
        let Some(mean) = value else { return with(None) };
        if sums.len() < 2 {
            return without("one point, observation or taxon alone has a value: nothing can be drawn");
        }
        let equal = sums.iter().all(|(sum, count)| (sum / count - mean).abs() <= 1e-12);
        let trials = sums.len() as u64;
        match (equal, share) {
            // Drawn again they stay equal: the interval is that of as many trials of one outcome.
            (true, true) if mean <= 1e-12 => with(wilson(0, trials)),
            (true, true) if mean >= 1.0 - 1e-12 => with(wilson(trials, trials)),
            (true, _) => without("all that would be drawn have the same value: draws show no spread"),
            (false, _) if sums.len() >= MANY => with(linearised(&sums, total)),
            (false, _) => with(bootstrap::interval(&sums, self.draws, self.seed)),
        }
    }
}

/// The interval of a ratio of sums over many clusters, by its linearised standard error.
///
/// # Source
///
/// Cochran 1977, Sampling Techniques, the ratio estimator of a sample of clusters.
fn linearised(sums: &[(f64, f64)], total: (f64, f64)) -> Option<Interval> {
    let (ratio, clusters) = (total.0 / total.1, to_f64(sums.len() as u64));
    let squares: f64 = sums.iter().map(|(sum, count)| (sum - ratio * count).powi(2)).sum();
    let error = (squares * clusters / (clusters - 1.0)).sqrt() / total.1;
    Some(Interval { low: ratio - Z * error, high: ratio + Z * error })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_an_interval_or_a_reason() {
        let draws = Draws::of(&vec![String::new(); 5], 2_000, 0);
        let some = draws.mean(&[Some(0.0), Some(1.0), None, Some(1.0), Some(0.5)], true);
        assert_eq!((some.value, some.reason), (Some(0.625), None));
        assert!(some.low().unwrap() < 0.625 && some.high().unwrap() > 0.625);
        let all = draws.mean(&[Some(1.0); 5], true);
        // Wilson of 5 in 5: 1 / (1 + 3.8415 / 5).
        assert!((all.low().unwrap() - 0.565_518).abs() < 1e-5 && all.high() == Some(1.0), "{all:?}");
        let same = draws.mean(&[Some(0.25); 5], true);
        assert!(same.interval.is_none() && same.reason.unwrap().contains("no spread"));
        let none = draws.mean(&[None; 5], true);
        assert_eq!((none.value, none.interval, none.reason), (None, None, None));
        let alone = draws.macro_mean(&[Some(0.5), None], false);
        assert!(alone.value == Some(0.5) && alone.reason.unwrap().contains("nothing can be drawn"));
        let mut reasons = NoInterval::new();
        alone.explain("macro", &mut reasons);
        none.explain("none", &mut reasons);
        assert_eq!(reasons.keys().copied().collect::<Vec<_>>(), ["macro"]);
    }

    #[test]
    fn points_of_one_observation_are_drawn_together() {
        let observations: Vec<String> = (0..40).map(|point| format!("o{}", point / 4)).collect();
        let values: Vec<Option<f64>> = (0..40).map(|point| Some(f64::from(u8::from((point / 4) % 3 == 0)))).collect();
        let width = |draws: Draws| {
            let found = draws.mean(&values, true);
            found.high().unwrap() - found.low().unwrap()
        };
        assert!(width(Draws::of(&observations, 2_000, 1)) > 1.5 * width(Draws::of(&vec![String::new(); 40], 2_000, 1)));
    }

    #[test]
    fn many_draws_come_to_the_standard_error() {
        let sums: Vec<(f64, f64)> = (0..3_000).map(|cluster| (f64::from(cluster % 7) / 3.0, f64::from(1 + cluster % 3))).collect();
        let total = sums.iter().fold((0.0, 0.0), |total, cluster| (total.0 + cluster.0, total.1 + cluster.1));
        let (one, other) = (linearised(&sums, total).unwrap(), bootstrap::interval(&sums, 4_000, 0).unwrap());
        assert!((one.low - other.low).abs() < 1e-3 && (one.high - other.high).abs() < 1e-3, "{one:?} {other:?}");
    }
}
