//! The sentences on a simulation.

use crate::report::text::counted;
use crate::scores::next_labels::{Method, SimulatedMethod, Simulation};

/// What the methods are.
pub(super) const METHODS: &str = "coda: the image whose label is expected to tell most of which model is the best, by what the \
    models agree on and by the labels so far. disagreement: the image that most pairs of models answer differently. height: the \
    one whose answers are farthest apart in the tree. random: any. By all but the first the model with most right answers so far \
    is taken for the best.";

/// How many labels the methods need.
#[must_use]
pub fn verdict(simulation: &Simulation) -> String {
    let needed = |method: Method| -> String {
        let of = |found: &&SimulatedMethod| found.method == method;
        let needed = simulation.methods.iter().find(of).and_then(|found| found.labels_needed);
        needed.map_or_else(|| format!("more than {}", simulation.budget), |needed| needed.to_string())
    };
    format!(
        "Labels until the best of {} is found and stays found: {} by coda, {} by disagreement, {} at random.",
        counted(simulation.models.len() as u64, "model", "models"),
        needed(Method::Coda),
        needed(Method::Disagreement),
        needed(Method::Random)
    )
}
