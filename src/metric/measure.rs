//! A metric with how its value is taken from a row of scores: what tables, files and pages are made from.

use super::Metric;
use crate::statistics::Interval;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// So many; `None` where there is nothing to count.
    Count(Option<u64>),
    /// A share, mean or distance; `None` where it is undefined.
    Number(Option<f64>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Count(count) => count.serialize(serializer),
            Value::Number(number) => number.serialize(serializer),
        }
    }
}

/// A row of scores whose metrics have intervals.
pub trait Row: Sized + 'static {
    /// Its metrics, in the order of columns.
    fn measures() -> &'static [Measure<Self>];

    /// The interval of a metric; `None` where it has none.
    fn interval(&self, metric: &str) -> Option<Interval>;

    /// The measure of a name.
    #[must_use]
    fn measure(name: &str) -> Option<&'static Measure<Self>> {
        Self::measures().iter().find(|measure| measure.metric.name == name)
    }
}

/// A metric of a row: its description, and its value.
pub struct Measure<R> {
    /// What it is called and what it says.
    pub metric: Metric,
    /// How it is taken from the row.
    pub value: fn(&R) -> Value,
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
    pub fn columns(&self) -> impl Iterator<Item = String> + use<R> {
        let ends: &[&str] = if self.has_interval() { &["", "_low", "_high"] } else { &[""] };
        let name = self.metric.name;
        ends.iter().map(move |end| format!("{name}{end}"))
    }

    /// Whether its value has an interval as a rule.
    #[must_use]
    pub fn has_interval(&self) -> bool {
        self.metric.interval().is_some_and(|how| !how.starts_with("none"))
    }
}

/// The values of a row by the names of its metrics, as files for programs hold them.
pub(super) struct Values<'a, R>(pub(super) &'a R);

impl<R: Row> Serialize for Values<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(R::measures().len()))?;
        for measure in R::measures() {
            map.serialize_entry(measure.metric.name, &(measure.value)(self.0))?;
        }
        map.end()
    }
}
