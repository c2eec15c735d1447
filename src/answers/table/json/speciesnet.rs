//! SpeciesNet's files: the answer of its ensemble, the list of its classifier, the boxes of its detector.

use super::megadetector::DETECTIONS_ONLY;
use super::record::{Read, Record};
use serde_json::{Value, json};

/// The column of the classifier's list.
const LIST: &str = "classifications";

/// Rows with the ensemble's answer and the list that it was made of, or else a row for every class of the classifier.
///
/// # Errors
///
/// A file of the detector alone; classes without scores.
pub(super) fn read(records: &[Record]) -> Read {
    let has = |key: &str| records.iter().any(|record| record.contains_key(key));
    let has_detections = records.iter().any(is_detected);
    let is_classified = records.iter().any(|record| classes(record).is_some());
    if !records.iter().all(|record| record.contains_key("filepath"))
        || !(has("prediction_source") || has_detections || is_classified)
    {
        return Ok(None);
    }
    if has("prediction") {
        return records.iter().map(of_ensemble).collect::<Result<Vec<Record>, String>>().map(Some);
    }
    if !is_classified {
        // Other software than SpeciesNet may write detections beside its answers.
        return if records.iter().all(is_bare) { Err(DETECTIONS_ONLY.to_string()) } else { Ok(None) };
    }
    let mut rows = vec![];
    for record in records {
        let plain = plain(record);
        match pairs(record)? {
            None => rows.push(plain),
            Some(pairs) => rows.extend(pairs.into_iter().map(|(class, score)| {
                let mut row = plain.clone();
                row.insert("prediction".to_string(), class.clone());
                row.insert("score".to_string(), score.clone());
                row
            })),
        }
    }
    Ok(Some(rows))
}

/// Whether a record has boxes with their confidence.
fn is_detected(record: &Record) -> bool {
    let detections = record.get("detections").and_then(Value::as_array);
    detections.is_some_and(|detections| detections.iter().any(|detection| detection.get("conf").is_some()))
}

/// Whether a record says nothing but what a detector does.
fn is_bare(record: &Record) -> bool {
    let keys = ["filepath", "detections", "failures", "model_version", "country", "admin1_region", "latitude", "longitude"];
    record.keys().all(|key| keys.contains(&key.as_str()))
}

fn plain(record: &Record) -> Record {
    let cells = record.iter().filter(|(_, value)| !value.is_array() && !value.is_object());
    cells.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn of_ensemble(record: &Record) -> Result<Record, String> {
    let mut row = plain(record);
    if let Some(pairs) = pairs(record)? {
        row.insert(LIST.to_string(), pairs.into_iter().map(|(class, score)| json!([class, score])).collect());
    }
    Ok(row)
}

fn classes(record: &Record) -> Option<&Vec<Value>> {
    record.get(LIST)?.get("classes")?.as_array()
}

/// The classes of a record with their scores.
fn pairs(record: &Record) -> Result<Option<Vec<(&Value, &Value)>>, String> {
    let Some(classes) = classes(record) else { return Ok(None) };
    let scores = record[LIST]["scores"].as_array().map(Vec::as_slice).unwrap_or_default();
    if classes.len() != scores.len() {
        let image = &record["filepath"];
        let (classes, scores) = (classes.len(), scores.len());
        return Err(format!("the numbers of classes ({classes}) and of scores ({scores}) of {image} differ in the JSON"));
    }
    Ok(Some(classes.iter().zip(scores).collect()))
}
