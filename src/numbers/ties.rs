//! When scores are equal, so that neither rounding nor the order of a table decides what is answered.

use std::cmp::Ordering;

/// Significant bits in which equal scores agree, of the 53 that they have: some twelve decimal digits.
const BITS: u32 = 40;

/// A score rounded to 40 significant bits, halves away from zero: scores of one level are equal.
///
/// Sums that are equal on paper differ in their last bits, 0.1 + 0.2 from 0.3. A tolerance around
/// each score would leave open whether all of a chain of near ones are equal; rounding does not.
/// Not-a-number and the infinities stay as they are.
#[must_use]
pub fn level(score: f64) -> f64 {
    const DROPPED: u32 = f64::MANTISSA_DIGITS - BITS;
    if !score.is_finite() {
        return score;
    }
    // Zero and minus zero are one; a carry out of the digits belongs into the exponent.
    let bits = (score + 0.0).to_bits() + (1 << (DROPPED - 1));
    f64::from_bits(bits & !((1 << DROPPED) - 1))
}

/// The order of scores, the highest first; equal are those of one [`level`], not-a-number comes last.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::ties;
///
/// // Equal on paper, and different in their last bits.
/// assert!(0.1 + 0.2 > 0.3 && ties::falling(0.1 + 0.2, 0.3).is_eq());
/// let mut scores = [0.2, f64::NAN, 0.9, 0.5];
/// scores.sort_by(|a, b| ties::falling(*a, *b));
/// assert_eq!(scores[..3], [0.9, 0.5, 0.2]);
/// ```
#[must_use]
pub fn falling(a: f64, b: f64) -> Ordering {
    match (a.is_nan(), b.is_nan()) {
        (false, false) => level(b).partial_cmp(&level(a)).unwrap_or(Ordering::Equal),
        (a, b) => a.cmp(&b),
    }
}

/// Whether a score is at least a threshold, or of its [`level`].
#[must_use]
pub fn reaches(score: f64, threshold: f64) -> bool {
    falling(score, threshold).is_le()
}

/// The decimal of fewest digits that has the [`level`] of a score: what a reader is shown and may
/// give back as a threshold.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::ties;
///
/// let score = 0.1 + 0.2;
/// assert_eq!((score.to_string().as_str(), ties::shortest(score).to_string().as_str()), ("0.30000000000000004", "0.3"));
/// assert!(ties::reaches(score, 0.3));
/// ```
#[must_use]
pub fn shortest(score: f64) -> f64 {
    let decimals = (0..17).filter_map(|digits| format!("{score:.digits$e}").parse::<f64>().ok());
    decimals.into_iter().find(|decimal| falling(*decimal, score).is_eq()).unwrap_or(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_that_are_equal_on_paper_are_equal() {
        assert!(falling(0.1 + 0.2, 0.3).is_eq() && reaches(0.3, 0.1 + 0.2) && reaches(1.0 - 1e-15, 1.0));
        // Small scores keep their order: what counts is the share by which they differ.
        assert!(falling(2e-30, 1e-30).is_lt() && falling(1e-30, 0.0).is_lt());
        assert!(falling(0.3, 0.300_000_001).is_gt() && !reaches(0.3, 0.300_000_001));
        assert!(falling(0.0, -0.0).is_eq() && falling(-2.0, -1.0).is_gt());
        assert!(falling(f64::NAN, -1.0).is_gt() && falling(f64::NAN, f64::NAN).is_eq());
    }

    #[test]
    fn a_shown_threshold_is_the_one_that_was_meant() {
        let shown = [0.1 + 0.2, 0.96, 1.0, 0.0].map(|score| shortest(score).to_string());
        assert_eq!(shown, ["0.3", "0.96", "1", "0"]);
        for step in 1..2000_u32 {
            let score = (f64::from(step) * 0.7391).fract() / 3.0;
            assert!(falling(shortest(score), score).is_eq(), "{score}");
        }
    }
}
