//! Metrics of decision rules side by side.

use super::description::Block;
use super::measure::{ByRank, Measure, Row, RowValues, Value};
use super::uncertainty::{DIFFERENCE, SHARE};
use crate::numbers::interval::MetricIntervals;
use crate::numbers::significance::Method;
use crate::scores::decisions::{Decision, Decisions, Rule};
use crate::scores::differences::{Compared, Difference};
use crate::scores::how_wrong::HowWrong;
use crate::taxonomy::rank::Rank;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The metrics of all rules together.
pub static DECISIONS: [Measure<Decisions>; 1] = [Measure {
    metric: Block::Decisions
        .metric("n", "Images scored; every rule answers the root where nothing was answered.", "#{i}")
        .count(),
    value: |row| Value::Count(Some(row.n as u64)),
}];

/// The metrics of one rule, beside how wrong it is.
pub static DECISION: [Measure<Decision>; 1] = [Measure {
    metric: Block::Decisions
        .metric(
            "accuracy",
            "Share of images right at each rank by a rule: path, summed, top_down, expected_height, back_off.",
            "mean of [ancestor_r(answer) = ancestor_r(truth)]",
        )
        .with(SHARE),
    value: |row| Value::ByRank(ByRank { shares: &row.accuracy, low: &row.accuracy_low, high: &row.accuracy_high }),
}];

/// The metrics of one rule against `path`, in the order of their keys.
pub static DIFFERENCES: [Measure<Difference>; 3] = [
    Measure {
        metric: Block::Decisions
            .metric(
                "difference",
                "A rule minus path, in accuracy at the finest rank and in mean height.",
                "mean of x(rule) − x(path)",
            )
            .neither()
            .within("−1 to 1, −7 to 7")
            .with(DIFFERENCE),
        value: |row| Value::Number(row.difference),
    },
    Measure {
        metric: Block::Decisions
            .metric(
                "p",
                "Probability of a difference as large if rule and path were exchangeable, observation by observation.",
                "share of changes of sign with |Σ ± d| ≥ |Σ d|",
            )
            .neither()
            .by("Fisher 1935"),
        value: |row| Value::Number(Some(row.significance.p)),
    },
    Measure {
        metric: Block::Decisions
            .metric(
                "adjusted",
                "p adjusted over the rules that are held against path: four, and roll_up where it is asked for.",
                "Holm's step-down",
            )
            .neither()
            .by("Holm 1979"),
        value: |row| Value::Number(Some(row.adjusted)),
    },
];

impl Row for Decisions {
    fn measures() -> &'static [Measure<Self>] {
        &DECISIONS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Row for Decision {
    fn measures() -> &'static [Measure<Self>] {
        &DECISION
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Row for Difference {
    fn measures() -> &'static [Measure<Self>] {
        &DIFFERENCES
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block of `metrics.json`: the metrics, the rules by name, the threshold of backing off, the differences.
impl Serialize for Decisions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, Decisions>,
            #[serde(flatten)]
            rules: Rules<'a>,
            back_off_threshold: f64,
            #[serde(skip_serializing_if = "Option::is_none")]
            rolled_up_as: Option<String>,
            differences: &'a [Difference],
        }
        let whole = Whole {
            values: RowValues::of(self),
            rules: Rules(self),
            back_off_threshold: self.back_off_threshold,
            rolled_up_as: self.rolled_up_as.map(|roll_up| roll_up.to_string()),
            differences: &self.differences,
        };
        whole.serialize(serializer)
    }
}

/// The rules by name.
struct Rules<'a>(&'a Decisions);

impl Serialize for Rules<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rules = self.0.rules();
        let mut map = serializer.serialize_map(Some(rules.len()))?;
        for (rule, decision) in rules {
            map.serialize_entry(rule.name(), decision)?;
        }
        map.end()
    }
}

/// One rule: its metrics, and how wrong it is.
impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, Decision>,
            how_wrong: &'a HowWrong,
        }
        Whole { values: RowValues::of(self), how_wrong: &self.how_wrong }.serialize(serializer)
    }
}

/// One rule against `path`: what is compared, the difference with its interval, the tests with how they were made.
impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rule: Rule,
            compared: Compared,
            rank: Option<Rank>,
            n: u64,
            #[serde(flatten)]
            difference: RowValues<'a, Difference>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
            #[serde(flatten)]
            p: RowValues<'a, Difference>,
            method: Method,
            standard_error: Option<f64>,
            #[serde(flatten)]
            adjusted: RowValues<'a, Difference>,
        }
        let measures = Self::measures();
        let whole = Whole {
            rule: self.rule,
            compared: self.compared,
            rank: self.rank,
            n: self.n,
            difference: RowValues::some(self, &measures[..1]),
            intervals: &self.intervals,
            p: RowValues::some(self, &measures[1..2]),
            method: self.significance.method,
            standard_error: self.significance.standard_error,
            adjusted: RowValues::some(self, &measures[2..]),
        };
        whole.serialize(serializer)
    }
}
