//! The files of a tokenizer, as transformers looks for them in a folder.

use super::error::TokenizerError;
use nearmiss::files::regular_file;
use serde_json::{Map, Value};
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// The name of the vocabulary in a model directory.
pub const VOCABULARY_FILE: &str = "tokenizer.json";

/// What is said of the vocabulary beside it.
pub const SETTINGS_FILE: &str = "tokenizer_config.json";

/// The most bytes of a file: seven times those of the largest there is (Gemma's).
const MOST_BYTES: u64 = 256 << 20;

/// What is said of a vocabulary in the folder where it lies; a file that is missing says nothing.
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// `tokenizer_config.json`.
    pub settings: Map<String, Value>,
    /// `special_tokens_map.json`: tokens by what they are for.
    pub special: Map<String, Value>,
    /// `added_tokens.json`: ids by token.
    pub added: Map<String, Value>,
    /// `config.json`, of the model.
    pub model: Map<String, Value>,
}

impl Folder {
    /// Reads what is said.
    ///
    /// # Errors
    ///
    /// [`TokenizerError`] for a file that is unreadable or no object of JSON.
    pub fn read(path: &Path) -> Result<Folder, TokenizerError> {
        let said = |name: &str| object(path, name).map(Option::unwrap_or_default);
        Ok(Folder {
            path: path.to_path_buf(),
            settings: said(SETTINGS_FILE)?,
            special: said("special_tokens_map.json")?,
            added: said("added_tokens.json")?,
            model: said("config.json")?,
        })
    }

    /// The class of transformers that the files name, without `Fast` at its end.
    #[must_use]
    pub fn class(&self) -> Option<&str> {
        let named = |said: &Map<String, Value>| said.get("tokenizer_class").and_then(Value::as_str).is_some();
        let said = if named(&self.settings) { &self.settings } else { &self.model };
        let class = said.get("tokenizer_class")?.as_str()?;
        Some(class.strip_suffix("Fast").filter(|_| class != "PreTrainedTokenizerFast").unwrap_or(class))
    }

    /// The kind of model, as `config.json` has it.
    #[must_use]
    pub fn model_type(&self) -> Option<&str> {
        self.model.get("model_type").and_then(Value::as_str)
    }

    /// A switch of `tokenizer_config.json`; the default where it says nothing.
    ///
    /// # Errors
    ///
    /// A sentence if it is no switch.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.settings.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => {
                value.as_bool().ok_or_else(|| format!("'{name}' of {SETTINGS_FILE} is {value}, and not true or false"))
            }
        }
    }

    /// A side of `tokenizer_config.json`, left being `true`; `None` where it says nothing.
    ///
    /// # Errors
    ///
    /// A sentence if it is no side.
    pub fn left(&self, name: &str) -> Result<Option<bool>, String> {
        match self.settings.get(name).map(|value| (value, value.as_str())) {
            None | Some((Value::Null, _)) => Ok(None),
            Some((_, Some("left"))) => Ok(Some(true)),
            Some((_, Some("right"))) => Ok(Some(false)),
            Some((value, _)) => Err(format!("'{name}' of {SETTINGS_FILE} is {value}, and not left or right")),
        }
    }

    /// The text of a file; `None` where there is none of the name.
    ///
    /// # Errors
    ///
    /// [`TokenizerError`] for a file that is unreadable, no UTF-8 or larger than any vocabulary.
    pub fn text(&self, name: &str) -> Result<Option<String>, TokenizerError> {
        text(&self.path, name)
    }

    /// The object of JSON in a file; `None` where there is none of the name.
    ///
    /// # Errors
    ///
    /// As [`Folder::text`]; for what is no object of JSON.
    pub fn object(&self, name: &str) -> Result<Option<Map<String, Value>>, TokenizerError> {
        object(&self.path, name)
    }
}

fn text(folder: &Path, name: &str) -> Result<Option<String>, TokenizerError> {
    let path = folder.join(name);
    if !path.is_file() {
        return Ok(None);
    }
    let length = std::fs::metadata(&path).as_ref().map_or(0, Metadata::len);
    if length > MOST_BYTES {
        let reason = format!("it has {length} bytes, and no vocabulary has more than {MOST_BYTES}; copy or download it again");
        return Err(TokenizerError::File { path, reason });
    }
    regular_file::read_to_string(&path).map(Some).map_err(|source| TokenizerError::Open { path, source })
}

fn object(folder: &Path, name: &str) -> Result<Option<Map<String, Value>>, TokenizerError> {
    let Some(text) = text(folder, name)? else { return Ok(None) };
    let wrong =
        |what: String| TokenizerError::File { path: folder.join(name), reason: format!("{what}; copy or download it again") };
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok(Some(object)),
        Ok(_) => Err(wrong("it is no object".to_string())),
        Err(error) => Err(wrong(format!("it is no JSON ({error})"))),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Result<Folder, TokenizerError>) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let read = Folder::read(folder.path());
        (folder, read)
    }

    #[test]
    fn what_is_said_is_read_and_what_is_missing_says_nothing() {
        let settings = r#"{"tokenizer_class": "BertTokenizerFast", "do_lower_case": false, "truncation_side": "left"}"#;
        let (_kept, read) = folder(&[(SETTINGS_FILE, settings), ("config.json", r#"{"model_type": "bert"}"#)]);
        let read = read.unwrap();
        assert_eq!((read.class(), read.model_type()), (Some("BertTokenizer"), Some("bert")));
        assert_eq!((read.flag("do_lower_case", true), read.flag("strip_accents", true)), (Ok(false), Ok(true)));
        assert_eq!((read.left("truncation_side"), read.left("padding_side")), (Ok(Some(true)), Ok(None)));
        assert!(read.special.is_empty() && read.object("none.json").unwrap().is_none());
    }

    #[test]
    fn the_class_is_the_models_where_the_settings_name_none() {
        let (_kept, read) = folder(&[("config.json", r#"{"tokenizer_class": "PreTrainedTokenizerFast"}"#)]);
        assert_eq!(read.unwrap().class(), Some("PreTrainedTokenizerFast"));
    }

    #[test]
    fn what_is_no_setting_is_refused_with_its_value() {
        let (_kept, read) = folder(&[(SETTINGS_FILE, r#"{"padding_side": "up", "do_lower_case": 3}"#)]);
        let read = read.unwrap();
        assert_eq!(
            read.left("padding_side").unwrap_err(),
            "'padding_side' of tokenizer_config.json is \"up\", and not left or right"
        );
        assert_eq!(
            read.flag("do_lower_case", true).unwrap_err(),
            "'do_lower_case' of tokenizer_config.json is 3, and not true or false"
        );
        let (_kept, read) = folder(&[("config.json", "[1]")]);
        let message = read.err().unwrap().to_string();
        assert!(
            message.ends_with("config.json: this tokenizer is not read: it is no object; copy or download it again"),
            "{message}"
        );
    }
}
