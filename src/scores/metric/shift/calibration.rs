//! Metrics of probabilities in two sets.

use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, RowValues, Value};
use crate::scores::metric::uncertainty::{MEAN, SIGNED, Uncertainty};
use crate::scores::shift::CalibrationShift;
use serde::{Serialize, Serializer};

const APART: Uncertainty = Uncertainty::Interval("square and add of both intervals: Zou & Donner 2008");
const GUO: &str = "Naeini 2015, Guo 2017";
const OVADIA: &str = "Ovadia 2019, calibration under shift";

/// What is said of calibration in two sets, in the order of its keys.
pub static CALIBRATION_SHIFT: [Measure<CalibrationShift>; 8] = [
    Measure {
        metric: Block::Shift.metric("n_first", "Images of the first set that have a probability and a truth.", "#{i}").count(),
        value: |row| Value::Count(Some(row.n_first)),
    },
    Measure {
        metric: Block::Shift.metric("n_second", "The same of the second set.", "#{i}").count(),
        value: |row| Value::Count(Some(row.n_second)),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "ece_first",
                "How far probabilities of the first set are from how often the answer is right.",
                "Σ_bins (n_b / n) |share right_b − mean probability_b|, 15 bins of equal width",
            )
            .lower()
            .by(GUO)
            .with(SIGNED),
        value: |row| Value::Number(row.ece_first),
    },
    Measure {
        metric: Block::Shift.metric("ece_second", "The same of the second set.", "as ece_first").lower().by(GUO).with(SIGNED),
        value: |row| Value::Number(row.ece_second),
    },
    Measure {
        metric: Block::Shift
            .metric("ece_difference", "How much the calibration error has grown.", "ece_second − ece_first")
            .lower()
            .within("−1 to 1")
            .by(OVADIA)
            .with(APART),
        value: |row| Value::Number(row.ece_difference),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "overconfidence_first",
                "Mean probability of the answer less share right in the first set: above 0 it is too sure.",
                "mean of P − right",
            )
            .neither()
            .within("−1 to 1")
            .with(MEAN),
        value: |row| Value::Number(row.overconfidence_first),
    },
    Measure {
        metric: Block::Shift
            .metric("overconfidence_second", "The same in the second set.", "mean of P − right")
            .neither()
            .within("−1 to 1")
            .with(MEAN),
        value: |row| Value::Number(row.overconfidence_second),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "overconfidence_difference",
                "How much surer than right the classifier has become.",
                "overconfidence_second − overconfidence_first",
            )
            .neither()
            .within("−2 to 2")
            .by(OVADIA)
            .with(APART),
        value: |row| Value::Number(row.overconfidence_difference),
    },
];

impl Row for CalibrationShift {
    fn measures() -> &'static [Measure<Self>] {
        &CALIBRATION_SHIFT
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// A row of `calibration`: of what, the metrics, intervals.
impl Serialize for CalibrationShift {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            of: &'a str,
            #[serde(flatten)]
            values: RowValues<'a, CalibrationShift>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { of: &self.of, values: RowValues::of(self), intervals: &self.intervals }.serialize(serializer)
    }
}
