//! Counts as floats.

/// A count as a float; exact up to 2⁵³.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn to_f64(count: u64) -> f64 {
    count as f64
}
