//! In what mix classes occur where nobody has said what is there: from answers, and from how a classifier answers to classes
//! that are known elsewhere.
//!
//! Both estimates hold where the mix alone has changed: of each class the answers must be distributed as before.
//!
//! - [`Confusion::mix`] (BBSE) takes answers: how often each class is answered to each, and how often it is answered now.
//! - [`by_probabilities`] (EM) takes whole distributions, and trusts them.

mod least_squares;
mod confusion;
mod probabilities;

pub use confusion::{Confusion, Mix};
pub use probabilities::{ROUNDS, by_probabilities};

use super::statistics::ExactSum;

/// How far two mixes are apart, 0 to 1: half the sum of the differences of the shares. `elsewhere` is the share of the second
/// that is in no class.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::label_shift::total_variation;
///
/// // A tenth has moved from the first class to the second, and a tenth is in none: (0.2 + 0.1 + 0.1) / 2.
/// assert!((total_variation(&[0.6, 0.4], &[0.4, 0.5], 0.1) - 0.2).abs() < 1e-12);
/// ```
#[must_use]
pub fn total_variation(first: &[f64], second: &[f64], elsewhere: f64) -> f64 {
    let gaps = first.iter().zip(second).map(|(first, second)| (first - second).abs());
    gaps.chain([elsewhere]).collect::<ExactSum>().value() / 2.0
}
