//! Metrics of the agreement between ranks.

use super::description::Block;
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::{NO_MEAN, SHARE};
use crate::numbers::interval::MetricIntervals;
use crate::scores::consistency::Consistency;
use serde::{Serialize, Serializer};

const PARK: &str = "Park 2024 (H-CAST)";

/// The metrics of whether the ranks agree, in the order of their keys.
pub static CONSISTENCY: [Measure<Consistency>; 4] = [
    Measure {
        metric: Block::Consistency
            .metric("n", "Images scored; one without an answer lies on the path that ends at the root.", "#{i}")
            .count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Consistency
            .metric(
                "tice",
                "Share of images whose summed answers at the seven ranks lie on no one lineage.",
                "mean of [the best taxa of the ranks form no path]",
            )
            .lower()
            .by(PARK)
            .with(SHARE),
        value: |row| Value::Number(row.tice),
    },
    Measure {
        metric: Block::Consistency
            .metric(
                "fpa",
                "Share of images with the right summed answer at every rank of the truth.",
                "mean of [right at all ranks]",
            )
            .by(PARK)
            .with(SHARE),
        value: |row| Value::Number(row.fpa),
    },
    Measure {
        metric: Block::Consistency
            .metric(
                "wap",
                "summed_top1 averaged over the ranks, each weighted by its number of taxa.",
                "Σ_r classes_r summed_top1_r / Σ_r classes_r",
            )
            .by(PARK)
            .with(NO_MEAN),
        value: |row| Value::Number(row.wap),
    },
];

impl Row for Consistency {
    fn measures() -> &'static [Measure<Self>] {
        &CONSISTENCY
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block of `metrics.json`: the metrics, their intervals.
impl Serialize for Consistency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, Consistency>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { values: RowValues::of(self), intervals: &self.intervals }.serialize(serializer)
    }
}
