//! Metrics of sets at one rank.

use super::averages;
use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, RowValues, Value};
use crate::scores::sets::SetRankScores;
use crate::taxonomy::rank::Rank;
use serde::{Serialize, Serializer};

/// The metrics of sets at a rank, in the order of their columns.
pub static SET_RANKS: [Measure<SetRankScores>; 16] = [
    Measure { metric: averages::n(Block::SetRanks), value: |row| Value::Count(Some(row.averages.n)) },
    Measure { metric: averages::truths(Block::SetRanks), value: |row| Value::Count(Some(row.averages.truths)) },
    Measure { metric: averages::answers(Block::SetRanks), value: |row| Value::Count(Some(row.averages.answers)) },
    Measure { metric: averages::taxa(Block::SetRanks), value: |row| Value::Count(Some(row.averages.taxa)) },
    Measure { metric: averages::sample_precision(Block::SetRanks), value: |row| Value::Number(row.averages.sample_precision) },
    Measure { metric: averages::sample_recall(Block::SetRanks), value: |row| Value::Number(row.averages.sample_recall) },
    Measure { metric: averages::sample_f1(Block::SetRanks), value: |row| Value::Number(row.averages.sample_f1) },
    Measure { metric: averages::transect_f1(Block::SetRanks), value: |row| Value::Number(row.averages.transect_f1) },
    Measure { metric: averages::micro_precision(Block::SetRanks), value: |row| Value::Number(row.averages.micro_precision) },
    Measure { metric: averages::micro_recall(Block::SetRanks), value: |row| Value::Number(row.averages.micro_recall) },
    Measure { metric: averages::micro_f1(Block::SetRanks), value: |row| Value::Number(row.averages.micro_f1) },
    Measure { metric: averages::macro_precision(Block::SetRanks), value: |row| Value::Number(row.averages.macro_precision) },
    Measure { metric: averages::macro_recall(Block::SetRanks), value: |row| Value::Number(row.averages.macro_recall) },
    Measure { metric: averages::macro_f1(Block::SetRanks), value: |row| Value::Number(row.averages.macro_f1) },
    Measure { metric: averages::jaccard(Block::SetRanks), value: |row| Value::Number(row.averages.jaccard) },
    Measure { metric: averages::exact(Block::SetRanks), value: |row| Value::Number(row.averages.exact) },
];

impl Row for SetRankScores {
    fn measures() -> &'static [Measure<Self>] {
        &SET_RANKS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.averages.intervals)
    }
}

/// A row of `sets.json`: the rank, the metrics, their intervals.
impl Serialize for SetRankScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rank: Rank,
            #[serde(flatten)]
            values: RowValues<'a, SetRankScores>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { rank: self.rank, values: RowValues::of(self), intervals: &self.averages.intervals }.serialize(serializer)
    }
}
