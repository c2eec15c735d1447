//! Statistics of proportions, quantiles, and sums that do not depend on the order of their terms.

mod count;
mod exact_sum;
mod sum;
mod quantile;
mod interval;
mod proportion;
mod bins;

pub use bins::{BINS, CalibrationBins, Correctness, bin};
pub use count::to_f64;
pub use exact_sum::{ExactSum, mean};
pub use interval::Interval;
pub(crate) use interval::Z_95;
pub use proportion::{share, wilson, wilson_of_share};
pub use quantile::{percentile, quantile};
pub use sum::Sum;
