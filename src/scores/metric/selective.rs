//! Metrics of knowing when to stop.

use super::description::{Block, Metric};
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::{JUMPS, LEFT_OUT};
use crate::numbers::interval::MetricIntervals;
use crate::numbers::selective::Point;
use crate::scores::selective::Selective;
use crate::scores::targets::Target;
use serde::{Serialize, Serializer};

/// An area under a curve.
const fn area(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Selective.metric(name, sentence, formula).by("Valmadre 2022").with(LEFT_OUT)
}

/// A value that is read off the operating curve.
const fn read_off(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Selective.metric(name, sentence, formula).by("Valmadre 2022").with(JUMPS)
}

/// The metrics of knowing when to stop, in the order of their keys.
pub static SELECTIVE: [Measure<Selective>; 9] = [
    Measure {
        metric: Block::Selective.metric("n", "Images scored; those without an answer are answered by the root.", "#{i}").count(),
        value: |row| Value::Count(Some(row.n as u64)),
    },
    Measure {
        metric: area(
            "ac_exact",
            "Area under correctness over exactness, all thresholds of backing off together.",
            "∫ most share correct at share exact ≥ x dx",
        ),
        value: |row| Value::Number(Some(row.ac_exact)),
    },
    Measure {
        metric: area(
            "ac_info_recall",
            "Area under correctness over recall of information.",
            "∫ most share correct at recall ≥ x dx",
        ),
        value: |row| Value::Number(Some(row.ac_info_recall)),
    },
    Measure {
        metric: area("ac_depth_recall", "Area under correctness over recall of depth.", "as ac_info_recall, by depth"),
        value: |row| Value::Number(Some(row.ac_depth_recall)),
    },
    Measure {
        metric: area("ap_info_recall", "Area under precision over recall of information.", "∫ most precision at recall ≥ x dx"),
        value: |row| Value::Number(Some(row.ap_info_recall)),
    },
    Measure {
        metric: area("ap_depth_recall", "Area under precision over recall of depth.", "as ap_info_recall, by depth"),
        value: |row| Value::Number(Some(row.ap_depth_recall)),
    },
    Measure {
        metric: read_off(
            "info_recall_at_90_correct",
            "Most information found with at least 90 % of the answers correct as far as they go.",
            "max recall where share correct ≥ 0.90",
        ),
        value: |row| Value::Number(Some(row.info_recall_at_90_correct)),
    },
    Measure {
        metric: read_off(
            "info_recall_at_95_correct",
            "Most information found with at least 95 % of the answers correct as far as they go.",
            "max recall where share correct ≥ 0.95",
        ),
        value: |row| Value::Number(Some(row.info_recall_at_95_correct)),
    },
    Measure {
        metric: area(
            "haurc",
            "Area under risk over coverage when answers climb from the best label until they are probable enough.",
            "∫ risk d coverage by trapezes, coverage = 1 − log leaves(answer) / log leaves(root), leaves of all that is true or could be answered",
        )
        .lower()
        .by("Goren 2024 (climbing)"),
        value: |row| Value::Number(row.haurc),
    },
];

impl Row for Selective {
    fn measures() -> &'static [Measure<Self>] {
        &SELECTIVE
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block of `metrics.json`: the metrics, their intervals, the curve that they are taken from, tuned thresholds.
impl Serialize for Selective {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, Selective>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
            curve: &'a [Point],
            targets: &'a [Target],
        }
        let whole = Whole { values: RowValues::of(self), intervals: &self.intervals, curve: &self.curve, targets: &self.targets };
        whole.serialize(serializer)
    }
}
