//! transformers' `CLIPModel`.

use super::preprocessor;
use super::sizes::{self, Sizes};
use super::tokenizer_files::{self, TOKENIZER_FILE};
use super::{activation, clip_stack};
use crate::encoder::description::image::{ImageDescription, ImagePool, ImagePositions, PatchNames, PositionsCover, TokenNames};
use crate::encoder::description::model::{Comparison, ModelDescription, TokenizerDescription};
use crate::encoder::description::preprocessing::{CLIP_MEAN, CLIP_STD, Preprocessing};
use crate::encoder::description::prompts::Prompts;
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::text::{After, Padding, Projection, TextDescription, TextPool, TextPositions};
use crate::encoder::description::transformer::Attention;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_PATCHES, MOST_TOKENS, MOST_WIDTH, MOST_WORDS};
use serde_json::{Map, Value};
use std::path::Path;

/// The defaults of `CLIPTextConfig` and `CLIPVisionConfig`: width, layers, heads, width of the perceptrons.
const TEXT_SIZES: [i64; 4] = [512, 12, 8, 2048];
const IMAGE_SIZES: [i64; 4] = [768, 12, 12, 3072];
/// Number of token ids of CLIP's own tokenizer.
const WORDS: i64 = 49_408;
/// Where older configurations say that a text ends; the largest id was taken then, which was the end's.
const LEGACY_END: i64 = 2;

/// Describes a `CLIPModel`.
///
/// # Source
///
/// transformers 5.24, `models/clip/configuration_clip.py` and `modeling_clip.py`.
pub(super) fn describe(config: &Value, path: &Path) -> Result<ModelDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    let embed_dim = fields.whole("projection_dim", Some(512), [1, MOST_WIDTH])?;
    let empty = Value::Object(Map::new());
    let image = image(&tower(&fields, "vision_config", &empty)?, embed_dim)?;
    let text = text(&tower(&fields, "text_config", &empty)?, embed_dim)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let (interpolation, resize_mode) = (Some("bicubic".to_string()), Some("shortest".to_string()));
    let default = Preprocessing { interpolation, resize_mode, ..Preprocessing::of(CLIP_MEAN, CLIP_STD) };
    let preprocessing = preprocessor::read(folder, default, image.image_size)?;
    let notes = preprocessor::note_if_missing(folder, "CLIP's")?;
    let tokenizer = tokenizer(folder, &text, &fields)?;
    Ok(ModelDescription {
        layout: "transformers clip".to_string(),
        image: Some(image),
        text: Some(text),
        comparison: Some(Comparison { scale: "logit_scale".to_string(), bias: None }),
        preprocessing,
        tokenizer: Some(tokenizer),
        prompts: Prompts::default(),
        classes: vec![],
        unused: ["text_model", "vision_model"].map(|tower| format!("{tower}.embeddings.position_ids")).to_vec(),
        notes: notes.into_iter().collect(),
        unknown_fields: vec![],
    })
}

/// A tower's own configuration; `{name}_dict`, which old configurations have, stands in its place as transformers has it.
fn tower<'a>(fields: &Fields<'a>, name: &'a str, empty: &'a Value) -> Result<Fields<'a>, ConfigError> {
    let section = if name == "vision_config" { "vision_config." } else { "text_config." };
    let old = if name == "vision_config" { "vision_config_dict" } else { "text_config_dict" };
    Fields::of(fields.path, section, fields.get(old).or(fields.get(name)).unwrap_or(empty))
}

fn image(fields: &Fields, embed_dim: i64) -> Result<ImageDescription, ConfigError> {
    fields.only("num_channels", &[Value::from(3)])?;
    let sizes = Sizes::read(fields, sizes::NAMES, IMAGE_SIZES)?;
    let (image_size, patch_size) = (fields.side("image_size", Some(224))?, fields.side("patch_size", Some(32))?);
    let patches = patches(fields, image_size, patch_size)?;
    let (width, epsilon) = (sizes.width, fields.number("layer_norm_eps", 1e-5)?);
    let activation = activation::named(fields, "hidden_act", "quick_gelu")?;
    let name = |name: &str| format!("vision_model.{name}");
    Ok(ImageDescription {
        image_size,
        patch_size,
        patches: PatchNames { weight: name("embeddings.patch_embedding.weight"), bias: None },
        tokens: vec![TokenNames { name: name("embeddings.class_embedding"), shape: vec![width], count: 1 }],
        positions: Some(ImagePositions {
            name: name("embeddings.position_embedding.weight"),
            shape: vec![patches + 1, width],
            covers: PositionsCover::ClassAndPatches,
            stored_grid: None,
        }),
        // The name is misspelt in transformers.
        norm_before: Some(NormNames::layer(&name("pre_layrnorm"), width, epsilon)),
        transformer: clip_stack::stack("vision_model", sizes, activation, epsilon, Attention::Full),
        norm_after: Some(NormNames::layer(&name("post_layernorm"), width, epsilon)),
        norm_after_pool: true,
        pool: ImagePool::Class,
        projection: Some(LinearNames::unbiased("visual_projection", embed_dim, width)),
        classes: None,
    })
}

/// How many patches an image has.
pub(super) fn patches(fields: &Fields, image_size: i64, patch_size: i64) -> Result<i64, ConfigError> {
    let patches = (image_size / patch_size) * (image_size / patch_size);
    if !(1..=MOST_PATCHES).contains(&patches) {
        return Err(fields.unsupported("patch_size", &format!("{patch_size} in images of {image_size} pixels a side")));
    }
    Ok(patches)
}

fn text(fields: &Fields, embed_dim: i64) -> Result<TextDescription, ConfigError> {
    let sizes = Sizes::read(fields, sizes::NAMES, TEXT_SIZES)?;
    let context_length = fields.whole("max_position_embeddings", Some(77), [3, MOST_TOKENS])?;
    let vocab_size = fields.whole("vocab_size", Some(WORDS), [3, MOST_WORDS])?;
    let end = fields.whole("eos_token_id", Some(WORDS - 1), [0, MOST_WORDS])?;
    let (width, epsilon) = (sizes.width, fields.number("layer_norm_eps", 1e-5)?);
    let activation = activation::named(fields, "hidden_act", "quick_gelu")?;
    Ok(TextDescription {
        context_length,
        vocab_size,
        words: "text_model.embeddings.token_embedding.weight".to_string(),
        positions: Some(TextPositions {
            name: "text_model.embeddings.position_embedding.weight".to_string(),
            rows: context_length,
            first: 0,
        }),
        kinds: None,
        norm_before: None,
        class_token: None,
        transformer: clip_stack::stack("text_model", sizes, activation, epsilon, Attention::Causal),
        norm_after: Some(NormNames::layer("text_model.final_layer_norm", width, epsilon)),
        start: true,
        padding: Padding::None,
        pool: if end == LEGACY_END { TextPool::LargestId } else { TextPool::FirstOf(end) },
        projections: vec![Projection {
            linear: LinearNames::unbiased("text_projection", embed_dim, width),
            after: After::Nothing,
        }],
        normalise: true,
        keep: None,
    })
}

/// The folder's own tokenizer, which is what transformers reads; CLIP's where there is none.
///
/// They differ where CLIP's mends letters and HTML first: transformers does not.
fn tokenizer(folder: &Path, text: &TextDescription, fields: &Fields) -> Result<TokenizerDescription, ConfigError> {
    if folder.join(TOKENIZER_FILE).is_file() {
        return Ok(TokenizerDescription::File(tokenizer_files::plain()));
    }
    if text.vocab_size == WORDS {
        return Ok(TokenizerDescription::Clip);
    }
    let value = format!("{} without a {TOKENIZER_FILE}, where CLIP's own tokenizer has {WORDS}", text.vocab_size);
    Err(fields.unsupported("text_config.vocab_size", &value))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::saved;
    use super::*;
    use nearmiss::runs::recipe::Activation;
    use serde_json::json;

    fn tiny() -> Value {
        json!({
            "model_type": "clip", "projection_dim": 6,
            "text_config": {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
                "vocab_size": 20, "max_position_embeddings": 7, "eos_token_id": 19},
            "vision_config": {"hidden_size": 10, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 14,
                "image_size": 8, "patch_size": 4, "hidden_act": "gelu"},
        })
    }

    fn of(config: &Value) -> Result<ModelDescription, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(TOKENIZER_FILE), "{}").unwrap();
        describe(config, &folder.path().join("config.json")).map_err(|error| error.to_string())
    }

    #[test]
    fn names_and_shapes_are_those_that_transformers_saves() {
        let model = of(&tiny()).unwrap();
        assert_eq!(saved::misfits(&model, &saved::shapes("clip")), [""; 0]);
        let (image, text) = (model.image.as_ref().unwrap(), model.text.as_ref().unwrap());
        assert_eq!((model.embed_dim(), image.pool.clone(), image.norm_after_pool), (6, ImagePool::Class, true));
        assert_eq!(
            (text.pool, text.padding, text.transformer.attention),
            (TextPool::FirstOf(19), Padding::None, Attention::Causal)
        );
        assert_eq!((image.transformer.activation, text.transformer.activation), (Activation::Gelu, Activation::QuickGelu));
        assert_eq!(image.norm_before.as_ref().map(|norm| norm.epsilon), Some(1e-5));
        assert_eq!(model.preprocessing.resize_mode.as_deref(), Some("shortest"));
        assert_eq!(model.notes, ["there is no preprocessor_config.json; photographs are prepared with CLIP's own numbers"]);
        assert_eq!(model.tokenizer, Some(TokenizerDescription::File(tokenizer_files::plain())));
    }

    #[test]
    fn what_is_missing_is_clips_own_and_old_sections_stand_before_new_ones() {
        let model = describe(&json!({"model_type": "clip"}), Path::new("no/config.json")).unwrap();
        let (image, text) = (model.image.as_ref().unwrap(), model.text.as_ref().unwrap());
        assert_eq!((image.transformer.width, image.transformer.layers(), image.transformer.heads), (768, 12, 12));
        assert_eq!((image.image_size, image.patch_size, image.grid(), model.embed_dim()), (224, 32, 7, 512));
        assert_eq!((text.transformer.width, text.transformer.heads, text.vocab_size), (512, 8, 49_408));
        assert_eq!((text.context_length, text.pool), (77, TextPool::FirstOf(49_407)));
        assert_eq!(model.tokenizer, Some(TokenizerDescription::Clip));
        let mut old = tiny();
        old["text_config"]["eos_token_id"] = json!(2);
        assert_eq!(of(&old).unwrap().text.unwrap().pool, TextPool::LargestId);
        old["text_config_dict"] = json!({"hidden_size": 16});
        let text = of(&old).unwrap().text.unwrap();
        assert_eq!((text.transformer.width, text.transformer.layers(), text.pool), (16, 12, TextPool::FirstOf(49_407)));
    }

    #[test]
    fn what_is_not_computed_is_refused_by_field() {
        let cases = [
            ("/vision_config", "num_channels", json!(4), "'vision_config.num_channels' is '4', which"),
            ("/vision_config", "hidden_act", json!("mish"), "'vision_config.hidden_act' is 'mish', which"),
            ("/vision_config", "patch_size", json!(9), "'vision_config.patch_size' is '9 in images of 8 pixels a side', which"),
            ("/vision_config", "image_size", json!([8, 4]), "'vision_config.image_size' is '[8,4]', which"),
            ("/text_config", "eos_token_id", json!([1, 2]), "'text_config.eos_token_id' is '[1,2]', which"),
            ("/text_config", "num_attention_heads", json!(3), "'text_config.hidden_size' is '8 with 3 heads', which"),
            ("", "projection_dim", json!(0), "'projection_dim' is 0; models with 1 to 32768"),
        ];
        for (section, field, value, sentence) in cases {
            let mut config = tiny();
            config.pointer_mut(section).unwrap()[field] = value;
            let error = of(&config).unwrap_err();
            assert!(error.contains(&format!("config.json: {sentence}")), "{error}");
        }
        let error = describe(&tiny(), Path::new("no/config.json")).unwrap_err().to_string();
        assert!(error.contains("'text_config.vocab_size' is '20 without a tokenizer.json, where CLIP's own"), "{error}");
    }
}
