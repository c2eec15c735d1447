//! Tables as pandas writes them: by column, by row, split; and objects of lists.

use super::record::{REMEDY, Read, Record, is_image, is_path, names_column, names_image, quoted};
use crate::answers::table::words::is_image as is_image_column;
use serde_json::{Map, Value};

/// `{"columns": [..], "index": [..], "data": [[..], ..]}`.
///
/// # Errors
///
/// Rows with more or fewer cells than there are columns.
pub(super) fn split(object: &Record) -> Read {
    let (Some(Value::Array(columns)), Some(Value::Array(data))) = (object.get("columns"), object.get("data")) else {
        return Ok(None);
    };
    let names: Option<Vec<&str>> = columns.iter().map(Value::as_str).collect();
    let rows: Option<Vec<&Vec<Value>>> = data.iter().map(Value::as_array).collect();
    let (Some(names), Some(rows)) = (names, rows) else { return Ok(None) };
    if let Some(twice) = (1..names.len()).find(|&at| names[..at].contains(&names[at])) {
        return Err(format!("several columns of the JSON are called '{}': give each its own name", names[twice]));
    }
    let index = object.get("index").and_then(Value::as_array).filter(|index| {
        index.len() == rows.len() && index.iter().all(Value::is_string) && !names.iter().any(|name| names_image(name))
    });
    let mut records = vec![];
    for (number, row) in rows.into_iter().enumerate() {
        if row.len() != names.len() {
            let (cells, word) = (row.len(), if row.len() == 1 { "cell" } else { "cells" });
            let what = format!("row {} of the JSON's 'data' has {cells} {word} where 'columns' has {}", number + 1, names.len());
            return Err(what);
        }
        let image = index.map(|index| ("image".to_string(), index[number].clone()));
        records.push(image.into_iter().chain(names.iter().map(ToString::to_string).zip(row.iter().cloned())).collect());
    }
    Ok(Some(records))
}

/// `{"image": {"0": "a.jpg", ..}, "prediction": {"0": .., ..}}`.
///
/// # Errors
///
/// Columns that have different rows.
pub(super) fn by_column(object: &Record) -> Read {
    let columns: Option<Vec<(&String, &Record)>> = object.iter().map(|(key, value)| Some((key, value.as_object()?))).collect();
    let Some(columns) = columns else { return Ok(None) };
    let known = object.keys().filter(|key| names_column(key)).count();
    let is_table = known > 0 && !object.keys().any(|key| is_path(key));
    let Some((first, rows)) = columns.first().filter(|_| is_table) else { return Ok(None) };
    if rows.is_empty() || object.len() == 1 && rows.values().any(Value::is_object) {
        return Ok(None);
    }
    let differs = |cells: &Record| cells.len() != rows.len() || cells.keys().any(|row| !rows.contains_key(row));
    if let Some((other, _)) = columns.iter().find(|(_, cells)| differs(cells)) {
        let what = format!("the JSON is a table by column, and '{first}' and '{other}' have different rows: give each the same");
        return if known > 1 { Err(what) } else { Ok(None) };
    }
    let has_image = object.keys().any(|key| is_image_column(key));
    let record = |row: &String| {
        let image = (!has_image && is_image(row)).then(|| ("image".to_string(), Value::String(row.clone())));
        let cells = columns.iter().map(|(column, cells)| ((*column).clone(), cells.get(row).cloned().unwrap_or_default()));
        image.into_iter().chain(cells).collect::<Record>()
    };
    Ok(Some(rows.keys().map(record).collect()))
}

/// `{"image": [..], "prediction": [..], "score": [..]}`.
///
/// # Errors
///
/// Lists of different lengths.
pub(super) fn lists(object: &Record) -> Read {
    let lists: Vec<(&String, &Vec<Value>)> = object.iter().filter_map(|(key, value)| Some((key, value.as_array()?))).collect();
    let is_table = lists.iter().any(|(key, _)| names_column(&singular(key, object)));
    let is_records = lists.iter().any(|(_, list)| list.iter().any(Value::is_object));
    if lists.len() < 2 || !is_table || is_records || object.values().any(Value::is_object) {
        return Ok(None);
    }
    let length = lists[0].1.len();
    if lists.iter().any(|(_, list)| list.len() != length) {
        let lengths: Vec<String> = lists.iter().map(|(key, list)| format!("'{key}' {}", list.len())).collect();
        return Err(format!("the JSON is an object of lists that must be equally long: {}", lengths.join(", ")));
    }
    let record = |row: usize| lists.iter().map(|(key, list)| (singular(key, object), list[row].clone())).collect::<Record>();
    Ok(Some((0..length).map(record).collect()))
}

/// `images` as `image`, where that is a usual name and `images` is none.
fn singular(key: &str, object: &Record) -> String {
    let cut = key.strip_suffix('s').filter(|cut| !names_column(key) && names_column(cut) && !object.contains_key(*cut));
    cut.unwrap_or(key).to_string()
}

/// Rows without names of columns, and answers without names of images.
pub(super) fn refused(items: &[Value]) -> Option<String> {
    let rows: Vec<&Vec<Value>> = items.iter().map(Value::as_array).collect::<Option<_>>()?;
    let cells = || rows.iter().flat_map(|row| row.iter());
    if cells().next().is_some() && cells().all(Value::is_object) {
        let keys = quoted(cells().next().and_then(Value::as_object).into_iter().flat_map(Map::keys));
        return Some(format!(
            "the JSON is a list of lists of objects with the keys {keys}, as pipelines of transformers give them, and names no image: \
             write a list of objects with the keys image and predictions, the list of each image under predictions"
        ));
    }
    Some(format!("the JSON is a list of rows without names of columns: {REMEDY}"))
}
