//! Columns of the tables of sets, with types.

use crate::scores::metric::{Measure, Row, Value};
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use polars::prelude::{Column, NamedFrom, Series};

/// Columns in the making, all of as many rows.
#[derive(Default)]
pub(super) struct Columns(Vec<Column>);

impl Columns {
    pub(super) fn texts(&mut self, name: &str, cells: impl IntoIterator<Item = String>) {
        self.0.push(Series::new(name.into(), cells.into_iter().collect::<Vec<String>>()).into());
    }

    pub(super) fn numbers(&mut self, name: &str, cells: impl IntoIterator<Item = Option<f64>>) {
        self.0.push(Series::new(name.into(), cells.into_iter().collect::<Vec<Option<f64>>>()).into());
    }

    pub(super) fn counts(&mut self, name: &str, cells: impl IntoIterator<Item = Option<u64>>) {
        let whole = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
        self.0.push(Series::new(name.into(), cells.into_iter().map(whole).collect::<Vec<Option<i64>>>()).into());
    }

    /// The values of metrics, those that have an interval with its ends behind them.
    pub(super) fn measures<R: Row>(&mut self, measures: &[Measure<R>], rows: &[&R]) {
        for measure in measures {
            let name = measure.metric.name;
            let count = |row: &&R| if let Value::Count(count) = (measure.value)(row) { Some(count) } else { None };
            let counts: Option<Vec<Option<u64>>> = rows.iter().map(count).collect();
            match counts {
                Some(counts) if measure.metric.range == "a count" => self.counts(name, counts),
                _ => self.numbers(name, rows.iter().map(|row| measure.number(row))),
            }
            if measure.metric.has_interval() {
                let intervals: Vec<_> = rows.iter().map(|row| measure.interval(row)).collect();
                self.numbers(&format!("{name}_low"), intervals.iter().map(|ends| ends.map(|ends| ends.low)));
                self.numbers(&format!("{name}_high"), intervals.iter().map(|ends| ends.map(|ends| ends.high)));
            }
        }
    }

    pub(super) fn frame(self) -> PolarsResult<DataFrame> {
        let rows = self.0.first().map_or(0, Column::len);
        DataFrame::new(rows, self.0)
    }
}
