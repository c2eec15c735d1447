//! What stands beside a sentence encoder's modules: prompts, similarity, how much of a vector is kept.

use crate::encoder::description::prompts::Prompts;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_WIDTH};
use crate::encoder::layouts::transformers::read_json_if_there;
use serde_json::{Map, Value};
use std::path::Path;

const FILE: &str = "config_sentence_transformers.json";

/// How vectors are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Similarity {
    Cosine,
    Dot,
}

/// What stands beside a sentence encoder's modules.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) prompts: Prompts,
    pub(super) similarity: Similarity,
    /// Only so many numbers of a vector are kept; `None` keeps all.
    pub(super) keep: Option<i64>,
}

impl Settings {
    /// Reads the settings of a folder; a folder without them has no prompts and compares by cosine.
    ///
    /// `normalises` is whether a module makes vectors units.
    ///
    /// # Source
    ///
    /// sentence-transformers 6.2, `sentence_transformer/model.py`, `_parse_model_config`.
    pub(super) fn read(folder: &Path, normalises: bool) -> Result<Settings, ConfigError> {
        let path = folder.join(FILE);
        let value = read_json_if_there(&path)?.unwrap_or_else(|| Value::Object(Map::new()));
        let fields = Fields::of(&path, "", &value)?;
        fields.only("model_type", &[Value::from("SentenceTransformer")])?;
        let similarity = match fields.text("similarity_fn_name")? {
            None | Some("cosine") => Similarity::Cosine,
            Some("dot") => Similarity::Dot,
            Some(other) => return Err(fields.unsupported("similarity_fn_name", other)),
        };
        let keep = fields.get("truncate_dim").map(|_| fields.whole("truncate_dim", None, [1, MOST_WIDTH])).transpose()?;
        if let (Some(keep), Similarity::Dot, true) = (keep, similarity, normalises) {
            let value = format!("{keep} of units that are compared by products, which are no units any more");
            return Err(fields.unsupported("truncate_dim", &value));
        }
        Ok(Settings { prompts: prompts(&fields)?, similarity, keep })
    }
}

fn prompts(fields: &Fields) -> Result<Prompts, ConfigError> {
    let mut prompts = Prompts::default();
    if let Some(value) = fields.get("prompts") {
        let wrong = || fields.unsupported("prompts", &value.to_string());
        for (name, words) in value.as_object().ok_or_else(wrong)? {
            let words = if words.is_null() { "" } else { words.as_str().ok_or_else(wrong)? };
            prompts.all.insert(name.clone(), words.to_string());
        }
    }
    if let Some(name) = fields.text("default_prompt_name")? {
        // These two are there without being named, and empty.
        if !prompts.all.contains_key(name) && !["query", "document"].contains(&name) {
            return Err(fields.unsupported("default_prompt_name", &format!("{name}, which is none of the prompts")));
        }
        prompts.default = Some(name.to_string());
    }
    Ok(prompts)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: &Value, normalises: bool) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), value.to_string()).unwrap();
        Settings::read(folder.path(), normalises).map_err(|error| error.to_string())
    }

    #[test]
    fn prompts_similarity_and_numbers_kept_are_read() {
        // As sentence-transformers 6.2 saves it.
        let saved = json!({
            "__version__": {"sentence_transformers": "6.2.0"}, "default_prompt_name": null, "model_type": "SentenceTransformer",
            "prompts": {"document": "", "query": "q: "}, "similarity_fn_name": "cosine", "truncate_dim": 3
        });
        let settings = of(&saved, true).unwrap();
        assert_eq!((settings.similarity, settings.keep), (Similarity::Cosine, Some(3)));
        assert_eq!((settings.prompts.of_query(), settings.prompts.of_document()), (Some("q: "), Some("")));
        let none = Settings::read(Path::new("no/folder"), false).unwrap();
        assert_eq!(none, Settings { prompts: Prompts::default(), similarity: Similarity::Cosine, keep: None });
        let default = of(&json!({"prompts": {"s2p": "Represent: "}, "default_prompt_name": "s2p"}), true).unwrap();
        assert_eq!(default.prompts.of_any(), "Represent: ");
        assert_eq!(of(&json!({"default_prompt_name": "query"}), true).unwrap().prompts.of_any(), "");
        let refused = [
            (json!({"similarity_fn_name": "euclidean"}), "'similarity_fn_name' is 'euclidean', which"),
            (json!({"model_type": "SparseEncoder"}), "'model_type' is 'SparseEncoder', which"),
            (json!({"truncate_dim": 0}), "'truncate_dim' is 0; models with 1 to 32768"),
            (
                json!({"truncate_dim": 3, "similarity_fn_name": "dot"}),
                "'truncate_dim' is '3 of units that are compared by products",
            ),
            (json!({"prompts": {"query": 3}}), "'prompts' is '{\"query\":3}', which"),
            (json!({"default_prompt_name": "s2s"}), "'default_prompt_name' is 's2s, which is none of the prompts', which"),
        ];
        for (value, sentence) in refused {
            let error = of(&value, true).unwrap_err();
            assert!(error.contains(&format!("{FILE}: {sentence}")), "{error}");
        }
    }
}
