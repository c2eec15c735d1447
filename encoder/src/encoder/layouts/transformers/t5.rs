//! The encoder of T5 and mT5, of any age.

use super::activation;
use super::sizes::Sizes;
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::text::{Padding, TextDescription, TextPool};
use crate::encoder::description::transformer::{Attention, BlockNames, NormPlace, RelativePositions, TransformerDescription};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_LAYERS, MOST_MLP_WIDTH, MOST_TOKENS, MOST_WIDTH, MOST_WORDS};
use crate::encoder::layouts::shapes::Shapes;
use nearmiss::runs::recipe::Activation;
use serde_json::Value;
use std::path::Path;

/// Most tokens of a text where nothing says: what T5 was trained on. Its positions have no end.
pub const CONTEXT: i64 = 512;

/// Sizes of the blocks, whose heads need not share the width out.
struct T5Sizes {
    blocks: Sizes,
    head_width: i64,
    epsilon: f64,
}

/// Describes the encoder of a configuration whose `model_type` is `t5` or `mt5`: its tensors' names begin with `prefix`.
///
/// Vectors are the mean of the tokens and made units; a layout that says otherwise changes it. The context is [`CONTEXT`].
///
/// # Errors
///
/// [`ConfigError`]: sizes out of bounds, another non-linearity.
///
/// # Source
///
/// transformers 5.24, `models/t5/modeling_t5.py`, `T5Stack`.
pub fn tower(config: &Value, path: &Path, prefix: &str, shapes: &Shapes) -> Result<TextDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    let of_mt5 = fields.text("model_type")? == Some("mt5");
    let sizes = sizes(&fields, of_mt5)?;
    let (width, epsilon) = (sizes.blocks.width, sizes.epsilon);
    Ok(TextDescription {
        context_length: CONTEXT,
        vocab_size: fields.whole("vocab_size", Some(if of_mt5 { 250_112 } else { 32_128 }), [3, MOST_WORDS])?,
        words: words(prefix, shapes),
        positions: None,
        kinds: None,
        norm_before: None,
        class_token: None,
        transformer: transformer(&fields, prefix, &sizes, if of_mt5 { "gated-gelu" } else { "relu" })?,
        norm_after: Some(NormNames::root_mean_square(&format!("{prefix}encoder.final_layer_norm"), width, epsilon)),
        start: false,
        padding: Padding::None,
        pool: TextPool::Mean,
        projections: vec![],
        normalise: true,
        keep: None,
    })
}

/// The beginnings of names of tensors that such a checkpoint may carry and that are not used: the decoder, and copies of the
/// words' vectors.
#[must_use]
pub fn unused(prefix: &str, shapes: &Shapes) -> Vec<String> {
    let words = words(prefix, shapes);
    let all = ["shared.weight", "encoder.embed_tokens.weight", "decoder.", "lm_head."];
    all.iter().map(|name| format!("{prefix}{name}")).filter(|name| *name != words).collect()
}

/// The words' vectors: shared with the decoder, or, where only that was saved, the encoder's own.
fn words(prefix: &str, shapes: &Shapes) -> String {
    let own = format!("{prefix}encoder.embed_tokens.weight");
    let shared = format!("{prefix}shared.weight");
    if !shapes.contains_key(&shared) && shapes.contains_key(&own) { own } else { shared }
}

fn sizes(fields: &Fields, of_mt5: bool) -> Result<T5Sizes, ConfigError> {
    let [layers, heads, mlp_width] = if of_mt5 { [8, 6, 1024] } else { [6, 8, 2048] };
    let blocks = Sizes {
        width: fields.whole("d_model", Some(512), [1, MOST_WIDTH])?,
        layers: fields.whole("num_layers", Some(layers), [1, MOST_LAYERS])?,
        heads: fields.whole("num_heads", Some(heads), [1, MOST_WIDTH])?,
        mlp_width: fields.whole("d_ff", Some(mlp_width), [1, MOST_MLP_WIDTH])?,
    };
    let head_width = fields.whole("d_kv", Some(64), [1, MOST_WIDTH])?;
    if head_width * blocks.heads > MOST_MLP_WIDTH {
        return Err(fields.unsupported("d_kv", &format!("{head_width} in each of {} heads", blocks.heads)));
    }
    Ok(T5Sizes { blocks, head_width, epsilon: fields.number("layer_norm_epsilon", 1e-6)? })
}

/// Whether the perceptrons are gated, and their non-linearity.
fn feed_forward(fields: &Fields, default: &str) -> Result<(bool, Activation), ConfigError> {
    let stated = fields.text("feed_forward_proj")?.unwrap_or(default);
    let (gated, name) = match stated.strip_prefix("gated-") {
        // By this name T5 means the one of a hyperbolic tangent.
        Some("gelu") => (true, "gelu_new"),
        Some(name) => (true, name),
        None => (false, stated),
    };
    activation::of(name).map(|activation| (gated, activation)).ok_or_else(|| fields.unsupported("feed_forward_proj", stated))
}

fn transformer(
    fields: &Fields,
    prefix: &str,
    sizes: &T5Sizes,
    feed_forward_proj: &str,
) -> Result<TransformerDescription, ConfigError> {
    let (gated, activation) = feed_forward(fields, feed_forward_proj)?;
    let Sizes { width, layers, heads, mlp_width } = sizes.blocks;
    // Half of the buckets for each direction, half of these for single distances.
    let buckets = fields.whole("relative_attention_num_buckets", Some(32), [4, MOST_TOKENS])?;
    let furthest = fields.whole("relative_attention_max_distance", Some(128), [buckets / 4 + 1, MOST_TOKENS])?;
    let table = format!("{prefix}encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
    Ok(TransformerDescription {
        width,
        heads,
        head_width: sizes.head_width,
        mlp_width,
        activation,
        norm_place: NormPlace::Before,
        attention: Attention::Full,
        attention_scale: 1.0,
        rotary: None,
        relative: Some(RelativePositions { table, buckets, furthest }),
        blocks: (0..layers).map(|number| block(&format!("{prefix}encoder.block.{number}"), sizes, gated)).collect(),
    })
}

fn block(name: &str, sizes: &T5Sizes, gated: bool) -> BlockNames {
    let Sizes { width, heads, mlp_width, .. } = sizes.blocks;
    let inner = heads * sizes.head_width;
    let attention = |letter: &str| format!("{name}.layer.0.SelfAttention.{letter}");
    let perceptron = |part: &str| format!("{name}.layer.1.DenseReluDense.{part}");
    let norm = |layer: i64| NormNames::root_mean_square(&format!("{name}.layer.{layer}.layer_norm"), width, sizes.epsilon);
    let [queries, keys, values] = ["q", "k", "v"].map(attention);
    let first = if gated { vec![perceptron("wi_0"), perceptron("wi_1")] } else { vec![perceptron("wi")] };
    let first: Vec<(&str, bool)> = first.iter().map(|name| (name.as_str(), false)).collect();
    BlockNames {
        norm_1: norm(0),
        qkv: LinearNames::stacked(&[(&queries, false), (&keys, false), (&values, false)], inner, width),
        head_norms: None,
        out: LinearNames::unbiased(&attention("o"), width, inner),
        scale_1: None,
        norm_2: norm(1),
        fc: LinearNames::stacked(&first, mlp_width, width),
        gated,
        proj: LinearNames::unbiased(&perceptron("wo"), width, mlp_width),
        scale_2: None,
        adapter: name.to_string(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::saved;
    use super::*;
    use serde_json::json;

    fn tiny(kind: &str) -> Value {
        json!({"model_type": kind, "vocab_size": 20, "d_model": 8, "d_kv": 3, "d_ff": 12, "num_layers": 2, "num_heads": 2})
    }

    #[test]
    fn names_and_shapes_are_those_that_transformers_saves() {
        for (kind, section) in [("t5", "t5"), ("mt5", "t5_full")] {
            let mut shapes = saved::shapes(section);
            let text = tower(&tiny(kind), Path::new("m/config.json"), "", &shapes).unwrap();
            for tensor in text.tensors() {
                assert_eq!(shapes.remove(&tensor.name), Some(tensor.shape), "{}", tensor.name);
            }
            let left = unused("", &shapes);
            let extra: Vec<&String> = shapes.keys().filter(|name| !left.iter().any(|start| name.starts_with(start))).collect();
            assert!(extra.is_empty(), "{extra:?}");
            let activation = if kind == "t5" { Activation::Relu } else { Activation::GeluTanh };
            assert_eq!((text.transformer.activation, text.transformer.head_width), (activation, 3));
            assert_eq!((text.transformer.attention_scale, text.positions), (1.0, None));
            let relative = text.transformer.relative.unwrap();
            assert_eq!((relative.buckets, relative.furthest), (32, 128));
            assert_eq!(text.transformer.blocks.iter().filter(|block| block.gated).count(), if kind == "t5" { 0 } else { 2 });
        }
    }

    #[test]
    fn words_may_be_the_encoders_own() {
        let only_own = Shapes::from([("encoder.embed_tokens.weight".to_string(), vec![20, 8])]);
        let text = tower(&tiny("t5"), Path::new("m/config.json"), "", &only_own).unwrap();
        assert_eq!(text.words, "encoder.embed_tokens.weight");
        assert_eq!(unused("", &only_own), ["shared.weight", "decoder.", "lm_head."]);
    }

    #[test]
    fn what_is_not_computed_is_refused_by_field() {
        let cases = [
            ("feed_forward_proj", json!("gated-mish"), "'feed_forward_proj' is 'gated-mish', which"),
            ("d_kv", json!(32_768), "'d_kv' is '32768 in each of 8 heads', which"),
            ("relative_attention_max_distance", json!(8), "'relative_attention_max_distance' is 8; models with 9 to 65536"),
        ];
        for (field, value, sentence) in cases {
            let mut config = json!({"model_type": "t5"});
            config[field] = value;
            let error = tower(&config, Path::new("m/config.json"), "", &Shapes::new()).unwrap_err().to_string();
            assert!(error.starts_with(&format!("m/config.json: {sentence}")), "{error}");
        }
    }
}
