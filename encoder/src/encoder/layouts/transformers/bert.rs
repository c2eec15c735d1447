//! BERT and the models that came of it: RoBERTa, XLM-R, CamemBERT, MPNet, DistilBERT.

use super::activation;
use super::bert_names::{BertNames, First};
use super::sizes::Sizes;
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::text::{Padding, TextDescription, TextPool, TextPositions};
use crate::encoder::description::transformer::{Attention, BlockNames, NormPlace, RelativePositions, TransformerDescription};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_TOKENS, MOST_WORDS};
use crate::encoder::layouts::shapes::Shapes;
use serde_json::Value;
use std::path::Path;

/// What stands before the names where a model with a head was saved.
const WRAPPERS: [&str; 5] = ["", "bert.", "roberta.", "mpnet.", "distilbert."];
/// Heads of language models and poolers, which no vector of a text goes through.
const HEADS: [&str; 5] = ["cls.", "lm_head.", "vocab_transform.", "vocab_layer_norm.", "vocab_projector."];
/// MPNet's buckets of distances, which its code fixes.
const MPNET_BUCKETS: i64 = 32;
const MPNET_FURTHEST: i64 = 128;

/// What a block's names are made of.
struct Blocks<'a> {
    /// What all names of the tower begin with.
    base: &'a str,
    names: &'static BertNames,
    sizes: Sizes,
    epsilon: f64,
    shapes: &'a Shapes,
}

/// Describes the text tower of a configuration whose `model_type` is `bert`, `dpr`, `roberta`, `xlm-roberta`, `camembert`,
/// `mpnet` or `distilbert`: its tensors' names begin with `prefix`, and with `bert.` or the like where `shapes` have it so.
///
/// Vectors are the mean of the tokens and made units; a layout that says otherwise changes it. The context is as long as there
/// are positions.
///
/// # Errors
///
/// [`ConfigError`]: another type of model, sizes out of bounds, attention of another kind.
///
/// # Source
///
/// transformers 5.24, `models/bert/modeling_bert.py` and its kin.
pub fn tower(config: &Value, path: &Path, prefix: &str, shapes: &Shapes) -> Result<TextDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    let kind = fields.text("model_type")?.unwrap_or("bert");
    let Some(names) = BertNames::of(kind) else { return Err(fields.unsupported("model_type", kind)) };
    fields.only("position_embedding_type", &[Value::from("absolute")])?;
    for switch in ["is_decoder", "add_cross_attention"] {
        fields.only(switch, &[Value::from(false)])?;
    }
    let sizes = Sizes::read(&fields, names.sizes, names.defaults)?;
    let epsilon = names.epsilon.map_or(Ok(1e-12), |field| fields.number(field, 1e-12))?;
    let base = base(prefix, shapes);
    let blocks = Blocks { base: &base, names, sizes, epsilon, shapes };
    let first = first(&fields, names)?;
    let rows = fields.whole("max_position_embeddings", Some(512), [first + 3, MOST_TOKENS])?;
    let kinds = if names.kinds { Some(fields.whole("type_vocab_size", Some(2), [1, MOST_WORDS])?) } else { None };
    let embeddings = |name: &str| format!("{base}embeddings.{name}");
    Ok(TextDescription {
        context_length: rows - first,
        vocab_size: fields.whole("vocab_size", Some(names.words), [3, MOST_WORDS])?,
        words: embeddings("word_embeddings.weight"),
        positions: Some(TextPositions { name: embeddings("position_embeddings.weight"), rows, first }),
        kinds: kinds.map(|kinds| (embeddings("token_type_embeddings.weight"), kinds)),
        norm_before: Some(blocks.norm(&embeddings("LayerNorm"))),
        class_token: None,
        transformer: transformer(&fields, &blocks)?,
        norm_after: None,
        start: true,
        padding: Padding::None,
        pool: TextPool::Mean,
        projections: vec![],
        normalise: true,
        keep: None,
    })
}

/// The beginnings of names of tensors that such a checkpoint may carry and that are not used.
#[must_use]
pub fn unused(prefix: &str, shapes: &Shapes) -> Vec<String> {
    let base = base(prefix, shapes);
    let own = ["pooler.", "embeddings.position_ids", "embeddings.token_type_ids"].map(|name| format!("{base}{name}"));
    own.into_iter().chain(HEADS.iter().map(|name| format!("{prefix}{name}"))).collect()
}

/// What all names begin with.
fn base(prefix: &str, shapes: &Shapes) -> String {
    let all = || WRAPPERS.iter().map(|wrapper| format!("{prefix}{wrapper}"));
    let found = all().find(|base| shapes.contains_key(&format!("{base}embeddings.word_embeddings.weight")));
    found.unwrap_or_else(|| prefix.to_string())
}

/// The row of the first token in the table of positions.
fn first(fields: &Fields, names: &BertNames) -> Result<i64, ConfigError> {
    match names.first {
        First::Zero => Ok(0),
        First::AfterPadding => Ok(fields.whole("pad_token_id", Some(1), [0, MOST_TOKENS])? + 1),
        First::Two => Ok(2),
    }
}

fn transformer(fields: &Fields, blocks: &Blocks) -> Result<TransformerDescription, ConfigError> {
    let Blocks { base, names, sizes, .. } = blocks;
    let relative = if names.relative {
        fields.only("relative_attention_num_buckets", &[Value::from(MPNET_BUCKETS)])?;
        let table = format!("{base}encoder.relative_attention_bias.weight");
        Some(RelativePositions { table, buckets: MPNET_BUCKETS, furthest: MPNET_FURTHEST })
    } else {
        None
    };
    Ok(TransformerDescription {
        width: sizes.width,
        heads: sizes.heads,
        head_width: sizes.head_width(),
        mlp_width: sizes.mlp_width,
        activation: activation::named(fields, names.activation, "gelu")?,
        norm_place: NormPlace::After,
        attention: Attention::Full,
        attention_scale: sizes.scale(),
        rotary: None,
        relative,
        blocks: (0..sizes.layers).map(|number| blocks.block(number)).collect(),
    })
}

impl Blocks<'_> {
    fn block(&self, number: i64) -> BlockNames {
        let Sizes { width, mlp_width, .. } = self.sizes;
        let name = format!("{}{}{number}", self.base, self.names.blocks);
        let part = |part: &str| format!("{name}.{part}");
        let [queries, keys, values] = self.names.qkv.map(part);
        let [out, attention_norm] = self.names.attended.map(part);
        let [fc, proj, norm] = self.names.perceptron.map(part);
        BlockNames {
            norm_1: self.norm(&attention_norm),
            qkv: LinearNames::stacked(&[(&queries, true), (&keys, true), (&values, true)], width, width),
            head_norms: None,
            out: LinearNames::biased(&out, width, width),
            scale_1: None,
            norm_2: self.norm(&norm),
            fc: LinearNames::biased(&fc, mlp_width, width),
            gated: false,
            proj: LinearNames::biased(&proj, width, mlp_width),
            scale_2: None,
            adapter: name,
        }
    }

    /// A norm; checkpoints that were made from TensorFlow call gain and offset gamma and beta.
    fn norm(&self, name: &str) -> NormNames {
        let names = NormNames::layer(name, self.sizes.width, self.epsilon);
        if self.shapes.contains_key(&format!("{name}.gamma")) {
            return NormNames { weight: format!("{name}.gamma"), bias: Some(format!("{name}.beta")), ..names };
        }
        names
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::saved;
    use super::*;
    use crate::encoder::description::tensors::ExpectedTensor;
    use serde_json::json;

    fn tiny(kind: &str) -> Value {
        json!({
            "model_type": kind, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
            "vocab_size": 20, "max_position_embeddings": 9, "type_vocab_size": if kind == "roberta" { 1 } else { 2 }
        })
    }

    fn misfits(config: &Value, section: &str) -> (TextDescription, Vec<String>) {
        let shapes = saved::shapes(section);
        let text = tower(config, Path::new("m/config.json"), "", &shapes).unwrap();
        let left = unused("", &shapes);
        let fits = |tensor: &ExpectedTensor| shapes.get(&tensor.name) == Some(&tensor.shape);
        let tensors = text.tensors();
        let wrong = tensors.iter().filter(|tensor| !fits(tensor)).map(|tensor| tensor.name.clone());
        let known = |name: &&String| !tensors.iter().any(|tensor| tensor.name == **name);
        let extra = shapes.keys().filter(known).filter(|name| !left.iter().any(|start| name.starts_with(start)));
        let all = wrong.chain(extra.cloned()).collect();
        (text, all)
    }

    #[test]
    fn names_and_shapes_are_those_that_transformers_saves() {
        for (kind, section) in [("bert", "bert"), ("bert", "bert_head"), ("roberta", "roberta_head"), ("mpnet", "mpnet")] {
            let (text, wrong) = misfits(&tiny(kind), section);
            assert_eq!(wrong, [""; 0], "{section}");
            assert_eq!((text.transformer.norm_place, text.pool, text.normalise), (NormPlace::After, TextPool::Mean, true));
            let positions = text.positions.unwrap();
            let first = if kind == "bert" { 0 } else { 2 };
            assert_eq!((positions.first, text.context_length), (first, 9 - first), "{section}");
            assert_eq!(text.transformer.relative.is_some(), kind == "mpnet");
        }
        let distilled = json!({
            "model_type": "distilbert", "dim": 8, "n_layers": 1, "n_heads": 2, "hidden_dim": 12, "vocab_size": 20,
            "max_position_embeddings": 9
        });
        let (text, wrong) = misfits(&distilled, "distilbert_head");
        assert_eq!(wrong, [""; 0]);
        assert_eq!((text.kinds, text.context_length), (None, 9));
    }

    #[test]
    fn a_tower_within_another_model_has_its_prefix_and_old_norms_their_names() {
        let mut shapes = Shapes::new();
        for name in ["embeddings.word_embeddings.weight", "embeddings.LayerNorm.gamma", "embeddings.LayerNorm.beta"] {
            shapes.insert(format!("text.transformer.roberta.{name}"), vec![]);
        }
        let text = tower(&tiny("roberta"), Path::new("m/config.json"), "text.transformer.", &shapes).unwrap();
        assert_eq!(text.words, "text.transformer.roberta.embeddings.word_embeddings.weight");
        assert_eq!(text.norm_before.unwrap().weight, "text.transformer.roberta.embeddings.LayerNorm.gamma");
        let norm = &text.transformer.blocks.first().unwrap().norm_1;
        assert_eq!(norm.weight, "text.transformer.roberta.encoder.layer.0.attention.output.LayerNorm.weight");
        assert!(unused("text.transformer.", &shapes).contains(&"text.transformer.roberta.pooler.".to_string()));
    }

    #[test]
    fn what_is_not_computed_is_refused_by_field() {
        let cases = [
            ("model_type", json!("electra"), "'model_type' is 'electra', which"),
            ("position_embedding_type", json!("relative_key"), "'position_embedding_type' is 'relative_key', which"),
            ("is_decoder", json!(true), "'is_decoder' is 'true', which"),
            ("relative_attention_num_buckets", json!(16), "'relative_attention_num_buckets' is '16', which"),
            ("max_position_embeddings", json!(2), "'max_position_embeddings' is 2; models with 5 to 65536"),
            ("hidden_act", json!("mish"), "'hidden_act' is 'mish', which"),
        ];
        for (field, value, sentence) in cases {
            let mut config = tiny("mpnet");
            config[field] = value;
            let error = tower(&config, Path::new("m/config.json"), "", &Shapes::new()).unwrap_err().to_string();
            assert!(error.starts_with(&format!("m/config.json: {sentence}")), "{error}");
        }
    }
}
