//! The blocks of CLIP's and SigLIP's towers, which have the same names.

use super::sizes::Sizes;
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::transformer::{Attention, BlockNames, NormPlace, TransformerDescription};
use nearmiss::runs::recipe::Activation;

/// The blocks `{tower}.encoder.layers.{number}`.
pub(super) fn stack(
    tower: &str,
    sizes: Sizes,
    activation: Activation,
    epsilon: f64,
    attention: Attention,
) -> TransformerDescription {
    let Sizes { width, layers, heads, mlp_width } = sizes;
    let block = |number: i64| {
        let name = format!("{tower}.encoder.layers.{number}");
        let part = |part: &str| format!("{name}.{part}");
        let [queries, keys, values] = ["q", "k", "v"].map(|letter| part(&format!("self_attn.{letter}_proj")));
        BlockNames {
            norm_1: NormNames::layer(&part("layer_norm1"), width, epsilon),
            qkv: LinearNames::stacked(&[(&queries, true), (&keys, true), (&values, true)], width, width),
            head_norms: None,
            out: LinearNames::biased(&part("self_attn.out_proj"), width, width),
            scale_1: None,
            norm_2: NormNames::layer(&part("layer_norm2"), width, epsilon),
            fc: LinearNames::biased(&part("mlp.fc1"), mlp_width, width),
            gated: false,
            proj: LinearNames::biased(&part("mlp.fc2"), width, mlp_width),
            scale_2: None,
            adapter: name,
        }
    };
    TransformerDescription {
        width,
        heads,
        head_width: sizes.head_width(),
        mlp_width,
        activation,
        norm_place: NormPlace::Before,
        attention,
        attention_scale: sizes.scale(),
        rotary: None,
        relative: None,
        blocks: (0..layers).map(block).collect(),
    }
}
