//! The two ends of what a number may be.

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
