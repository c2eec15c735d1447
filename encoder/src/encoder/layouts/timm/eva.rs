//! timm's `Eva`, which EVA-02, PE-Core and DINOv3 are built by: what its constructor's arguments ask for.

use super::plan::{Gate, MOST_REGISTERS, Norms, Perceptron, Plan, Pool, Positions, QkvBias, Sizes, pool, switch};
use crate::encoder::description::transformer::{Axis, PatchPlaces, Rotary, RotaryKind};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_WIDTH};
use nearmiss::runs::recipe::Activation;
use serde_json::{Value, json};

/// Arguments that are read.
pub(super) const READ: &[&str] = &[
    "img_size",
    "patch_size",
    "global_pool",
    "embed_dim",
    "depth",
    "num_heads",
    "qkv_bias",
    "mlp_ratio",
    "swiglu_mlp",
    "swiglu_align_to",
    "attn_type",
    "init_values",
    "class_token",
    "num_reg_tokens",
    "no_embed_class",
    "use_abs_pos_emb",
    "use_rot_pos_emb",
    "rope_type",
    "rope_grid_offset",
    "rope_grid_indexing",
    "rope_temperature",
    "rope_rotate_half",
    "ref_feat_shape",
    "use_pre_transformer_norm",
    "use_post_transformer_norm",
    "use_fc_norm",
    "attn_pool_num_heads",
    "attn_pool_mlp_ratio",
    "dynamic_img_size",
];

/// Arguments of which one value alone is computed.
pub(super) fn neutral() -> [(&'static str, Value); 6] {
    [
        ("qkv_fused", json!(true)),
        ("qk_norm", json!(false)),
        ("scale_mlp", json!(false)),
        ("scale_attn_inner", json!(false)),
        ("attn_only_layer_scale", json!(false)),
        ("use_post_norm", json!(false)),
    ]
}

/// What the arguments ask for.
///
/// # Source
///
/// timm 1.0, `timm/models/eva.py`, `Eva`, `EvaBlock`, `EvaAttention`; `timm/layers/attention.py`, `AttentionRope`.
pub(super) fn plan(fields: &Fields) -> Result<Plan, ConfigError> {
    let sizes = Sizes::read(fields)?;
    let class_token = fields.flag("class_token", true)?;
    // The attention pool is shown all tokens, the mean patches alone.
    let pool = pool(fields, Pool::Attention, Pool::MeanOfPatches, class_token)?;
    let of_pooled = switch(fields, "use_fc_norm")?.unwrap_or(pool == Pool::MeanOfPatches);
    let of_tokens = switch(fields, "use_post_transformer_norm")?.unwrap_or(!of_pooled);
    if of_tokens && of_pooled {
        return Err(fields.unsupported("use_fc_norm", "true, beside a norm of all tokens"));
    }
    let ratio = if fields.get("attn_pool_mlp_ratio").is_some() { "attn_pool_mlp_ratio" } else { "mlp_ratio" };
    Ok(Plan {
        sizes,
        perceptron: perceptron(fields, sizes)?,
        qkv_bias: qkv_bias(fields)?,
        scales: fields.get("init_values").is_some().then_some(["gamma_1", "gamma_2"]),
        class_token,
        registers: fields.whole("num_reg_tokens", Some(0), [0, MOST_REGISTERS])?,
        positions: positions(fields)?,
        rotary: rotary(fields, sizes)?,
        norms: Norms {
            before: fields.flag("use_pre_transformer_norm", false)?,
            of_tokens,
            of_pooled,
            epsilon: fields.number("norm_eps", 1e-6)?,
        },
        pool,
        pool_attention: [pool_heads(fields, sizes)?, sizes.hidden(fields, ratio, 4.0)?],
        pool_activation: Activation::Gelu,
    })
}

fn pool_heads(fields: &Fields, sizes: Sizes) -> Result<i64, ConfigError> {
    let heads = fields.whole("attn_pool_num_heads", Some(sizes.heads), [1, MOST_WIDTH])?;
    if sizes.width % heads == 0 {
        return Ok(heads);
    }
    Err(fields.unsupported("attn_pool_num_heads", &format!("{heads} of a width of {}", sizes.width)))
}

/// EVA's own attention adds nothing to keys, and keeps two vectors beside one matrix.
fn qkv_bias(fields: &Fields) -> Result<QkvBias, ConfigError> {
    let biased = fields.flag("qkv_bias", true)?;
    match fields.text("attn_type")? {
        None | Some("eva" | "rope") if !biased => Ok(QkvBias::None),
        None | Some("eva") => Ok(QkvBias::QueriesAndValues),
        Some("rope") => Ok(QkvBias::Whole),
        Some(other) => Err(fields.unsupported("attn_type", other)),
    }
}

fn positions(fields: &Fields) -> Result<Positions, ConfigError> {
    Ok(match (fields.flag("use_abs_pos_emb", true)?, fields.flag("no_embed_class", false)?) {
        (false, _) => Positions::None,
        (true, true) => Positions::Patches,
        (true, false) => Positions::All,
    })
}

fn perceptron(fields: &Fields, sizes: Sizes) -> Result<Perceptron, ConfigError> {
    let hidden = sizes.hidden(fields, "mlp_ratio", 4.0)?;
    if !fields.flag("swiglu_mlp", false)? {
        return Ok(Perceptron { hidden, gate: Gate::None, activation: Activation::Gelu });
    }
    let align = fields.whole("swiglu_align_to", Some(0), [0, MOST_WIDTH])?;
    let (hidden, gate) = if align == 0 { (hidden, Gate::Packed) } else { (hidden + (-hidden).rem_euclid(align), Gate::Split) };
    Ok(Perceptron { hidden, gate, activation: Activation::Silu })
}

fn rotary(fields: &Fields, sizes: Sizes) -> Result<Option<Rotary>, ConfigError> {
    if !fields.flag("use_rot_pos_emb", false)? {
        return Ok(None);
    }
    if sizes.head_width() % 4 != 0 {
        return Err(fields.unsupported("num_heads", &format!("{}, whose width is no multiple of 4", sizes.heads)));
    }
    let base = fields.number("rope_temperature", 10_000.0)?;
    if base <= 0.0 {
        return Err(fields.unsupported("rope_temperature", &base.to_string()));
    }
    let halves = fields.flag("rope_rotate_half", false)?;
    let kind = match fields.text("rope_type")? {
        Some("dinov3") if halves => {
            fields.only("rope_grid_offset", &[json!(0.0), json!(0)])?;
            fields.only("rope_grid_indexing", &[json!("ij")])?;
            RotaryKind::HalvesOfCentres
        }
        None | Some("cat") if !halves => RotaryKind::NeighboursOfPlaces(places(fields)?),
        other => {
            let value = format!("{} with rope_rotate_half {halves}", other.unwrap_or("cat"));
            return Err(fields.unsupported("rope_type", &value));
        }
    };
    Ok(Some(Rotary { base, kind }))
}

fn places(fields: &Fields) -> Result<PatchPlaces, ConfigError> {
    // On a grid, "xy" has the columns first, "ij" the rows.
    let first = match fields.text("rope_grid_indexing")? {
        None | Some("ij") => Axis::Rows,
        Some("xy") => Axis::Columns,
        Some(other) => return Err(fields.unsupported("rope_grid_indexing", other)),
    };
    let offset = match fields.number("rope_grid_offset", 0.0)? {
        0.0 => 0,
        1.0 => 1,
        other => return Err(fields.unsupported("rope_grid_offset", &other.to_string())),
    };
    let reference = if fields.get("ref_feat_shape").is_some() { Some(fields.side("ref_feat_shape", None)?) } else { None };
    Ok(PatchPlaces { first, offset, reference })
}
