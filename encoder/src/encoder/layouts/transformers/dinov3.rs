//! transformers' `DINOv3ViTModel`.

use super::clip::patches;
use super::sizes::{self, Sizes};
use super::{activation, preprocessor};
use crate::encoder::description::image::{ImageDescription, ImagePool, PatchNames, TokenNames};
use crate::encoder::description::model::ModelDescription;
use crate::encoder::description::preprocessing::{IMAGENET_MEAN, IMAGENET_STD, Preprocessing};
use crate::encoder::description::prompts::Prompts;
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::transformer::{Attention, BlockNames, NormPlace, Rotary, RotaryKind, TransformerDescription};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_TOKENS};
use crate::encoder::layouts::shapes::Shapes;
use serde_json::{Value, json};
use std::path::Path;

/// The defaults of `DINOv3ViTConfig`: width, layers, heads, width of the perceptrons.
const SIZES: [i64; 4] = [384, 12, 6, 1536];

/// What names of tensors may begin with: nothing, or the model inside of another.
const PREFIXES: [&str; 4] = ["", "dinov3_vit.", "model.", "backbone."];

/// Describes a `DINOv3ViTModel`.
///
/// The vector is `pooler_output`: the class token after the last norm. Places of patches are computed for the images that the
/// processor makes; they are shifted, jittered and rescaled in training alone.
///
/// # Errors
///
/// [`ConfigError`]: sizes out of bounds, a file of the processor that cannot be used, a model with another head.
///
/// # Source
///
/// transformers 5.24, `models/dinov3_vit/modeling_dinov3_vit.py`, `conversion_mapping.py`.
pub fn describe(config: &Value, path: &Path, shapes: &Shapes) -> Result<ModelDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    fields.only("architectures", &[json!(["DINOv3ViTModel"]), json!([])])?;
    fields.only("num_channels", &[json!(3)])?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let image_size = match preprocessor::side(folder)? {
        Some(side) => side,
        None => fields.side("image_size", Some(224))?,
    };
    let (interpolation, resize_mode) = (Some("bilinear".to_string()), Some("squash".to_string()));
    let default = Preprocessing { interpolation, resize_mode, ..Preprocessing::of(IMAGENET_MEAN, IMAGENET_STD) };
    let is_there = |prefix: &&&str| shapes.contains_key(&format!("{prefix}embeddings.cls_token"));
    let prefix = PREFIXES.iter().find(is_there).unwrap_or(&"");
    let image = image(&fields, prefix, image_size, shapes)?;
    let mut unused = vec![format!("{prefix}embeddings.mask_token")];
    if image.tokens.len() == 1 {
        // No registers are kept as a tensor without numbers.
        unused.push(format!("{prefix}embeddings.register_tokens"));
    }
    Ok(ModelDescription {
        layout: "transformers dinov3_vit".to_string(),
        image: Some(image),
        text: None,
        comparison: None,
        preprocessing: preprocessor::read(folder, default, image_size)?,
        tokenizer: None,
        prompts: Prompts::default(),
        classes: vec![],
        unused,
        notes: preprocessor::note_if_missing(folder, "DINOv3's")?.into_iter().collect(),
        unknown_fields: vec![],
    })
}

fn image(fields: &Fields, prefix: &str, image_size: i64, shapes: &Shapes) -> Result<ImageDescription, ConfigError> {
    let sizes = Sizes::read(fields, sizes::NAMES, SIZES)?;
    let patch_size = fields.side("patch_size", Some(16))?;
    patches(fields, image_size, patch_size)?;
    let name = |name: &str| format!("{prefix}{name}");
    let token = |own: &str, count: i64| TokenNames { name: name(own), shape: vec![1, count, sizes.width], count };
    let registers = fields.whole("num_register_tokens", Some(0), [0, MOST_TOKENS])?;
    let tokens = [token("embeddings.cls_token", 1), token("embeddings.register_tokens", registers)];
    // Files call the blocks `layer`, modules of transformers 5 `model.layer`.
    let inside = name("model.layer.");
    let blocks = if shapes.contains_key(&format!("{inside}0.norm1.weight")) { inside } else { name("layer.") };
    Ok(ImageDescription {
        image_size,
        patch_size,
        patches: PatchNames {
            weight: name("embeddings.patch_embeddings.weight"),
            bias: Some(name("embeddings.patch_embeddings.bias")),
        },
        tokens: tokens.into_iter().filter(|token| token.count > 0).collect(),
        positions: None,
        norm_before: None,
        transformer: transformer(fields, sizes, &blocks)?,
        norm_after: Some(NormNames::layer(&name("norm"), sizes.width, fields.number("layer_norm_eps", 1e-5)?)),
        norm_after_pool: false,
        pool: ImagePool::Class,
        projection: None,
        classes: None,
    })
}

fn transformer(fields: &Fields, sizes: Sizes, blocks: &str) -> Result<TransformerDescription, ConfigError> {
    let base = fields.number("rope_theta", 100.0)?;
    if base <= 0.0 {
        return Err(fields.unsupported("rope_theta", &base.to_string()));
    }
    if sizes.head_width() % 4 != 0 {
        return Err(fields.unsupported("num_attention_heads", &format!("{}, whose width is no multiple of 4", sizes.heads)));
    }
    let block = |number: i64| block(fields, sizes, &format!("{blocks}{number}"));
    Ok(TransformerDescription {
        width: sizes.width,
        heads: sizes.heads,
        head_width: sizes.head_width(),
        mlp_width: sizes.mlp_width,
        activation: activation::named(fields, "hidden_act", "gelu")?,
        norm_place: NormPlace::Before,
        attention: Attention::Full,
        attention_scale: sizes.scale(),
        rotary: Some(Rotary { base, kind: RotaryKind::HalvesOfCentres }),
        relative: None,
        blocks: (0..sizes.layers).map(block).collect::<Result<_, _>>()?,
    })
}

fn block(fields: &Fields, sizes: Sizes, name: &str) -> Result<BlockNames, ConfigError> {
    let Sizes { width, mlp_width, .. } = sizes;
    let part = |part: &str| format!("{name}.{part}");
    let linear =
        |own: &str, biased: bool, outputs: i64, inputs: i64| LinearNames::stacked(&[(&*part(own), biased)], outputs, inputs);
    let epsilon = fields.number("layer_norm_eps", 1e-5)?;
    let [queries, keys, values] = ["q_proj", "k_proj", "v_proj"].map(|own| part(&format!("attention.{own}")));
    let qkv = [
        (&*queries, fields.flag("query_bias", true)?),
        (&*keys, fields.flag("key_bias", false)?),
        (&*values, fields.flag("value_bias", true)?),
    ];
    let mlp_bias = fields.flag("mlp_bias", true)?;
    let gated = fields.flag("use_gated_mlp", false)?;
    let (gate, up) = (part("mlp.gate_proj"), part("mlp.up_proj"));
    let first = if gated { vec![(&*gate, mlp_bias), (&*up, mlp_bias)] } else { vec![(&*up, mlp_bias)] };
    Ok(BlockNames {
        norm_1: NormNames::layer(&part("norm1"), width, epsilon),
        qkv: LinearNames::stacked(&qkv, width, width),
        head_norms: None,
        out: linear("attention.o_proj", fields.flag("proj_bias", true)?, width, width),
        scale_1: Some(part("layer_scale1.lambda1")),
        norm_2: NormNames::layer(&part("norm2"), width, epsilon),
        fc: LinearNames::stacked(&first, mlp_width, width),
        gated,
        proj: linear("mlp.down_proj", mlp_bias, width, mlp_width),
        scale_2: Some(part("layer_scale2.lambda1")),
        adapter: name.to_string(),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use nearmiss::runs::recipe::Activation;
    use std::collections::BTreeMap;

    /// `facebook/dinov3-vitb16-pretrain-lvd1689m`, but for its sizes.
    fn small() -> Value {
        json!({
            "architectures": ["DINOv3ViTModel"], "model_type": "dinov3_vit", "hidden_size": 8, "num_hidden_layers": 1,
            "num_attention_heads": 2, "intermediate_size": 32, "image_size": 224, "patch_size": 16, "layer_norm_eps": 1e-5,
            "num_register_tokens": 4, "rope_theta": 100.0, "key_bias": false, "pos_embed_rescale": 2.0
        })
    }

    fn of(config: &Value, names: &[&str]) -> Result<ModelDescription, String> {
        let folder = tempfile::tempdir().unwrap();
        let processor = json!({
            "image_processor_type": "DINOv3ViTImageProcessorFast", "size": {"height": 256, "width": 256}, "resample": 2,
            "do_center_crop": null, "crop_size": null
        });
        std::fs::write(folder.path().join("preprocessor_config.json"), processor.to_string()).unwrap();
        let shapes = names.iter().map(|name| ((*name).to_string(), vec![1])).collect();
        describe(config, &folder.path().join("config.json"), &shapes).map_err(|error| error.to_string())
    }

    fn tensors(model: &ModelDescription) -> BTreeMap<String, Vec<i64>> {
        model.tensors().into_iter().map(|(_, tensor)| (tensor.name, tensor.shape)).collect()
    }

    #[test]
    fn places_are_those_of_the_processors_images() {
        let model = of(&small(), &[]).unwrap();
        let image = model.image.as_ref().unwrap();
        assert_eq!((image.image_size, image.grid(), image.beside(), &image.positions), (256, 16, 5, &None));
        let rotary = Some(Rotary { base: 100.0, kind: RotaryKind::HalvesOfCentres });
        assert_eq!((&image.transformer.rotary, image.transformer.head_width), (&rotary, 4));
        let made = &model.preprocessing;
        assert_eq!((made.interpolation.as_deref(), made.resize_mode.as_deref()), (Some("bilinear"), Some("squash")));
        assert_eq!((made.mean, made.resize_to), (IMAGENET_MEAN, None));
    }

    #[test]
    fn names_are_those_of_files() {
        // `DINOv3ViTModel(DINOv3ViTConfig(hidden_size=8, num_hidden_layers=1, ...)).save_pretrained(...)`.
        let plain = tensors(&of(&small(), &[]).unwrap());
        let expected: [(&str, &[i64]); 7] = [
            ("embeddings.cls_token", &[1, 1, 8]),
            ("embeddings.register_tokens", &[1, 4, 8]),
            ("embeddings.patch_embeddings.weight", &[8, 3, 16, 16]),
            ("layer.0.attention.q_proj.bias", &[8]),
            ("layer.0.attention.k_proj.weight", &[8, 8]),
            ("layer.0.mlp.down_proj.weight", &[8, 32]),
            ("norm.weight", &[8]),
        ];
        for (name, shape) in expected {
            assert_eq!(plain[name], shape, "{name}");
        }
        // 24 tensors with the mask token, which is not used; keys add nothing.
        assert!(plain.len() == 23 && !plain.contains_key("layer.0.attention.k_proj.bias"));
        let mut gated = small();
        (gated["use_gated_mlp"], gated["hidden_act"], gated["num_register_tokens"]) = (json!(true), json!("silu"), json!(0));
        let model = of(&gated, &["model.layer.0.norm1.weight"]).unwrap();
        let block = &model.image.as_ref().unwrap().transformer.blocks[0];
        let first: Vec<&str> = block.fc.pieces.iter().map(|piece| piece.weight.as_str()).collect();
        assert_eq!(first, ["model.layer.0.mlp.gate_proj.weight", "model.layer.0.mlp.up_proj.weight"]);
        assert_eq!((model.activations(), block.gated), (vec![Activation::Silu], true));
        assert_eq!(model.unused, ["embeddings.mask_token", "embeddings.register_tokens"]);
    }

    #[test]
    fn what_is_not_computed_is_refused_by_field() {
        let cases = [
            ("architectures", json!(["DINOv3ViTBackbone"]), "'architectures' is '[\"DINOv3ViTBackbone\"]', which"),
            ("hidden_act", json!("mish"), "'hidden_act' is 'mish', which"),
            ("num_attention_heads", json!(4), "'num_attention_heads' is '4, whose width is no multiple of 4', which"),
            ("rope_theta", json!(0), "'rope_theta' is '0', which"),
            ("num_register_tokens", json!(-1), "'num_register_tokens' is -1; models with 0 to"),
        ];
        for (field, value, sentence) in cases {
            let mut config = small();
            config[field] = value;
            let error = of(&config, &[]).unwrap_err();
            assert!(error.contains(&format!("config.json: {sentence}")), "{error}");
        }
    }
}
