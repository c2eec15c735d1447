//! Batch files of MegaDetector and Timelapse: boxes by image, each with the classes of a classifier.

use super::record::{Read, Record, objects, record};
use serde_json::{Value, json};

/// What is said of boxes without species.
pub(super) const DETECTIONS_ONLY: &str = "the JSON has detections only, and no classification_categories: MegaDetector says animal, \
     person or vehicle, not which species; run a classifier on its boxes and give its file";

/// Per image the classes of its best classified detection; where none is classified, what the detector takes the most confident
/// for: an animal, a person, a vehicle.
///
/// # Errors
///
/// A file without any class; classes without names.
pub(super) fn read(object: &Record) -> Read {
    let Some(images) = object.get("images").and_then(objects) else { return Ok(None) };
    let is_batch =
        |image: &&Record| image.contains_key("file") && (image.contains_key("detections") || image.contains_key("failure"));
    if !images.iter().all(is_batch) || !images.iter().any(|image| image.contains_key("detections")) {
        return Ok(None);
    }
    let names = Names::of(object);
    let mut records = vec![];
    let mut classified = false;
    for image in images {
        let detections = image.get("detections").and_then(Value::as_array);
        let answers = match detections {
            Some(detections) if detections.is_empty() => json!(["empty"]),
            Some(detections) => match best(detections) {
                Some(classes) => {
                    classified = true;
                    names.named(classes)?
                }
                None => category(detections, object).unwrap_or(Value::Null),
            },
            None => Value::Null,
        };
        records.push(record([("image", image["file"].clone()), ("predictions", answers)]));
    }
    if classified { Ok(Some(records)) } else { Err(DETECTIONS_ONLY.to_string()) }
}

/// The classes of the most confident detection that has any.
fn best(detections: &[Value]) -> Option<&Vec<Value>> {
    let is_classified = |detection: &&Value| {
        let classes = detection.get("classifications").and_then(Value::as_array);
        classes.is_some_and(|classes| !classes.is_empty())
    };
    surest(detections.iter().filter(is_classified))?.get("classifications")?.as_array()
}

/// The first of the most confident detections.
fn surest<'a>(detections: impl Iterator<Item = &'a Value>) -> Option<&'a Value> {
    let confidence = |detection: &Value| detection.get("conf").and_then(Value::as_f64).unwrap_or(f64::NEG_INFINITY);
    let mut best: Option<&Value> = None;
    for detection in detections {
        if best.is_none_or(|best| confidence(detection) > confidence(best)) {
            best = Some(detection);
        }
    }
    best
}

/// What the detector takes its most confident detection for, with its confidence; `None` where the file does not say in words.
fn category(detections: &[Value], object: &Record) -> Option<Value> {
    let surest = surest(detections.iter())?;
    let id = surest.get("category").and_then(Value::as_str)?;
    let name = object.get("detection_categories")?.get(id)?.as_str()?;
    Some(json!([[name, surest.get("conf")]]))
}

/// The names of the classes by their ids.
struct Names<'a> {
    categories: Option<&'a Record>,
    /// Lineages of the classes, where the classifier was SpeciesNet.
    lineages: Option<&'a Record>,
}

impl<'a> Names<'a> {
    fn of(object: &'a Record) -> Names<'a> {
        let map = |key: &str| object.get(key).and_then(Value::as_object);
        Names { categories: map("classification_categories"), lineages: map("classification_category_descriptions") }
    }

    fn of_id(&self, id: &str) -> Option<&'a str> {
        let lineage = self.lineages.and_then(|lineages| lineages.get(id)).and_then(Value::as_str);
        // `uuid;class;order;family;genus;species;common name`
        let lineage = lineage.filter(|lineage| lineage.matches(';').count() == 6);
        lineage.or_else(|| self.categories?.get(id)?.as_str())
    }

    /// `[["0", 0.8], ..]` with names in place of the ids.
    fn named(&self, classes: &[Value]) -> Result<Value, String> {
        let class = |class: &Value| {
            let id = match &class[0] {
                Value::String(id) => id.clone(),
                other => other.to_string(),
            };
            match self.of_id(&id) {
                Some(name) => Ok(json!([name, class[1]])),
                None => Err(format!(
                    "the JSON has a classification of category '{id}', and no name for it in classification_categories"
                )),
            }
        };
        classes.iter().map(class).collect()
    }
}
