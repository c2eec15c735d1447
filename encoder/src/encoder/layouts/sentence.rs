//! Models in sentence-transformers' layout: `modules.json`, a model of transformers, pooling, layers after it, prompts.

mod modules;
mod pooling;
mod dense;
mod settings;
mod transformer;

use super::error::ConfigError;
use super::shapes::Shapes;
use crate::encoder::description::model::{ModelDescription, TokenizerDescription};
use crate::encoder::description::preprocessing::Preprocessing;
use modules::{Kind, Modules};
use settings::{Settings, Similarity};
use std::path::Path;
use transformer::Transformer;

/// Describes a sentence encoder by the files of its folder.
///
/// `shapes` are those of its checkpoint; tensors of layers after pooling have names that begin with their folder's:
/// `2_Dense/linear.weight`. The tokenizer's files lie in the folder of the first module.
///
/// # Errors
///
/// [`ConfigError`]: a module of another kind or in another place, a model that is not computed, several ways of pooling at once.
///
/// # Source
///
/// sentence-transformers 6.2.
pub fn describe(folder: &Path, shapes: &Shapes) -> Result<ModelDescription, ConfigError> {
    let modules = Modules::read(folder)?;
    let Some(first) = modules.all.first().filter(|module| module.kind == Kind::Transformer) else {
        return Err(modules.misplaced(0, "as the first module, which must be a Transformer"));
    };
    let Transformer { model, note_of_e5 } = transformer::read(&folder.join(&first.path), shapes)?;
    let mut text = model.text;
    let mut notes = model.notes;
    let (mut pools, mut normalises) = (false, false);
    for (place, module) in modules.all.iter().enumerate().skip(1) {
        match module.kind {
            Kind::Pooling if !pools => {
                text.pool = pooling::read(&folder.join(&module.path), text.transformer.width)?;
                pools = true;
            }
            Kind::Dense if pools && !normalises && !module.path.is_empty() => {
                let layer = dense::read(folder, &module.path, text.outputs())?;
                text.projections.push(layer);
            }
            Kind::Normalize if pools => normalises = true,
            _ => {
                let order = "in this place; a Transformer, one Pooling, Dense layers and Normalize are computed, in this order";
                return Err(modules.misplaced(place, order));
            }
        }
    }
    if !pools {
        return Err(modules.misplaced(modules.all.len(), "where one Pooling must follow the Transformer"));
    }
    let Settings { prompts, similarity, keep } = Settings::read(folder, normalises)?;
    // Cosines of vectors are products of their units.
    text.normalise = normalises || similarity == Similarity::Cosine;
    text.keep = keep.filter(|keep| *keep < text.outputs());
    if prompts.all.values().all(String::is_empty) {
        notes.extend(note_of_e5);
    }
    Ok(ModelDescription {
        layout: "sentence-transformers".to_string(),
        image: None,
        text: Some(text),
        comparison: None,
        preprocessing: Preprocessing::of([0.0; 3], [1.0; 3]),
        tokenizer: Some(TokenizerDescription::File(model.tokenizer)),
        prompts,
        classes: vec![],
        unused: model.unused,
        notes,
        unknown_fields: vec![],
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::transformers::saved;
    use super::*;
    use crate::encoder::description::text::{After, TextPool};
    use serde_json::{Value, json};

    /// Writes what sentence-transformers 6.2 saves of `[Transformer, Pooling(8, "mean"), Dense(8, 5), Normalize()]`, shortened.
    fn files() -> Vec<(&'static str, Value)> {
        let module = |path: &str, class: &str| json!({"path": path, "type": format!("sentence_transformers.models.{class}")});
        vec![
            (
                "modules.json",
                json!([
                    module("", "Transformer"),
                    module("1_Pooling", "Pooling"),
                    module("2_Dense", "Dense"),
                    module("3_Normalize", "Normalize"),
                ]),
            ),
            (
                "config.json",
                json!({
                    "model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
                    "vocab_size": 20, "max_position_embeddings": 9
                }),
            ),
            ("sentence_bert_config.json", json!({"max_seq_length": 6, "do_lower_case": true})),
            ("1_Pooling/config.json", json!({"embedding_dimension": 8, "pooling_mode": "mean", "include_prompt": true})),
            ("2_Dense/config.json", json!({"in_features": 8, "out_features": 5, "bias": true})),
            ("config_sentence_transformers.json", json!({"prompts": {"query": "q: "}, "truncate_dim": 3})),
        ]
    }

    fn of(files: &[(&'static str, Value)]) -> Result<ModelDescription, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, value) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, value.to_string()).unwrap();
        }
        let mut shapes = saved::shapes("bert");
        shapes.insert("2_Dense/linear.weight".to_string(), vec![5, 8]);
        shapes.insert("2_Dense/linear.bias".to_string(), vec![5]);
        let model = describe(folder.path(), &shapes).map_err(|error| error.to_string())?;
        assert_eq!(saved::misfits(&model, &shapes), [""; 0]);
        Ok(model)
    }

    #[test]
    fn modules_become_a_tower_of_texts() {
        let model = of(&files()).unwrap();
        let text = model.text.as_ref().unwrap();
        assert_eq!((model.layout.as_str(), model.embed_dim(), text.keep), ("sentence-transformers", 3, Some(3)));
        assert_eq!((text.pool, text.context_length, text.normalise), (TextPool::Mean, 6, true));
        assert_eq!(text.projections.first().map(|layer| layer.after), Some(After::Tanh));
        assert_eq!(model.prompts.of_query(), Some("q: "));
        let Some(TokenizerDescription::File(tokenizer)) = &model.tokenizer else { panic!("{:?}", model.tokenizer) };
        assert!(tokenizer.lower_case && model.notes.is_empty());
    }

    #[test]
    fn vectors_are_units_unless_they_are_compared_by_products() {
        let mut all = files();
        all[0].1.as_array_mut().unwrap().pop();
        assert!(of(&all).unwrap().text.unwrap().normalise);
        all[5].1 = json!({"similarity_fn_name": "dot"});
        let text = of(&all).unwrap().text.unwrap();
        assert_eq!((text.normalise, text.keep), (false, None));
    }

    #[test]
    fn modules_in_another_order_and_other_models_are_refused() {
        let mut swapped = files();
        swapped[0].1.as_array_mut().unwrap().swap(2, 3);
        let error = of(&swapped).unwrap_err();
        assert!(error.contains("modules.json: '[3].type' is 'sentence_transformers.models.Dense in this place; a"), "{error}");
        let mut unpooled = files();
        unpooled[0].1.as_array_mut().unwrap().truncate(1);
        assert!(of(&unpooled).unwrap_err().contains("'[1].type' is 'missing where one Pooling must follow"));
        unpooled[0].1.as_array_mut().unwrap().clear();
        assert!(of(&unpooled).unwrap_err().contains("'[0].type' is 'missing as the first module"));
        let cases = [
            (1, "model_type", json!("llama"), "config.json: 'model_type' is 'llama, where bert, roberta"),
            (2, "transformer_task", json!("text-generation"), "'transformer_task' is 'text-generation', which"),
            (2, "tokenizer_args", json!({"padding_side": "left"}), "'tokenizer_args' is '{\"padding_side\":\"left\"}', which"),
            (2, "model_args", json!({"task": "x"}), "'model_args' is '{\"task\":\"x\"}', which"),
            (2, "max_seq_length", json!(0), "'max_seq_length' is 0; models with 1 to 65536"),
        ];
        for (file, field, value, sentence) in cases {
            let mut all = files();
            all[file].1[field] = value;
            let error = of(&all).unwrap_err();
            assert!(error.contains(sentence), "{error}");
        }
    }
}
