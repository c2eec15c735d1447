//! The 95 % intervals of whatever is printed, or the reason why there is none: uncertainty never vanishes.
//!
//! - A *share* has Wilson's interval on the effective number of images ([`share`]).
//! - A *difference of paired shares* has Bonett and Price's, on the same ([`difference_of_shares`]).
//! - A *mean* has BCa of whole clusters where they can show how it varies; else, where its values have bounds, the
//!   widest interval of any mean with these bounds; else none ([`mean`]).
//!
//! [`Sample`] and [`Grouped`] gather the values of images into the [`Kinds`](crate::numbers::bootstrap::Kinds) that all
//! of these take.

mod found;
mod variation;
mod share;
mod mean;
mod grouped;
mod sample;
mod named;

pub use found::{FEWEST, Found, NoInterval};
pub use grouped::Grouped;
pub use mean::{Mean, mean, means};
pub use named::MetricIntervals;
pub use sample::Sample;
pub use share::{difference_of_shares, share};
