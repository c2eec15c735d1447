//! Metrics with one value per taxon.

use super::measure::{Measure, Row, Value};
use super::{Block, DESIGN, Direction, FRACTION, Metric};
use crate::scores::taxa::TaxonScores;
use crate::statistics::Interval;

const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Metric { name, block: Block::Taxa, sentence, formula, direction: Direction::Higher, range: FRACTION, source: DESIGN }
}

/// The metrics of a taxon, in the order of their columns.
pub static TAXA: [Measure<TaxonScores>; 3] = [
    Measure {
        metric: metric("recall", "Share of the taxon's images whose answer lies in it.", "right / images of the taxon"),
        value: |row| Value::Number(row.recall),
    },
    Measure {
        metric: metric("precision", "Share of the answers in the taxon that are right.", "right / answers in the taxon"),
        value: |row| Value::Number(row.precision),
    },
    Measure {
        metric: metric("f1", "Harmonic mean of precision and recall.", "2 right / (images of the taxon + answers in the taxon)"),
        value: |row| Value::Number(row.f1),
    },
];

impl Row for TaxonScores {
    fn measures() -> &'static [Measure<Self>] {
        &TAXA
    }

    fn interval(&self, metric: &str) -> Option<Interval> {
        match metric {
            "recall" => self.recall_interval,
            "precision" => self.precision_interval,
            _ => None,
        }
    }
}
