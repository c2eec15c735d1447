//! Metrics of what mistakes cost.

use super::description::Block;
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::MEAN;
use crate::numbers::interval::MetricIntervals;
use crate::scores::costs::{Costs, EntryCost};
use serde::{Serialize, Serializer};

const MATRIX: &str = "user's matrix (--costs); SnakeCLEF, FungiCLEF";
const UNIT: &str = "0 or more, in the unit of the matrix";

/// The metrics of costs, in the order of their keys.
pub static COSTS: [Measure<Costs>; 3] = [
    Measure {
        metric: Block::Costs.metric("n", "Images scored.", "#{i}").count().by(MATRIX),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Costs
            .metric("mean", "What an image costs on average; right answers cost nothing.", "mean of C(truth, answer)")
            .lower()
            .within(UNIT)
            .by(MATRIX)
            .with(MEAN),
        value: |row| Value::Number(row.mean),
    },
    Measure {
        metric: Block::Costs.metric("total", "What all images cost.", "Σ C(truth, answer)").lower().within(UNIT).by(MATRIX),
        value: |row| Value::Number(Some(row.total)),
    },
];

impl Row for Costs {
    fn measures() -> &'static [Measure<Self>] {
        &COSTS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block of `metrics.json`: the metrics, what they are made up of, the intervals.
impl Serialize for Costs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, Costs>,
            entries: &'a [EntryCost],
            other: u64,
            other_cost: f64,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let whole = Whole {
            values: RowValues::of(self),
            entries: &self.entries,
            other: self.other,
            other_cost: self.other_cost,
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}
