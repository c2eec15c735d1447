//! Names of classes in timm's configurations.

use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, spelt};
use serde_json::Value;

/// The names of classes in the order of the head's outputs; none where the files name none, or there is no head.
///
/// # Errors
///
/// [`ConfigError::Unsupported`] where not every class has a name.
pub(super) fn names(fields: &Fields, pretrained: &Fields, classes: i64) -> Result<Vec<String>, ConfigError> {
    let places = [(fields, "label_names"), (pretrained, "label_names"), (fields, "labels"), (pretrained, "labels")];
    let stated = places.into_iter().find_map(|(fields, name)| Some((fields, name, fields.get(name)?)));
    let Some((fields, name, value)) = stated.filter(|_| classes > 0) else { return Ok(vec![]) };
    let names: Option<Vec<String>> = match value {
        Value::Array(names) => Some(names.iter().map(spelt).collect()),
        Value::Object(names) => (0..classes).map(|class| names.get(&class.to_string()).map(spelt)).collect(),
        _ => None,
    };
    let count = || match value {
        Value::Array(names) => names.len(),
        Value::Object(names) => names.len(),
        _ => 0,
    };
    let names = names.filter(|names| i64::try_from(names.len()) == Ok(classes));
    names.ok_or_else(|| fields.unsupported(name, &format!("{} names of {classes} classes", count())))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    fn of(value: &Value, classes: i64) -> Result<Vec<String>, String> {
        let fields = Fields::of(Path::new("m/config.json"), "", value).unwrap();
        names(&fields, &fields, classes).map_err(|error| error.to_string())
    }

    #[test]
    fn names_stand_in_the_order_of_outputs_and_every_class_has_one() {
        assert_eq!(of(&json!({"label_names": ["b", "a"]}), 2).unwrap(), ["b", "a"]);
        assert_eq!(of(&json!({"label_names": {"1": "a", "0": 7}}), 2).unwrap(), ["7", "a"]);
        assert_eq!(of(&json!({"labels": ["x"]}), 1).unwrap(), ["x"]);
        assert_eq!(of(&json!({"label_names": ["b", "a"]}), 0).unwrap(), [""; 0]);
        assert_eq!(of(&json!({}), 2).unwrap(), [""; 0]);
        let refused = [
            (json!({"label_names": ["b"]}), "m/config.json: 'label_names' is '1 names of 2 classes', which"),
            (json!({"label_names": {"0": "b", "2": "a"}}), "m/config.json: 'label_names' is '2 names of 2 classes', which"),
            (json!({"label_names": "b"}), "m/config.json: 'label_names' is '0 names of 2 classes', which"),
        ];
        for (value, sentence) in refused {
            assert!(of(&value, 2).unwrap_err().starts_with(sentence), "{value}");
        }
    }
}
