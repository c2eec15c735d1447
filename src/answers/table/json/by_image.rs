//! Objects whose keys are the names of images.

use super::record::{REMEDY, Read, Record, is_image, is_path, names_column, names_image, names_side, record};
use super::services;
use crate::answers::table::list::{self, Listed};
use serde_json::{Value, json};

/// `{"a.jpg": [{"label": .., "score": ..}], ..}` and all that may stand in the place of the list.
///
/// # Errors
///
/// Numbers in the place of names.
pub(super) fn read(object: &Record) -> Read {
    if object.keys().all(|key| is_image(key)) { read_all(object) } else { Ok(None) }
}

/// Objects of one image each, or of a few: `[{"a.jpg": ..}, {"b.jpg": ..}]`.
///
/// # Errors
///
/// An image that stands in several objects.
pub(super) fn together(objects: &[Record]) -> Read {
    if objects.is_empty() || !objects.iter().all(|object| !object.is_empty() && object.keys().all(|key| is_path(key))) {
        return Ok(None);
    }
    let mut whole = Record::new();
    for (image, value) in objects.iter().flatten() {
        if whole.insert(image.clone(), value.clone()).is_some() {
            return Err(format!("the JSON has several objects with the key '{image}': give each image one"));
        }
    }
    read_all(&whole)
}

/// The same, whatever the keys look like.
///
/// # Errors
///
/// Numbers in the place of names.
pub(super) fn read_all(object: &Record) -> Read {
    if object.is_empty() {
        return Ok(None);
    }
    if is_records(object) {
        return Ok(Some(object.iter().map(|(key, value)| row(key, value)).collect()));
    }
    if object.values().any(Value::is_f64) {
        return Err(format!("the JSON has a number for every image and no name: {REMEDY}"));
    }
    Ok(ranked(object))
}

/// Whether the values are rows of a table: objects that say more than a label and its score.
fn is_records(object: &Record) -> bool {
    let is_row = |value: &Value| {
        let Some(row) = value.as_object() else { return false };
        services::answers(row).is_none()
            && zipped(row).is_none()
            && row.keys().any(|key| names_column(key))
            && (row.keys().any(|key| names_side(key) || names_image(key)) || list::answers(&value.to_string()).is_none())
    };
    object.values().any(is_row) && object.values().all(|value| value.is_null() || is_row(value))
}

/// A row of a table with its key as the image, unless the row names it; numbers of rows name nothing then.
fn row(key: &str, value: &Value) -> Record {
    let mut row = value.as_object().cloned().unwrap_or_default();
    let named = row.keys().any(|key| names_image(key));
    let column = match (named, is_path(key)) {
        (false, _) | (true, true) => "image",
        (true, false) if key.bytes().all(|byte| byte.is_ascii_digit()) => return row,
        (true, false) => "id",
    };
    row.entry(column).or_insert_with(|| Value::String(key.to_string()));
    row
}

/// The answers of every image: a label with a score where there is one at most, else a list.
fn ranked(object: &Record) -> Option<Vec<Record>> {
    let answers: Vec<Option<Vec<Listed>>> = object.values().map(answers).collect::<Option<_>>()?;
    let single = answers.iter().flatten().all(|answers| answers.len() < 2);
    let scored = answers.iter().flatten().flatten().any(|answer| answer.score.is_some());
    let row = |(image, answers): (&String, Option<Vec<Listed>>)| {
        let image = ("image", json!(image));
        if !single {
            return record([image, ("predictions", answers.map_or(Value::Null, |answers| as_list(&answers)))]);
        }
        let first = answers.and_then(|answers| answers.into_iter().next());
        let score = first.as_ref().and_then(|answer| answer.score);
        let label = ("label", json!(first.map(|answer| answer.label)));
        if scored { record([image, label, ("score", json!(score))]) } else { record([image, label]) }
    };
    Some(object.keys().zip(answers).map(row).collect())
}

fn as_list(answers: &[Listed]) -> Value {
    answers.iter().map(|answer| json!([answer.label, answer.score])).collect()
}

/// The answers of one image: none for nothing; `None` for what is no answer.
#[expect(clippy::option_option, reason = "the outer one says that it is no answer")]
fn answers(value: &Value) -> Option<Option<Vec<Listed>>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => {
            Some(Some(list::answers(text).unwrap_or_else(|| vec![Listed { label: text.clone(), score: None }])))
        }
        Value::Number(number) => Some(Some(vec![Listed { label: number.to_string(), score: None }])),
        Value::Bool(_) => None,
        Value::Object(object) => {
            let listed = services::answers(object).unwrap_or(value);
            list::answers(&listed.to_string()).or_else(|| zipped(object)).map(Some)
        }
        Value::Array(_) => list::answers(&value.to_string()).map(Some),
    }
}

/// A list of names and one of their scores, side by side.
fn zipped(object: &Record) -> Option<Vec<Listed>> {
    let lists = || object.values().filter_map(Value::as_array);
    if lists().count() == 2 && lists().all(Vec::is_empty) {
        return Some(vec![]);
    }
    let mut names = lists().filter(|list| list.iter().all(Value::is_string));
    let mut scores = lists().filter(|list| list.iter().all(Value::is_number));
    let (names, scores, None, None) = (names.next()?, scores.next()?, names.next(), scores.next()) else { return None };
    let listed = |(name, score): (&Value, &Value)| Some(Listed { label: name.as_str()?.to_string(), score: score.as_f64() });
    if names.len() == scores.len() { names.iter().zip(scores).map(listed).collect() } else { None }
}
