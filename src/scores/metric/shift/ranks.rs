//! Metrics of one metric of reports in two sets.

use crate::numbers::interval::MetricIntervals;
use crate::numbers::standardisation::Standard;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, RowValues, Value};
use crate::scores::metric::uncertainty::Uncertainty;
use crate::scores::shift::{ShiftRow, StandardisedRow};
use crate::taxonomy::rank::Rank;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

pub(super) const UNIT: &str = "in the unit of the metric";
const FIRST_TO_SECOND: &str = "in the unit of the metric, second less first";
pub(super) const KITAGAWA: &str = "Kitagawa 1955; Oaxaca 1973, Blinder 1973";
pub(super) const NOPO: &str = "Ñopo 2008";
const STANDARDISATION: &str = "direct standardisation; Fleiss 1981";

const MEAN: Uncertainty = Uncertainty::Interval("shares: Wilson on the effective number of images; means: BCa of whole clusters");
const APART: Uncertainty = Uncertainty::Interval("square and add of both intervals: Newcombe 1998, Zou & Donner 2008");
const NO_DRAWS: Uncertainty = Uncertainty::Missing("none: taxa drop out of draws");

/// What is said of one metric in two sets, in the order of its keys.
pub static RANKS: [Measure<ShiftRow>; 14] = [
    Measure {
        metric: Block::ShiftRanks.metric("n_first", "Images of the first set that have a value.", "#{i in first}").count(),
        value: |row| Value::Count(Some(row.n_first)),
    },
    Measure {
        metric: Block::ShiftRanks.metric("n_second", "Images of the second set that have a value.", "#{i in second}").count(),
        value: |row| Value::Count(Some(row.n_second)),
    },
    Measure {
        metric: Block::ShiftRanks.metric("first", "Mean of the first set.", "Σ x_i / n").neither().within(UNIT).with(MEAN),
        value: |row| Value::Number(row.first),
    },
    Measure {
        metric: Block::ShiftRanks.metric("second", "Mean of the second set.", "Σ x_i / n").neither().within(UNIT).with(MEAN),
        value: |row| Value::Number(row.second),
    },
    Measure {
        metric: Block::ShiftRanks
            .metric("difference", "Mean of the second set minus mean of the first, other images in each.", "second − first")
            .neither()
            .within(FIRST_TO_SECOND)
            .with(APART),
        value: |row| Value::Number(row.difference),
    },
    Measure {
        metric: Block::ShiftRanks
            .metric(
                "p",
                "Probability of a difference as large if images (or observations) could be of either set.",
                "(1 + exchanges with |difference| as large) / (1 + 9 999 exchanges of whole clusters)",
            )
            .neither()
            .by("Fisher 1935; Phipson & Smyth 2010"),
        value: |row| Value::Number(row.p),
    },
    Measure {
        metric: Block::ShiftRanks.metric("standard_error", "Standard error of p.", "√(p (1 − p) / 9 999)").neither(),
        value: |row| Value::Number(row.standard_error),
    },
    Measure {
        metric: Block::ShiftRanks
            .metric(
                "standardised_first",
                "Mean of the first set if its taxa were mixed as the standard says, over the taxa that both sets have.",
                "Σ_k s_k m_k(first); s the shares of the first, of the second, or the mean of both",
            )
            .neither()
            .within(UNIT)
            .by(STANDARDISATION)
            .with(MEAN),
        value: |row| Value::Number(row.standardised_first),
    },
    Measure {
        metric: Block::ShiftRanks
            .metric("standardised_second", "The same of the second set.", "Σ_k s_k m_k(second)")
            .neither()
            .within(UNIT)
            .by(STANDARDISATION)
            .with(MEAN),
        value: |row| Value::Number(row.standardised_second),
    },
    Measure {
        metric: Block::ShiftRanks
            .metric(
                "standardised_difference",
                "The difference where both sets have the same taxa in the same mix.",
                "standardised_second − standardised_first",
            )
            .neither()
            .within(FIRST_TO_SECOND)
            .by(STANDARDISATION)
            .with(APART),
        value: |row| Value::Number(row.standardised_difference),
    },
    Measure {
        metric: Block::ShiftRanks
            .metric(
                "skill",
                "Part of the difference that is a change within taxa: the same taxon is answered better or worse.",
                "Σ_k (m_k(second) − m_k(first)) (w_k(first) + w_k(second)) / 2 over shared taxa",
            )
            .neither()
            .within(FIRST_TO_SECOND)
            .by(KITAGAWA)
            .with(APART),
        value: |row| Value::Number(row.skill),
    },
    Measure {
        metric: Block::ShiftRanks
            .metric(
                "composition",
                "Part of the difference that is another mix of the taxa that both sets have.",
                "Σ_k (w_k(second) − w_k(first)) (m_k(first) + m_k(second)) / 2 over shared taxa",
            )
            .neither()
            .within(FIRST_TO_SECOND)
            .by(KITAGAWA)
            .with(NO_DRAWS),
        value: |row| Value::Number(row.composition),
    },
    Measure {
        metric: Block::ShiftRanks
            .metric(
                "only_first",
                "Part of the difference that comes of taxa of the first set alone.",
                "−(share of first outside) (mean there − mean of first over shared taxa)",
            )
            .neither()
            .within(FIRST_TO_SECOND)
            .by(NOPO)
            .with(NO_DRAWS),
        value: |row| Value::Number(row.only_first),
    },
    Measure {
        metric: Block::ShiftRanks
            .metric(
                "only_second",
                "Part of the difference that comes of taxa of the second set alone; the four parts add up to it.",
                "(share of second outside) (mean there − mean of second over shared taxa)",
            )
            .neither()
            .within(FIRST_TO_SECOND)
            .by(NOPO)
            .with(NO_DRAWS),
        value: |row| Value::Number(row.only_second),
    },
];

/// The same at one composition of several: columns of `shift_standardised.csv`, described in [`RANKS`].
pub static STANDARDISED: [Measure<StandardisedRow>; 3] = [
    Measure { metric: RANKS[7].metric, value: |row| Value::Number(row.standardised_first) },
    Measure { metric: RANKS[8].metric, value: |row| Value::Number(row.standardised_second) },
    Measure { metric: RANKS[9].metric, value: |row| Value::Number(row.standardised_difference) },
];

impl Row for ShiftRow {
    fn measures() -> &'static [Measure<Self>] {
        &RANKS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Row for StandardisedRow {
    fn measures() -> &'static [Measure<Self>] {
        &STANDARDISED
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// A row of `metrics`: its name, the metrics, composition rank by rank, intervals.
impl Serialize for ShiftRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            name: &'a str,
            direction: crate::scores::metric::Direction,
            #[serde(flatten)]
            values: RowValues<'a, ShiftRow>,
            composition_by_rank: BTreeMap<&'static str, f64>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let by_rank = self.composition_by_rank.iter().map(|(rank, part)| (rank.map_or("below", Rank::name), *part));
        let whole = Whole {
            name: &self.name,
            direction: self.direction,
            values: RowValues::of(self),
            composition_by_rank: by_rank.collect(),
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}

/// A row of `standardised`: its name, by which taxa, whose composition, the values, intervals.
impl Serialize for StandardisedRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            name: &'a str,
            by: Option<Rank>,
            standard: Standard,
            #[serde(flatten)]
            values: RowValues<'a, StandardisedRow>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let whole = Whole {
            name: &self.name,
            by: self.by,
            standard: self.standard,
            values: RowValues::of(self),
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}
