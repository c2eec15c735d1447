//! A metric with how its value is taken from a row of scores: what tables, files and pages are made from.

use super::description::Metric;
use crate::numbers::interval::MetricIntervals;
use crate::numbers::statistics::Interval;
use crate::scores::how_wrong::Histogram;
use crate::taxonomy::rank::Rank;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::BTreeMap;

/// The value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// So many; `None` where there is nothing to count.
    Count(Option<u64>),
    /// A share, mean or distance; `None` where it is undefined. The row keeps its interval under the metric's name.
    Number(Option<f64>),
    /// The same with its interval beside it.
    Within(Option<f64>, Option<Interval>),
    /// Counts by name; `None` where nothing is counted.
    Counts(Option<&'a Histogram>),
    /// A share at each main rank.
    ByRank(ByRank<'a>),
}

/// A share at each main rank, with the ends of its interval; `None` where undefined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ByRank<'a> {
    /// The shares.
    pub shares: &'a BTreeMap<Rank, Option<f64>>,
    /// Lower ends.
    pub low: &'a BTreeMap<Rank, Option<f64>>,
    /// Upper ends.
    pub high: &'a BTreeMap<Rank, Option<f64>>,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Count(count) => count.serialize(serializer),
            Value::Number(number) | Value::Within(number, _) => number.serialize(serializer),
            Value::Counts(counts) => counts.serialize(serializer),
            Value::ByRank(by_rank) => by_rank.shares.serialize(serializer),
        }
    }
}

/// A row of scores.
pub trait Row: Sized + 'static {
    /// Its metrics, in the order of columns.
    fn measures() -> &'static [Measure<Self>];

    /// The intervals that it keeps by the names of metrics; `None` where each stands beside its value.
    fn intervals(&self) -> Option<&MetricIntervals>;

    /// The measure of a name.
    #[must_use]
    fn measure(name: &str) -> Option<&'static Measure<Self>> {
        Self::measures().iter().find(|measure| measure.metric.name == name)
    }

    /// The number and the interval of a metric of this name, which there must be.
    #[must_use]
    fn within(&self, name: &str) -> (Option<f64>, Option<Interval>) {
        let measure = Self::measure(name);
        debug_assert!(measure.is_some(), "no metric of such a row is called {name}");
        measure.map_or((None, None), |measure| (measure.number(self), measure.interval(self)))
    }
}

/// A metric of a row: its description, and its value.
pub struct Measure<R> {
    /// What it is called and what it says.
    pub metric: Metric,
    /// How it is taken from the row.
    pub value: fn(&R) -> Value<'_>,
}

// By hand: a row need not be copied for its measures to be.
impl<R> Clone for Measure<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Measure<R> {}

impl<R> Measure<R> {
    /// Its columns in a table: the value, and where it has an interval the ends.
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::scores::metric::{Row, TAXA};
    /// use nearmiss::scores::taxa::TaxonScores;
    ///
    /// let recall = TaxonScores::measure("recall").ok_or("there is no such metric")?;
    /// assert_eq!(recall.columns().collect::<Vec<_>>(), ["recall", "recall_low", "recall_high"]);
    /// // F1 is no mean over images: it has no interval, and so one column.
    /// assert_eq!(TAXA[2].columns().collect::<Vec<_>>(), ["f1"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn columns(&self) -> impl Iterator<Item = String> + use<R> {
        let ends: &[&str] = if self.metric.has_interval() { &["", "_low", "_high"] } else { &[""] };
        let name = self.metric.name;
        ends.iter().map(move |end| format!("{name}{end}"))
    }

    /// Its value where that is a single number that need not be whole.
    #[must_use]
    pub fn number(&self, row: &R) -> Option<f64> {
        match (self.value)(row) {
            Value::Number(number) | Value::Within(number, _) => number,
            Value::Count(_) | Value::Counts(_) | Value::ByRank(_) => None,
        }
    }
}

impl<R: Row> Measure<R> {
    /// The interval of its value; `None` where the row has none.
    #[must_use]
    pub fn interval(&self, row: &R) -> Option<Interval> {
        match (self.value)(row) {
            Value::Number(_) => row.intervals()?.of(self.metric.name),
            Value::Within(_, interval) => interval,
            Value::Count(_) | Value::Counts(_) | Value::ByRank(_) => None,
        }
    }
}

/// The descriptions of a list.
#[must_use]
pub fn metrics_of<R>(measures: &[Measure<R>]) -> Vec<Metric> {
    measures.iter().map(|measure| measure.metric).collect()
}

/// Lists of measures one behind the other, `N` in all.
pub(crate) const fn joined<R, const N: usize>(lists: &[&[Measure<R>]]) -> [Measure<R>; N] {
    let mut all = [lists[0][0]; N];
    let (mut list, mut filled) = (0, 0);
    while list < lists.len() {
        let mut place = 0;
        while place < lists[list].len() {
            all[filled] = lists[list][place];
            filled += 1;
            place += 1;
        }
        list += 1;
    }
    assert!(filled == N, "the lists have another length");
    all
}

/// The values of a row by the names of metrics, as files for programs hold them; those of ranks with the ends of their
/// intervals behind them.
pub(super) struct RowValues<'a, R> {
    row: &'a R,
    measures: &'a [Measure<R>],
}

impl<'a, R: Row> RowValues<'a, R> {
    /// All values of a row.
    pub(super) fn of(row: &'a R) -> Self {
        Self { row, measures: R::measures() }
    }

    /// The values of some metrics.
    pub(super) fn some(row: &'a R, measures: &'a [Measure<R>]) -> Self {
        Self { row, measures }
    }
}

impl<R> Serialize for RowValues<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for measure in self.measures {
            let (name, value) = (measure.metric.name, (measure.value)(self.row));
            map.serialize_entry(name, &value)?;
            if let Value::ByRank(by_rank) = value {
                map.serialize_entry(&format!("{name}_low"), by_rank.low)?;
                map.serialize_entry(&format!("{name}_high"), by_rank.high)?;
            }
        }
        map.end()
    }
}
