//! Statistics of proportions, quantiles, and sums that do not depend on the order of their terms.

mod exact_sum;
mod quantile;

pub use exact_sum::{ExactSum, mean};
pub use quantile::{percentile, quantile};

use serde::Serialize;

/// The 0.975 quantile of the normal distribution: two sides of 2.5 % leave 95 %.
pub(crate) const Z_95: f64 = 1.959_963_984_540_054;

/// A confidence interval, both ends in the unit of the estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The interval of one minus the estimate.
    #[must_use]
    pub fn complement(self) -> Self {
        Self { low: 1.0 - self.high, high: 1.0 - self.low }
    }

    /// The interval of the opposite number.
    #[must_use]
    pub fn mirrored(self) -> Self {
        Self { low: 0.0 - self.high, high: 0.0 - self.low }
    }
}

/// Share of `part` in `whole`, in `[0, 1]`; `None` if the whole is nothing.
#[must_use]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| to_f64(part) / to_f64(whole))
}

/// The 95 % interval of a proportion of independent trials, in `[0, 1]`; `None` without trials.
///
/// [`wilson_of_share`] of whole numbers.
///
/// # Source
///
/// Wilson 1927, without continuity correction.
#[must_use]
pub fn wilson(successes: u64, trials: u64) -> Option<Interval> {
    Some(wilson_of_share(share(successes, trials)?, to_f64(trials)))
}

/// The 95 % interval of a share that was seen in a number of trials above 0, which need not be whole, in `[0, 1]`.
///
/// centre = (p + z²/2n) / (1 + z²/n), half width = z √(p(1−p)/n + z²/4n²) / (1 + z²/n)
///
/// # Source
///
/// Wilson 1927, without continuity correction.
#[must_use]
pub fn wilson_of_share(p: f64, n: f64) -> Interval {
    let square = Z_95 * Z_95;
    let scale = 1.0 + square / n;
    let centre = (p + square / (2.0 * n)) / scale;
    let half = Z_95 * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt() / scale;
    // At 0 and 1 an end of the interval is exactly the estimate; rounding must not pass it.
    let low = if p <= 0.0 { 0.0 } else { (centre - half).clamp(0.0, p) };
    let high = if p >= 1.0 { 1.0 } else { (centre + half).clamp(p, 1.0) };
    Interval { low, high }
}

/// A count as a float; exact up to 2⁵³.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn to_f64(count: u64) -> f64 {
    count as f64
}

/// A sum of numbers that is the same whatever the order of its terms.
///
/// Terms are kept as integers of 2⁻⁶⁰: each is rounded by at most 2⁻⁶¹, and integers add exactly.
/// Made for terms below 2⁶⁰ in magnitude; not-a-number counts as 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    units: i128,
    terms: u64,
}

impl Sum {
    const UNIT: f64 = 1_152_921_504_606_846_976.0;

    /// Adds a number.
    pub fn add(&mut self, term: f64) {
        self.add_times(term, 1);
    }

    /// Adds a number several times over.
    pub fn add_times(&mut self, term: f64, times: u64) {
        self.units += units(term) * i128::from(times);
        self.terms += times;
    }

    /// Adds to the sum without adding a term: what one of its terms changed by.
    pub fn add_change(&mut self, change: f64) {
        self.units += units(change);
    }

    /// Adds the terms of another sum.
    pub fn merge(&mut self, other: Sum) {
        self.units += other.units;
        self.terms += other.terms;
    }

    /// Takes the terms of another sum away again.
    #[must_use]
    pub fn without(self, other: Sum) -> Self {
        Self { units: self.units - other.units, terms: self.terms - other.terms }
    }

    /// Number of terms.
    #[must_use]
    pub fn terms(&self) -> u64 {
        self.terms
    }

    /// The sum itself.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the one rounding of the whole sum")]
    pub fn total(&self) -> f64 {
        self.units as f64 / Self::UNIT
    }

    /// The mean; `None` without terms.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.terms > 0).then(|| self.total() / to_f64(self.terms))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "magnitudes below 2^60 times 2^60 fit")]
fn units(term: f64) -> i128 {
    (term * Sum::UNIT).round() as i128
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}

/// Bins of a reliability diagram.
pub const BINS: usize = 15;

/// The bin of a probability: 15 of equal width, the lower edge inside, the last closed. A probability
/// that is an edge but for rounding (by 10⁻¹²) is one.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the product is in [0, 15]")]
pub fn bin(probability: f64) -> usize {
    ((probability.clamp(0.0, 1.0) * to_f64(BINS as u64) + 1e-12).floor() as usize).min(BINS - 1)
}

/// Whether an answer is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correctness {
    /// It is.
    Right,
    /// It is not.
    Wrong,
}

impl From<bool> for Correctness {
    /// `true` is right.
    fn from(right: bool) -> Self {
        if right { Correctness::Right } else { Correctness::Wrong }
    }
}

/// Confidence and correctness in bins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CalibrationBins {
    bins: [(Sum, u64); BINS],
}

impl CalibrationBins {
    /// Adds an answer given with a probability in `[0, 1]`.
    pub fn add(&mut self, probability: f64, correctness: Correctness) {
        let (sum, of_right) = &mut self.bins[bin(probability)];
        sum.add(probability.clamp(0.0, 1.0));
        *of_right += u64::from(correctness == Correctness::Right);
    }

    /// Adds the answers of other bins.
    pub fn merge(&mut self, other: &CalibrationBins) {
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            mine.0.merge(theirs.0);
            mine.1 += theirs.1;
        }
    }

    /// Answers, their mean probability and the share of them that is right, bin by bin; means are
    /// `None` without answers.
    pub fn rows(&self) -> impl Iterator<Item = (u64, Option<f64>, Option<f64>)> {
        self.bins.iter().map(|(sum, right)| (sum.terms(), sum.mean(), share(*right, sum.terms())))
    }

    /// For each bin 1 where more is right than its probabilities say, else −1.
    #[must_use]
    pub fn signs(&self) -> [f64; BINS] {
        self.bins.map(|(sum, right)| if to_f64(right) > sum.total() { 1.0 } else { -1.0 })
    }

    /// Expected calibration error in `[0, 1]`, lower is better; `None` without answers.
    ///
    /// ECE = Σ over bins of (answers in the bin / all answers) · |share right − mean probability|
    ///
    /// # Source
    ///
    /// Naeini et al. 2015; Guo et al. 2017 (15 bins).
    #[must_use]
    pub fn expected_error(&self) -> Option<f64> {
        let all: u64 = self.bins.iter().map(|(sum, _)| sum.terms()).sum();
        let gap = |(sum, right): &(Sum, u64)| (to_f64(*right) - sum.total()).abs() / to_f64(all);
        (all > 0).then(|| self.bins.iter().map(gap).sum())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn wilson_matches_the_definition_worked_by_hand() {
        // 3 of 10: z² = 3.8414588, 1 + z²/n = 1.38414588, p + z²/2n = 0.3 + 0.19207294 = 0.49207294
        // centre = 0.35550656; p(1-p)/n = 0.021, z²/4n² = 0.009603647, root = 0.17493612
        // half = 1.95996398 × 0.17493612 / 1.38414588 = 0.24771131
        let interval = wilson(3, 10).unwrap();
        assert!((interval.low - 0.107_795).abs() < 5e-6, "{interval:?}");
        assert!((interval.high - 0.603_218).abs() < 5e-6, "{interval:?}");
    }

    #[test]
    fn wilson_ends_at_the_estimate_when_none_or_all_are_right() {
        // 0 of 4: high = z² / (n + z²) = 3.8414588 / 7.8414588 = 0.48989084
        let none = wilson(0, 4).unwrap();
        assert!(none.low < f64::EPSILON && (none.high - 0.489_890_84).abs() < 1e-8, "{none:?}");
        let all = wilson(4, 4).unwrap();
        assert!(all.high > 1.0 - f64::EPSILON && (all.low - 0.510_109_16).abs() < 1e-8, "{all:?}");
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn a_sum_forgets_the_order_of_its_terms() {
        let terms: Vec<f64> = (1..2000).map(|i| 1.0 / f64::from(i)).collect();
        let (mut up, mut down) = (Sum::default(), Sum::default());
        for (first, last) in terms.iter().zip(terms.iter().rev()) {
            up.add(*first);
            down.add(*last);
        }
        assert_eq!(up.mean(), down.mean());
        assert!((up.mean().unwrap() - terms.iter().sum::<f64>() / 1999.0).abs() < 1e-14);
        assert_eq!(Sum::default().mean(), None);
    }

    #[test]
    fn calibration_error_matches_the_definition_worked_by_hand() {
        // bin [12/15, 13/15): 0.80 right, 0.84 wrong: |1 - 1.64| = 0.64
        // last bin, closed: 1.0 wrong, 0.95 right: |1 - 1.95| = 0.95; bin [2/15, 3/15): 0.15 wrong: 0.15
        // ECE = (0.64 + 0.95 + 0.15) / 5 = 0.348
        let mut bins = CalibrationBins::default();
        for (probability, right) in [(0.80, true), (0.84, false), (1.0, false), (0.95, true), (0.15, false)] {
            bins.add(probability, right.into());
        }
        assert!((bins.expected_error().unwrap() - 0.348).abs() < 1e-12);
        assert_eq!(CalibrationBins::default().expected_error(), None);
    }
}
