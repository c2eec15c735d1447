//! The table of a comparison: a row for each metric and each pair of runs.

use crate::cells::{counts, flags, numbers, texts};
use nearmiss::numbers::statistics::Interval;
use nearmiss::scores::compare::{Comparison, MetricComparison, Pair};
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use polars::prelude::Column;

/// Two runs by one metric.
struct Row<'a> {
    comparison: &'a Comparison,
    metric: &'a MetricComparison,
    pair: &'a Pair,
}

impl Row<'_> {
    /// The places of the two runs.
    fn runs(&self) -> [usize; 2] {
        [self.pair.first, self.pair.second]
    }
}

/// The rows of all metrics, those of a metric in the order of its pairs.
pub(crate) fn table(comparison: &Comparison) -> PolarsResult<DataFrame> {
    let mut rows: Vec<Row<'_>> = vec![];
    for metric in &comparison.metrics {
        rows.extend(metric.pairs.iter().map(|pair| Row { comparison, metric, pair }));
    }
    let mut columns = names(&rows);
    for (place, run) in ["a", "b"].into_iter().enumerate() {
        columns.extend(means(&rows, run, place));
    }
    columns.extend(differences(&rows));
    columns.extend(tests(&rows));
    DataFrame::new(rows.len(), columns)
}

/// The ends of an interval of some name.
fn ends(name: &str, intervals: impl Iterator<Item = Option<Interval>>) -> [Column; 2] {
    let intervals: Vec<Option<Interval>> = intervals.collect();
    [
        numbers(&format!("{name}_low"), intervals.iter().map(|ends| ends.map(|ends| ends.low))),
        numbers(&format!("{name}_high"), intervals.iter().map(|ends| ends.map(|ends| ends.high))),
    ]
}

fn names(rows: &[Row<'_>]) -> Vec<Column> {
    let run = |place: usize| move |row: &Row<'_>| Some(row.comparison.runs[row.runs()[place]].clone());
    vec![
        texts("metric", rows.iter().map(|row| Some(row.metric.name.clone()))),
        texts("label", rows.iter().map(|row| Some(row.metric.label.clone()))),
        texts("direction", rows.iter().map(|row| Some(row.metric.direction.word().to_string()))),
        texts("run_a", rows.iter().map(run(0))),
        texts("run_b", rows.iter().map(run(1))),
        counts("n", rows.iter().map(|row| Some(row.metric.n))),
    ]
}

/// The mean of one of the two runs, with its interval.
fn means(rows: &[Row<'_>], run: &str, place: usize) -> Vec<Column> {
    let name = format!("value_{run}");
    let mut columns = vec![numbers(&name, rows.iter().map(|row| row.metric.means[row.runs()[place]]))];
    columns.extend(ends(&name, rows.iter().map(|row| row.metric.intervals[row.runs()[place]])));
    columns
}

fn differences(rows: &[Row<'_>]) -> Vec<Column> {
    let mut columns = vec![numbers("difference", rows.iter().map(|row| row.pair.difference))];
    columns.extend(ends("difference", rows.iter().map(|row| row.pair.interval)));
    columns.push(texts("no_interval", rows.iter().map(|row| row.pair.no_interval.clone())));
    columns.push(counts("wins", rows.iter().map(|row| Some(row.pair.wins))));
    columns.push(counts("ties", rows.iter().map(|row| Some(row.pair.ties))));
    columns.push(counts("losses", rows.iter().map(|row| Some(row.pair.losses))));
    columns
}

fn tests(rows: &[Row<'_>]) -> Vec<Column> {
    vec![
        numbers("p", rows.iter().map(|row| Some(row.pair.randomisation.p))),
        texts("method", rows.iter().map(|row| Some(row.pair.randomisation.method.name().to_string()))),
        numbers("standard_error", rows.iter().map(|row| row.pair.randomisation.standard_error)),
        numbers("p_adjusted", rows.iter().map(|row| Some(row.pair.adjusted))),
        flags("significant", rows.iter().map(|row| row.pair.adjusted <= row.comparison.alpha)),
        numbers("student_t", rows.iter().map(|row| row.pair.student_t)),
        numbers("student_p", rows.iter().map(|row| row.pair.student_p)),
    ]
}
