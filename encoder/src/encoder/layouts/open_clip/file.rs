//! `open_clip_config.json`: its sections.

use super::super::error::ConfigError;
use super::super::fields::Fields;
use serde::de::Error as _;
use serde_json::Value;
use std::path::Path;

/// The sections of a configuration.
#[derive(Clone, Copy)]
pub(super) struct Sections<'a> {
    /// What both towers share.
    pub(super) model: Fields<'a>,
    /// The image tower.
    pub(super) vision: Fields<'a>,
    /// The text tower.
    pub(super) text: Fields<'a>,
    /// What photographs are made; `None` where the file does not say.
    pub(super) preprocess: Option<Fields<'a>>,
}

/// The JSON of a configuration.
pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Value, ConfigError> {
    serde_json::from_slice(bytes).map_err(|source| ConfigError::Parse { path: path.to_path_buf(), source })
}

impl<'a> Sections<'a> {
    /// The sections of `{"model_cfg": …, "preprocess_cfg": …}`, or of the bare configuration of a model, as open_clip has
    /// them in its own `model_configs`.
    pub(super) fn of(value: &'a Value, path: &'a Path) -> Result<Sections<'a>, ConfigError> {
        let missing = |field| ConfigError::Parse { path: path.to_path_buf(), source: serde_json::Error::missing_field(field) };
        let file = Fields::of(path, "", value)?;
        let has = |name: &str| file.get(name).is_some();
        let bare = !has("model_cfg") && ["embed_dim", "vision_cfg", "text_cfg"].into_iter().any(has);
        let model = if bare { value } else { file.get("model_cfg").ok_or_else(|| missing("model_cfg"))? };
        let model = Fields::of(path, "model_cfg.", model)?;
        if model.get("embed_dim").is_none() {
            return Err(missing("embed_dim"));
        }
        let section = |name: &'static str, section| Fields::of(path, section, model.get(name).ok_or_else(|| missing(name))?);
        let preprocess = file.get("preprocess_cfg").map(|value| Fields::of(path, "preprocess_cfg.", value)).transpose()?;
        Ok(Sections { model, vision: section("vision_cfg", "vision_cfg.")?, text: section("text_cfg", "text_cfg.")?, preprocess })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn embed_dim(text: &str) -> Result<i64, String> {
        let path = Path::new("m/open_clip_config.json");
        let value = parse(text.as_bytes(), path).map_err(|error| error.to_string())?;
        let sections = Sections::of(&value, path).map_err(|error| error.to_string())?;
        sections.model.whole("embed_dim", None, [1, 9]).map_err(|error| error.to_string())
    }

    #[test]
    fn sections_are_found_in_both_forms() {
        assert_eq!(
            embed_dim(r#"{"model_cfg": {"embed_dim": 3, "vision_cfg": {}, "text_cfg": {}}, "preprocess_cfg": {}}"#),
            Ok(3)
        );
        assert_eq!(embed_dim(r#"{"embed_dim": 4, "vision_cfg": {}, "text_cfg": {}}"#), Ok(4));
    }

    #[test]
    fn what_is_no_configuration_says_where() {
        let cases = [
            (r#"{"hidden_size": 3}"#, "not an open_clip configuration: missing field `model_cfg`"),
            (r#"{"embed_dim": 3, "text_cfg": {}}"#, "not an open_clip configuration: missing field `vision_cfg`"),
            (r#"{"model_cfg": {"embed_dim": 3, "vision_cfg": {}}}"#, "missing field `text_cfg`"),
            (r#"{"model_cfg": {"vision_cfg": {}, "text_cfg": {}}}"#, "missing field `embed_dim`"),
            (r#"{"model_cfg": 3}"#, "not a model's configuration: model_cfg"),
            ("[]", "not a model's configuration: it is no object"),
            ("{\n", "not an open_clip configuration: EOF while parsing an object at line 2"),
        ];
        for (text, sentence) in cases {
            let message = embed_dim(text).unwrap_err();
            assert!(message.starts_with("m/open_clip_config.json: ") && message.contains(sentence), "{message}");
        }
    }
}
