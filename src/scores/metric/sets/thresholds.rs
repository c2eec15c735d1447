//! Metrics of a threshold that was tuned on one half and tried on the other.

use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, Value};
use crate::scores::metric::uncertainty::Uncertainty;
use crate::scores::sets::Tuned;

const HALF: Uncertainty = Uncertainty::Missing("none: one choice of halves");

/// The metrics of a threshold, in the order of their keys.
pub static SET_THRESHOLDS: [Measure<Tuned>; 10] = [
    Measure {
        metric: Block::SetThresholds
            .metric(
                "threshold",
                "Score from which on a name is answered, tuned on one half of the images.",
                "f1: the score of the highest sample_f1; precision: the lowest with at least the wanted share right",
            )
            .neither()
            .within("any number, as the scores")
            .with(HALF),
        value: |row| Value::Number(row.threshold),
    },
    Measure {
        metric: Block::SetThresholds.metric("tuned_n", "Images of the half that it is tuned on.", "#{i}").count(),
        value: |row| Value::Count(Some(row.tuned_n)),
    },
    Measure {
        metric: Block::SetThresholds.metric("tuned_f1", "sample_f1 there.", "mean of 2 |T_i ∩ A_i| / (|T_i| + |A_i|)").with(HALF),
        value: |row| Value::Number(row.tuned_f1),
    },
    Measure {
        metric: Block::SetThresholds.metric("tuned_precision", "micro_precision there.", "Σ |T_i ∩ A_i| / Σ |A_i|").with(HALF),
        value: |row| Value::Number(row.tuned_precision),
    },
    Measure {
        metric: Block::SetThresholds.metric("tuned_recall", "micro_recall there.", "Σ |T_i ∩ A_i| / Σ |T_i|").with(HALF),
        value: |row| Value::Number(row.tuned_recall),
    },
    Measure {
        metric: Block::SetThresholds.metric("tried_n", "Images of the other half.", "#{i}").count(),
        value: |row| Value::Count(Some(row.tried_n)),
    },
    Measure {
        metric: Block::SetThresholds
            .metric(
                "tried_f1",
                "sample_f1 on the other half, which the threshold has not seen.",
                "mean of 2 |T_i ∩ A_i| / (|T_i| + |A_i|)",
            )
            .with(HALF),
        value: |row| Value::Number(row.tried_f1),
    },
    Measure {
        metric: Block::SetThresholds
            .metric("tried_precision", "micro_precision on the other half.", "Σ |T_i ∩ A_i| / Σ |A_i|")
            .with(HALF),
        value: |row| Value::Number(row.tried_precision),
    },
    Measure {
        metric: Block::SetThresholds
            .metric("tried_recall", "micro_recall on the other half.", "Σ |T_i ∩ A_i| / Σ |T_i|")
            .with(HALF),
        value: |row| Value::Number(row.tried_recall),
    },
    Measure {
        metric: Block::SetThresholds
            .metric(
                "given_f1",
                "sample_f1 on the other half of what is answered without the tuned threshold.",
                "mean of 2 |T_i ∩ A_i| / (|T_i| + |A_i|)",
            )
            .with(HALF),
        value: |row| Value::Number(row.given_f1),
    },
];

impl Row for Tuned {
    fn measures() -> &'static [Measure<Self>] {
        &SET_THRESHOLDS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}
