//! Names of a classifier's classes in transformers' configurations.

use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_WORDS, spelt};

/// The names in `id2label`, in the order of the class layer's outputs; without it, as transformers has it, `num_labels` classes
/// (2 where that is missing too) that are called `LABEL_0` and on.
pub(super) fn names(fields: &Fields) -> Result<Vec<String>, ConfigError> {
    let Some(value) = fields.get("id2label") else {
        let count = fields.whole("num_labels", Some(2), [1, MOST_WORDS])?;
        return Ok((0..count).map(|class| format!("LABEL_{class}")).collect());
    };
    let labels = value.as_object().filter(|labels| !labels.is_empty());
    let labels = labels.ok_or_else(|| fields.unsupported("id2label", &spelt(value)))?;
    let name = |class: usize| {
        let gap = || fields.unsupported("id2label", &format!("{} names without one for class {class}", labels.len()));
        labels.get(&class.to_string()).map(spelt).ok_or_else(gap)
    };
    (0..labels.len()).map(name).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::path::Path;

    fn of(value: &Value) -> Result<Vec<String>, String> {
        let fields = Fields::of(Path::new("m/config.json"), "", value).unwrap();
        names(&fields).map_err(|error| error.to_string())
    }

    #[test]
    fn classes_are_in_the_order_of_their_numbers() {
        let labels = json!({"id2label": {"10": "k", "0": "a", "1": "b", "2": "c", "3": "d", "4": "e", "5": "f", "6": "g", "7": "h",
            "8": "i", "9": "j"}});
        assert_eq!(of(&labels).unwrap(), ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]);
        assert_eq!(of(&json!({"num_labels": 3})).unwrap(), ["LABEL_0", "LABEL_1", "LABEL_2"]);
        assert_eq!(of(&json!({})).unwrap().len(), 2);
        let error = of(&json!({"id2label": {"0": "a", "2": "c"}})).unwrap_err();
        assert!(error.contains("'id2label' is '2 names without one for class 1', which"), "{error}");
        assert!(of(&json!({"id2label": {}})).unwrap_err().contains("'id2label' is '{}', which"));
    }
}
