//! Metrics of rankings: `retrieval.json`, `measures.csv` and gates.

pub mod kinds;
pub mod flags;
pub mod found;

use crate::scores::metric::{Metric, metrics_of};

/// All of them.
#[must_use]
pub fn all() -> Vec<Metric> {
    [
        kinds::KINDS.to_vec(),
        metrics_of(&flags::FLAGS),
        metrics_of(&found::TRIPLETS),
        metrics_of(&found::TOP_SHARES),
        metrics_of(&found::COSINES),
    ]
    .concat()
}
