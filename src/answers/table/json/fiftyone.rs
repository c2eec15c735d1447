//! Data sets as FiftyOne writes them: labels by image with a list of classes, and labels that are objects.

use super::by_image;
use super::record::{Read, Record};
use crate::answers::table::list;
use serde_json::{Value, json};

/// `{"classes": [..], "labels": {"a.jpg": {"label": .., "confidence": ..}}}`; a label may be its place among the classes.
///
/// # Errors
///
/// Places that no class has.
pub(super) fn read(object: &Record) -> Read {
    let Some(labels) = object.get("labels").and_then(Value::as_object) else { return Ok(None) };
    let classes = match object.get("classes") {
        Some(Value::Array(classes)) => classes.as_slice(),
        Some(Value::Null) => &[],
        None if object.len() == 1 => &[],
        _ => return Ok(None),
    };
    let mut named = Record::new();
    for (image, label) in labels {
        named.insert(image.clone(), name(label, classes, image)?);
    }
    // Here every key is an image, whatever it looks like.
    by_image::read_all(&named)
}

fn name(label: &Value, classes: &[Value], image: &str) -> Result<Value, String> {
    match label {
        Value::Number(place) => {
            let class = place.as_u64().and_then(|place| classes.get(usize::try_from(place).ok()?));
            class
                .cloned()
                .ok_or_else(|| format!("the JSON labels '{image}' with class {place} of {}, counted from 0", classes.len()))
        }
        Value::Array(several) => several.iter().map(|label| name(label, classes, image)).collect(),
        Value::Object(object) if object.get("label").is_some_and(Value::is_number) => {
            let mut object = object.clone();
            let label = name(&object["label"], classes, image)?;
            object.insert("label".to_string(), label);
            Ok(plain(&object))
        }
        Value::Object(object) => Ok(listed(object).unwrap_or_else(|| plain(object))),
        other => Ok(other.clone()),
    }
}

/// The label and its confidence without what else a label holds.
fn plain(object: &Record) -> Value {
    let held = ["label", "confidence", "score", "conf", "probability"];
    held.iter().filter_map(|key| Some(((*key).to_string(), object.get(*key)?.clone()))).collect::<Record>().into()
}

/// The labels of a field that holds several: `{"classifications": [..]}`, `{"detections": [..]}`.
fn listed(field: &Record) -> Option<Value> {
    let labels = ["classifications", "detections"].iter().find_map(|key| field.get(*key)?.as_array())?;
    labels.iter().map(|label| label.as_object().filter(|label| label.contains_key("label")).map(plain)).collect()
}

/// Rows whose fields are labels, `{"label": .., "confidence": ..}`, as rows of texts and scores.
pub(super) fn flattened(records: Vec<Record>) -> Vec<Record> {
    let lists: Vec<String> = several(&records);
    records.into_iter().map(|record| flat(record, &lists)).collect()
}

/// The fields that list more than one label in some row.
fn several(records: &[Record]) -> Vec<String> {
    let mut fields: Vec<String> = vec![];
    for (field, value) in records.iter().flatten() {
        let labels = value.as_object().and_then(listed);
        if labels.and_then(|labels| labels.as_array().map(Vec::len)).is_some_and(|labels| labels > 1) && !fields.contains(field) {
            fields.push(field.clone());
        }
    }
    fields
}

fn flat(record: Record, lists: &[String]) -> Record {
    let mut row = Record::new();
    for (field, value) in record {
        let Some(object) = value.as_object().filter(|object| is_label(object)) else {
            row.insert(field, value);
            continue;
        };
        let label = listed(object).unwrap_or_else(|| plain(object));
        if lists.contains(&field) {
            row.insert(field, label);
            continue;
        }
        let only = list::answers(&label.to_string()).and_then(|answers| answers.into_iter().next());
        let score = only.as_ref().and_then(|only| only.score);
        row.insert(field.clone(), json!(only.map(|only| only.label)));
        if let Some(score) = score {
            row.insert(format!("{field}_score"), json!(score));
        }
    }
    row
}

/// Whether a field is a label, or holds labels.
fn is_label(object: &Record) -> bool {
    object.get("label").is_some_and(|label| label.is_string() || label.is_null()) || listed(object).is_some()
}
