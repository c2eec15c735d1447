//! open_clip's own text tower.

use super::super::error::ConfigError;
use super::super::fields::{Fields, MOST_TOKENS, MOST_WORDS};
use super::blocks::Sizes;
use super::tokenizer;
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::text::{After, Padding, Projection, TextDescription, TextPool, TextPositions};
use crate::encoder::description::transformer::Attention;

/// What a text tower takes from the rest of the configuration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// What the tower's names begin with: nothing, or `text.`.
    pub(super) prefix: &'a str,
    /// Length of the vectors.
    pub(super) embed_dim: i64,
    /// Whether the towers have QuickGELU.
    pub(super) quick_gelu: bool,
    /// Whether the tower is a module of its own (`custom_text`, CoCa): plain CLIP takes no class token.
    pub(super) custom: bool,
}

/// The text tower of a configuration without `hf_model_name`.
///
/// Where padding changes what the tower reads, texts are filled up to the context: without a causal mask, and where the last
/// position is pooled. With a class token after the text (CoCa), open_clip's mask of padding is one place off: a key is
/// looked at where the token *before* it is no padding, so that the first padding after a text is read, and the class
/// token's own key only where the text fills the context. The published weights were trained so.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/transformer.py`, `TextTransformer` and `text_global_pool`.
pub(super) fn tower(fields: &Fields, around: &Around) -> Result<TextDescription, ConfigError> {
    let context_length = fields.whole("context_length", Some(77), [3, MOST_TOKENS])?;
    let vocab_size = fields.whole("vocab_size", Some(49_408), [3, MOST_WORDS])?;
    let sizes = Sizes::of_texts(fields, around.quick_gelu)?;
    let named = |name: &str| format!("{}{name}", around.prefix);
    let both_ways = fields.flag("no_causal_mask", false)?;
    let class = fields.flag("embed_cls", false)?;
    if class && (both_ways || !around.custom) {
        let how = if both_ways { "true with no_causal_mask" } else { "true without custom_text" };
        return Err(fields.unsupported("embed_cls", how));
    }
    // A class token is pooled whatever `pool_type` says.
    let pool = if class { TextPool::Last } else { pool(fields)? };
    let attention = if both_ways { Attention::Full } else { Attention::Causal };
    Ok(TextDescription {
        context_length,
        vocab_size,
        words: named("token_embedding.weight"),
        positions: Some(TextPositions { name: named("positional_embedding"), rows: context_length + i64::from(class), first: 0 }),
        kinds: None,
        norm_before: None,
        class_token: class.then(|| named("cls_emb")),
        transformer: sizes.transformer(&named("transformer."), attention),
        norm_after: Some(NormNames::layer(&named("ln_final"), sizes.width, sizes.epsilon)),
        start: tokenizer::has_start(fields)?,
        padding: padding(fields, class, both_ways || pool == TextPool::Last, vocab_size)?,
        pool,
        projections: projection(fields, around, sizes.width)?.into_iter().collect(),
        normalise: true,
        keep: None,
    })
}

/// How tokens become one vector. `final_ln_after_pool` changes nothing: one token is pooled, and the norm is of each alone.
fn pool(fields: &Fields) -> Result<TextPool, ConfigError> {
    match fields.text("pool_type")?.unwrap_or("argmax") {
        "argmax" => Ok(TextPool::LargestId),
        "eos" => Ok(TextPool::FirstOf(fields.whole("eos_id", Some(2), [0, MOST_WORDS])?)),
        "last" => Ok(TextPool::Last),
        "first" => Ok(TextPool::First),
        other => Err(fields.unsupported("pool_type", other)),
    }
}

/// How texts are padded.
fn padding(fields: &Fields, class: bool, read: bool, vocab_size: i64) -> Result<Padding, ConfigError> {
    if !read {
        return Ok(Padding::None);
    }
    let id = tokenizer::padding(fields)?;
    // The mask of a class token looks for `pad_id`, which must be what the tokenizer fills up with.
    let masked = fields.whole("pad_id", Some(0), [0, MOST_WORDS])?;
    if class && masked != id {
        return Err(fields.unsupported("pad_id", &format!("{masked} with a tokenizer that pads with {id}")));
    }
    if (0..vocab_size).contains(&id) {
        Ok(Padding::ReadToContext(id))
    } else {
        Err(fields.unsupported("vocab_size", &format!("{vocab_size} with padding {id}")))
    }
}

/// The map into the common space: a bare matrix, or with `proj_bias` a layer; `None` for `none`.
fn projection(fields: &Fields, around: &Around, width: i64) -> Result<Option<Projection>, ConfigError> {
    let (name, outputs) = (format!("{}text_projection", around.prefix), around.embed_dim);
    let linear = match (fields.text("proj_type")?.unwrap_or("linear"), fields.flag("proj_bias", false)?) {
        ("none", _) => return Ok(None),
        ("linear", true) => LinearNames::biased(&name, outputs, width),
        ("linear", false) => LinearNames::bare(&name, outputs, width),
        (other, _) => return Err(fields.unsupported("proj_type", other)),
    };
    Ok(Some(Projection { linear, after: After::Nothing }))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::path::Path;

    fn read(value: &Value, custom: bool) -> Result<TextDescription, String> {
        let fields = Fields::of(Path::new("nowhere/c.json"), "text_cfg.", value).unwrap();
        let around = Around { prefix: "text.", embed_dim: 512, quick_gelu: false, custom };
        tower(&fields, &around).map_err(|error| error.to_string())
    }

    #[test]
    fn padding_is_read_where_it_changes_what_is_pooled() {
        let of = |value: &Value| read(value, true).map(|tower| (tower.pool, tower.padding));
        assert_eq!(of(&json!({})), Ok((TextPool::LargestId, Padding::None)));
        assert_eq!(of(&json!({"pool_type": "eos", "eos_id": 1})), Ok((TextPool::FirstOf(1), Padding::None)));
        assert_eq!(of(&json!({"pool_type": "eos"})), Ok((TextPool::FirstOf(2), Padding::None)));
        assert_eq!(of(&json!({"pool_type": "last"})), Ok((TextPool::Last, Padding::ReadToContext(0))));
        // MobileCLIP-S1: both ways, padding too, pooled at the end of the text.
        assert_eq!(of(&json!({"no_causal_mask": true})), Ok((TextPool::LargestId, Padding::ReadToContext(0))));
        assert_eq!(of(&json!({"pool_type": "first", "no_causal_mask": false})), Ok((TextPool::First, Padding::None)));
    }

    #[test]
    fn a_class_token_has_a_place_after_the_context() {
        let tower = read(&json!({"embed_cls": true, "context_length": 76}), true).unwrap();
        assert_eq!((tower.context_length, tower.positions.unwrap().rows), (76, 77));
        let refused = [
            (json!({"embed_cls": true}), false, "embed_cls' is 'true without custom_text', which"),
            (json!({"embed_cls": true, "no_causal_mask": true}), true, "embed_cls' is 'true with no_causal_mask', which"),
            (json!({"embed_cls": true, "pad_id": 1}), true, "pad_id' is '1 with a tokenizer that pads with 0', which"),
        ];
        for (value, custom, sentence) in refused {
            let message = read(&value, custom).unwrap_err();
            assert!(message.starts_with(&format!("nowhere/c.json: 'text_cfg.{sentence}")), "{message}");
        }
    }

    #[test]
    fn a_projection_is_a_bare_matrix_a_layer_or_nothing() {
        let outputs = |value: &Value| read(value, true).map(|tower| tower.projections.first().map(|first| first.linear.clone()));
        let (bare, layer) =
            (LinearNames::bare("text.text_projection", 512, 384), LinearNames::biased("text.text_projection", 512, 384));
        assert_eq!(outputs(&json!({"width": 384, "heads": 6})), Ok(Some(bare)));
        assert_eq!(outputs(&json!({"width": 384, "heads": 6, "proj_bias": true})), Ok(Some(layer)));
        assert_eq!(outputs(&json!({"proj_type": "none", "proj_bias": true})), Ok(None));
    }
}
