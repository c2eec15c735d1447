//! JSON Lines, arrays of objects, and objects that hold one array of objects.
//!
//! Read with `serde_json` and not with polars: Python writes `NaN` into JSON, and records of one
//! file differ in their fields.

use super::error::TableError;
use super::strict::Strict;
use super::words::normalised;
use polars::prelude::*;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::Path;

type Record = Map<String, Value>;

/// Reads all records into columns of text; lists and objects are kept as JSON text.
pub(super) fn read(text: &str, path: &Path, answers: &[&str]) -> Result<DataFrame, TableError> {
    let mut records = records(text, path)?;
    for record in &mut records {
        resolve_options(record, answers);
    }
    let records: Vec<Record> = records.into_iter().flat_map(spread_classes).collect();
    columns(&records).map_err(|error| format_error(path, None, &error.to_string()))
}

fn format_error(path: &Path, line: Option<u64>, what: &str) -> TableError {
    TableError::Format { path: path.to_path_buf(), line, what: what.to_string() }
}

fn records(text: &str, path: &Path) -> Result<Vec<Record>, TableError> {
    let whole = serde_json::from_str::<Strict>(text).or_else(|_| serde_json::from_str(&without_nan(text)));
    match whole.map(|Strict(value)| value) {
        Ok(Value::Array(values)) => {
            objects(values).ok_or_else(|| format_error(path, None, "the JSON array holds something that is not an object"))
        }
        Ok(Value::Object(object)) => in_object(object, path),
        Ok(_) => Err(format_error(path, None, "the JSON is neither an object nor an array of objects")),
        Err(error) if error.is_data() => Err(format_error(path, Some(error.line() as u64), &error.to_string())),
        Err(_) => lines(text, path),
    }
}

/// An object with one array of objects is a table with a preamble; any other object is one record.
fn in_object(object: Record, path: &Path) -> Result<Vec<Record>, TableError> {
    let is_table =
        |value: &Value| value.as_array().is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_object));
    let mut tables: Vec<String> = object.iter().filter(|(_, value)| is_table(value)).map(|(key, _)| key.clone()).collect();
    match (tables.pop(), tables.is_empty()) {
        (Some(key), true) => {
            let values = object.into_iter().find(|(name, _)| *name == key).map(|(_, value)| value);
            Ok(values.and_then(|value| if let Value::Array(values) = value { objects(values) } else { None }).unwrap_or_default())
        }
        (None, _) if object.values().all(|value| !value.is_array() && !value.is_object()) => Ok(vec![object]),
        _ => Err(format_error(path, None, "the JSON object must hold exactly one array of objects")),
    }
}

fn objects(values: Vec<Value>) -> Option<Vec<Record>> {
    values.into_iter().map(|value| if let Value::Object(record) = value { Some(record) } else { None }).collect()
}

fn lines(text: &str, path: &Path) -> Result<Vec<Record>, TableError> {
    let mut records = vec![];
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let record = serde_json::from_str(line).or_else(|_| serde_json::from_str(&without_nan(line)));
        let no_object = |what: &str| format_error(path, Some(number), &format!("not a JSON object on one line: {what}"));
        match record {
            Ok(Strict(Value::Object(record))) => records.push(record),
            Ok(_) => return Err(no_object("it is another value")),
            Err(error) => return Err(no_object(&error.to_string())),
        }
    }
    Ok(records)
}

/// Python's `NaN`, `Infinity` and `-Infinity`, outside strings, as `null`.
fn without_nan(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some(letter) = rest.chars().next() {
        let constant = ["NaN", "-Infinity", "Infinity"].into_iter().find(|constant| !in_string && rest.starts_with(constant));
        if let Some(constant) = constant {
            clean.push_str("null");
            rest = &rest[constant.len()..];
            continue;
        }
        let taken =
            if in_string && letter == '\\' { 1 + rest[1..].chars().next().map_or(0, char::len_utf8) } else { letter.len_utf8() };
        in_string ^= letter == '"';
        clean.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    clean
}

/// Integer answers that point into the record's list `options` (from 0) become that option. An
/// index outside the list becomes a text that is no name: an answer outside the taxonomy.
fn resolve_options(record: &mut Record, answers: &[&str]) {
    let Some(Value::Array(options)) = record.get("options").cloned() else { return };
    for (key, value) in record.iter_mut() {
        if !answers.iter().any(|answer| *answer == key || *answer == normalised(key)) {
            continue;
        }
        let index = value.as_u64().and_then(|index| usize::try_from(index).ok());
        let Some(index) = index else { continue };
        *value = options.get(index).cloned().unwrap_or_else(|| Value::String(format!("#{index} (not among the options)")));
    }
}

/// `SpeciesNet`'s nested answers (`classifications`: `classes` and `scores`) as rows of a long table.
fn spread_classes(mut record: Record) -> Vec<Record> {
    let Some(Value::Object(mut nested)) = record.remove("classifications") else { return vec![record] };
    if record.contains_key("prediction") {
        // The ensemble's decision is the answer, not the classifier's list it was made from.
        return vec![record];
    }
    let (Some(Value::Array(classes)), Some(Value::Array(scores))) = (nested.remove("classes"), nested.remove("scores")) else {
        return vec![record];
    };
    record.retain(|_, value| !value.is_array() && !value.is_object());
    let row = |(class, score): (Value, Value)| {
        let mut row = record.clone();
        row.insert("prediction".to_string(), class);
        row.insert("score".to_string(), score);
        row
    };
    classes.into_iter().zip(scores).map(row).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_of_python_become_null_outside_strings_only() {
        let text = r#"{"a": NaN, "b": "NaN \" NaN", "c": [-Infinity, 1], "d": "é"}"#;
        assert_eq!(without_nan(text), r#"{"a": null, "b": "NaN \" NaN", "c": [null, 1], "d": "é"}"#);
    }
}
