//! timm's `VisionTransformer`: what its constructor's arguments ask for.

use super::plan::{Gate, MOST_REGISTERS, Norms, Perceptron, Plan, Pool, Positions, QkvBias, Sizes, pool, switch};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::Fields;
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
    "mlp_ratio",
    "qkv_bias",
    "init_values",
    "class_token",
    "pos_embed",
    "no_embed_class",
    "reg_tokens",
    "pre_norm",
    "final_norm",
    "fc_norm",
    "pool_include_prefix",
    "dynamic_img_size",
    "act_layer",
    "mlp_layer",
];

/// Arguments of which one value alone is computed.
pub(super) fn neutral() -> [(&'static str, Value); 5] {
    [
        ("qk_norm", json!(false)),
        ("scale_attn_norm", json!(false)),
        ("scale_mlp_norm", json!(false)),
        ("proj_bias", json!(true)),
        ("attn_layer", json!("attn")),
    ]
}

/// What the arguments ask for.
///
/// # Source
///
/// timm 1.0, `timm/models/vision_transformer.py`, `VisionTransformer`, `Block`, `global_pool_nlc`.
pub(super) fn plan(fields: &Fields) -> Result<Plan, ConfigError> {
    let sizes = Sizes::read(fields)?;
    let class_token = fields.flag("class_token", true)?;
    let registers = fields.whole("reg_tokens", Some(0), [0, MOST_REGISTERS])?;
    let pool = pool_of(fields, class_token, class_token || registers > 0)?;
    let fc_norm = switch(fields, "fc_norm")?.unwrap_or(matches!(pool, Pool::MeanOfPatches | Pool::MeanOfAll));
    let final_norm = fields.flag("final_norm", true)?;
    let activation = activation(fields)?;
    // A scale that begins at 0 is none.
    let scaled = fields.number("init_values", 0.0)? != 0.0;
    Ok(Plan {
        sizes,
        perceptron: perceptron(fields, sizes, activation)?,
        qkv_bias: if fields.flag("qkv_bias", true)? { QkvBias::Whole } else { QkvBias::None },
        scales: scaled.then_some(["ls1.gamma", "ls2.gamma"]),
        class_token,
        registers,
        positions: positions(fields)?,
        rotary: None,
        norms: Norms {
            before: fields.flag("pre_norm", false)?,
            of_tokens: final_norm && !fc_norm,
            of_pooled: final_norm && fc_norm,
            epsilon: fields.number("norm_eps", 1e-6)?,
        },
        pool,
        pool_attention: [sizes.heads, sizes.hidden(fields, "mlp_ratio", 4.0)?],
        pool_activation: activation,
    })
}

fn pool_of(fields: &Fields, class_token: bool, beside: bool) -> Result<Pool, ConfigError> {
    let (attention, mean) = if beside && fields.flag("pool_include_prefix", false)? {
        (Pool::Attention, Pool::MeanOfAll)
    } else if beside {
        (Pool::AttentionToPatches, Pool::MeanOfPatches)
    } else {
        (Pool::Attention, Pool::MeanOfPatches)
    };
    pool(fields, attention, mean, class_token)
}

fn positions(fields: &Fields) -> Result<Positions, ConfigError> {
    match fields.text("pos_embed")? {
        None | Some("learn") if fields.flag("no_embed_class", false)? => Ok(Positions::Patches),
        None | Some("learn") => Ok(Positions::All),
        Some("" | "none") => Ok(Positions::None),
        Some(other) => Err(fields.unsupported("pos_embed", other)),
    }
}

fn perceptron(fields: &Fields, sizes: Sizes, activation: Activation) -> Result<Perceptron, ConfigError> {
    let outputs = sizes.hidden(fields, "mlp_ratio", 4.0)?;
    match fields.text("mlp_layer")? {
        None => Ok(Perceptron { hidden: outputs, gate: Gate::None, activation }),
        // Of one matrix the rows above go through the activation (`gate_last=False`).
        Some("SwiGLUPacked") if outputs % 2 == 0 => Ok(Perceptron { hidden: outputs / 2, gate: Gate::Packed, activation }),
        Some(other) => Err(fields.unsupported("mlp_layer", other)),
    }
}

fn activation(fields: &Fields) -> Result<Activation, ConfigError> {
    match fields.text("act_layer")?.unwrap_or("gelu") {
        "gelu" => Ok(Activation::Gelu),
        "gelu_tanh" => Ok(Activation::GeluTanh),
        "quick_gelu" => Ok(Activation::QuickGelu),
        "silu" | "swish" => Ok(Activation::Silu),
        "relu" => Ok(Activation::Relu),
        other => Err(fields.unsupported("act_layer", other)),
    }
}
