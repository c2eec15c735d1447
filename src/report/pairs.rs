//! Tables of runs in pairs: a row per pair, a column per number of the list of [`crate::scores::metric::compare`].

use super::document::Table;
use crate::numbers::statistics::Interval;
use crate::scores::compare::{Comparison, MetricComparison, Pair};
use crate::scores::metric::Row;

/// Two runs by one metric.
#[derive(Clone, Copy)]
pub(super) struct PairRow<'a> {
    pub comparison: &'a Comparison,
    pub metric: &'a MetricComparison,
    pub pair: &'a Pair,
}

impl PairRow<'_> {
    /// The number and the interval of a metric of pairs, of a name that there must be.
    pub fn within(&self, name: &str) -> (Option<f64>, Option<Interval>) {
        self.pair.within(name)
    }

    /// The number alone.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.within(name).0
    }
}

/// Both runs: `svm − mlp`.
pub(super) fn runs(row: &PairRow<'_>) -> String {
    format!("{} − {}", row.comparison.runs[row.pair.first], row.comparison.runs[row.pair.second])
}

/// A column of such a table: its head, whether it holds numbers, and its cell in a row.
pub(super) type PairColumn = (&'static str, bool, fn(&PairRow<'_>) -> String);

/// The pairs of some metrics in some columns.
pub(super) fn table(columns: &[PairColumn], comparison: &Comparison, metrics: &[MetricComparison]) -> Table {
    let heads: Vec<(&str, bool)> = columns.iter().map(|&(head, numeric, _)| (head, numeric)).collect();
    let mut table = Table::new(&heads);
    for metric in metrics {
        for pair in &metric.pairs {
            let row = PairRow { comparison, metric, pair };
            table.rows.push(columns.iter().map(|(.., cell)| cell(&row)).collect());
        }
    }
    table
}
