//! transformers' `Dinov2Model` and `Dinov2WithRegistersModel`.

use super::clip::patches;
use super::{activation, preprocessor};
use crate::encoder::description::image::{
    GridResampling, ImageDescription, ImagePool, ImagePositions, PatchNames, PositionsCover, StoredGrid, TokenNames,
};
use crate::encoder::description::model::ModelDescription;
use crate::encoder::description::preprocessing::{IMAGENET_MEAN, IMAGENET_STD, Preprocessing};
use crate::encoder::description::prompts::Prompts;
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::transformer::{Attention, BlockNames, NormPlace, TransformerDescription};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_LAYERS, MOST_MLP_WIDTH, MOST_TOKENS, MOST_WIDTH, spelt};
use crate::encoder::layouts::shapes::Shapes;
use nearmiss::runs::recipe::Activation;
use serde_json::{Value, json};
use std::path::Path;

/// What names of tensors may begin with: nothing, or the model inside of another.
const PREFIXES: [&str; 5] = ["", "dinov2.", "dinov2_with_registers.", "vit.", "backbone."];

/// What a block is made of.
struct Block {
    width: i64,
    hidden: i64,
    epsilon: f64,
    qkv_bias: bool,
    gated: bool,
    /// Whether the tensors are called as transformers 5 calls its modules, not as files are.
    of_modules: bool,
}

/// Describes a `Dinov2Model` or `Dinov2WithRegistersModel`.
///
/// The vector is `pooler_output`: the class token after the last norm, which is there whatever `apply_layernorm` says (that is
/// of feature maps). Positions are stored for images of the configuration's `image_size`, 518, and resampled to the images
/// that the processor makes, of 224.
///
/// # Errors
///
/// [`ConfigError`]: sizes out of bounds, a file of the processor that cannot be used, and `Dinov2ForImageClassification`,
/// whose classifier reads the class token and the mean of the patches.
///
/// # Source
///
/// transformers 5.24, `models/dinov2/modeling_dinov2.py`, `models/dinov2_with_registers/modeling_dinov2_with_registers.py`,
/// `conversion_mapping.py` (the names in files are those of version 4).
pub fn describe(config: &Value, path: &Path, shapes: &Shapes) -> Result<ModelDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    let has_registers = fields.text("model_type")? == Some("dinov2_with_registers");
    let of_model = if has_registers { "Dinov2WithRegistersModel" } else { "Dinov2Model" };
    fields.only("architectures", &[json!([of_model]), json!([])])?;
    if shapes.contains_key("classifier.weight") {
        let value = "a classifier of the class token beside the mean of the patches";
        return Err(fields.unsupported("architectures", value));
    }
    fields.only("num_channels", &[json!(3)])?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let stored_size = fields.side("image_size", Some(224))?;
    let image_size = preprocessor::side(folder)?.unwrap_or(stored_size);
    let (interpolation, resize_mode) = (Some("bicubic".to_string()), Some("shortest".to_string()));
    let default = Preprocessing { interpolation, resize_mode, ..Preprocessing::of(IMAGENET_MEAN, IMAGENET_STD) };
    let is_there = |prefix: &&&str| shapes.contains_key(&format!("{prefix}embeddings.cls_token"));
    let prefix = PREFIXES.iter().find(is_there).unwrap_or(&"");
    Ok(ModelDescription {
        layout: format!("transformers {}", if has_registers { "dinov2_with_registers" } else { "dinov2" }),
        image: Some(image(&fields, prefix, [image_size, stored_size], shapes)?),
        text: None,
        comparison: None,
        preprocessing: preprocessor::read(folder, default, image_size)?,
        tokenizer: None,
        prompts: Prompts::default(),
        classes: vec![],
        unused: vec![format!("{prefix}embeddings.mask_token")],
        notes: preprocessor::note_if_missing(folder, "DINOv2's")?.into_iter().collect(),
        unknown_fields: vec![],
    })
}

fn image(
    fields: &Fields,
    prefix: &str,
    [image_size, stored_size]: [i64; 2],
    shapes: &Shapes,
) -> Result<ImageDescription, ConfigError> {
    let has_registers = fields.text("model_type")? == Some("dinov2_with_registers");
    let patch_size = fields.side("patch_size", Some(if has_registers { 16 } else { 14 }))?;
    let width = fields.whole("hidden_size", Some(768), [1, MOST_WIDTH])?;
    let name = |name: &str| format!("{prefix}{name}");
    let stored = patches(fields, stored_size, patch_size)?;
    patches(fields, image_size, patch_size)?;
    let mut tokens = vec![TokenNames { name: name("embeddings.cls_token"), shape: vec![1, 1, width], count: 1 }];
    if has_registers {
        let count = fields.whole("num_register_tokens", Some(4), [1, MOST_TOKENS])?;
        tokens.push(TokenNames { name: name("embeddings.register_tokens"), shape: vec![1, count, width], count });
    }
    let resampling = if has_registers { GridResampling::BicubicAntialiased } else { GridResampling::Bicubic };
    let side = stored_size / patch_size;
    Ok(ImageDescription {
        image_size,
        patch_size,
        patches: PatchNames {
            weight: name("embeddings.patch_embeddings.projection.weight"),
            bias: Some(name("embeddings.patch_embeddings.projection.bias")),
        },
        tokens,
        positions: Some(ImagePositions {
            name: name("embeddings.position_embeddings"),
            shape: vec![1, stored + 1, width],
            covers: PositionsCover::ClassAndPatches,
            stored_grid: (side != image_size / patch_size).then_some(StoredGrid { side, resampling }),
        }),
        norm_before: None,
        transformer: transformer(fields, prefix, width, shapes)?,
        norm_after: Some(NormNames::layer(&name("layernorm"), width, fields.number("layer_norm_eps", 1e-6)?)),
        norm_after_pool: false,
        pool: ImagePool::Class,
        projection: None,
        classes: None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "at most 32 768")]
fn transformer(fields: &Fields, prefix: &str, width: i64, shapes: &Shapes) -> Result<TransformerDescription, ConfigError> {
    let heads = fields.whole("num_attention_heads", Some(12), [1, MOST_WIDTH])?;
    if width % heads != 0 {
        return Err(fields.unsupported("hidden_size", &format!("{width} with {heads} heads")));
    }
    let gated = fields.flag("use_swiglu_ffn", false)?;
    let block = Block {
        width,
        hidden: hidden(fields, width, gated)?,
        epsilon: fields.number("layer_norm_eps", 1e-6)?,
        qkv_bias: fields.flag("qkv_bias", true)?,
        gated,
        of_modules: shapes.contains_key(&format!("{prefix}encoder.layer.0.attention.q_proj.weight")),
    };
    let layers = fields.whole("num_hidden_layers", Some(12), [1, MOST_LAYERS])?;
    Ok(TransformerDescription {
        width,
        heads,
        head_width: width / heads,
        mlp_width: block.hidden,
        activation: if gated { Activation::Silu } else { activation::named(fields, "hidden_act", "gelu")? },
        norm_place: NormPlace::Before,
        attention: Attention::Full,
        attention_scale: ((width / heads) as f64).sqrt().recip(),
        rotary: None,
        relative: None,
        blocks: (0..layers).map(|number| block.names(&format!("{prefix}encoder.layer.{number}"))).collect(),
    })
}

/// Width of the perceptrons' hidden layer; of a gated one two thirds, rounded up to a multiple of eight.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "truncates as transformers does")]
fn hidden(fields: &Fields, width: i64, gated: bool) -> Result<i64, ConfigError> {
    let hidden = (width as f64 * fields.number("mlp_ratio", 4.0)?) as i64;
    if !(1..=MOST_MLP_WIDTH).contains(&hidden) {
        let value = fields.get("mlp_ratio").map_or_else(String::new, spelt);
        return Err(fields.unsupported("mlp_ratio", &value));
    }
    Ok(if gated { (hidden * 2 / 3 + 7) / 8 * 8 } else { hidden })
}

impl Block {
    fn names(&self, name: &str) -> BlockNames {
        let Block { width, hidden, epsilon, qkv_bias, gated, of_modules } = *self;
        let part = |part: &str| format!("{name}.{part}");
        let qkv =
            if of_modules { ["q_proj", "k_proj", "v_proj"] } else { ["attention.query", "attention.key", "attention.value"] };
        let [queries, keys, values] = qkv.map(|own| part(&format!("attention.{own}")));
        let (fc, proj) = match (gated, of_modules) {
            (false, _) => (LinearNames::biased(&part("mlp.fc1"), hidden, width), "mlp.fc2"),
            // Of one matrix the rows above are the gate, which goes through the activation.
            (true, false) => (LinearNames::biased(&part("mlp.weights_in"), 2 * hidden, width), "mlp.weights_out"),
            (true, true) => {
                let gate_and_up = [(&*part("mlp.gate_proj"), true), (&*part("mlp.up_proj"), true)];
                (LinearNames::stacked(&gate_and_up, hidden, width), "mlp.down_proj")
            }
        };
        BlockNames {
            norm_1: NormNames::layer(&part("norm1"), width, epsilon),
            qkv: LinearNames::stacked(&[(&queries, qkv_bias), (&keys, qkv_bias), (&values, qkv_bias)], width, width),
            head_norms: None,
            out: LinearNames::biased(&part(if of_modules { "attention.o_proj" } else { "attention.output.dense" }), width, width),
            scale_1: Some(part("layer_scale1.lambda1")),
            norm_2: NormNames::layer(&part("norm2"), width, epsilon),
            fc,
            gated,
            proj: LinearNames::biased(&part(proj), width, hidden),
            scale_2: Some(part("layer_scale2.lambda1")),
            adapter: name.to_string(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// `facebook/dinov2-base`, but for its sizes.
    fn small(model_type: &str) -> Value {
        json!({
            "model_type": model_type, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 518,
            "patch_size": 14, "layer_norm_eps": 1e-6, "mlp_ratio": 4, "hidden_act": "gelu"
        })
    }

    fn processor() -> Value {
        json!({
            "image_processor_type": "BitImageProcessor", "do_center_crop": true, "crop_size": {"height": 224, "width": 224},
            "size": {"shortest_edge": 256}, "resample": 3, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]
        })
    }

    fn of(config: &Value, names: &[&str]) -> Result<ModelDescription, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("preprocessor_config.json"), processor().to_string()).unwrap();
        let shapes = names.iter().map(|name| ((*name).to_string(), vec![1])).collect();
        describe(config, &folder.path().join("config.json"), &shapes).map_err(|error| error.to_string())
    }

    fn tensors(model: &ModelDescription) -> BTreeMap<String, Vec<i64>> {
        model.tensors().into_iter().map(|(_, tensor)| (tensor.name, tensor.shape)).collect()
    }

    #[test]
    fn a_model_is_run_on_the_processors_images_with_positions_resampled() {
        let model = of(&small("dinov2"), &[]).unwrap();
        let image = model.image.as_ref().unwrap();
        assert_eq!((image.image_size, image.grid(), image.beside(), &image.pool), (224, 16, 1, &ImagePool::Class));
        let positions = image.positions.as_ref().unwrap();
        assert_eq!(positions.stored_grid, Some(StoredGrid { side: 37, resampling: GridResampling::Bicubic }));
        let made = &model.preprocessing;
        assert_eq!((made.mean, made.resize_to, made.resize_mode.as_deref()), (IMAGENET_MEAN, Some(256), Some("shortest")));
        let mut other = small("dinov2");
        other["image_size"] = json!(224);
        assert_eq!(of(&other, &[]).unwrap().image.unwrap().positions.unwrap().stored_grid, None);
    }

    #[test]
    fn names_are_those_of_files() {
        // `Dinov2Model(Dinov2Config(hidden_size=8, num_hidden_layers=1, num_attention_heads=2)).save_pretrained(...)`.
        let plain = tensors(&of(&small("dinov2"), &[]).unwrap());
        let expected: [(&str, &[i64]); 8] = [
            ("embeddings.cls_token", &[1, 1, 8]),
            ("embeddings.position_embeddings", &[1, 1370, 8]),
            ("embeddings.patch_embeddings.projection.weight", &[8, 3, 14, 14]),
            ("encoder.layer.0.attention.attention.key.bias", &[8]),
            ("encoder.layer.0.attention.output.dense.weight", &[8, 8]),
            ("encoder.layer.0.layer_scale2.lambda1", &[8]),
            ("encoder.layer.0.mlp.fc1.weight", &[32, 8]),
            ("layernorm.bias", &[8]),
        ];
        for (name, shape) in expected {
            assert_eq!(plain[name], shape, "{name}");
        }
        // 25 tensors with the mask token, which is not used.
        assert_eq!(plain.len(), 24);
        let mut giant = small("dinov2");
        (giant["use_swiglu_ffn"], giant["qkv_bias"]) = (json!(true), json!(false));
        let model = of(&giant, &[]).unwrap();
        let gated = tensors(&model);
        assert_eq!((&gated["encoder.layer.0.mlp.weights_in.weight"][..], gated.len()), (&[48, 8][..], 21));
        let inner = &model.image.as_ref().unwrap().transformer;
        assert_eq!((inner.activation, inner.mlp_width, inner.blocks[0].gated), (Activation::Silu, 24, true));
        let wrapped = ["dinov2.embeddings.cls_token", "dinov2.encoder.layer.0.attention.q_proj.weight"];
        let gated = tensors(&of(&giant, &wrapped).unwrap());
        assert_eq!(gated["dinov2.encoder.layer.0.mlp.gate_proj.weight"], [24, 8]);
        assert!(
            gated.contains_key("dinov2.encoder.layer.0.attention.v_proj.weight") && gated.contains_key("dinov2.layernorm.bias")
        );
    }

    #[test]
    fn registers_have_no_positions_and_are_resampled_with_antialiasing() {
        let model = of(&small("dinov2_with_registers"), &[]).unwrap();
        let image = model.image.as_ref().unwrap();
        let positions = image.positions.as_ref().unwrap();
        assert_eq!((image.beside(), positions.covers), (5, PositionsCover::ClassAndPatches));
        assert_eq!(positions.stored_grid, Some(StoredGrid { side: 37, resampling: GridResampling::BicubicAntialiased }));
        assert_eq!(tensors(&model)["embeddings.register_tokens"], [1, 4, 8]);
        assert_eq!(model.layout, "transformers dinov2_with_registers");
    }

    #[test]
    fn what_is_not_computed_is_refused_by_field() {
        let cases = [
            (
                "architectures",
                json!(["Dinov2ForImageClassification"]),
                "'architectures' is '[\"Dinov2ForImageClassification\"]', which",
            ),
            ("hidden_act", json!("mish"), "'hidden_act' is 'mish', which"),
            ("num_attention_heads", json!(3), "'hidden_size' is '8 with 3 heads', which"),
            ("mlp_ratio", json!(1e9), "'mlp_ratio' is '1000000000.0', which"),
            ("patch_size", json!(600), "'patch_size' is '600 in images of 518 pixels a side', which"),
            ("num_channels", json!(1), "'num_channels' is '1', which"),
        ];
        for (field, value, sentence) in cases {
            let mut config = small("dinov2");
            config[field] = value;
            let error = of(&config, &[]).unwrap_err();
            assert!(error.contains(&format!("config.json: {sentence}")), "{error}");
        }
        let error = of(&small("dinov2"), &["classifier.weight"]).unwrap_err();
        assert!(error.contains("'architectures' is 'a classifier of the class token beside the mean"), "{error}");
    }
}
