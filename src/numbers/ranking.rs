//! How well scores tell positives from negatives: curves of detection, the areas under them, and how sure these are.
//!
//! # Examples
//!
//! ```
//! use nearmiss::numbers::ranking::Ranking;
//!
//! // Two of three positives score above both negatives, the third ties with one of them.
//! let ranking = Ranking::of(vec![0.9, 0.8, 0.5, 0.5, 0.1], vec![true, true, true, false, false]);
//! let steps = ranking.steps(|_| true);
//! assert_eq!(steps.auroc(), Some(5.5 / 6.0));
//! assert_eq!(steps.false_positives_at(0.95), Some(0.5));
//! ```

mod steps;
mod order;
mod components;
mod open_set;
#[cfg(test)]
mod parity;

pub use components::interval;
pub use open_set::open_set_area;
pub use order::Ranking;
pub use steps::{Step, Steps};
