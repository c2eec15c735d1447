//! The first module: a model of transformers, and how many tokens of a text it reads.

use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_TOKENS};
use crate::encoder::layouts::shapes::Shapes;
use crate::encoder::layouts::transformers::{TextModel, note_of_e5, read_json, read_json_if_there};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Names of the module's own file, newest first.
const FILES: [&str; 7] = [
    "sentence_bert_config.json",
    "sentence_roberta_config.json",
    "sentence_distilbert_config.json",
    "sentence_camembert_config.json",
    "sentence_albert_config.json",
    "sentence_xlm-roberta_config.json",
    "sentence_xlnet_config.json",
];
/// Arguments of the model that change no number, or only how they are kept.
const HARMLESS: [&str; 5] = ["torch_dtype", "dtype", "attn_implementation", "low_cpu_mem_usage", "use_safetensors"];

/// A model, and what e5's files do not say.
pub(super) struct Transformer {
    pub(super) model: TextModel,
    pub(super) note_of_e5: Option<String>,
}

/// Reads the module in a folder.
///
/// # Source
///
/// sentence-transformers 6.2, `base/modules/transformer.py`.
pub(super) fn read(folder: &Path, shapes: &Shapes) -> Result<Transformer, ConfigError> {
    let path = folder.join("config.json");
    let config: Value = read_json(&path)?;
    Fields::of(&path, "", &config)?.only("quantization_config", &[])?;
    let own = own_file(folder)?;
    let Some(mut model) = TextModel::read(&config, &path, own.longest, shapes)? else {
        let fields = Fields::of(&path, "", &config)?;
        let kind = fields.text("model_type")?.unwrap_or("missing");
        let value = format!("{kind}, where bert, roberta, xlm-roberta, camembert, mpnet, distilbert, t5 and mt5 are read");
        return Err(fields.unsupported("model_type", &value));
    };
    model.tokenizer.lower_case = own.lower_case;
    Ok(Transformer { model, note_of_e5: note_of_e5(&config, &path) })
}

/// What the module's own file says.
struct Own {
    longest: Option<i64>,
    lower_case: bool,
}

fn own_file(folder: &Path) -> Result<Own, ConfigError> {
    for name in FILES {
        let path = folder.join(name);
        // An empty one is passed over.
        let value: Option<Map<String, Value>> = read_json_if_there(&path)?;
        if let Some(map) = value.filter(|map| !map.is_empty()) {
            return own(&Fields { path: &path, section: "", map: &map });
        }
    }
    Ok(Own { longest: None, lower_case: false })
}

fn own(fields: &Fields) -> Result<Own, ConfigError> {
    fields.only("transformer_task", &[Value::from("feature-extraction")])?;
    fields.only("module_output_name", &[Value::from("token_embeddings")])?;
    fields.only("modality_config", &[json!({"text": {"method": "forward", "method_output_name": "last_hidden_state"}})])?;
    for name in ["query_length", "document_length", "query_expansion", "tokenizer_name_or_path"] {
        fields.only(name, &[])?;
    }
    let objects = ["tokenizer_args", "processor_kwargs", "config_args", "config_kwargs", "processing_kwargs"];
    for name in objects {
        fields.only(name, &[json!({})])?;
    }
    for name in ["model_args", "model_kwargs"] {
        let Some(value) = fields.get(name) else { continue };
        let is_harmless = |all: &Map<String, Value>| all.keys().all(|key| HARMLESS.contains(&key.as_str()));
        if !value.as_object().is_some_and(is_harmless) {
            return Err(fields.unsupported(name, &value.to_string()));
        }
    }
    let longest = fields.get("max_seq_length").map(|_| fields.whole("max_seq_length", None, [1, MOST_TOKENS])).transpose()?;
    Ok(Own { longest, lower_case: fields.flag("do_lower_case", false)? })
}
