//! Shares of a whole and how sure they are.

use super::count::to_f64;
use super::interval::{Interval, Z_95};

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
}
