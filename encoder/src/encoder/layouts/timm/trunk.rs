//! An image tower by timm's name of it.

use super::architectures;
use super::arguments::Arguments;
use super::plan::{Gate, Plan, Pool, Positions, QkvBias};
use crate::encoder::description::image::{
    AttentionPool, ImageDescription, ImagePool, ImagePositions, PatchNames, PoolPerceptron, PositionsCover, TokenNames,
};
use crate::encoder::description::tensors::{LinearNames, NormNames, Piece};
use crate::encoder::description::transformer::{Attention, BlockNames, NormPlace, TransformerDescription};
use crate::encoder::layouts::error::ConfigError;
use serde_json::{Map, Value};
use std::path::Path;

/// A tower that is asked for by timm's name.
#[derive(Debug, Clone, Copy)]
pub struct TrunkRequest<'a> {
    /// The name, such as `vit_base_patch16_siglip_224`, without a tag.
    pub name: &'a str,
    /// What the names of tensors begin with: nothing in timm's files, `visual.trunk.` in open_clip's.
    pub prefix: &'a str,
    /// Side of the images; `None` for that of the arguments or the name.
    pub image_size: Option<i64>,
    /// How tokens are pooled, `token`, `avg` or `map`; `None` for what arguments or name say.
    pub pool: Option<&'a str>,
    /// Outputs of the head; `None` or 0 where there is none.
    pub classes: Option<i64>,
    /// Other arguments of timm's constructor; what they say goes before the name.
    pub arguments: Option<&'a Map<String, Value>>,
}

/// Describes a tower that timm builds with these arguments, the pool among them: where a norm stands follows from the pool.
///
/// The vector of the tower is what `forward_head(pre_logits=True)` gives: what was pooled, after the norm. The head, a layer
/// with a bias, stands in `classes`, whatever it is for.
///
/// # Errors
///
/// [`ConfigError`] for a name that is not known, an argument that nothing is known about, and what is not computed.
///
/// # Source
///
/// timm 1.0, `timm/models/vision_transformer.py` and `timm/models/eva.py`.
pub fn trunk(request: &TrunkRequest, path: &Path) -> Result<ImageDescription, ConfigError> {
    let mut arguments = arguments(request, path)?;
    if let Some(pool) = request.pool {
        arguments.set("global_pool", known_pool(request, pool, path)?);
    }
    image(request, &arguments.plan(path)?, path)
}

/// Describes a tower that timm builds with its own pool and that is given another one afterwards, by `reset_classifier`, as
/// open_clip does before a projection of its own: norms stay where they were.
///
/// # Errors
///
/// As [`trunk`]; an attention cannot be had afterwards.
pub fn trunk_pooled_anew(request: &TrunkRequest, path: &Path) -> Result<ImageDescription, ConfigError> {
    let mut arguments = arguments(request, path)?;
    let mut plan = arguments.plan(path)?;
    if let Some(pool) = request.pool.filter(|pool| !pool.is_empty()) {
        arguments.set("global_pool", known_pool(request, pool, path)?);
        let anew = arguments.plan(path)?.pool;
        let is_attention = |pool| matches!(pool, Pool::Attention | Pool::AttentionToPatches);
        if is_attention(anew) && !is_attention(plan.pool) {
            return Err(unsupported(path, pool_field(request), format!("{pool}, after another pool")));
        }
        plan.pool = anew;
    }
    image(request, &plan, path)
}

/// Where the name of a tower stands, for messages.
fn name_field(request: &TrunkRequest) -> &'static str {
    if request.prefix.is_empty() { "architecture" } else { "vision_cfg.timm_model_name" }
}

fn pool_field(request: &TrunkRequest) -> &'static str {
    if request.prefix.is_empty() { "global_pool" } else { "vision_cfg.timm_pool" }
}

fn unsupported(path: &Path, field: &str, value: String) -> ConfigError {
    ConfigError::Unsupported { path: path.to_path_buf(), field: field.to_string(), value }
}

fn known_pool(request: &TrunkRequest, pool: &str, path: &Path) -> Result<Value, ConfigError> {
    let known = ["token", "avg", "map"].contains(&pool);
    if known { Ok(Value::from(pool)) } else { Err(unsupported(path, pool_field(request), pool.to_string())) }
}

fn arguments(request: &TrunkRequest, path: &Path) -> Result<Arguments, ConfigError> {
    let architecture = architectures::named(request.name, name_field(request), path)?;
    let mut arguments = Arguments::of(architecture, request.arguments, path)?;
    if let Some(side) = request.image_size {
        arguments.set("img_size", Value::from(side));
    }
    Ok(arguments)
}

fn image(request: &TrunkRequest, plan: &Plan, path: &Path) -> Result<ImageDescription, ConfigError> {
    let name = |name: &str| format!("{}{name}", request.prefix);
    let (sizes, norms) = (plan.sizes, plan.norms);
    let norm = |is_there: bool, own: &str| is_there.then(|| NormNames::layer(&name(own), sizes.width, norms.epsilon));
    Ok(ImageDescription {
        image_size: sizes.image,
        patch_size: sizes.patch,
        patches: PatchNames {
            weight: name("patch_embed.proj.weight"),
            // A norm before the blocks takes the place of what is added.
            bias: (!norms.before).then(|| name("patch_embed.proj.bias")),
        },
        tokens: tokens(request.prefix, plan),
        positions: positions(request, plan, path)?,
        norm_before: norm(norms.before, "norm_pre"),
        transformer: transformer(request.prefix, plan),
        norm_after: norm(norms.of_tokens, "norm").or_else(|| norm(norms.of_pooled, "fc_norm")),
        norm_after_pool: norms.of_pooled,
        pool: match plan.pool {
            Pool::Class => ImagePool::Class,
            Pool::MeanOfPatches => ImagePool::MeanOfPatches,
            Pool::MeanOfAll => ImagePool::MeanOfAll,
            Pool::Attention => ImagePool::Attention(Box::new(attention_pool(request.prefix, plan))),
            Pool::AttentionToPatches => {
                let value = "map, an attention to patches alone beside a class token or registers";
                return Err(unsupported(path, pool_field(request), value.to_string()));
            }
        },
        projection: None,
        classes: request.classes.filter(|classes| *classes > 0).map(|n| LinearNames::biased(&name("head"), n, sizes.width)),
    })
}

fn tokens(prefix: &str, plan: &Plan) -> Vec<TokenNames> {
    let counts = [("cls_token", i64::from(plan.class_token)), ("reg_token", plan.registers)];
    let token = |(name, count)| TokenNames { name: format!("{prefix}{name}"), shape: vec![1, count, plan.sizes.width], count };
    counts.into_iter().filter(|(_, count)| *count > 0).map(token).collect()
}

fn positions(request: &TrunkRequest, plan: &Plan, path: &Path) -> Result<Option<ImagePositions>, ConfigError> {
    let beside = i64::from(plan.class_token) + plan.registers;
    let (covers, count) = match (plan.positions, beside) {
        (Positions::None, _) => return Ok(None),
        (Positions::Patches, _) | (Positions::All, 0) => (PositionsCover::Patches, plan.sizes.patches()),
        (Positions::All, 1) => (PositionsCover::ClassAndPatches, plan.sizes.patches() + 1),
        (Positions::All, _) => {
            let value = format!("{}, whose {beside} tokens beside the patches have positions", request.name);
            return Err(unsupported(path, name_field(request), value));
        }
    };
    let (name, shape) = (format!("{}pos_embed", request.prefix), vec![1, count, plan.sizes.width]);
    Ok(Some(ImagePositions { name, shape, covers, stored_grid: None }))
}

#[expect(clippy::cast_precision_loss, reason = "at most 32 768")]
fn transformer(prefix: &str, plan: &Plan) -> TransformerDescription {
    let sizes = plan.sizes;
    TransformerDescription {
        width: sizes.width,
        heads: sizes.heads,
        head_width: sizes.head_width(),
        mlp_width: plan.perceptron.hidden,
        activation: plan.perceptron.activation,
        norm_place: NormPlace::Before,
        attention: Attention::Full,
        attention_scale: (sizes.head_width() as f64).sqrt().recip(),
        rotary: plan.rotary.clone(),
        relative: None,
        blocks: (0..sizes.depth).map(|number| block(&format!("{prefix}blocks.{number}"), plan)).collect(),
    }
}

fn block(block: &str, plan: &Plan) -> BlockNames {
    let (width, hidden) = (plan.sizes.width, plan.perceptron.hidden);
    let name = |name: &str| format!("{block}.{name}");
    let norm = |own: &str| NormNames::layer(&name(own), width, plan.norms.epsilon);
    let [scale_1, scale_2] = plan.scales.map_or([None, None], |scales| scales.map(|own| Some(name(own))));
    BlockNames {
        norm_1: norm("norm1"),
        qkv: qkv(block, plan),
        head_norms: None,
        out: LinearNames::biased(&name("attn.proj"), width, width),
        scale_1,
        norm_2: norm("norm2"),
        fc: match plan.perceptron.gate {
            Gate::None => LinearNames::biased(&name("mlp.fc1"), hidden, width),
            Gate::Packed => LinearNames::biased(&name("mlp.fc1"), 2 * hidden, width),
            Gate::Split => LinearNames::stacked(&[(&name("mlp.fc1_g"), true), (&name("mlp.fc1_x"), true)], hidden, width),
        },
        gated: plan.perceptron.gate != Gate::None,
        proj: LinearNames::biased(&name("mlp.fc2"), width, hidden),
        scale_2,
        adapter: block.to_string(),
    }
}

fn qkv(block: &str, plan: &Plan) -> LinearNames {
    let (name, width) = (format!("{block}.attn.qkv"), plan.sizes.width);
    match plan.qkv_bias {
        QkvBias::Whole => LinearNames::biased(&name, 3 * width, width),
        QkvBias::None => LinearNames::unbiased(&name, 3 * width, width),
        QkvBias::QueriesAndValues => {
            let piece = |(number, bias): (i64, Option<&str>)| Piece {
                weight: format!("{name}.weight"),
                bias: bias.map(|bias| format!("{block}.attn.{bias}")),
                outputs: width,
                rows: Some((number * width, 3 * width)),
                // The vectors are not shared as the matrix is.
                bias_rows: Some((0, width)),
            };
            let pieces = (0..).zip([Some("q_bias"), None, Some("v_bias")]).map(piece).collect();
            LinearNames { pieces, inputs: width, transposed: false }
        }
    }
}

fn attention_pool(prefix: &str, plan: &Plan) -> AttentionPool {
    let width = plan.sizes.width;
    let [heads, hidden] = plan.pool_attention;
    let name = |name: &str| format!("{prefix}attn_pool.{name}");
    AttentionPool {
        latent: name("latent"),
        latent_shape: vec![1, 1, width],
        latent_norm: None,
        context_norm: None,
        heads,
        query: LinearNames::biased(&name("q"), width, width),
        keys_values: LinearNames::biased(&name("kv"), 2 * width, width),
        out: LinearNames::biased(&name("proj"), width, width),
        perceptron: Some(PoolPerceptron {
            norm: NormNames::layer(&name("norm"), width, plan.norms.epsilon),
            fc: LinearNames::biased(&name("mlp.fc1"), hidden, width),
            activation: plan.pool_activation,
            proj: LinearNames::biased(&name("mlp.fc2"), width, hidden),
        }),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::encoder::description::tensors::ExpectedTensor;
    use crate::encoder::description::transformer::{Axis, PatchPlaces, RotaryKind};
    use serde_json::json;
    use std::collections::BTreeMap;

    fn asked<'a>(name: &'a str, prefix: &'a str) -> TrunkRequest<'a> {
        TrunkRequest { name, prefix, image_size: None, pool: None, classes: None, arguments: None }
    }

    fn of(request: &TrunkRequest) -> ImageDescription {
        trunk(request, Path::new("m")).unwrap()
    }

    /// Shapes by name; a matrix that layers share stands once.
    fn tensors(image: &ImageDescription) -> BTreeMap<String, Vec<i64>> {
        image.tensors().into_iter().map(|ExpectedTensor { name, shape, .. }| (name, shape)).collect()
    }

    /// Name, number of tensors, number of numbers in them, width, blocks, heads and hidden width, sides of image and patch.
    type Row = (&'static str, usize, i64, [i64; 4], [i64; 2]);

    /// `timm.create_model(name, num_classes=0)` of timm 1.0.31: its `state_dict()` and sizes.
    const OF_TIMM: [Row; 20] = [
        ("vit_tiny_patch16_224", 150, 5_524_416, [192, 12, 3, 768], [224, 16]),
        ("vit_base_patch16_siglip_224", 162, 92_884_224, [768, 12, 12, 3072], [224, 16]),
        ("vit_so400m_patch14_siglip_384", 342, 428_225_600, [1152, 27, 16, 4304], [384, 14]),
        ("vit_giantopt_patch16_siglip_384", 498, 1_163_659_776, [1536, 40, 16, 6144], [384, 16]),
        ("vit_base_patch14_dinov2", 174, 86_579_712, [768, 12, 12, 3072], [518, 14]),
        ("vit_base_patch14_reg4_dinov2", 175, 86_582_016, [768, 12, 12, 3072], [518, 14]),
        ("vit_giant_patch14_reg4_dinov2", 567, 1_136_483_840, [1536, 40, 24, 4096], [518, 14]),
        ("vit_large_patch14_clip_quickgelu_336", 295, 303_507_456, [1024, 24, 16, 4096], [336, 14]),
        ("vit_base_patch16_dinov3", 162, 85_641_216, [768, 12, 12, 3072], [256, 16]),
        ("vit_small_patch16_dinov3_qkvb", 186, 21_596_160, [384, 12, 6, 1536], [256, 16]),
        ("vit_huge_plus_patch16_dinov3", 486, 840_509_440, [1280, 32, 20, 5120], [256, 16]),
        ("vit_7b_patch16_dinov3", 606, 6_716_030_976, [4096, 40, 32, 8192], [256, 16]),
        ("vit_pe_core_base_patch16_224", 164, 92_886_528, [768, 12, 12, 3072], [224, 16]),
        ("vit_pe_core_gigantic_patch14_448", 619, 1_880_066_560, [1536, 50, 16, 8960], [448, 14]),
        ("vit_pe_spatial_large_patch14_448", 293, 303_964_160, [1024, 24, 16, 4096], [448, 14]),
        ("eva02_small_patch14_224", 162, 21_621_120, [384, 12, 6, 1024], [224, 14]),
        ("eva_giant_patch14_224", 526, 1_011_146_112, [1408, 40, 16, 6144], [224, 14]),
        ("vit_so150m2_patch16_reg1_gap_256", 279, 135_226_560, [832, 21, 13, 2176], [256, 16]),
        ("vit_medium_patch16_gap_256", 161, 38_348_288, [512, 12, 8, 2048], [256, 16]),
        ("vit_betwixt_patch16_reg4_gap_384", 174, 59_962_240, [640, 12, 10, 2560], [384, 16]),
    ];

    #[test]
    fn towers_have_timms_tensors_and_sizes() {
        for (name, count, numbers, [width, depth, heads, hidden], sides) in OF_TIMM {
            let image = of(&asked(name, ""));
            let inner = &image.transformer;
            assert_eq!([inner.width, inner.layers(), inner.heads, inner.mlp_width], [width, depth, heads, hidden], "{name}");
            assert_eq!([image.image_size, image.patch_size], sides, "{name}");
            let tensors = tensors(&image);
            let total: i64 = tensors.values().map(|shape| shape.iter().product::<i64>()).sum();
            assert_eq!((tensors.len(), total), (count, numbers), "{name}");
        }
    }

    #[test]
    fn every_architecture_is_described_or_refused_for_its_positions() {
        for name in architectures::names() {
            match trunk(&asked(name, ""), Path::new("m")) {
                Ok(image) => assert!(!tensors(&image).is_empty()),
                Err(error) => assert!(
                    name.starts_with("vit_so150m_patch16_reg4_") && error.to_string().contains("have positions"),
                    "{error}"
                ),
            }
        }
    }

    #[test]
    fn names_are_timms() {
        let image = of(&TrunkRequest { classes: Some(512), ..asked("vit_pe_core_base_patch16_224", "visual.trunk.") });
        let tensors = tensors(&image);
        let expected: [(&str, &[i64]); 8] = [
            ("cls_token", &[1, 1, 768]),
            ("pos_embed", &[1, 197, 768]),
            ("norm_pre.bias", &[768]),
            ("blocks.11.attn.qkv.weight", &[2304, 768]),
            ("attn_pool.latent", &[1, 1, 768]),
            ("attn_pool.kv.bias", &[1536]),
            ("attn_pool.mlp.fc1.weight", &[3072, 768]),
            ("head.weight", &[512, 768]),
        ];
        for (name, shape) in expected {
            assert_eq!(tensors[&format!("visual.trunk.{name}")], shape, "{name}");
        }
        assert!(
            !tensors.contains_key("visual.trunk.patch_embed.proj.bias") && !tensors.contains_key("visual.trunk.fc_norm.bias")
        );
        let ImagePool::Attention(pool) = &image.pool else { panic!("{:?}", image.pool) };
        assert_eq!((pool.heads, image.norm_after.as_ref().unwrap().epsilon), (8, 1e-5));
        let places = PatchPlaces { first: Axis::Columns, offset: 1, reference: Some(14) };
        let rotary = image.transformer.rotary.as_ref().unwrap();
        assert_eq!((rotary.base, rotary.kind), (10_000.0, RotaryKind::NeighboursOfPlaces(places)));
    }

    #[test]
    fn dinov3_turns_halves_and_adds_to_queries_and_values_alone() {
        let image = of(&asked("vit_small_plus_patch16_dinov3_qkvb", ""));
        let rotary = image.transformer.rotary.as_ref().unwrap();
        assert_eq!((rotary.base, rotary.kind, &image.positions), (100.0, RotaryKind::HalvesOfCentres, &None));
        assert_eq!((image.beside(), &image.pool, image.norm_after_pool), (5, &ImagePool::MeanOfPatches, false));
        let block = &image.transformer.blocks[1];
        let of_piece = |piece: &Piece| (piece.weight.clone(), piece.bias.clone(), piece.rows, piece.bias_rows);
        let bias = |name: &str| Some(format!("blocks.1.attn.{name}"));
        let piece = |bias, first| ("blocks.1.attn.qkv.weight".to_string(), bias, Some((first, 1152)), Some((0, 384)));
        let expected = [piece(bias("q_bias"), 0), piece(None, 384), piece(bias("v_bias"), 768)];
        assert_eq!(block.qkv.pieces.iter().map(of_piece).collect::<Vec<_>>(), expected);
        assert_eq!((block.gated, block.fc.pieces[0].weight.as_str()), (true, "blocks.1.mlp.fc1_g.weight"));
        assert_eq!((block.scale_1.as_deref(), block.scale_2.as_deref()), (Some("blocks.1.gamma_1"), Some("blocks.1.gamma_2")));
    }

    #[test]
    fn a_pool_moves_the_norm_where_the_tower_is_built_with_it_and_not_afterwards() {
        let norm = |image: ImageDescription| (image.norm_after.unwrap().weight, image.norm_after_pool, image.pool);
        let mean = TrunkRequest { pool: Some("avg"), ..asked("vit_base_patch16_224", "") };
        assert_eq!(norm(of(&mean)), ("fc_norm.weight".to_string(), true, ImagePool::MeanOfPatches));
        let anew = trunk_pooled_anew(&mean, Path::new("m")).unwrap();
        assert_eq!(norm(anew), ("norm.weight".to_string(), false, ImagePool::MeanOfPatches));
        let of_siglip = TrunkRequest { name: "vit_base_patch16_siglip_224", ..mean };
        let anew = trunk_pooled_anew(&of_siglip, Path::new("m")).unwrap();
        assert!(!tensors(&anew).keys().any(|name| name.starts_with("attn_pool")));
        assert_eq!(norm(anew), ("norm.weight".to_string(), false, ImagePool::MeanOfPatches));
        let own = TrunkRequest { pool: Some(""), ..mean };
        assert_eq!(norm(trunk_pooled_anew(&own, Path::new("m")).unwrap()).2, ImagePool::Class);
    }

    #[test]
    fn arguments_go_before_the_name_and_what_is_asked_before_them() {
        let arguments = json!({"embed_dim": 96, "num_heads": 3, "depth": 1, "img_size": [112, 112], "init_values": 0.1});
        let arguments = arguments.as_object();
        let image = of(&TrunkRequest { arguments, image_size: Some(64), ..asked("vit_tiny_patch16_224", "") });
        assert_eq!((image.image_size, image.transformer.width, image.transformer.layers()), (64, 96, 1));
        assert_eq!(tensors(&image)["blocks.0.ls1.gamma"], [96]);
        let refused = [
            (
                TrunkRequest { pool: Some("rot_attn"), ..asked("vit_tiny_patch16_224", "v.") },
                "'vision_cfg.timm_pool' is 'rot_attn'",
            ),
            (asked("resnet50", "v."), "'vision_cfg.timm_model_name' is 'resnet50"),
            (
                TrunkRequest { pool: Some("map"), ..asked("vit_tiny_patch16_224", "") },
                "'global_pool' is 'map, an attention to patches",
            ),
        ];
        for (request, sentence) in refused {
            let error = trunk(&request, Path::new("m")).unwrap_err().to_string();
            assert!(error.starts_with(&format!("m: {sentence}")), "{error}");
        }
        let late = TrunkRequest { pool: Some("map"), ..asked("vit_tiny_patch16_224", "") };
        assert!(trunk_pooled_anew(&late, Path::new("m")).unwrap_err().to_string().contains("'map, after another pool'"));
    }
}
