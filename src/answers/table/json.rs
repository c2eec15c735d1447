//! Tables in JSON: lists of objects, objects on lines, and the shapes that software for photographs and data frames writes.

mod record;
mod source;
mod options;
mod services;
mod by_image;
mod pandas;
mod megadetector;
mod coco;
mod fiftyone;
mod label_studio;
mod speciesnet;
mod shape;

use super::error::TableError;
use polars::prelude::*;
use record::Record;
use serde_json::Value;
use source::Source;
use std::collections::HashMap;
use std::path::Path;

/// Reads all records into columns of text; lists and objects are kept as JSON text. `answers` are the columns whose integer
/// cells may point into a list `options`.
///
/// # Errors
///
/// [`TableError::Format`] of text that is no JSON, or of a shape that is none of a table.
pub(super) fn read(text: &str, path: &Path, answers: &[&str]) -> Result<DataFrame, TableError> {
    let format = |line: Option<u64>, what: String| TableError::Format { path: path.to_path_buf(), line, what };
    let source = source::parse(text).map_err(|fault| format(Some(fault.line), fault.what))?;
    let rows = match source {
        Source::Whole(value) => shape::rows(value, answers),
        Source::Lines(records) => shape::in_records(records, answers),
    };
    let mut rows = rows.map_err(|what| format(None, what))?;
    for row in &mut rows {
        options::resolve(row, answers);
    }
    columns(&rows).map_err(|error| format(None, error.to_string()))
}

fn columns(records: &[Record]) -> PolarsResult<DataFrame> {
    let mut names: Vec<&str> = vec![];
    let mut cells: HashMap<&str, Vec<Option<String>>> = HashMap::new();
    for (row, record) in records.iter().enumerate() {
        for (key, value) in record {
            let column = cells.entry(key.as_str()).or_insert_with(|| {
                names.push(key.as_str());
                vec![]
            });
            column.resize(row, None);
            column.push(cell(value));
        }
    }
    let columns = names.into_iter().map(|name| {
        let mut column = cells.remove(name).unwrap_or_default();
        column.resize(records.len(), None);
        Column::new(name.into(), column)
    });
    DataFrame::new(records.len(), columns.collect())
}

fn cell(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
