//! The module that makes one vector of the tokens' vectors.

use crate::encoder::description::text::TextPool;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::Fields;
use crate::encoder::layouts::transformers::read_json;
use serde_json::Value;
use std::path::Path;

/// The ways to pool: their name, the switch of older files, and what is computed.
const MODES: [(&str, &str, TextPool); 6] = [
    ("cls", "pooling_mode_cls_token", TextPool::First),
    ("max", "pooling_mode_max_tokens", TextPool::Max),
    ("mean", "pooling_mode_mean_tokens", TextPool::Mean),
    ("mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", TextPool::MeanSquareRoot),
    ("weightedmean", "pooling_mode_weightedmean_tokens", TextPool::WeightedMean),
    ("lasttoken", "pooling_mode_lasttoken", TextPool::Last),
];

/// How the module in a folder pools vectors of so many numbers.
///
/// # Source
///
/// sentence-transformers 6.2, `sentence_transformer/modules/pooling.py`.
pub(super) fn read(folder: &Path, width: i64) -> Result<TextPool, ConfigError> {
    let path = folder.join("config.json");
    let value: Value = read_json(&path)?;
    let fields = Fields::of(&path, "", &value)?;
    for name in ["word_embedding_dimension", "embedding_dimension"] {
        fields.only(name, &[Value::from(width)])?;
    }
    // Tokens of a prompt would have to be left out.
    fields.only("include_prompt", &[Value::from(true)])?;
    let mut modes = match fields.get("pooling_mode") {
        Some(mode) => named(&fields, mode)?,
        None => switched(&fields)?,
    };
    match (modes.pop(), modes.is_empty()) {
        (Some(mode), true) => Ok(mode),
        (None, _) => Ok(TextPool::Mean),
        (Some(_), false) => {
            Err(fields.unsupported("pooling_mode", "several at once, whose vectors would stand one after the other"))
        }
    }
}

/// A name, or several.
fn named(fields: &Fields, mode: &Value) -> Result<Vec<TextPool>, ConfigError> {
    let wrong = || fields.unsupported("pooling_mode", &mode.to_string());
    let of = |name: &Value| MODES.iter().find(|(known, ..)| name == *known).map(|(.., pool)| *pool).ok_or_else(wrong);
    match mode {
        Value::Array(names) if names.is_empty() => Err(wrong()),
        Value::Array(names) => names.iter().map(of).collect(),
        one => Ok(vec![of(one)?]),
    }
}

/// The ways whose switch is on.
fn switched(fields: &Fields) -> Result<Vec<TextPool>, ConfigError> {
    let mut on = vec![];
    for (_, switch, pool) in MODES {
        if fields.flag(switch, false)? {
            on.push(pool);
        }
    }
    Ok(on)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: &Value) -> Result<TextPool, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), value.to_string()).unwrap();
        read(folder.path(), 384).map_err(|error| error.to_string())
    }

    #[test]
    fn names_and_switches_say_how_to_pool() {
        // Of all-MiniLM-L6-v2.
        let switches = json!({
            "word_embedding_dimension": 384, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true,
            "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false
        });
        assert_eq!(of(&switches), Ok(TextPool::Mean));
        // As sentence-transformers 6.2 saves it.
        assert_eq!(of(&json!({"embedding_dimension": 384, "pooling_mode": "cls", "include_prompt": true})), Ok(TextPool::First));
        assert_eq!(of(&json!({"pooling_mode": ["lasttoken"]})), Ok(TextPool::Last));
        assert_eq!(of(&json!({"pooling_mode_weightedmean_tokens": true})), Ok(TextPool::WeightedMean));
        assert_eq!(of(&json!({})), Ok(TextPool::Mean));
        let refused = [
            (json!({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}), "'pooling_mode' is 'several at once"),
            (json!({"pooling_mode": ["cls", "mean"]}), "'pooling_mode' is 'several at once"),
            (json!({"pooling_mode": "splade"}), "'pooling_mode' is '\"splade\"', which"),
            (json!({"pooling_mode": []}), "'pooling_mode' is '[]', which"),
            (json!({"include_prompt": false}), "'include_prompt' is 'false', which"),
            (json!({"embedding_dimension": 768}), "'embedding_dimension' is '768', which"),
        ];
        for (value, sentence) in refused {
            let error = of(&value).unwrap_err();
            assert!(error.contains(&format!("config.json: {sentence}")), "{error}");
        }
    }
}
