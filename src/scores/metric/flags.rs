//! Metrics of what a user accepts.

use super::description::Block;
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::SHARE;
use crate::numbers::interval::MetricIntervals;
use crate::scores::flags::Flags;
use crate::taxonomy::rank::Rank;
use serde::{Serialize, Serializer};

/// The metrics of right, acceptable and wrong images, in the order of their keys.
pub static FLAGS: [Measure<Flags>; 7] = [
    Measure { metric: Block::Flags.metric("n", "Images scored.", "#{i}").count(), value: |row| Value::Count(Some(row.n)) },
    Measure {
        // More of them is better, though they are a count.
        metric: Block::Flags.metric("green", "Images whose answer is right.", "#{i : predicted = truth}").within("a count"),
        value: |row| Value::Count(Some(row.green)),
    },
    Measure {
        metric: Block::Flags
            .metric(
                "yellow",
                "Images whose answer is an acceptable near miss: truth and answer meet at the genus (--yellow-from), or are listed look-alikes.",
                "#{i wrong : rung(lca) ≤ rung(genus) or look-alikes}",
            )
            .count(),
        value: |row| Value::Count(Some(row.yellow)),
    },
    Measure {
        metric: Block::Flags.metric("red", "Images whose answer is unacceptable.", "#{i} − green − yellow").count().lower(),
        value: |row| Value::Count(Some(row.red)),
    },
    Measure {
        metric: Block::Flags.metric("green_share", "Share of green images.", "green / n").with(SHARE),
        value: |row| Value::Number(row.green_share),
    },
    Measure {
        metric: Block::Flags.metric("yellow_share", "Share of yellow images.", "yellow / n").neither().with(SHARE),
        value: |row| Value::Number(row.yellow_share),
    },
    Measure {
        metric: Block::Flags.metric("red_share", "Share of red images.", "red / n").lower().with(SHARE),
        value: |row| Value::Number(row.red_share),
    },
];

impl Row for Flags {
    fn measures() -> &'static [Measure<Self>] {
        &FLAGS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block of `metrics.json`: the metrics, the rank at which near misses meet, the intervals.
impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, Flags>,
            yellow_from: Rank,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { values: RowValues::of(self), yellow_from: self.yellow_from, intervals: &self.intervals }.serialize(serializer)
    }
}
