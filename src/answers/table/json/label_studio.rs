//! Tasks as Label Studio exports them: what people chose, and what a model did.

use super::record::{Read, Record, is_path, names_image, quoted, record};
use serde_json::{Value, json};

/// Kinds of labels of a region or an image.
const KINDS: &[&str] = &["choices", "taxonomy", "labels", "rectanglelabels", "polygonlabels", "brushlabels", "keypointlabels"];

/// Tasks as rows of image, truth and predictions.
///
/// # Errors
///
/// Tasks with more than one label of people.
pub(super) fn read(tasks: &[Record]) -> Read {
    let is_list = |task: &Record, key: &str| task.get(key).is_some_and(Value::is_array);
    let is_task = |task: &Record| {
        task.get("data").is_some_and(Value::is_object) && (is_list(task, "annotations") || is_list(task, "predictions"))
    };
    if tasks.is_empty() || !tasks.iter().all(is_task) {
        return Ok(None);
    }
    tasks.iter().map(row).collect::<Result<Vec<Record>, String>>().map(Some)
}

fn row(task: &Record) -> Result<Record, String> {
    let image = image(task);
    let mut truths: Vec<String> = listed(task, "annotations").into_iter().map(|(label, _)| label).collect();
    truths.sort_unstable();
    truths.dedup();
    if truths.len() > 1 {
        return Err(format!(
            "the JSON gives {image} several labels: {}; leave one annotation of each task",
            quoted(truths.iter())
        ));
    }
    let mut row = record([("image", image)]);
    if task.contains_key("annotations") {
        row.insert("truth".to_string(), json!(truths.first()));
    }
    let predictions = listed(task, "predictions");
    if !predictions.is_empty() {
        row.insert("predictions".to_string(), predictions.into_iter().map(|(label, score)| json!([label, score])).collect());
    }
    Ok(row)
}

/// The photograph of a task, or its number.
fn image(task: &Record) -> Value {
    let data = task.get("data").and_then(Value::as_object);
    let named = || data?.iter().find(|(key, value)| value.is_string() && names_image(key)).map(|(_, value)| value);
    let path = || data?.values().find(|value| value.as_str().is_some_and(is_path));
    named().or_else(path).or_else(|| task.get("id")).cloned().unwrap_or_default()
}

/// The labels of a task with their scores.
fn listed(task: &Record, kind: &str) -> Vec<(String, Option<f64>)> {
    let entries = task.get(kind).and_then(Value::as_array).into_iter().flatten();
    let mut labels = vec![];
    for entry in entries.filter(|entry| entry["was_cancelled"] != true) {
        for result in entry["result"].as_array().into_iter().flatten() {
            let score = result["score"].as_f64().or_else(|| entry["score"].as_f64());
            let chosen = KINDS.iter().filter_map(|kind| result["value"][*kind].as_array()).flatten();
            labels.extend(chosen.filter_map(name).map(|name| (name, score)));
        }
    }
    labels
}

/// A name, or the path to one from the top of a taxonomy.
fn name(label: &Value) -> Option<String> {
    match label {
        Value::String(name) => Some(name.clone()),
        Value::Array(path) => {
            let steps: Vec<&str> = path.iter().map(Value::as_str).collect::<Option<_>>()?;
            Some(steps.join(";"))
        }
        _ => None,
    }
}
