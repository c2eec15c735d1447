//! Metrics of one clade in two sets.

use super::ranks::{KITAGAWA, NOPO, UNIT};
use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, Value};
use crate::scores::shift::CladeShift;

const PART: &str = "in the unit of the metric, second less first";

/// What is said of one clade by one metric, in the order of the columns.
pub static CLADES: [Measure<CladeShift>; 11] = [
    Measure {
        metric: Block::ShiftClades.metric("n_first", "Images of the clade in the first set.", "#{i in clade}").count(),
        value: |row| Value::Count(Some(row.n_first)),
    },
    Measure {
        metric: Block::ShiftClades.metric("n_second", "Images of the clade in the second set.", "#{i in clade}").count(),
        value: |row| Value::Count(Some(row.n_second)),
    },
    Measure {
        metric: Block::ShiftClades
            .metric("share_first", "Share of the first set's images that show it.", "n_first / n")
            .neither(),
        value: |row| Value::Number(row.share_first),
    },
    Measure {
        metric: Block::ShiftClades.metric("share_second", "The same of the second set.", "n_second / n").neither(),
        value: |row| Value::Number(row.share_second),
    },
    Measure {
        metric: Block::ShiftClades
            .metric("mean_first", "Mean of the metric over the clade in the first set.", "Σ x_i / n_first")
            .neither()
            .within(UNIT),
        value: |row| Value::Number(row.mean_first),
    },
    Measure {
        metric: Block::ShiftClades
            .metric("mean_second", "The same in the second set.", "Σ x_i / n_second")
            .neither()
            .within(UNIT),
        value: |row| Value::Number(row.mean_second),
    },
    Measure {
        metric: Block::ShiftClades
            .metric(
                "skill",
                "What the clade adds to the part of skill; the clades of a rank add up to it.",
                "Σ over its taxa of (m(second) − m(first)) (w(first) + w(second)) / 2",
            )
            .neither()
            .within(PART)
            .by(KITAGAWA),
        value: |row| Value::Number(row.skill),
    },
    Measure {
        metric: Block::ShiftClades
            .metric(
                "composition",
                "What it adds to the part of composition: more of what is answered better than the mean, or less.",
                "Σ over its taxa of (w(second) − w(first)) ((m(first) + m(second)) / 2 − mean of both sets)",
            )
            .neither()
            .within(PART)
            .by(KITAGAWA),
        value: |row| Value::Number(row.composition),
    },
    Measure {
        metric: Block::ShiftClades
            .metric(
                "only_first",
                "What its taxa that the second set lacks add.",
                "−Σ w(first) (m(first) − mean of first over shared taxa)",
            )
            .neither()
            .within(PART)
            .by(NOPO),
        value: |row| Value::Number(row.only_first),
    },
    Measure {
        metric: Block::ShiftClades
            .metric(
                "only_second",
                "What its taxa that the first set lacks add.",
                "Σ w(second) (m(second) − mean of second over shared taxa)",
            )
            .neither()
            .within(PART)
            .by(NOPO),
        value: |row| Value::Number(row.only_second),
    },
    Measure {
        metric: Block::ShiftClades
            .metric(
                "contribution",
                "All that the clade adds to the difference; the clades of a rank add up to it.",
                "skill + composition + only_first + only_second",
            )
            .neither()
            .within(PART)
            .by("Shapley's value of the two factors; Shorrocks 2013"),
        value: |row| Value::Number(row.contribution),
    },
];

impl Row for CladeShift {
    fn measures() -> &'static [Measure<Self>] {
        &CLADES
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}
