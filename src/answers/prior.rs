//! What is known of an image before anybody looks at it: which taxa live where it was taken, and when.
//!
//! ```text
//! file ──sheet, layout──▶ which column is what ──file──▶ names with their weights ──list──▶ weights of taxa by group
//!   ──priors──▶ the weights that hold for each image ──applied──▶ answers that have been weighted
//! ```
//!
//! A distribution p over candidates c becomes p′(c) = p(c) π(c) / Σ p π, where π is the weight of the candidate in the group
//! of the image: Bayes' rule, if π is a prior relative to that which the classifier was trained with.

mod error;
mod sheet;
mod unit;
mod layout;
mod country_rules;
mod file;
mod weights;
mod list;
mod priors;
mod applied;

pub use applied::{Applied, Fate, Scope};
pub use error::PriorError;
pub use file::PriorFile;
pub use layout::Purpose;
pub use list::Prior;
pub use priors::{Place, Places, Priors};
pub use weights::TaxonWeights;
