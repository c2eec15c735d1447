//! Metrics with one value per group of images.

use super::description::Block;
use super::measure::{ByRank, Measure, Row, RowValues, Value};
use super::uncertainty::{MEAN, SHARE};
use crate::numbers::interval::MetricIntervals;
use crate::scores::groups::GroupScores;
use serde::{Serialize, Serializer};

const RUNGS: &str = "0 to 7 rungs";

/// The metrics of a group, in the order of their keys.
pub static GROUPS: [Measure<GroupScores>; 6] = [
    Measure {
        metric: Block::Groups.metric("n", "Images scored of the group.", "#{i in group}").count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Groups
            .metric("right", "Share of them whose answer is right down to the rank of the truth.", "right / n")
            .with(SHARE),
        value: |row| Value::Number(row.right),
    },
    Measure {
        metric: Block::Groups.metric("mistakes", "Those that are not right.", "n − right").count().lower(),
        value: |row| Value::Count(Some(row.mistakes)),
    },
    Measure {
        metric: Block::Groups
            .metric("mean_height", "Mean height of the error over the group.", "mean of height")
            .lower()
            .within(RUNGS)
            .with(MEAN),
        value: |row| Value::Number(row.mean_height),
    },
    Measure {
        metric: Block::Groups
            .metric("severity", "Mean height of the error over the mistakes of the group.", "mean of height over mistakes")
            .lower()
            .within(RUNGS)
            .with(MEAN),
        value: |row| Value::Number(row.severity),
    },
    Measure {
        metric: Block::Groups
            .metric("path_top1", "Accuracy by the path rule at each main rank.", "as ranks.path_top1, over the group")
            .with(SHARE),
        value: |row| Value::ByRank(ByRank { shares: &row.path_top1, low: &row.path_top1_low, high: &row.path_top1_high }),
    },
];

impl Row for GroupScores {
    fn measures() -> &'static [Measure<Self>] {
        &GROUPS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// A row of `groups`: which group it is, the metrics, their intervals.
impl Serialize for GroupScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            by: &'a str,
            group: &'a str,
            #[serde(flatten)]
            values: RowValues<'a, GroupScores>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { by: &self.by, group: &self.group, values: RowValues::of(self), intervals: &self.intervals }.serialize(serializer)
    }
}
