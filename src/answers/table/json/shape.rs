//! Which shape a value has: each is told by its structure, never by the name of its file.

use super::record::{REMEDY, Read, Record, names_image, names_label, names_truth, objects, quoted};
use super::{by_image, coco, fiftyone, label_studio, megadetector, pandas, services, speciesnet};
use serde_json::Value;

/// The rows of a value.
///
/// # Errors
///
/// The sentence that says which shape was met, and how to write a table.
pub(super) fn rows(value: Value, answers: &[&str]) -> Result<Vec<Record>, String> {
    match value {
        Value::Array(items) => match records(items) {
            Ok(records) => in_records(records, answers),
            Err(items) => Err(pandas::refused(&items)
                .unwrap_or_else(|| format!("the JSON array holds something that is not an object: {}; {REMEDY}", kind(&items)))),
        },
        Value::Object(object) => in_object(object, answers),
        _ => Err(format!("the JSON is neither an object nor an array of objects: {REMEDY}")),
    }
}

/// What of an array is no object, in words.
fn kind(items: &[Value]) -> &'static str {
    match items.iter().find(|item| !item.is_object()) {
        Some(Value::String(_)) => "a text",
        Some(Value::Number(_)) => "a number",
        Some(Value::Array(_)) => "a list",
        _ => "nothing",
    }
}

fn records(items: Vec<Value>) -> Result<Vec<Record>, Vec<Value>> {
    if !items.iter().all(Value::is_object) {
        return Err(items);
    }
    Ok(items.into_iter().filter_map(|item| if let Value::Object(record) = item { Some(record) } else { None }).collect())
}

/// Rows as they stand in a list or on lines.
///
/// # Errors
///
/// Rows that name nothing: results of COCO, boxes of a detector.
pub(super) fn in_records(records: Vec<Record>, answers: &[&str]) -> Result<Vec<Record>, String> {
    if let Some(refused) = coco::refused(&records, answers) {
        return Err(refused);
    }
    if let Some(rows) = label_studio::read(&records)? {
        return Ok(rows);
    }
    if let Some(rows) = by_image::together(&records)? {
        return Ok(rows);
    }
    let records = match speciesnet::read(&records)? {
        Some(rows) => rows,
        None => records,
    };
    Ok(fiftyone::flattened(records.into_iter().flat_map(services::spread).collect()))
}

fn in_object(object: Record, answers: &[&str]) -> Result<Vec<Record>, String> {
    let known: [fn(&Record) -> Read; 5] = [pandas::split, megadetector::read, coco::read, fiftyone::read, services::one];
    if let Some(rows) = first(&known, &object)? {
        return Ok(rows);
    }
    if let Some(key) = table(&object)? {
        let rows = object.into_iter().find(|(name, _)| *name == key).map(|(_, value)| value);
        return rows.map_or_else(|| Ok(vec![]), |rows| self::rows(rows, answers));
    }
    if names_itself(&object) {
        return in_records(vec![object], answers);
    }
    let others: [fn(&Record) -> Read; 5] = [by_image::read, pandas::by_column, inner, by_row, pandas::lists];
    let rows = match first(&others, &object)? {
        Some(rows) => rows,
        None => match lone_table(&object) {
            Some(rows) => rows,
            None if !object.values().any(|value| value.is_array() || value.is_object()) => vec![object],
            None => return Err(unknown(&object)),
        },
    };
    in_records(rows, answers)
}

/// The rows of the first shape that fits.
fn first(shapes: &[fn(&Record) -> Read], object: &Record) -> Read {
    for shape in shapes {
        if let Some(rows) = shape(object)? {
            return Ok(Some(rows));
        }
    }
    Ok(None)
}

/// The one array of objects that name images.
fn table(object: &Record) -> Result<Option<String>, String> {
    let has = |rows: &[&Record], names: fn(&str) -> bool| rows.iter().any(|row| row.keys().any(|key| names(key)));
    let tables = object.iter().filter_map(|(key, value)| Some((key, objects(value)?)));
    let tables: Vec<(&String, Vec<&Record>)> = tables.filter(|(_, rows)| has(rows, names_image)).collect();
    if let [(only, _)] = &tables[..] {
        return Ok(Some((*only).clone()));
    }
    let labelled: Vec<&String> = tables.iter().filter(|(_, rows)| has(rows, names_label)).map(|(key, _)| *key).collect();
    match &labelled[..] {
        [only] => Ok(Some((*only).clone())),
        [] if tables.is_empty() => Ok(None),
        _ => {
            let several = quoted(tables.iter().map(|(key, _)| *key));
            Err(format!("the JSON object holds several arrays of objects that could be the table, {several}: leave one of them"))
        }
    }
}

/// Whether an object is one row: it names its image, and its lists hold no rows with truths of their own.
fn names_itself(object: &Record) -> bool {
    let has_truths =
        |value: &Value| objects(value).is_some_and(|rows| rows.iter().any(|row| row.keys().any(|key| names_truth(key))));
    object.iter().any(|(key, value)| names_image(key) && (value.is_string() || value.is_number()))
        && !object.values().any(has_truths)
}

/// An object by image within another one: `{"model": "x", "predictions": {"a.jpg": ..}}`.
fn inner(object: &Record) -> Read {
    let mut found = None;
    for inner in object.values().filter_map(Value::as_object) {
        if let Some(rows) = by_image::read(inner)? {
            if found.is_some() {
                return Err(format!(
                    "the JSON has several objects with names of images as keys, of {}: leave one",
                    quoted(object.keys())
                ));
            }
            found = Some(rows);
        }
    }
    Ok(found.filter(|_| !object.keys().any(|key| names_image(key))))
}

/// `{"0": {"image": .., "prediction": ..}, ..}`, whatever the keys of the rows are.
#[expect(clippy::unnecessary_wraps, reason = "one of the shapes that are tried in turn")]
fn by_row(object: &Record) -> Read {
    let rows: Option<Vec<&Record>> = object.values().map(Value::as_object).collect();
    let is_table = |rows: &Vec<&Record>| !rows.is_empty() && rows.iter().all(|row| row.keys().any(|key| names_image(key)));
    Ok(rows.filter(is_table).map(|rows| rows.into_iter().cloned().collect()))
}

/// The only array of objects, where nothing says what its rows are.
fn lone_table(object: &Record) -> Option<Vec<Record>> {
    let mut tables = object.values().filter_map(objects);
    let only = tables.next().filter(|_| tables.next().is_none())?;
    Some(only.into_iter().cloned().collect())
}

fn unknown(object: &Record) -> String {
    let tables: Vec<&String> = object.iter().filter(|(_, value)| objects(value).is_some()).map(|(key, _)| key).collect();
    if tables.len() > 1 {
        let several = quoted(tables.into_iter());
        return format!(
            "the JSON object holds several arrays of objects, {several}, of which none names images: leave one of them"
        );
    }
    let keys = quoted(object.keys());
    format!(
        "the JSON is an object with the keys {keys}, of which none is a table of predictions or the name of an image: {REMEDY}"
    )
}
