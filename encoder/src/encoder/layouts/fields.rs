//! Fields of a configuration in JSON, read within bounds.

use super::error::ConfigError;
use serde_json::{Map, Value};
use std::path::Path;

/// The most of each size that is computed, far above any model there is.
pub(super) const MOST_LAYERS: i64 = 512;
pub(super) const MOST_WIDTH: i64 = 32_768;
pub(super) const MOST_MLP_WIDTH: i64 = 4 * MOST_WIDTH;
pub(super) const MOST_PIXELS: i64 = 8_192;
pub(super) const MOST_PATCHES: i64 = 65_536;
pub(super) const MOST_TOKENS: i64 = 65_536;
pub(super) const MOST_WORDS: i64 = 4_194_304;

/// An object of a configuration.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// The file, for messages.
    pub(super) path: &'a Path,
    /// What the object is called, for messages: empty, or `vision_config.` with its point.
    pub(super) section: &'a str,
    /// The fields.
    pub(super) map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The fields of a configuration.
    pub(super) fn of(path: &'a Path, section: &'a str, value: &'a Value) -> Result<Fields<'a>, ConfigError> {
        let reason = || format!("{} is no object", if section.is_empty() { "it" } else { section.trim_end_matches('.') });
        let map = value.as_object().ok_or_else(|| ConfigError::Json { path: path.to_path_buf(), reason: reason() })?;
        Ok(Fields { path, section, map })
    }

    /// The value of a field; `None` where it is missing or null.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A field that says something that is not computed.
    pub(super) fn unsupported(&self, name: &str, value: &str) -> ConfigError {
        ConfigError::Unsupported { path: self.path.to_path_buf(), field: self.named(name), value: value.to_string() }
    }

    /// A field that must be there and is not.
    pub(super) fn missing(&self, name: &str, remedy: &str) -> ConfigError {
        ConfigError::Missing { path: self.path.to_path_buf(), field: self.named(name), remedy: remedy.to_string() }
    }

    /// A whole number within bounds; the default where the field is missing, an error where there is none.
    pub(super) fn whole(&self, name: &str, default: Option<i64>, [least, most]: [i64; 2]) -> Result<i64, ConfigError> {
        let number = match (self.get(name), default) {
            (None, Some(default)) => Some(default),
            (None, None) => return Err(self.missing(name, "copy or download the model's configuration again")),
            (Some(value), _) => value.as_i64(),
        };
        let value = || self.get(name).map_or_else(String::new, Value::to_string);
        match number {
            Some(number) if (least..=most).contains(&number) => Ok(number),
            None if !self.get(name).is_some_and(Value::is_number) => Err(self.unsupported(name, &value())),
            _ => {
                let value = number.map_or_else(value, |number| number.to_string());
                Err(ConfigError::OutOfRange { path: self.path.to_path_buf(), field: self.named(name), value, least, most })
            }
        }
    }

    /// A side length, given as one number or as two that are equal.
    pub(super) fn side(&self, name: &str, default: Option<i64>) -> Result<i64, ConfigError> {
        match self.get(name) {
            Some(Value::Array(sides)) => match &sides[..] {
                [height, width] if height == width => {
                    let map = Map::from_iter([(name.to_string(), height.clone())]);
                    Fields { path: self.path, section: self.section, map: &map }.whole(name, None, [1, MOST_PIXELS])
                }
                _ => Err(self.unsupported(name, &Value::from(sides.clone()).to_string())),
            },
            _ => self.whole(name, default, [1, MOST_PIXELS]),
        }
    }

    /// A finite number; the default where the field is missing.
    pub(super) fn number(&self, name: &str, default: f64) -> Result<f64, ConfigError> {
        let Some(value) = self.get(name) else { return Ok(default) };
        value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| self.unsupported(name, &value.to_string()))
    }

    /// A switch; the default where the field is missing.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, ConfigError> {
        let Some(value) = self.get(name) else { return Ok(default) };
        value.as_bool().ok_or_else(|| self.unsupported(name, &value.to_string()))
    }

    /// A text; `None` where the field is missing.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, ConfigError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| self.unsupported(name, &value.to_string()))
    }

    /// Refuses a field that says anything but one of `neutral`; missing and null are neutral.
    pub(super) fn only(&self, name: &str, neutral: &[Value]) -> Result<(), ConfigError> {
        match self.get(name) {
            Some(value) if !neutral.contains(value) => Err(self.unsupported(name, &spelt(value))),
            _ => Ok(()),
        }
    }

    /// Three finite numbers, one a channel; `None` where the field is missing.
    #[expect(clippy::cast_possible_truncation, reason = "as PyTorch rounds them")]
    pub(super) fn channels(&self, name: &str, positive: bool) -> Result<Option<[f32; 3]>, ConfigError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let wrong = || self.unsupported(name, &value.to_string());
        let numbers: Vec<f64> = value.as_array().ok_or_else(wrong)?.iter().filter_map(Value::as_f64).collect();
        let channels: [f64; 3] = numbers.try_into().map_err(|_| wrong())?;
        let channels = channels.map(|channel| channel as f32);
        let fits = channels.iter().all(|channel| channel.is_finite() && (!positive || *channel > 0.0));
        if fits { Ok(Some(channels)) } else { Err(wrong()) }
    }

    fn named(&self, name: &str) -> String {
        format!("{}{name}", self.section)
    }
}

/// A value as it is read in a message.
pub(super) fn spelt(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_read_within_bounds_or_refused_by_name() {
        let value = json!({"a": 3, "b": [7, 7], "c": [7, 8], "d": "x", "e": 1.5, "f": null, "g": [1, 2, 0], "h": true});
        let fields = Fields::of(Path::new("m/config.json"), "vision_config.", &value).unwrap();
        assert_eq!(fields.whole("a", None, [1, 5]).unwrap(), 3);
        assert_eq!((fields.side("b", None).unwrap(), fields.side("f", Some(4)).unwrap()), (7, 4));
        let refused = [
            (fields.whole("a", None, [4, 5]).unwrap_err(), "m/config.json: 'vision_config.a' is 3; models with 4 to 5"),
            (fields.whole("f", None, [4, 5]).unwrap_err(), "m/config.json: 'vision_config.f' is missing; copy"),
            (fields.whole("d", None, [4, 5]).unwrap_err(), "m/config.json: 'vision_config.d' is '\"x\"', which"),
            (fields.whole("e", None, [1, 5]).unwrap_err(), "m/config.json: 'vision_config.e' is 1.5; models with 1 to 5"),
            (fields.side("c", None).unwrap_err(), "m/config.json: 'vision_config.c' is '[7,8]', which"),
            (fields.only("d", &[json!("y")]).unwrap_err(), "m/config.json: 'vision_config.d' is 'x', which"),
            (fields.channels("g", true).unwrap_err(), "m/config.json: 'vision_config.g' is '[1,2,0]', which"),
        ];
        for (error, sentence) in refused {
            assert!(error.to_string().starts_with(sentence), "{error}");
        }
        assert_eq!(fields.channels("g", false).unwrap(), Some([1.0, 2.0, 0.0]));
        assert!(fields.flag("h", false).unwrap() && fields.flag("i", true).unwrap());
        assert!(fields.only("f", &[]).is_ok() && fields.only("d", &[json!("x")]).is_ok());
    }
}
