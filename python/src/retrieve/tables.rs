//! Tables of a retrieval: measures, queries.

use crate::cells::{counts, numbers, texts};
use nearmiss::report::retrieval::{Ranked, Searched};
use nearmiss::report::text::identity;
use nearmiss::spaces::embeddings::Embeddings;
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use polars::prelude::Column;

/// The measures of a search, as measures.csv has them.
pub(super) fn searched_measures(searched: &Searched) -> PolarsResult<DataFrame> {
    let rows = &searched.search.measured;
    let level = |level: Option<i32>| level.and_then(|level| usize::try_from(level).ok());
    let columns = vec![
        texts("name", rows.iter().map(|row| Some(row.name.clone()))),
        texts("measure", rows.iter().map(|row| Some(row.measure.clone()))),
        texts("rank", rows.iter().map(|row| row.rank.clone())),
        counts("level", rows.iter().map(|row| level(row.level))),
        counts("n", rows.iter().map(|row| Some(row.n))),
        numbers("value", rows.iter().map(|row| row.value)),
        numbers("low", rows.iter().map(|row| row.low)),
        numbers("high", rows.iter().map(|row| row.high)),
        texts("no_interval", rows.iter().map(|row| row.no_interval.clone())),
    ];
    DataFrame::new(rows.len(), columns)
}

/// The measures of all runs, a row for each run and measure.
pub(super) fn ranked_measures(ranked: &Ranked) -> PolarsResult<DataFrame> {
    let comparison = &ranked.comparison;
    let of_run = |run: usize| comparison.metrics.iter().map(move |metric| (run, metric));
    let rows: Vec<_> = (0..comparison.runs.len()).flat_map(of_run).collect();
    let columns = vec![
        texts("run", rows.iter().map(|(run, _)| Some(comparison.runs[*run].clone()))),
        texts("measure", rows.iter().map(|(_, metric)| Some(metric.name.clone()))),
        texts("label", rows.iter().map(|(_, metric)| Some(metric.label.clone()))),
        counts("n", rows.iter().map(|(_, metric)| Some(metric.n))),
        numbers("value", rows.iter().map(|(run, metric)| metric.means[*run])),
        numbers("low", rows.iter().map(|(run, metric)| metric.intervals[*run].map(|ends| ends.low))),
        numbers("high", rows.iter().map(|(run, metric)| metric.intervals[*run].map(|ends| ends.high))),
        texts("no_interval", rows.iter().map(|(run, metric)| metric.no_interval[*run].clone())),
    ];
    DataFrame::new(rows.len(), columns)
}

/// A row for each query of a search, as queries.csv has it.
pub(super) fn searched_queries(searched: &Searched) -> PolarsResult<DataFrame> {
    let search = &searched.search;
    let (index, queries) = (&searched.index, searched.queries.as_ref().unwrap_or(&searched.index));
    let taxon = |of: &Embeddings, row: usize| of.taxa[row].map(|taxon| identity(&of.taxonomy, taxon));
    let nearest = || search.first.iter().map(|first| first.map(|(document, ..)| search.document_rows[document]));
    let mut columns: Vec<Column> = vec![
        texts("image", search.query_rows.iter().map(|&row| Some(queries.names[row].clone()))),
        texts("taxon", search.query_rows.iter().map(|&row| taxon(queries, row))),
        texts("nearest", nearest().map(|row| row.map(|row| index.names[row].clone()))),
        texts("nearest_taxon", nearest().map(|row| row.and_then(|row| taxon(index, row)))),
        counts("shared_ranks", search.first.iter().map(|first| usize::try_from((*first)?.2).ok())),
        numbers("similarity", search.first.iter().map(|first| first.map(|(_, similarity, _)| similarity))),
    ];
    let values = search.measured.iter().zip(&search.per_query);
    columns.extend(values.map(|(measured, values)| numbers(&measured.name, values.iter().copied())));
    DataFrame::new(search.query_rows.len(), columns)
}

/// A row for each query and run, as queries.csv has it.
pub(super) fn ranked_queries(ranked: &Ranked) -> PolarsResult<DataFrame> {
    let runs = &ranked.comparison.runs;
    let rows: Vec<(usize, usize)> =
        (0..ranked.queries.len()).flat_map(|query| (0..runs.len()).map(move |run| (query, run))).collect();
    let mut columns: Vec<Column> = vec![
        texts("query", rows.iter().map(|&(query, _)| Some(ranked.queries[query].clone()))),
        texts("run", rows.iter().map(|&(_, run)| Some(runs[run].clone()))),
    ];
    let of_measure = |(place, name): (usize, &String)| {
        numbers(name, rows.iter().map(|&(query, run)| Some(ranked.evaluations[run].values[place][query])))
    };
    columns.extend(ranked.comparison.metrics.iter().map(|metric| &metric.name).enumerate().map(of_measure));
    DataFrame::new(rows.len(), columns)
}
