//! Metrics with one value per length of the list of answers.

use super::description::Block;
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::{MEAN, SHARE};
use crate::numbers::interval::MetricIntervals;
use crate::scores::best_of::BestOf;
use serde::{Serialize, Serializer};

const BERTINETTO: &str = "Bertinetto 2020";
const LADDER: &str = "0 to 7 rungs";

/// The metrics of lists of k answers, in the order of their keys.
pub static BEST_OF: [Measure<BestOf>; 6] = [
    Measure {
        metric: Block::BestOf.metric("k", "Answers looked at.", "k").count().by(BERTINETTO),
        value: |row| Value::Count(Some(row.k as u64)),
    },
    Measure {
        metric: Block::BestOf.metric("n", "Images scored.", "#{i}").count().by(BERTINETTO),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::BestOf
            .metric("accuracy", "Share of images with a right answer among the k.", "mean of [any right]")
            .by(BERTINETTO)
            .with(SHARE),
        value: |row| Value::Number(row.accuracy),
    },
    Measure {
        metric: Block::BestOf
            .metric(
                "mean_height",
                "Mean height of the k answers.",
                "mean of mean_{j ≤ k} height_ij (hdist_avg@k), j over those that the image lists",
            )
            .lower()
            .within(LADDER)
            .by(BERTINETTO)
            .with(MEAN),
        value: |row| Value::Number(row.mean_height),
    },
    Measure {
        metric: Block::BestOf
            .metric(
                "best_height",
                "Height of the best of the k answers.",
                "mean of min_{j ≤ k} height_ij (hdist_top@k; Deng 2010)",
            )
            .lower()
            .within(LADDER)
            .by(BERTINETTO)
            .with(MEAN),
        value: |row| Value::Number(row.best_height),
    },
    Measure {
        metric: Block::BestOf
            .metric(
                "mistakes_mean_height",
                "Mean height of the k answers where the first is wrong.",
                "mean over mistakes of mean_{j ≤ k} height_ij, j over those that the image lists",
            )
            .lower()
            .within(LADDER)
            .by(BERTINETTO)
            .with(MEAN),
        value: |row| Value::Number(row.mistakes_mean_height),
    },
];

impl Row for BestOf {
    fn measures() -> &'static [Measure<Self>] {
        &BEST_OF
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// A row of `how_wrong.best_of`: the metrics, their intervals.
impl Serialize for BestOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, BestOf>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { values: RowValues::of(self), intervals: &self.intervals }.serialize(serializer)
    }
}
