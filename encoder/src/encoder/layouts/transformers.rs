//! Models in transformers' layout: `config.json` with a `model_type`, and `preprocessor_config.json` and the tokenizer's files
//! beside it.

mod json_file;
mod sizes;
mod activation;
mod tokenizer_files;
mod processor_class;
pub mod preprocessor;
mod classes;
mod clip_stack;
mod clip;
mod siglip;
mod vit;
mod bert_names;
pub mod bert;
pub mod t5;
mod text_model;
pub mod dinov2;
pub mod dinov3;
#[cfg(test)]
pub(super) mod saved;

use super::error::ConfigError;
use super::fields::Fields;
use super::shapes::Shapes;
use crate::encoder::description::model::{ModelDescription, TokenizerDescription};
use crate::encoder::description::preprocessing::Preprocessing;
use crate::encoder::description::prompts::Prompts;
use crate::encoder::description::text::TextPool;
pub(super) use activation::of as activation_of;
pub(super) use json_file::{read as read_json, read_if_there as read_json_if_there};
use serde_json::Value;
use std::path::Path;
pub(super) use text_model::{TextModel, note_of_e5};

/// Types of model that are read.
const TYPES: &str = "clip, siglip, dinov2, dinov2_with_registers, dinov3_vit, vit, bert, roberta, xlm-roberta, camembert, mpnet, \
                     distilbert, dpr, t5 and mt5";

/// Describes a model by its `config.json` and the files beside it; `shapes` are those of its checkpoint.
///
/// # Errors
///
/// [`ConfigError`]: another type of model, a part that is not computed, sizes out of bounds.
///
/// # Source
///
/// transformers 5.24, `src/transformers/models`.
pub fn describe(config: &Value, path: &Path, shapes: &Shapes) -> Result<ModelDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    let Some(kind) = fields.text("model_type")? else {
        return Err(fields.missing("model_type", &format!("models of transformers say theirs, of which these are read: {TYPES}")));
    };
    fields.only("quantization_config", &[])?;
    match kind {
        "clip" => clip::describe(config, path),
        "siglip" => siglip::describe(config, path),
        "siglip2" => Err(siglip::naflex(&fields)),
        "dinov2" | "dinov2_with_registers" => dinov2::describe(config, path, shapes),
        "dinov3_vit" => dinov3::describe(config, path, shapes),
        "vit" => vit::describe(config, path, shapes),
        _ => match TextModel::read(config, path, None, shapes)? {
            Some(model) => Ok(of_texts(model, note_of_e5(config, path))),
            None => Err(fields.unsupported("model_type", &format!("{kind}, where {TYPES} are read"))),
        },
    }
}

/// A model of texts with nothing beside it that says how to pool.
fn of_texts(model: TextModel, of_e5: Option<String>) -> ModelDescription {
    let TextModel { kind, text, tokenizer, unused, mut notes } = model;
    if text.pool == TextPool::Mean {
        notes.push(
            "no modules.json says how a text becomes a vector; the mean of its tokens is taken, made a unit, as \
             sentence-transformers does with such a folder"
                .to_string(),
        );
    }
    notes.extend(of_e5);
    ModelDescription {
        layout: format!("transformers {kind}"),
        image: None,
        text: Some(text),
        comparison: None,
        preprocessing: Preprocessing::of([0.0; 3], [1.0; 3]),
        tokenizer: Some(TokenizerDescription::File(tokenizer)),
        prompts: Prompts::default(),
        classes: vec![],
        unused,
        notes,
        unknown_fields: vec![],
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_alone_are_pooled_by_the_mean_and_say_so() {
        let config = json!({
            "model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
            "vocab_size": 20, "max_position_embeddings": 9
        });
        let shapes = saved::shapes("bert_head");
        let model = describe(&config, Path::new("no/config.json"), &shapes).unwrap();
        assert_eq!(saved::misfits(&model, &shapes), [""; 0]);
        assert_eq!((model.layout.as_str(), model.embed_dim(), model.notes.len()), ("transformers bert", 8, 1));
        assert!(model.notes.concat().starts_with("no modules.json says how a text becomes a vector; the mean"));
    }

    #[test]
    fn other_models_are_refused_with_what_is_read() {
        let of = |config: &Value| describe(config, Path::new("m/config.json"), &Shapes::new()).unwrap_err().to_string();
        let refused = of(&json!({"model_type": "llama"}));
        assert!(refused.starts_with("m/config.json: 'model_type' is 'llama, where clip, siglip, dinov2"), "{refused}");
        assert!(of(&json!({})).starts_with("m/config.json: 'model_type' is missing; models of transformers say theirs"));
        assert!(of(&json!({"model_type": "siglip2"})).contains("NaFlex"));
        let quantised = of(&json!({"model_type": "bert", "quantization_config": {"bits": 4}}));
        assert!(quantised.contains("'quantization_config' is '{\"bits\":4}', which"), "{quantised}");
    }
}
