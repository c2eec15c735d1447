//! How texts become tokens.

use super::super::error::ConfigError;
use super::super::fields::{Fields, spelt};
use super::special_tokens::{self, Special};
use crate::encoder::description::model::{Cleaning, FileTokenizer, TokenizerDescription};
use serde_json::{Map, Value};
use std::path::Path;

/// CLIP's own tokenizer fills up with this id.
const CLIP_PADDING: i64 = 0;

/// The tokenizer of a text tower: CLIP's own, or with `hf_tokenizer_name` the one beside the model.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/factory.py`, `get_tokenizer`, and `tokenizer.py`.
pub(super) fn tokenizer(text: &Fields) -> Result<TokenizerDescription, ConfigError> {
    let of_file = is_of_file(text)?;
    let nothing = Map::new();
    let map = match text.get("tokenizer_kwargs") {
        None => &nothing,
        Some(Value::Object(map)) => map,
        Some(other) => return Err(text.unsupported("tokenizer_kwargs", &other.to_string())),
    };
    let kwargs = Fields { path: text.path, section: "text_cfg.tokenizer_kwargs.", map };
    let read: &[&str] = if of_file { &["clean", "strip_sep_token"] } else { &["clean", "reduction_mask"] };
    if let Some((name, value)) = map.iter().find(|(name, value)| !value.is_null() && !read.contains(&name.as_str())) {
        return Err(kwargs.unsupported(name, &spelt(value)));
    }
    let clean = kwargs.text("clean")?;
    if !of_file {
        kwargs.only("clean", &[Value::from("lower")])?;
        // What a mask does to texts that are too long is drawn at random.
        kwargs.only("reduction_mask", &[Value::from("")])?;
        return Ok(TokenizerDescription::Clip);
    }
    let cleaning = match clean.unwrap_or("whitespace") {
        "whitespace" => Cleaning::Whitespace,
        "lower" => Cleaning::Lower,
        "canonicalize" => Cleaning::Canonicalize,
        other => return Err(kwargs.unsupported("clean", other)),
    };
    let strip = if kwargs.flag("strip_sep_token", false)? { Some(separator(text, &kwargs)?) } else { None };
    Ok(TokenizerDescription::File(FileTokenizer { cleaning, strip, ..FileTokenizer::default() }))
}

/// The id that texts are filled up with.
pub(super) fn padding(text: &Fields) -> Result<i64, ConfigError> {
    if is_of_file(text)? { Special::Padding.id(folder(text)) } else { Ok(CLIP_PADDING) }
}

/// Whether a text begins with a token that is none of its own.
pub(super) fn has_start(text: &Fields) -> Result<bool, ConfigError> {
    if is_of_file(text)? { special_tokens::has_start(folder(text)) } else { Ok(true) }
}

/// The id of the separator that is made 0: the padding of BERT's tokenizer, and no other has been trained so.
fn separator(text: &Fields, kwargs: &Fields) -> Result<i64, ConfigError> {
    if text.get("hf_model_name").is_some() {
        return Err(kwargs.unsupported("strip_sep_token", "true with hf_model_name"));
    }
    let padding = padding(text)?;
    if padding != 0 {
        return Err(kwargs.unsupported("strip_sep_token", &format!("true with padding {padding}")));
    }
    Special::Separator.id(folder(text))
}

fn is_of_file(text: &Fields) -> Result<bool, ConfigError> {
    Ok(text.text("hf_tokenizer_name")?.is_some_and(|name| !name.is_empty()))
}

fn folder<'a>(text: &Fields<'a>) -> &'a Path {
    text.path.parent().unwrap_or(Path::new(""))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Result<TokenizerDescription, String> {
        let fields = Fields::of(Path::new("nowhere/c.json"), "text_cfg.", value).unwrap();
        tokenizer(&fields).map_err(|error| error.to_string())
    }

    #[test]
    fn a_named_tokenizer_is_beside_the_model_and_cleans_as_it_is_told() {
        let file = |cleaning, strip| Ok(TokenizerDescription::File(FileTokenizer { cleaning, strip, lower_case: false }));
        assert_eq!(read(&json!({})), Ok(TokenizerDescription::Clip));
        assert_eq!(
            read(&json!({"tokenizer_kwargs": {"clean": "lower"}, "hf_tokenizer_name": ""})),
            Ok(TokenizerDescription::Clip)
        );
        assert_eq!(read(&json!({"hf_tokenizer_name": "roberta-base"})), file(Cleaning::Whitespace, None));
        let siglip = json!({"hf_tokenizer_name": "timm/ViT-B-16-SigLIP", "tokenizer_kwargs": {"clean": "canonicalize"}});
        assert_eq!(read(&siglip), file(Cleaning::Canonicalize, None));
        let clipa = json!({"hf_tokenizer_name": "bert-base-uncased", "tokenizer_kwargs": {"strip_sep_token": true}});
        assert_eq!(read(&clipa), file(Cleaning::Whitespace, Some(102)));
    }

    #[test]
    fn what_is_not_done_to_texts_is_refused() {
        let named = |kwargs: Value| json!({"hf_tokenizer_name": "x", "tokenizer_kwargs": kwargs});
        let refused = [
            (json!({"tokenizer_kwargs": {"clean": "canonicalize"}}), "clean' is 'canonicalize', which"),
            (json!({"tokenizer_kwargs": {"reduction_mask": "syntax"}}), "reduction_mask' is 'syntax', which"),
            (named(json!({"clean": "shiny"})), "clean' is 'shiny', which"),
            (named(json!({"language": "fra_Latn"})), "language' is 'fra_Latn', which"),
        ];
        for (value, sentence) in refused {
            let message = read(&value).unwrap_err();
            assert!(message.starts_with(&format!("nowhere/c.json: 'text_cfg.tokenizer_kwargs.{sentence}")), "{message}");
        }
    }
}
