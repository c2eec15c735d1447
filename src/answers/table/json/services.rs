//! Answers of the services that identify photographs: Pl@ntNet and iNaturalist.

use super::record::{Read, Record, names_image, objects, record};
use serde_json::Value;

/// The ranked answers of a response: objects with a taxon (iNaturalist) or a species (Pl@ntNet) that is an object itself.
pub(super) fn answers(response: &Record) -> Option<&Value> {
    let results = response.get("results")?;
    if results.as_array()?.is_empty() {
        return (response.contains_key("query") || response.contains_key("common_ancestor")).then_some(results);
    }
    let is_answer = |answer: &&Record| ["species", "taxon"].iter().any(|key| answer.get(*key).is_some_and(Value::is_object));
    objects(results).filter(|answers| answers.iter().all(is_answer)).map(|_| results)
}

/// The images that a response says were asked.
fn images(response: &Record) -> Vec<&Value> {
    let asked = response.get("query").and_then(|query| query.get("images")).and_then(Value::as_array);
    asked.into_iter().flatten().filter(|image| image.is_string()).collect()
}

/// One response: a row for each photograph of the organism.
///
/// # Errors
///
/// A response that does not name its photographs.
pub(super) fn one(response: &Record) -> Read {
    let is_named = response.iter().any(|(key, value)| names_image(key) && value.is_string());
    let Some(answers) = answers(response).filter(|_| !is_named) else { return Ok(None) };
    let images = images(response);
    if images.is_empty() {
        return Err(
            "the JSON is an answer of a service that does not name its image: write an object with the image as its key and \
             the answer as its value"
                .to_string(),
        );
    }
    Ok(Some(images.into_iter().map(|image| record([("image", image.clone()), ("predictions", answers.clone())])).collect()))
}

/// A row that holds a response, or is one, with its answers as a list.
pub(super) fn spread(row: Record) -> Vec<Record> {
    if let Some(answers) = answers(&row) {
        let images = images(&row);
        if !images.is_empty() {
            return images
                .into_iter()
                .map(|image| record([("image", image.clone()), ("predictions", answers.clone())]))
                .collect();
        }
        let answers = answers.clone();
        let mut plain: Record = row.into_iter().filter(|(_, value)| !value.is_array() && !value.is_object()).collect();
        plain.insert("predictions".to_string(), answers);
        return vec![plain];
    }
    let field = |(key, value): (String, Value)| {
        let own = value.as_object().and_then(answers).cloned();
        (key, own.unwrap_or(value))
    };
    vec![row.into_iter().map(field).collect()]
}
