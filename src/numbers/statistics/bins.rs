//! How far answers are right as often as they say.

use super::count::to_f64;
use super::proportion::share;
use super::sum::Sum;

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
        self.add_times(probability, correctness, 1);
    }

    /// Adds an answer several times over.
    pub fn add_times(&mut self, probability: f64, correctness: Correctness, times: u64) {
        let (sum, of_right) = &mut self.bins[bin(probability)];
        sum.add_times(probability.clamp(0.0, 1.0), times);
        *of_right += times * u64::from(correctness == Correctness::Right);
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
