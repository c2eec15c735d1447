//! Tables of sets as CSV: lower snake case, fractions, undefined cells empty.

use crate::report::csv::{csv_of, number};
use crate::report::error::ReportError;
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use polars::prelude::{Column, DataType};
use std::path::PathBuf;

/// The cells of a column.
fn cells(column: &Column) -> PolarsResult<Vec<String>> {
    if column.dtype() == &DataType::Float64 {
        return Ok(column.f64()?.iter().map(number).collect());
    }
    let texts = column.cast(&DataType::String)?;
    Ok(texts.str()?.iter().map(|text| text.unwrap_or_default().to_string()).collect())
}

/// A data frame as text.
pub(super) fn text(frame: PolarsResult<DataFrame>) -> Result<String, ReportError> {
    let of = |frame: DataFrame| -> PolarsResult<(Vec<String>, Vec<Vec<String>>)> {
        let columns = frame.columns().iter().map(cells).collect::<PolarsResult<Vec<Vec<String>>>>()?;
        let heads = frame.get_column_names().into_iter().map(ToString::to_string).collect();
        let row = |row: usize| columns.iter().map(|column| column[row].clone()).collect();
        Ok((heads, (0..frame.height()).map(row).collect()))
    };
    let (heads, rows) = frame.and_then(of).map_err(failed)?;
    csv_of(&heads, rows.into_iter()).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> ReportError {
    ReportError::File { action: "write", path: PathBuf::from("a table"), source: std::io::Error::other(error.to_string()) }
}
