//! The ids of a tokenizer's special tokens, as the files beside a model state them.

use super::super::error::ConfigError;
use super::super::transformers::read_json_if_there;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::Path;

/// A special token that a tower needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    /// What texts are filled up with.
    Padding,
    /// What stands at the end of a text of BERT's kind.
    Separator,
}

impl Special {
    /// The field that names it.
    fn field(self) -> &'static str {
        match self {
            Special::Padding => "pad_token",
            Special::Separator => "sep_token",
        }
    }

    /// What transformers' tokenizers call it where no file does.
    fn usual(self) -> &'static [&'static str] {
        match self {
            Special::Padding => &["[PAD]", "<pad>"],
            Special::Separator => &["[SEP]", "</s>"],
        }
    }

    /// Its id where there is no `tokenizer.json`, without which no text is read anyway: BERT's.
    fn default_id(self) -> i64 {
        match self {
            Special::Padding => 0,
            Special::Separator => 102,
        }
    }

    /// Its id in the folder's tokenizer: of the token that `tokenizer_config.json` or `special_tokens_map.json` names, else
    /// of what `tokenizer.json` pads with, else of the token of the usual name.
    ///
    /// # Errors
    ///
    /// [`ConfigError`]: a file that is unreadable, or none that says.
    ///
    /// # Source
    ///
    /// `transformers` 5, `tokenization_utils_base.py`, `SpecialTokensMixin`.
    pub(super) fn id(self, folder: &Path) -> Result<i64, ConfigError> {
        let Some(tokenizer) = read_json_if_there::<TokenizerFile>(&folder.join("tokenizer.json"))? else {
            return Ok(self.default_id());
        };
        let id = |token: &str| tokenizer.added_tokens.iter().find(|added| added.content == token).map(|added| added.id);
        for name in ["tokenizer_config.json", "special_tokens_map.json"] {
            let path = folder.join(name);
            let Some(fields) = read_json_if_there::<Map<String, Value>>(&path)? else { continue };
            let Some(value) = fields.get(self.field()).filter(|value| !value.is_null()) else { continue };
            let token = value.get("content").unwrap_or(value).as_str();
            let reason = || format!("'{}' is {value}, which 'added_tokens' of tokenizer.json does not list", self.field());
            return token.and_then(id).ok_or_else(|| ConfigError::Json { path, reason: reason() });
        }
        let pads = tokenizer.padding.as_ref().filter(|_| self == Special::Padding).map(|padding| padding.pad_id);
        pads.or_else(|| self.usual().iter().copied().find_map(id)).ok_or_else(|| ConfigError::Missing {
            path: folder.join("tokenizer_config.json"),
            field: self.field().to_string(),
            remedy: "copy or download the tokenizer's files again".to_string(),
        })
    }
}

/// Whether the folder's tokenizer puts a token before each text; where there is no `tokenizer.json`, BERT's does.
///
/// # Errors
///
/// [`ConfigError`]: a file that is unreadable.
///
/// # Source
///
/// `tokenizers` 0.23, `src/processors`.
pub(super) fn has_start(folder: &Path) -> Result<bool, ConfigError> {
    let file = read_json_if_there::<Around>(&folder.join("tokenizer.json"))?;
    Ok(file.is_none_or(|file| file.post_processor.is_some_and(|processor| processor.puts_first())))
}

/// What of `tokenizer.json` is put around a text.
#[derive(Deserialize)]
struct Around {
    post_processor: Option<PostProcessor>,
}

/// What puts tokens around a text.
#[derive(Deserialize)]
struct PostProcessor {
    #[serde(default)]
    r#type: String,
    /// Of a template: what a text becomes.
    #[serde(default)]
    single: Vec<Map<String, Value>>,
    /// Of a sequence: its parts.
    #[serde(default)]
    processors: Vec<PostProcessor>,
}

impl PostProcessor {
    fn puts_first(&self) -> bool {
        match self.r#type.as_str() {
            "BertProcessing" | "RobertaProcessing" => true,
            "TemplateProcessing" => self.single.first().is_some_and(|piece| piece.contains_key("SpecialToken")),
            _ => self.processors.iter().any(PostProcessor::puts_first),
        }
    }
}

/// What of `tokenizer.json` is about special tokens.
#[derive(Deserialize)]
struct TokenizerFile {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    padding: Option<PaddingOf>,
}

#[derive(Deserialize)]
struct AddedToken {
    id: i64,
    content: String,
}

#[derive(Deserialize)]
struct PaddingOf {
    pad_id: i64,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// The ids that a folder of such files gives for padding and separator.
    fn ids(files: &[(&str, &str)]) -> [Result<i64, String>; 2] {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        [Special::Padding, Special::Separator].map(|special| special.id(folder.path()).map_err(|error| error.to_string()))
    }

    const SIGLIP: (&str, &str) = (
        "tokenizer.json",
        r#"{"added_tokens": [{"id": 1, "content": "</s>"}, {"id": 0, "content": "<pad>"}], "padding": null, "model": {}}"#,
    );

    #[test]
    fn the_token_that_is_named_is_looked_up() {
        let config = ("tokenizer_config.json", r#"{"pad_token": "</s>"}"#);
        let map = ("special_tokens_map.json", r#"{"pad_token": {"content": "<pad>"}, "sep_token": {"content": "<pad>"}}"#);
        assert_eq!(ids(&[SIGLIP, config]), [Ok(1), Ok(1)]);
        assert_eq!(ids(&[SIGLIP, map]), [Ok(0), Ok(0)]);
        assert_eq!(ids(&[SIGLIP, config, map])[0], Ok(1));
        assert_eq!(ids(&[SIGLIP]), [Ok(0), Ok(1)]);
        assert_eq!(ids(&[]), [Ok(0), Ok(102)]);
        let padded = ("tokenizer.json", r#"{"padding": {"pad_id": 7, "pad_token": "x"}}"#);
        assert_eq!(ids(&[padded])[0], Ok(7));
    }

    #[test]
    fn a_start_is_what_is_put_before_a_text() {
        let has_start = |processor: &str| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("tokenizer.json"), format!(r#"{{"post_processor": {processor}}}"#)).unwrap();
            super::has_start(folder.path()).unwrap()
        };
        let template = |first: &str, second: &str| {
            let piece = |kind: &str| format!(r#"{{"{kind}": {{"id": "x", "type_id": 0}}}}"#);
            format!(r#"{{"type": "TemplateProcessing", "single": [{}, {}]}}"#, piece(first), piece(second))
        };
        // BERT's and SigLIP's, one inside a sequence, RoBERTa's, none.
        let (bert, siglip) = (template("SpecialToken", "Sequence"), template("Sequence", "SpecialToken"));
        assert!(has_start(&bert) && !has_start(&siglip));
        assert!(has_start(&format!(r#"{{"type": "Sequence", "processors": [{{"type": "ByteLevel"}}, {bert}]}}"#)));
        assert!(has_start(r#"{"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]}"#) && !has_start("null"));
        assert!(super::has_start(Path::new("nowhere")).unwrap());
    }

    #[test]
    fn what_no_file_says_is_no_guess() {
        let [padding, separator] = ids(&[("tokenizer.json", "{}"), ("tokenizer_config.json", r#"{"pad_token": "[PAD]"}"#)]);
        let reason = r#"tokenizer_config.json: not a model's configuration: 'pad_token' is "[PAD]", which 'added_tokens'"#;
        assert!(padding.unwrap_err().contains(reason));
        assert!(separator.unwrap_err().contains("tokenizer_config.json: 'sep_token' is missing; copy or download"));
        assert!(
            ids(&[("tokenizer.json", "[")])[0].as_ref().unwrap_err().contains("tokenizer.json: not a model's configuration: EOF")
        );
    }
}
