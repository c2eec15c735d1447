//! The t-test of paired differences, or the reason why there is none.

use super::p_value::EQUAL;
use crate::numbers::interval::FEWEST;
use crate::numbers::statistics::{ExactSum, to_f64};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Why there is no t-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTest {
    /// Fewer pairs than [`FEWEST`].
    Few {
        /// How many.
        pairs: usize,
    },
    /// All pairs differ by the same, which leaves no variance to hold the difference against.
    Alike,
}

impl NoTest {
    /// As a sentence without its full stop; `noun` is what counts by itself: images, observations, queries.
    #[must_use]
    pub fn sentence(self, noun: &str) -> String {
        match self {
            NoTest::Few { pairs } => format!(
                "a t-test takes {FEWEST} {noun} at least, and there are {pairs}: of fewer no change of signs reaches 0.05, and the \
                 normal distribution alone would"
            ),
            NoTest::Alike => format!("all {noun} differ by the same: there is no variance for a t-test"),
        }
    }
}

/// Paired t-test of differences: the statistic and its two-sided p-value, the same in any order.
///
/// # Errors
///
/// [`NoTest`]: below six pairs ([`FEWEST`]), and where all differ by the same.
///
/// # Source
///
/// Student 1908; `scipy.stats.ttest_rel`, which tests two pairs as well.
pub fn paired_t(differences: &[f64]) -> Result<(f64, f64), NoTest> {
    let pairs = differences.len();
    let n = to_f64(pairs as u64);
    if (pairs as u64) < FEWEST {
        return Err(NoTest::Few { pairs });
    }
    let mean = differences.iter().copied().collect::<ExactSum>().value() / n;
    let squares = differences.iter().map(|difference| (difference - mean).powi(2)).collect::<ExactSum>().value();
    let greatest = differences.iter().map(|difference| difference.abs()).fold(0.0, f64::max);
    let deviation = (squares / (n - 1.0)).sqrt();
    if deviation <= EQUAL * greatest {
        return Err(NoTest::Alike);
    }
    let t = mean / (deviation / n.sqrt());
    let distribution = StudentsT::new(0.0, 1.0, n - 1.0).map_err(|_| NoTest::Few { pairs })?;
    Ok((t, (2.0 * distribution.cdf(-t.abs())).clamp(0.0, 1.0)))
}
