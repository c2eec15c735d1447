//! Metrics with one value per taxon.

use super::description::Block;
use super::measure::{Measure, Row, Value};
use super::uncertainty::{NO_MEAN, SHARE};
use crate::numbers::interval::MetricIntervals;
use crate::scores::taxa::TaxonScores;

/// The metrics of a taxon, in the order of their columns.
pub static TAXA: [Measure<TaxonScores>; 3] = [
    Measure {
        metric: Block::Taxa
            .metric("recall", "Share of the taxon's images whose answer lies in it.", "right / images of the taxon")
            .with(SHARE),
        value: |row| Value::Within(row.recall, row.recall_interval),
    },
    Measure {
        metric: Block::Taxa
            .metric("precision", "Share of the answers in the taxon that are right.", "right / answers in the taxon")
            .with(SHARE),
        value: |row| Value::Within(row.precision, row.precision_interval),
    },
    Measure {
        metric: Block::Taxa
            .metric("f1", "Harmonic mean of precision and recall.", "2 right / (images of the taxon + answers in the taxon)")
            .with(NO_MEAN),
        value: |row| Value::Number(row.f1),
    },
];

impl Row for TaxonScores {
    fn measures() -> &'static [Measure<Self>] {
        &TAXA
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}
