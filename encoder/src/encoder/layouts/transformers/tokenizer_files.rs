//! What a tokenizer's files say beside its vocabulary: `tokenizer_config.json`, and `tokenizer.json` around its model.

use super::json_file;
use crate::encoder::description::model::{Cleaning, FileTokenizer};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_TOKENS};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// The tokenizer itself.
pub const TOKENIZER_FILE: &str = "tokenizer.json";
/// How transformers wraps it.
const CONFIG_FILE: &str = "tokenizer_config.json";
/// Names of special tokens, in older folders.
const SPECIAL_FILE: &str = "special_tokens_map.json";

/// A `tokenizer.json` as it is, with nothing done before.
pub fn plain() -> FileTokenizer {
    FileTokenizer { cleaning: Cleaning::None, strip: None, lower_case: false }
}

/// What a tokenizer's files say beside its vocabulary.
pub struct TokenizerFiles {
    /// `tokenizer_config.json`, for messages.
    path: PathBuf,
    config: Map<String, Value>,
    special: Map<String, Value>,
    tokenizer: Around,
}

/// What stands in `tokenizer.json` around its model.
#[derive(Deserialize, Default)]
struct Around {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    padding: Option<PaddingRule>,
    normalizer: Option<Normalizer>,
}

#[derive(Deserialize)]
struct AddedToken {
    id: i64,
    content: String,
}

#[derive(Deserialize)]
struct PaddingRule {
    pad_id: i64,
}

#[derive(Deserialize)]
struct Normalizer {
    #[serde(default)]
    r#type: String,
    lowercase: Option<bool>,
}

impl TokenizerFiles {
    /// Reads the files of a folder; those that are not there say nothing.
    pub fn read(folder: &Path) -> Result<TokenizerFiles, ConfigError> {
        let path = folder.join(CONFIG_FILE);
        Ok(TokenizerFiles {
            config: json_file::read_if_there(&path)?.unwrap_or_default(),
            special: json_file::read_if_there(&folder.join(SPECIAL_FILE))?.unwrap_or_default(),
            tokenizer: json_file::read_if_there(&folder.join(TOKENIZER_FILE))?.unwrap_or_default(),
            path,
        })
    }

    /// transformers' class, without the `Fast` of older versions.
    pub(super) fn class(&self) -> Option<&str> {
        let class = self.config.get("tokenizer_class").and_then(Value::as_str)?;
        Some(class.strip_suffix("Fast").unwrap_or(class))
    }

    /// Most tokens of a text; `None` where nothing is said, or a number without meaning, as transformers writes for "no end".
    pub fn longest(&self) -> Option<i64> {
        let length = self.config.get("model_max_length").and_then(Value::as_i64);
        length.filter(|length| (1..=MOST_TOKENS).contains(length))
    }

    /// The id that texts are padded with; `None` where no file says.
    pub(super) fn padding_id(&self) -> Result<Option<i64>, ConfigError> {
        let named = self.config.get("pad_token").or_else(|| self.special.get("pad_token"));
        let Some(token) = named.filter(|token| !token.is_null()) else {
            return Ok(self.tokenizer.padding.as_ref().map(|padding| padding.pad_id));
        };
        let token = token.get("content").unwrap_or(token);
        let content = token.as_str().ok_or_else(|| self.unsupported("pad_token", &token.to_string()))?;
        let added = self.tokenizer.added_tokens.iter().find(|added| added.content == content).map(|added| added.id);
        match added.or_else(|| self.decoded(content)) {
            Some(id) => Ok(Some(id)),
            None => Err(self.unsupported("pad_token", &format!("{content}, which is no added token of {TOKENIZER_FILE}"))),
        }
    }

    /// The id that `added_tokens_decoder` gives a token.
    fn decoded(&self, content: &str) -> Option<i64> {
        let decoder = self.config.get("added_tokens_decoder")?.as_object()?;
        let is_it = |token: &Value| token.get("content").and_then(Value::as_str) == Some(content);
        decoder.iter().find(|(_, token)| is_it(token)).and_then(|(id, _)| id.parse().ok())
    }

    /// Whether the files ask for a mask that hides padding.
    pub(super) fn hides_padding(&self) -> bool {
        let names = self.config.get("model_input_names").and_then(Value::as_array);
        names.is_some_and(|names| names.iter().any(|name| name == "attention_mask"))
    }

    /// Refuses files of MPNet's tokenizer that contradict each other on capitals: transformers makes this tokenizer anew, small
    /// letters or not as `tokenizer_config.json` says; here `tokenizer.json` is read as it is.
    pub(super) fn agree_on_capitals(&self) -> Result<(), ConfigError> {
        let normalizer = self.tokenizer.normalizer.as_ref().filter(|normalizer| normalizer.r#type == "BertNormalizer");
        let Some(done) = normalizer.and_then(|normalizer| normalizer.lowercase) else { return Ok(()) };
        let said = self.config.get("do_lower_case").and_then(Value::as_bool).unwrap_or(true);
        if self.class() != Some("MPNetTokenizer") || said == done {
            return Ok(());
        }
        Err(self.unsupported("do_lower_case", &format!("{said} (true where it is missing), where {TOKENIZER_FILE} has {done}")))
    }

    /// A field of `tokenizer_config.json` that says something that is not computed.
    pub(super) fn unsupported(&self, field: &str, value: &str) -> ConfigError {
        self.fields().unsupported(field, value)
    }

    /// A field of `tokenizer_config.json` that must be there and is not.
    pub(super) fn missing(&self, field: &str, remedy: &str) -> ConfigError {
        self.fields().missing(field, remedy)
    }

    fn fields(&self) -> Fields<'_> {
        Fields { path: &self.path, section: "", map: &self.config }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn files(config: &Value, tokenizer: &Value) -> TokenizerFiles {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CONFIG_FILE), config.to_string()).unwrap();
        std::fs::write(folder.path().join(TOKENIZER_FILE), tokenizer.to_string()).unwrap();
        TokenizerFiles::read(folder.path()).unwrap()
    }

    #[test]
    fn padding_is_found_by_its_token() {
        let added = json!({"added_tokens": [{"id": 7, "content": "<pad>", "special": true}], "model": {"vocab": []}});
        assert_eq!(files(&json!({"pad_token": "<pad>"}), &added).padding_id().unwrap(), Some(7));
        assert_eq!(files(&json!({"pad_token": {"content": "<pad>", "lstrip": false}}), &added).padding_id().unwrap(), Some(7));
        let decoder = json!({"pad_token": "</s>", "added_tokens_decoder": {"1": {"content": "</s>"}, "2": {"content": "<unk>"}}});
        assert_eq!(files(&decoder, &json!({})).padding_id().unwrap(), Some(1));
        let rule = json!({"padding": {"pad_id": 3, "direction": "Left", "strategy": "BatchLongest"}});
        assert_eq!(files(&json!({}), &rule).padding_id().unwrap(), Some(3));
        assert_eq!(files(&json!({}), &json!({})).padding_id().unwrap(), None);
        let error = files(&json!({"pad_token": "<p>"}), &added).padding_id().unwrap_err().to_string();
        assert!(error.contains("tokenizer_config.json: 'pad_token' is '<p>, which is no added token"), "{error}");
    }

    #[test]
    fn class_length_and_mask_are_read() {
        let config = json!({
            "tokenizer_class": "GemmaTokenizerFast", "model_max_length": 64, "model_input_names": ["input_ids", "attention_mask"]
        });
        let files_of = files(&config, &json!({}));
        assert_eq!((files_of.class(), files_of.longest(), files_of.hides_padding()), (Some("GemmaTokenizer"), Some(64), true));
        // What transformers 5.24 writes where there is no longest text.
        let without_end = "{\"model_max_length\": 1000000000000000019884624838656}";
        assert_eq!(files(&serde_json::from_str(without_end).unwrap(), &json!({})).longest(), None);
    }

    #[test]
    fn files_that_contradict_each_other_on_capitals_are_refused() {
        let normalizer = |lowercase: bool| json!({"normalizer": {"type": "BertNormalizer", "lowercase": lowercase}});
        let mpnet = json!({"tokenizer_class": "MPNetTokenizer"});
        assert!(files(&mpnet, &normalizer(true)).agree_on_capitals().is_ok());
        assert!(files(&json!({"tokenizer_class": "BertTokenizer"}), &normalizer(false)).agree_on_capitals().is_ok());
        let error = files(&mpnet, &normalizer(false)).agree_on_capitals().unwrap_err().to_string();
        assert!(
            error.contains("'do_lower_case' is 'true (true where it is missing), where tokenizer.json has false', which"),
            "{error}"
        );
    }
}
