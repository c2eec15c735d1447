//! Classes as JSON, in the shapes that programs write.

use super::class::{Class, Classes};
use serde_json::{Map, Value};

/// Fields that hold the classes of an object that holds more, the surest first.
const FIELDS: [&str; 7] = ["id2label", "class_to_idx", "label2id", "species_id_to_name", "label_names", "class_names", "classes"];

pub(super) fn classes(text: &str) -> Result<Classes, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
    let inner = FIELDS.iter().find_map(|field| value.get(*field)).filter(|inner| inner.is_array() || inner.is_object());
    match inner.unwrap_or(&value) {
        Value::Array(list) => {
            let classes = list.iter().enumerate().map(|(place, value)| class(&place.to_string(), value));
            Ok(Classes { classes: classes.collect::<Result<_, _>>()?, notes: vec![] })
        }
        Value::Object(object) if object.values().all(Value::is_u64) => by_name(object),
        Value::Object(object) if object.keys().all(|key| key.parse::<u64>().is_ok()) => by_number(object),
        _ => Err("no list of names, and no object of indices and names: give [\"name\", ..], {\"0\": \"name\", ..} or {\"name\": 0, ..}"
            .to_string()),
    }
}

/// The class of a value: its name, the last of several; null is no taxon.
fn class(place: &str, value: &Value) -> Result<Class, String> {
    let name = match value {
        Value::Null => Some(""),
        Value::Array(names) => names.last().and_then(Value::as_str),
        value => value.as_str(),
    };
    name.map(Class::named).ok_or_else(|| format!("class {place} is {value}, no name"))
}

/// `{"name": 0}`.
fn by_name(object: &Map<String, Value>) -> Result<Classes, String> {
    let count = object.len();
    let mut classes: Vec<Option<Class>> = vec![None; count];
    for (name, index) in object {
        let place = index.as_u64().and_then(|index| usize::try_from(index).ok());
        let Some(room) = place.and_then(|place| classes.get_mut(place)) else {
            return Err(format!("index {index} of '{name}' is none of 0 to {}, each once", count.saturating_sub(1)));
        };
        if room.replace(Class::named(name)).is_some() {
            return Err(format!("index {index} of '{name}' is there twice"));
        }
    }
    Ok(Classes { classes: classes.into_iter().flatten().collect(), notes: vec![] })
}

/// `{"0": "name"}`, or ids of a data set, whose folders torchvision and Pl@ntNet's programs number in the order of their names.
fn by_number(object: &Map<String, Value>) -> Result<Classes, String> {
    let mut keys: Vec<(&String, u64)> = object.keys().filter_map(|key| Some((key, key.parse().ok()?))).collect();
    keys.sort_by_key(|&(_, number)| number);
    let mut notes = vec![];
    // Up to nine both orders are one.
    if keys.len() > 9 && keys.iter().zip(1..).all(|(&(_, number), place)| number == place) {
        return Err(format!(
            "the ids of classes are 1 to {}, and nothing says whether the outputs are in the order of the numbers or of their \
             texts (1, 10, 11, 2), as torchvision numbers folders: give a list of names, or a CSV of index, class and taxon",
            keys.len()
        ));
    }
    if keys.iter().zip(0..).any(|(&(_, number), place)| number != place) {
        keys.sort_by_key(|&(key, _)| key);
        notes.push(format!(
            "the ids of classes are not 0 to {}; they are taken in the order of their texts, as torchvision numbers folders; where \
             the model has another order, give a CSV of index, class and taxon",
            keys.len().saturating_sub(1)
        ));
    }
    let classes = keys.iter().map(|&(key, _)| class(key, object.get(key).unwrap_or(&Value::Null)));
    Ok(Classes { classes: classes.collect::<Result<_, _>>()?, notes })
}
