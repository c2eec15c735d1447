//! COCO: images, annotations and categories that name each other by number.

use super::record::{Read, Record, names_label, objects, record};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Annotations with the file names of their images and the names of their categories.
///
/// # Errors
///
/// Annotations of images or categories that are not listed.
pub(super) fn read(object: &Record) -> Read {
    let tables = ["images", "annotations", "categories"].map(|key| object.get(key));
    let [Some(images), Some(Value::Array(annotations)), Some(categories)] = tables else { return Ok(None) };
    let (Some(images), Some(categories)) = (objects(images), objects(categories)) else { return Ok(None) };
    let files = by_id(&images, "file_name");
    let names = by_id(&categories, "name");
    if files.is_empty() || names.is_empty() {
        return Ok(None);
    }
    let is_scored = annotations.iter().any(|annotation| annotation.get("score").is_some_and(Value::is_number));
    let label = if is_scored { "prediction" } else { "label" };
    let mut annotated: HashSet<&str> = HashSet::new();
    let mut known: HashSet<(&str, Option<&str>)> = HashSet::new();
    let mut records = vec![];
    for annotation in annotations {
        let (image, category) = (&annotation["image_id"], &annotation["category_id"]);
        let file = *files
            .get(&image.to_string())
            .ok_or_else(|| format!("the JSON annotates image {image}, which is not among its images"))?;
        let name = match category {
            Value::Null => None,
            id => Some(
                *names
                    .get(&id.to_string())
                    .ok_or_else(|| format!("the JSON has no category {id}, which an annotation of '{file}' has"))?,
            ),
        };
        annotated.insert(file);
        if !known.insert((file, name)) && !is_scored {
            continue;
        }
        let mut row = record([("image", file.into()), (label, name.into())]);
        if is_scored {
            let held = ["score", "bbox"].into_iter().filter_map(|key| Some((key.to_string(), annotation.get(key)?.clone())));
            row.extend(held);
        }
        records.push(row);
    }
    let without = images.iter().filter_map(|image| image.get("file_name")?.as_str()).filter(|file| !annotated.contains(file));
    records.extend(without.map(|file| record([("image", file.into()), (label, Value::Null)])));
    Ok(Some(records))
}

/// Names by id.
fn by_id<'a>(rows: &[&'a Record], name: &str) -> HashMap<String, &'a str> {
    rows.iter().filter_map(|row| Some((row.get("id")?.to_string(), row.get(name)?.as_str()?))).collect()
}

/// Rows that name categories by numbers only, unless the column is asked for.
pub(super) fn refused(records: &[Record], answers: &[&str]) -> Option<String> {
    let is_result = |row: &Record| {
        ["image_id", "category_id"].iter().all(|key| row.get(*key).is_some_and(|id| !id.is_null()))
            && !row.keys().any(|key| key != "category_id" && names_label(key))
    };
    (!records.is_empty() && records.iter().all(is_result) && !answers.contains(&"category_id")).then(|| {
        "the JSON holds results of COCO, which name categories by number ('category_id') and images by number ('image_id'), and the \
         names are in another file; put images, annotations (these results) and categories into one object"
            .to_string()
    })
}
