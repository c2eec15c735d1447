//! transformers' `ViTModel` and `ViTForImageClassification`.

use super::clip::patches;
use super::sizes::{self, Sizes};
use super::{activation, classes, preprocessor};
use crate::encoder::description::image::{ImageDescription, ImagePool, ImagePositions, PatchNames, PositionsCover, TokenNames};
use crate::encoder::description::model::ModelDescription;
use crate::encoder::description::preprocessing::Preprocessing;
use crate::encoder::description::prompts::Prompts;
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::transformer::{Attention, BlockNames, NormPlace, TransformerDescription};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::Fields;
use crate::encoder::layouts::shapes::Shapes;
use serde_json::Value;
use std::path::Path;

/// The defaults of `ViTConfig`: width, layers, heads, width of the perceptrons.
const SIZES: [i64; 4] = [768, 12, 12, 3072];

/// Describes a `ViTModel` or `ViTForImageClassification`; the vector is the class token after the last norm, which the
/// classifier reads.
///
/// # Source
///
/// transformers 5.24, `models/vit/modeling_vit.py`; files keep the names of version 4.
pub(super) fn describe(config: &Value, path: &Path, shapes: &Shapes) -> Result<ModelDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    let wrapped = shapes.contains_key("vit.embeddings.cls_token");
    let prefix = if wrapped { "vit." } else { "" };
    let classifies = shapes.contains_key("classifier.weight");
    if classifies {
        // Probabilities of several classes at once are no distribution.
        fields.only("problem_type", &[Value::from("single_label_classification")])?;
    }
    let classes = if classifies { classes::names(&fields)? } else { vec![] };
    let mut image = image(&fields, prefix)?;
    if classifies {
        let outputs = i64::try_from(classes.len()).unwrap_or(i64::MAX);
        image.classes = Some(LinearNames::biased("classifier", outputs, image.transformer.width));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let (interpolation, resize_mode) = (Some("bilinear".to_string()), Some("squash".to_string()));
    let default = Preprocessing { interpolation, resize_mode, ..Preprocessing::of([0.5; 3], [0.5; 3]) };
    Ok(ModelDescription {
        layout: "transformers vit".to_string(),
        preprocessing: preprocessor::read(folder, default, image.image_size)?,
        notes: preprocessor::note_if_missing(folder, "ViT's")?.into_iter().collect(),
        image: Some(image),
        text: None,
        comparison: None,
        tokenizer: None,
        prompts: Prompts::default(),
        classes,
        unused: ["pooler.", "embeddings.mask_token"].map(|name| format!("{prefix}{name}")).to_vec(),
        unknown_fields: vec![],
    })
}

fn image(fields: &Fields, prefix: &str) -> Result<ImageDescription, ConfigError> {
    fields.only("num_channels", &[Value::from(3)])?;
    let sizes = Sizes::read(fields, sizes::NAMES, SIZES)?;
    let (image_size, patch_size) = (fields.side("image_size", Some(224))?, fields.side("patch_size", Some(16))?);
    let patches = patches(fields, image_size, patch_size)?;
    let (width, epsilon) = (sizes.width, fields.number("layer_norm_eps", 1e-12)?);
    let biased = fields.flag("qkv_bias", true)?;
    let name = |name: &str| format!("{prefix}{name}");
    Ok(ImageDescription {
        image_size,
        patch_size,
        patches: PatchNames {
            weight: name("embeddings.patch_embeddings.projection.weight"),
            bias: Some(name("embeddings.patch_embeddings.projection.bias")),
        },
        tokens: vec![TokenNames { name: name("embeddings.cls_token"), shape: vec![1, 1, width], count: 1 }],
        positions: Some(ImagePositions {
            name: name("embeddings.position_embeddings"),
            shape: vec![1, patches + 1, width],
            covers: PositionsCover::ClassAndPatches,
            stored_grid: None,
        }),
        norm_before: None,
        transformer: TransformerDescription {
            width,
            heads: sizes.heads,
            head_width: sizes.head_width(),
            mlp_width: sizes.mlp_width,
            activation: activation::named(fields, "hidden_act", "gelu")?,
            norm_place: NormPlace::Before,
            attention: Attention::Full,
            attention_scale: sizes.scale(),
            rotary: None,
            relative: None,
            blocks: (0..sizes.layers)
                .map(|number| block(&name(&format!("encoder.layer.{number}")), sizes, epsilon, biased))
                .collect(),
        },
        norm_after: Some(NormNames::layer(&name("layernorm"), width, epsilon)),
        norm_after_pool: false,
        pool: ImagePool::Class,
        projection: None,
        classes: None,
    })
}

fn block(name: &str, sizes: Sizes, epsilon: f64, biased: bool) -> BlockNames {
    let Sizes { width, mlp_width, .. } = sizes;
    let part = |part: &str| format!("{name}.{part}");
    let [queries, keys, values] = ["query", "key", "value"].map(|kind| part(&format!("attention.attention.{kind}")));
    BlockNames {
        norm_1: NormNames::layer(&part("layernorm_before"), width, epsilon),
        qkv: LinearNames::stacked(&[(&queries, biased), (&keys, biased), (&values, biased)], width, width),
        head_norms: None,
        out: LinearNames::biased(&part("attention.output.dense"), width, width),
        scale_1: None,
        norm_2: NormNames::layer(&part("layernorm_after"), width, epsilon),
        fc: LinearNames::biased(&part("intermediate.dense"), mlp_width, width),
        gated: false,
        proj: LinearNames::biased(&part("output.dense"), width, mlp_width),
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

    fn tiny() -> Value {
        json!({
            "model_type": "vit", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
            "image_size": 8, "patch_size": 4, "id2label": {"0": "a", "1": "b", "2": "c"}
        })
    }

    #[test]
    fn names_and_shapes_are_those_that_transformers_saves() {
        let path = Path::new("no/config.json");
        let shapes = saved::shapes("vit");
        let model = describe(&tiny(), path, &shapes).unwrap();
        assert_eq!(saved::misfits(&model, &shapes), [""; 0]);
        assert_eq!((model.classes.len(), model.embed_dim()), (0, 8));
        let shapes = saved::shapes("vit_classes");
        let model = describe(&tiny(), path, &shapes).unwrap();
        assert_eq!(saved::misfits(&model, &shapes), [""; 0]);
        assert_eq!(model.classes, ["a", "b", "c"]);
        assert_eq!(model.image.unwrap().norm_after, Some(NormNames::layer("vit.layernorm", 8, 1e-12)));
    }
}
