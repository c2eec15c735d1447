//! The list of all metrics.

use crate::cells::texts;
use crate::error::OrRefused;
use crate::table::Table;
use crate::wording::in_python;
use nearmiss::scores::metric::{self, Metric};
use nearmiss::spaces;
use polars::frame::DataFrame;
use polars::prelude::Column;
use pyo3::prelude::*;

/// A row for each metric: `metric`, `says`, `formula`, `better`, `range`, `interval`, `source`, `of`.
#[pyfunction]
fn list_metrics() -> PyResult<Table> {
    let of = |function: &'static str, metrics: Vec<Metric>| metrics.into_iter().map(move |metric| (metric, function));
    let rows: Vec<(Metric, &'static str)> = of("evaluate", metric::all())
        .chain(of("compare", metric::compare::all()))
        .chain(of("shift", metric::shift::all()))
        .chain(of("annotators", metric::annotators::all()))
        .chain(of("next_labels", metric::next_labels::all()))
        .chain(of("latent", spaces::metric::of_latent()))
        .chain(of("retrieve", spaces::metric::of_retrieval()))
        .collect();
    let column = |name: &str, cell: fn(&Metric) -> Option<String>| texts(name, rows.iter().map(|(metric, _)| cell(metric)));
    let columns: Vec<Column> = vec![
        column("metric", |metric| Some(format!("{}.{}", metric.block.key(), metric.name))),
        column("says", |metric| Some(in_python(metric.sentence))),
        column("formula", |metric| Some(in_python(metric.formula))),
        column("better", |metric| Some(metric.direction.word().to_string())),
        column("range", |metric| Some(metric.range.to_string())),
        column("interval", |metric| metric.interval().map(str::to_string)),
        column("source", |metric| Some(in_python(metric.source))),
        texts("of", rows.iter().map(|(_, function)| Some((*function).to_string()))),
    ];
    DataFrame::new(rows.len(), columns).map(Table::of).or_refused()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(list_metrics, module)?)
}
