//! Which images to label next, to find the best of several models with few labels.
//!
//! ```text
//! runs ──votes──▶ classes, and the probability that each model gives them ─┬─coda, p_best──▶ P(best), information of a label
//!                                                                          ├─disagreement──▶ how far the models differ
//!                                                                          └─simulation────▶ labels until the best is found
//! ```

mod votes;
mod error;
mod p_best;
mod coda;
mod disagreement;
mod order;
mod simulated_method;
mod simulation;
mod asked;

pub use asked::{NextLabels, NextLabelsAsked};
pub use disagreement::Disagreement;
pub use error::NextLabelsError;
pub use order::{Method, ModelEstimate, Order, OrderedImage};
pub use simulated_method::SimulatedMethod;
pub use simulation::{Simulation, SimulationOptions};
pub use votes::{Class, Votes};
