//! Metrics of what two sets have in common.

use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, Value};
use crate::scores::shift::Overlap;

/// What two sets have in common at a rank, in the order of its keys.
pub static OVERLAP: [Measure<Overlap>; 7] = [
    Measure {
        metric: Block::Shift.metric("taxa_first", "Taxa of the rank in the first set.", "#{k : n_k(first) > 0}").count(),
        value: |row| Value::Count(Some(row.taxa_first as u64)),
    },
    Measure {
        metric: Block::Shift.metric("taxa_second", "Taxa of the rank in the second set.", "#{k : n_k(second) > 0}").count(),
        value: |row| Value::Count(Some(row.taxa_second as u64)),
    },
    Measure {
        metric: Block::Shift.metric("taxa_shared", "Taxa that both sets have.", "#{k : both above 0}").count(),
        value: |row| Value::Count(Some(row.taxa_shared as u64)),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "images_only_first",
                "Images of the first set whose taxon the second lacks.",
                "Σ_k n_k(first), n_k(second) = 0",
            )
            .count(),
        value: |row| Value::Count(Some(row.images_only_first)),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "images_only_second",
                "Images of the second set whose taxon the first lacks.",
                "Σ_k n_k(second), n_k(first) = 0",
            )
            .count(),
        value: |row| Value::Count(Some(row.images_only_second)),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "shared_first",
                "Share of the first set's images that show a taxon that both have.",
                "1 − images_only_first / n",
            )
            .neither(),
        value: |row| Value::Number(row.shared_first),
    },
    Measure {
        metric: Block::Shift.metric("shared_second", "The same of the second set.", "1 − images_only_second / n").neither(),
        value: |row| Value::Number(row.shared_second),
    },
];

impl Row for Overlap {
    fn measures() -> &'static [Measure<Self>] {
        &OVERLAP
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}
