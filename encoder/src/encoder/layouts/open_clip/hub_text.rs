//! Text towers of transformers inside open_clip: BERT, RoBERTa, XLM-R.

use super::super::error::ConfigError;
use super::super::fields::{Fields, MOST_TOKENS, spelt};
use super::super::shapes::Shapes;
use super::super::transformers::{bert, read_json_if_there};
use super::hub_sizes;
use crate::encoder::description::tensors::LinearNames;
use crate::encoder::description::text::{After, Padding, Projection, TextDescription, TextPool};
use nearmiss::runs::recipe::Activation;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What the names begin with, in every model that has such a tower.
const PREFIX: &str = "text.";
/// What the names of the tower itself begin with.
const TOWER: &str = "text.transformer.";

/// Kinds of model in a `config.json` that are text towers; one of another kind is about the whole model.
const KINDS: [&str; 3] = ["bert", "roberta", "xlm-roberta"];

/// The text tower of a configuration with `hf_model_name`.
///
/// Its sizes are not in open_clip's configuration: they are read from a `config.json` beside it, else known by name.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/hf_model.py`, `HFTextEncoder`.
pub(super) fn tower(fields: &Fields, embed_dim: i64, shapes: &Shapes) -> Result<TextDescription, ConfigError> {
    let name = fields.text("hf_model_name")?.unwrap_or_default();
    if fields.text("hf_tokenizer_name")?.is_none_or(str::is_empty) {
        return Err(fields.missing("hf_tokenizer_name", "the tower reads tokens of its own tokenizer: name it there"));
    }
    let (path, config) = sizes(fields, name)?;
    let mut tower = bert::tower(&config, &path, TOWER, shapes)?;
    let places = tower.positions.as_ref().map_or(MOST_TOKENS, |at| at.rows - at.first);
    let width = tower.transformer.width;
    let (pool, pooler) = pool(fields, &config, width)?;
    tower.context_length = fields.whole("context_length", Some(77), [3, places])?;
    tower.padding = Padding::None;
    tower.pool = pool;
    tower.projections = pooler.into_iter().chain(projections(fields, width, embed_dim)?).collect();
    tower.normalise = true;
    Ok(tower)
}

/// The beginnings of names of tensors that a checkpoint may carry of such a tower and that are not used: the pooler is made for
/// `cls_pooler` alone, and older programs saved it whatever pools.
pub(super) fn unused(shapes: &Shapes) -> Vec<String> {
    bert::unused(TOWER, shapes)
}

/// The sizes of the tower, and the file that has them.
fn sizes(fields: &Fields, name: &str) -> Result<(PathBuf, Value), ConfigError> {
    let beside = fields.path.parent().unwrap_or(Path::new("")).join("config.json");
    let config = read_json_if_there::<Value>(&beside)?;
    if let Some(config) = config.filter(|config| kind(config).is_some_and(|kind| KINDS.contains(&kind))) {
        return Ok((beside, config));
    }
    match hub_sizes::of_name(name) {
        Some(config) => Ok((fields.path.to_path_buf(), Value::Object(config))),
        None => Err(fields.unsupported("hf_model_name", name)),
    }
}

fn kind(config: &Value) -> Option<&str> {
    config.get("model_type").and_then(Value::as_str)
}

/// How tokens become one vector, and the layer that `cls_pooler` puts behind the first token.
fn pool(fields: &Fields, config: &Value, width: i64) -> Result<(TextPool, Option<Projection>), ConfigError> {
    let is_bert = kind(config) == Some("bert");
    let named = match fields.map.get("hf_pooler_type") {
        // Null takes what the kind is used to, for BERT without the layer.
        Some(Value::Null) if is_bert => "cls_last_hidden_state_pooler",
        None | Some(Value::Null) => "mean_pooler",
        Some(_) => fields.text("hf_pooler_type")?.unwrap_or_default(),
    };
    match named {
        "mean_pooler" => Ok((TextPool::Mean, None)),
        "cls_last_hidden_state_pooler" => Ok((TextPool::First, None)),
        "cls_pooler" => {
            let linear = LinearNames::biased(&format!("{TOWER}pooler.dense"), width, width);
            Ok((TextPool::First, Some(Projection { linear, after: After::Tanh })))
        }
        // 'max_pooler' hides the text and not the padding, and PyTorch refuses its mask.
        other => Err(fields.unsupported("hf_pooler_type", other)),
    }
}

/// The map into the common space.
fn projections(fields: &Fields, width: i64, embed_dim: i64) -> Result<Vec<Projection>, ConfigError> {
    let layer = |name: &str, outputs, inputs, after| Projection {
        linear: LinearNames::unbiased(&format!("{PREFIX}{name}"), outputs, inputs),
        after,
    };
    match fields.map.get("hf_proj_type").unwrap_or(&Value::from("mlp")) {
        Value::Null if width == embed_dim => Ok(vec![]),
        Value::String(kind) if kind == "linear" => Ok(vec![layer("proj", embed_dim, width, After::Nothing)]),
        Value::String(kind) if kind == "mlp" => {
            let hidden = i64::midpoint(width, embed_dim);
            let first = layer("proj.0", hidden, width, After::Activation(Activation::Gelu));
            Ok(vec![first, layer("proj.2", embed_dim, hidden, After::Nothing)])
        }
        Value::Null => Err(fields.unsupported("hf_proj_type", &format!("null with width {width}"))),
        other => Err(fields.unsupported("hf_proj_type", &spelt(other))),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    /// The layers after the blocks of a tower whose `config.json` lies beside the configuration, and how it pools.
    fn after(text: &Value) -> Result<(TextPool, Vec<String>), String> {
        let folder = tempfile::tempdir().unwrap();
        let config = json!({
            "model_type": "bert", "vocab_size": 11, "hidden_size": 6, "num_hidden_layers": 1, "num_attention_heads": 2,
            "intermediate_size": 8, "max_position_embeddings": 9,
        });
        std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
        let path = folder.path().join("open_clip_config.json");
        let fields = Fields::of(&path, "text_cfg.", text).unwrap();
        let tower = tower(&fields, 10, &Shapes::new()).map_err(|error| error.to_string())?;
        let line = |projection: &Projection| {
            let [outputs, inputs] = [projection.linear.outputs(), projection.linear.inputs];
            format!("{} {outputs} {inputs} {:?}", projection.linear.pieces[0].weight, projection.after)
        };
        Ok((tower.pool, tower.projections.iter().map(line).collect()))
    }

    fn text(more: &Value) -> Value {
        let mut text = json!({"hf_model_name": "some/bert", "hf_tokenizer_name": "some/bert", "context_length": 5});
        for (name, value) in more.as_object().unwrap() {
            text[name] = value.clone();
        }
        text
    }

    #[test]
    fn vectors_go_through_the_layers_that_open_clip_makes() {
        // Names and shapes of HFTextEncoder(config=BertConfig(...), output_dim=10, ...).state_dict().
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_string()).collect::<Vec<_>>();
        let mlp = ["text.proj.0.weight 8 6 Activation(Gelu)", "text.proj.2.weight 10 8 Nothing"];
        assert_eq!(after(&text(&json!({}))), Ok((TextPool::Mean, lines(&mlp))));
        let linear = json!({"hf_proj_type": "linear", "hf_pooler_type": null});
        assert_eq!(after(&text(&linear)), Ok((TextPool::First, lines(&["text.proj.weight 10 6 Nothing"]))));
        let pooler = ["text.transformer.pooler.dense.weight 6 6 Tanh", mlp[0], mlp[1]];
        assert_eq!(after(&text(&json!({"hf_pooler_type": "cls_pooler"}))), Ok((TextPool::First, lines(&pooler))));
    }

    #[test]
    fn what_is_not_computed_is_refused() {
        let refused = [
            (json!({"hf_pooler_type": "max_pooler"}), "'text_cfg.hf_pooler_type' is 'max_pooler', which"),
            (json!({"hf_proj_type": null}), "'text_cfg.hf_proj_type' is 'null with width 6', which"),
            (json!({"hf_proj_type": "none"}), "'text_cfg.hf_proj_type' is 'none', which"),
            (json!({"context_length": 77}), "'text_cfg.context_length' is 77; models with 3 to 9"),
            (json!({"hf_tokenizer_name": null}), "'text_cfg.hf_tokenizer_name' is missing; the tower reads"),
        ];
        for (more, sentence) in refused {
            let message = after(&text(&more)).unwrap_err();
            assert!(message.contains(&format!("open_clip_config.json: {sentence}")), "{message}");
        }
        let value = json!({"hf_model_name": "google/mt5-base", "hf_tokenizer_name": "google/mt5-base"});
        let fields = Fields::of(Path::new("nowhere/c.json"), "text_cfg.", &value).unwrap();
        let message = tower(&fields, 10, &Shapes::new()).unwrap_err().to_string();
        assert!(message.starts_with("nowhere/c.json: 'text_cfg.hf_model_name' is 'google/mt5-base', which"), "{message}");
    }
}
