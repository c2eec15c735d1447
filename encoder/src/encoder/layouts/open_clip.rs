//! What `open_clip_config.json` says about a model: CLIP, CustomTextCLIP and CoCa.

mod known;
mod file;
mod blocks;
mod special_tokens;
mod tokenizer;
mod preprocessing;
mod image;
mod trunk;
mod text;
mod hub_sizes;
mod hub_text;
#[cfg(test)]
mod reference_names;

use super::error::ConfigError;
use super::fields::{Fields, MOST_WIDTH};
use super::shapes::Shapes;
use crate::encoder::description::image::ImageDescription;
use crate::encoder::description::model::{Comparison, ModelDescription};
use crate::encoder::description::prompts::Prompts;
use crate::encoder::description::tensors::LinearNames;
use crate::encoder::description::text::TextDescription;
use file::Sections;
use std::path::Path;
use text::Around;

/// The name of the configuration in a model directory.
pub const CONFIG_FILE: &str = "open_clip_config.json";

/// Tensors that checkpoints carry beside the two towers, as the beginnings of their names: second projections of BioCLIP 2's
/// and of BioCAP's training, and CoCa's decoder of captions.
const UNUSED: [&str; 3] = ["visual.continual_proj", "visual.caption_proj", "text_decoder."];

/// Describes a model by the bytes of its configuration file: `{"model_cfg": …, "preprocess_cfg": …}`, or the bare
/// configuration of a model. `path` is for messages and for the tokenizer's files beside it; `shapes` decide whether the
/// names of the text tower begin with `text.`, and whether there is a bias on products.
///
/// # Errors
///
/// [`ConfigError`]: not a configuration, or a model of another kind.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/model.py`, `coca_model.py` and `factory.py`.
pub fn describe(bytes: &[u8], path: &Path, shapes: &Shapes) -> Result<ModelDescription, ConfigError> {
    let value = file::parse(bytes, path)?;
    let Sections { model, vision, text, preprocess } = Sections::of(&value, path)?;
    let unknown_fields = [known::unknown(&model)?, known::unknown(&vision)?, known::unknown(&text)?].concat();
    let embed_dim = model.whole("embed_dim", None, [1, MOST_WIDTH])?;
    let quick_gelu = model.flag("quick_gelu", false)?;
    let trunk = vision.text("timm_model_name")?.filter(|name| !name.is_empty());
    let image = match trunk {
        Some(_) => trunk::tower(&vision, embed_dim)?,
        None => image::tower(&vision, embed_dim, quick_gelu, shapes)?,
    };
    let of_hub = text.text("hf_model_name")?.is_some_and(|name| !name.is_empty());
    let text_tower = if of_hub {
        hub_text::tower(&text, embed_dim, shapes)?
    } else {
        text::tower(&text, &around(&model, embed_dim, quick_gelu, shapes)?)?
    };
    same_lengths(&model, embed_dim, &image, &text_tower)?;
    let preprocessing = preprocessing::preprocessing(preprocess)?;
    let has_bias = shapes.contains_key("logit_bias") || model.get("init_logit_bias").is_some();
    let of_tower = if of_hub { hub_text::unused(shapes) } else { vec![] };
    Ok(ModelDescription {
        layout: "open_clip".to_string(),
        comparison: Some(Comparison { scale: "logit_scale".to_string(), bias: has_bias.then(|| "logit_bias".to_string()) }),
        tokenizer: Some(tokenizer::tokenizer(&text)?),
        prompts: Prompts::default(),
        classes: vec![],
        unused: UNUSED.into_iter().map(str::to_string).chain(of_tower).collect(),
        notes: [trunk.and_then(|name| preprocessing::note(name, &preprocessing)), resampled(&image), second_projection(shapes)]
            .into_iter()
            .flatten()
            .collect(),
        unknown_fields,
        image: Some(image),
        text: Some(text_tower),
        preprocessing,
    })
}

/// What a user should know of positions that are not those of the checkpoint.
fn resampled(image: &ImageDescription) -> Option<String> {
    let (stored, side) = (image.positions.as_ref()?.stored_grid?.side, image.grid());
    Some(format!("the positions of {stored} x {stored} patches are resampled to {side} x {side}, as open_clip does"))
}

/// What a user should know of a model with two projections of images.
fn second_projection(shapes: &Shapes) -> Option<String> {
    let second = "visual.caption_proj";
    let says = || format!("images are projected by visual.proj, for taxa; the projection for captions, {second}, is not used");
    shapes.contains_key(second).then(says)
}

/// What the text tower takes from the rest: its names begin with `text.` where those of the checkpoint do; of an empty
/// checkpoint where open_clip would make it a module of its own.
fn around(model: &Fields, embed_dim: i64, quick_gelu: bool, shapes: &Shapes) -> Result<Around<'static>, ConfigError> {
    let own = shapes.keys().any(|name| name.starts_with("text."));
    let custom = own || model.flag("custom_text", false)? || model.get("multimodal_cfg").is_some();
    let prefix = if own || (custom && !shapes.contains_key("token_embedding.weight")) { "text." } else { "" };
    Ok(Around { prefix, embed_dim, quick_gelu, custom })
}

/// Refuses towers whose vectors cannot be compared: without projections, they are as long as the towers are wide.
fn same_lengths(model: &Fields, embed_dim: i64, image: &ImageDescription, text: &TextDescription) -> Result<(), ConfigError> {
    let of_image = image.projection.as_ref().map_or(image.pooled_width(), LinearNames::outputs);
    for (tower, length) in [("an image", of_image), ("a text", text.outputs())] {
        if length != embed_dim {
            return Err(model.unsupported("embed_dim", &format!("{embed_dim} with {tower} tower that gives {length}")));
        }
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::reference_names::{CLIPA, COCA, POOLER_OF_ONE_WIDTH, SIGLIP_TEXT};
    use super::*;
    use crate::encoder::description::image::ImagePool;
    use crate::encoder::description::model::TokenizerDescription;
    use crate::encoder::description::text::{Padding, TextPool};
    use crate::encoder::description::transformer::Attention;
    use nearmiss::runs::recipe::Activation;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn read(value: &Value) -> Result<ModelDescription, ConfigError> {
        describe(value.to_string().as_bytes(), Path::new("m/open_clip_config.json"), &Shapes::new())
    }

    fn huge() -> Value {
        json!({
            "model_cfg": {
                "embed_dim": 1024,
                "vision_cfg": {"image_size": 224, "layers": 32, "width": 1280, "head_width": 80, "patch_size": 14},
                "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 1024, "heads": 16, "layers": 24},
            },
            "preprocess_cfg": {"mean": [0.5, 0.25, 0.125], "std": [1, 2, 4], "size": [224, 224], "resize_mode": "shortest"},
        })
    }

    /// A model of one block each, with more fields for its towers.
    fn small(more: &Value, vision: &Value, text: &Value) -> Value {
        let mut model = json!({
            "embed_dim": 10,
            "vision_cfg": {"image_size": 8, "layers": 1, "width": 12, "head_width": 6, "patch_size": 4},
            "text_cfg": {"context_length": 5, "vocab_size": 11, "width": 6, "heads": 2, "layers": 1},
        });
        for (section, fields) in [("", more), ("/vision_cfg", vision), ("/text_cfg", text)] {
            let section = model.pointer_mut(section).unwrap();
            for (name, value) in fields.as_object().unwrap() {
                section[name] = value.clone();
            }
        }
        model
    }

    /// Shapes of a model's tensors by name.
    fn tensors(model: &ModelDescription) -> BTreeMap<String, Vec<i64>> {
        model.tensors().into_iter().map(|(_, tensor)| (tensor.name, tensor.shape)).collect()
    }

    /// A line for each tensor whose name begins so, in the order of names.
    fn listed(model: &ModelDescription, start: &str) -> String {
        let line = |(name, shape): (String, Vec<i64>)| {
            std::iter::once(name).chain(shape.iter().map(i64::to_string)).collect::<Vec<_>>().join(" ") + "\n"
        };
        tensors(model).into_iter().filter(|(name, _)| name.starts_with(start)).map(line).collect()
    }

    fn coca(embed_dim: i64) -> Value {
        let pooler = json!({"attentional_pool": true, "attn_pooler_heads": 2, "attn_pooler_queries": 3, "output_tokens": true});
        let more = json!({"embed_dim": embed_dim, "custom_text": true, "multimodal_cfg": {"width": 6}});
        small(&more, &pooler, &json!({"embed_cls": true, "output_tokens": true}))
    }

    #[test]
    fn vit_h_14_has_sixteen_heads_of_width_80() {
        let model = read(&huge()).unwrap();
        let image = model.image.unwrap();
        assert_eq!((image.transformer.heads, image.transformer.head_width, image.transformer.mlp_width), (16, 80, 5120));
        assert_eq!((image.grid(), image.beside(), image.pool), (16, 1, ImagePool::Class));
        let made = model.preprocessing;
        assert_eq!((made.mean, made.resize_mode.as_deref()), ([0.5, 0.25, 0.125], Some("shortest")));
        assert_eq!((model.comparison.unwrap().bias, model.notes), (None, vec![]));
    }

    #[test]
    fn what_is_not_stated_is_open_clips_default() {
        let model = read(&json!({"embed_dim": 512, "quick_gelu": true, "vision_cfg": {}, "text_cfg": {}})).unwrap();
        assert_eq!(
            model.summary(),
            "vision transformer 12x768, 12 heads, patch 16, image 224; text 12x512, 8 heads, context 77; embedding 512; quickgelu"
        );
        assert_eq!(model.tokenizer, Some(TokenizerDescription::Clip));
        let text = model.text.unwrap();
        let (sizes, pool) = ((text.vocab_size, text.transformer.mlp_width), (text.pool, text.padding));
        assert_eq!((sizes, pool), ((49_408, 2048), (TextPool::LargestId, Padding::None)));
        assert_eq!(text.transformer.attention, Attention::Causal);
    }

    #[test]
    fn clipa_averages_patches_and_reads_the_padding() {
        let vision = json!({"no_ln_pre": true, "pool_type": "avg", "final_ln_after_pool": true, "ls_init_value": 0.1});
        let model = read(&small(&json!({}), &vision, &json!({"pool_type": "last", "no_causal_mask": true}))).unwrap();
        assert_eq!(listed(&model, ""), CLIPA);
        let (image, text) = (model.image.unwrap(), model.text.unwrap());
        assert_eq!((image.pool, image.norm_after_pool), (ImagePool::MeanOfPatches, true));
        assert_eq!((text.pool, text.padding), (TextPool::Last, Padding::ReadToContext(0)));
        assert_eq!(text.transformer.attention, Attention::Full);
    }

    #[test]
    fn coca_pools_by_attention_and_reads_a_class_token_after_the_text() {
        let model = read(&coca(10)).unwrap();
        assert_eq!(listed(&model, ""), COCA);
        assert!(model.unused.contains(&"text_decoder.".to_string()));
        let (image, text) = (model.image.unwrap(), model.text.unwrap());
        assert_eq!((text.padding, text.class_token.as_deref()), (Padding::ReadToContext(0), Some("text.cls_emb")));
        let ImagePool::Attention(pool) = image.pool else { panic!("no attention pools") };
        assert_eq!((pool.heads, pool.keys_values.outputs(), pool.keys_values.inputs, image.norm_after_pool), (2, 20, 12, true));
        let rows: Vec<_> = pool.query.pieces.iter().chain(&pool.keys_values.pieces).map(|piece| piece.bias_rows).collect();
        assert_eq!(rows, [Some((0, 30)), Some((10, 30)), Some((20, 30))]);
        assert_eq!(listed(&read(&coca(12)).unwrap(), "visual.attn_pool"), POOLER_OF_ONE_WIDTH);
    }

    #[test]
    fn the_text_tower_of_siglip_has_a_biased_projection_and_products_a_bias() {
        let text = json!({
            "no_causal_mask": true, "proj_bias": true, "pool_type": "last", "norm_kwargs": {"eps": 1e-6},
            "act_kwargs": {"approximate": "tanh"},
        });
        let mut model = read(&small(&json!({"custom_text": true, "init_logit_bias": -10}), &json!({}), &text)).unwrap();
        model.image = None;
        assert_eq!(listed(&model, ""), SIGLIP_TEXT);
        assert_eq!(model.text.unwrap().transformer.activation, Activation::GeluTanh);
    }

    #[test]
    fn names_begin_as_those_of_the_checkpoint() {
        let words = |value: &Value, names: &[&str]| {
            let shapes: Shapes = names.iter().map(|name| ((*name).to_string(), vec![])).collect();
            let model = describe(value.to_string().as_bytes(), Path::new("m/c.json"), &shapes).unwrap();
            (model.text.unwrap().words, model.comparison.unwrap().bias, model.notes.len())
        };
        let (plain, custom) = (small(&json!({}), &json!({}), &json!({})), coca(10));
        assert_eq!(words(&plain, &["token_embedding.weight"]), ("token_embedding.weight".to_string(), None, 0));
        let own = "text.token_embedding.weight".to_string();
        assert_eq!(words(&plain, &["text.ln_final.bias", "visual.caption_proj"]), (own, None, 1));
        let bias = Some("logit_bias".to_string());
        assert_eq!(words(&custom, &["token_embedding.weight", "logit_bias"]), ("token_embedding.weight".to_string(), bias, 0));
    }

    #[test]
    fn positions_of_another_grid_are_resampled_as_open_clip_does() {
        let at = |rows: i64| {
            let shapes = Shapes::from([("visual.positional_embedding".to_string(), vec![rows, 12])]);
            let value = small(&json!({}), &json!({}), &json!({})).to_string();
            let model = describe(value.as_bytes(), Path::new("m/c.json"), &shapes).unwrap();
            let positions = model.image.unwrap().positions.unwrap();
            (positions.shape[0], positions.stored_grid.map(|stored| stored.side), model.notes)
        };
        assert_eq!(at(5), (5, None, vec![]));
        let note = "the positions of 3 x 3 patches are resampled to 2 x 2, as open_clip does".to_string();
        assert_eq!(at(10), (10, Some(3), vec![note]));
        // Neither the configuration's nor a square: the check of the weights names the tensor.
        assert_eq!(at(12), (5, None, vec![]));
    }

    /// How many tensors and numbers there are.
    fn counted(model: &ModelDescription) -> (usize, i64) {
        let tensors = tensors(model);
        (tensors.len(), tensors.values().map(|shape| shape.iter().product::<i64>()).sum())
    }

    #[test]
    fn published_models_have_as_many_numbers_as_open_clip_makes() {
        // sum(tensor.numel() for tensor in open_clip.create_model(NAME).state_dict().values()), decoders of captions left out.
        let siglip = json!({
            "embed_dim": 768, "init_logit_bias": -10, "custom_text": true,
            "vision_cfg": {"timm_model_name": "vit_base_patch16_siglip_224", "timm_pool": "map", "timm_proj": "none"},
            "text_cfg": {"context_length": 64, "vocab_size": 256_000, "hf_tokenizer_name": "timm/ViT-B-16-SigLIP2", "width": 768,
                "heads": 12, "layers": 12, "no_causal_mask": true, "proj_bias": true, "pool_type": "last"},
        });
        let coca = json!({
            "embed_dim": 768, "custom_text": true, "multimodal_cfg": {},
            "vision_cfg": {"layers": 24, "width": 1024, "patch_size": 14, "attentional_pool": true},
            "text_cfg": {"context_length": 76, "width": 768, "heads": 12, "layers": 12, "embed_cls": true},
        });
        let coca_roberta = json!({
            "embed_dim": 512, "custom_text": true, "multimodal_cfg": {}, "vision_cfg": {"patch_size": 32},
            "text_cfg": {"hf_model_name": "roberta-base", "hf_tokenizer_name": "roberta-base", "hf_proj_type": "linear"},
        });
        let biomedical = json!({
            "embed_dim": 512,
            "vision_cfg": {"timm_model_name": "vit_base_patch16_224", "timm_pool": "", "timm_proj": "linear"},
            "text_cfg": {"hf_model_name": "microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract", "hf_tokenizer_name": "x",
                "hf_pooler_type": "cls_last_hidden_state_pooler"},
        });
        let core = json!({
            "embed_dim": 1024, "custom_text": true,
            "vision_cfg": {"timm_model_name": "vit_pe_core_base_patch16_224", "timm_pool": "map", "timm_proj": null},
            "text_cfg": {"context_length": 32, "width": 1024, "heads": 16, "layers": 24},
        });
        let cases = [
            (siglip, (314, 375_187_970)),
            (coca, (458, 430_375_937)),
            (coca_roberta, (351, 212_297_473)),
            (biomedical, (351, 195_902_721)),
            (core, (460, 447_660_545)),
        ];
        for (value, expected) in cases {
            assert_eq!(counted(&read(&value).unwrap()), expected, "{value}");
        }
    }

    #[test]
    fn other_kinds_of_model_are_refused_by_field() {
        let cases = [
            ("/model_cfg/vision_cfg/timm_model_name", json!("resnet50"), "vision_cfg.timm_"),
            ("/model_cfg/text_cfg/hf_model_name", json!("xlm-roberta-base"), "text_cfg.hf_tokenizer_name"),
            ("/model_cfg/text_cfg/pool_type", json!("none"), "text_cfg.pool_type"),
            ("/model_cfg/text_cfg/embed_cls", json!(true), "text_cfg.embed_cls"),
            ("/model_cfg/text_cfg/proj_type", json!("mlp"), "text_cfg.proj_type"),
            ("/model_cfg/vision_cfg/pool_type", json!("none"), "vision_cfg.pool_type"),
            ("/model_cfg/vision_cfg/attentional_pool", json!("parallel"), "vision_cfg.attentional_pool"),
            ("/model_cfg/vision_cfg/layers", json!([3, 4, 6, 3]), "vision_cfg.layers"),
            ("/model_cfg/vision_cfg/image_size", json!([224, 336]), "vision_cfg.image_size"),
            ("/model_cfg/vision_cfg/head_width", json!(96), "vision_cfg.width"),
            ("/model_cfg/vision_cfg/qk_norm", json!(true), "vision_cfg.qk_norm"),
            ("/model_cfg/text_cfg/act_kwargs", json!({"approximate": "wild"}), "text_cfg.act_kwargs"),
            ("/model_cfg/text_cfg/pooler_type", json!("cls_pooler"), "text_cfg.pooler_type"),
        ];
        for (pointer, value, field) in cases {
            let message = read(&changed(pointer, value)).unwrap_err().to_string();
            assert!(message.starts_with(&format!("m/open_clip_config.json: '{field}")), "{message}");
        }
        let mut file = changed("/model_cfg/text_cfg/proj_type", json!("none"));
        file["model_cfg"]["embed_dim"] = json!(512);
        let message = read(&file).unwrap_err().to_string();
        assert!(message.contains("'model_cfg.embed_dim' is '512 with a text tower that gives 1024', which"), "{message}");
    }

    fn changed(pointer: &str, value: Value) -> Value {
        let mut file = huge();
        let (section, name) = pointer.rsplit_once('/').unwrap();
        file.pointer_mut(section).unwrap()[name] = value;
        file
    }

    #[test]
    fn sizes_that_no_model_has_are_refused_with_their_value() {
        let huge_number = json!(4_611_686_018_427_387_904_i64);
        let cases = [
            ("/model_cfg/vision_cfg/layers", json!(1_000_000), "'vision_cfg.layers' is 1000000; models with 1 to 512"),
            ("/model_cfg/vision_cfg/layers", huge_number.clone(), "'vision_cfg.layers' is 4611686018427387904; models"),
            ("/model_cfg/vision_cfg/layers", json!(0), "'vision_cfg.layers' is 0; models with 1 to 512"),
            ("/model_cfg/vision_cfg/layers", json!(1e30), "'vision_cfg.layers' is 1e+30; models"),
            ("/model_cfg/text_cfg/layers", json!(-3), "'text_cfg.layers' is -3; models"),
            ("/model_cfg/vision_cfg/width", huge_number.clone(), "'vision_cfg.width' is 4611686018427387904; models"),
            ("/model_cfg/vision_cfg/width", json!(0), "'vision_cfg.width' is 0; models"),
            ("/model_cfg/vision_cfg/head_width", json!(0), "'vision_cfg.head_width' is 0; models"),
            ("/model_cfg/vision_cfg/mlp_ratio", json!(1e18), "'vision_cfg.mlp_ratio × width' is 9223372036854775807; models"),
            ("/model_cfg/vision_cfg/mlp_ratio", json!(-1.0), "'vision_cfg.mlp_ratio × width' is -1280; models"),
            ("/model_cfg/vision_cfg/image_size", json!(0), "'vision_cfg.image_size' is 0; models with 1 to 8192"),
            ("/model_cfg/vision_cfg/image_size", json!([-1, -1]), "'vision_cfg.image_size' is -1; models"),
            ("/model_cfg/vision_cfg/image_size", huge_number.clone(), "'vision_cfg.image_size' is 4611686018427387904"),
            ("/model_cfg/vision_cfg/patch_size", json!(0), "'vision_cfg.patch_size' is 0; models"),
            ("/model_cfg/vision_cfg/image_size", json!(8192), "'vision_cfg.image_size / patch_size, squared' is 342225; models"),
            ("/model_cfg/text_cfg/context_length", huge_number.clone(), "'text_cfg.context_length' is 4611686018427387904"),
            ("/model_cfg/text_cfg/vocab_size", huge_number.clone(), "'text_cfg.vocab_size' is 4611686018427387904; models"),
            ("/model_cfg/text_cfg/heads", json!(0), "'text_cfg.heads' is 0; models"),
            ("/model_cfg/embed_dim", json!(-1), "'model_cfg.embed_dim' is -1; models with 1 to 32768"),
            ("/model_cfg/embed_dim", huge_number, "'model_cfg.embed_dim' is 4611686018427387904; models"),
        ];
        for (pointer, value, sentence) in cases {
            let message = read(&changed(pointer, value)).unwrap_err().to_string();
            assert!(message.starts_with(&format!("m/open_clip_config.json: {sentence}")), "{message}");
        }
    }

    #[test]
    fn neutral_and_unknown_fields_are_accepted_and_the_unknown_listed() {
        let mut file = huge();
        file["model_cfg"]["vision_cfg"]["timm_model_name"] = Value::Null;
        file["model_cfg"]["vision_cfg"]["patch_dropout"] = json!(0.5);
        file["model_cfg"]["vision_cfg"]["pool_type"] = json!("tok");
        file["model_cfg"]["text_cfg"]["tea"] = json!("green");
        assert_eq!(read(&file).unwrap().unknown_fields, ["text_cfg.tea"]);
    }
}
