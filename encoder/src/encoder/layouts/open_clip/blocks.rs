//! The blocks of open_clip's own towers.

use super::super::error::ConfigError;
use super::super::fields::{Fields, MOST_LAYERS, MOST_MLP_WIDTH, MOST_WIDTH};
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::transformer::{Attention, BlockNames, NormPlace, TransformerDescription};
use nearmiss::runs::recipe::Activation;
use serde_json::Value;

/// What is added to variances where a configuration says nothing, and in the norms of a pooler whatever it says.
pub(super) const EPSILON: f64 = 1e-5;

/// Sizes of a stack of blocks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sizes {
    pub(super) width: i64,
    layers: i64,
    heads: i64,
    mlp_width: i64,
    /// Whether blocks have factors on what attention and perceptron add.
    scaled: bool,
    activation: Activation,
    pub(super) epsilon: f64,
}

impl Sizes {
    /// Sizes of the image tower, whose heads are given by their width.
    pub(super) fn of_images(fields: &Fields, quick_gelu: bool) -> Result<Sizes, ConfigError> {
        let layers = fields.whole("layers", Some(12), [1, MOST_LAYERS])?;
        let width = fields.whole("width", Some(768), [1, MOST_WIDTH])?;
        let head_width = fields.whole("head_width", Some(64), [1, MOST_WIDTH])?;
        let heads = width / head_width;
        if heads == 0 {
            return Err(fields.unsupported("head_width", &format!("{head_width} with width {width}")));
        }
        Sizes::checked(fields, [width, layers, heads], quick_gelu)
    }

    /// Sizes of the text tower, whose heads are counted.
    pub(super) fn of_texts(fields: &Fields, quick_gelu: bool) -> Result<Sizes, ConfigError> {
        let width = fields.whole("width", Some(512), [1, MOST_WIDTH])?;
        let layers = fields.whole("layers", Some(12), [1, MOST_LAYERS])?;
        let heads = fields.whole("heads", Some(8), [1, MOST_WIDTH])?;
        Sizes::checked(fields, [width, layers, heads], quick_gelu)
    }

    fn checked(fields: &Fields, [width, layers, heads]: [i64; 3], quick_gelu: bool) -> Result<Sizes, ConfigError> {
        if width % heads != 0 {
            return Err(fields.unsupported("width", &format!("{width} with {heads} heads")));
        }
        let ratio = fields.number("mlp_ratio", 4.0)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "truncates as open_clip does")]
        let mlp_width = (width as f64 * ratio) as i64;
        if !(1..=MOST_MLP_WIDTH).contains(&mlp_width) {
            let (path, field) = (fields.path.to_path_buf(), format!("{}mlp_ratio × width", fields.section));
            return Err(ConfigError::OutOfRange { path, field, value: mlp_width.to_string(), least: 1, most: MOST_MLP_WIDTH });
        }
        let scaled = fields.get("ls_init_value").is_some();
        fields.number("ls_init_value", 0.0)?;
        let (activation, epsilon) = (activation(fields, quick_gelu)?, epsilon(fields)?);
        Ok(Sizes { width, layers, heads, mlp_width, scaled, activation, epsilon })
    }

    /// The blocks whose names begin with `prefix`, such as `visual.transformer.`.
    ///
    /// # Source
    ///
    /// `open_clip` 3.3, `src/open_clip/transformer.py`, `ResidualAttentionBlock`; its `CustomResidualAttentionBlock` with
    /// nothing switched on has the same names and computes the same.
    pub(super) fn transformer(&self, prefix: &str, attention: Attention) -> TransformerDescription {
        let head_width = self.width / self.heads;
        TransformerDescription {
            width: self.width,
            heads: self.heads,
            head_width,
            mlp_width: self.mlp_width,
            activation: self.activation,
            norm_place: NormPlace::Before,
            attention,
            attention_scale: 1.0 / f64::from(u32::try_from(head_width).unwrap_or(u32::MAX)).sqrt(),
            rotary: None,
            relative: None,
            blocks: (0..self.layers).map(|number| self.block(&format!("{prefix}resblocks.{number}"))).collect(),
        }
    }

    fn block(&self, name: &str) -> BlockNames {
        let (width, within) = (self.width, |part: &str| format!("{name}.{part}"));
        let norm = |part: &str| NormNames::layer(&within(part), width, self.epsilon);
        let factor = |part: &str| self.scaled.then(|| within(part));
        BlockNames {
            norm_1: norm("ln_1"),
            qkv: LinearNames::one(within("attn.in_proj_weight"), Some(within("attn.in_proj_bias")), 3 * width, width),
            head_norms: None,
            out: LinearNames::biased(&within("attn.out_proj"), width, width),
            scale_1: factor("ls_1.gamma"),
            norm_2: norm("ln_2"),
            fc: LinearNames::biased(&within("mlp.c_fc"), self.mlp_width, width),
            gated: false,
            proj: LinearNames::biased(&within("mlp.c_proj"), width, self.mlp_width),
            scale_2: factor("ls_2.gamma"),
            adapter: name.to_string(),
        }
    }
}

/// The non-linearity of a tower's perceptrons: what `act_kwargs` says to GELU; QuickGELU takes nothing.
fn activation(fields: &Fields, quick_gelu: bool) -> Result<Activation, ConfigError> {
    let plain = if quick_gelu { Activation::QuickGelu } else { Activation::Gelu };
    let Some(kwargs) = fields.get("act_kwargs") else { return Ok(plain) };
    let wrong = || fields.unsupported("act_kwargs", &kwargs.to_string());
    let map = kwargs.as_object().ok_or_else(wrong)?;
    match (map.len(), map.get("approximate").and_then(Value::as_str)) {
        (0, _) => Ok(plain),
        (1, Some("tanh")) if !quick_gelu => Ok(Activation::GeluTanh),
        (1, Some("none")) if !quick_gelu => Ok(Activation::Gelu),
        _ => Err(wrong()),
    }
}

/// What a tower's norms add to variances.
fn epsilon(fields: &Fields) -> Result<f64, ConfigError> {
    let Some(kwargs) = fields.get("norm_kwargs") else { return Ok(EPSILON) };
    let wrong = || fields.unsupported("norm_kwargs", &kwargs.to_string());
    let map = kwargs.as_object().ok_or_else(wrong)?;
    match (map.len(), map.get("eps").and_then(Value::as_f64)) {
        (0, _) => Ok(EPSILON),
        (1, Some(epsilon)) if epsilon.is_finite() && epsilon >= 0.0 => Ok(epsilon),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    fn sizes(value: &Value, quick_gelu: bool) -> Result<Sizes, ConfigError> {
        Sizes::of_images(&Fields::of(Path::new("c.json"), "vision_cfg.", value).unwrap(), quick_gelu)
    }

    #[test]
    fn vit_big_g_has_sixteen_heads_of_width_104_and_truncates_its_hidden_layer() {
        // int(1664 * 4.9231) of Python.
        let sizes = sizes(&json!({"layers": 48, "width": 1664, "head_width": 104, "mlp_ratio": 4.9231}), false).unwrap();
        let blocks = sizes.transformer("visual.transformer.", Attention::Full);
        assert_eq!((blocks.heads, blocks.head_width, blocks.mlp_width, blocks.layers()), (16, 104, 8192, 48));
        assert!((blocks.attention_scale - 1.0 / 104f64.sqrt()).abs() < 1e-15);
        assert_eq!(blocks.blocks[47].adapter, "visual.transformer.resblocks.47");
    }

    #[test]
    fn activation_and_epsilon_are_those_of_the_configuration() {
        let read = |value: Value, quick| sizes(&value, quick).map(|sizes| (sizes.activation, sizes.epsilon));
        assert_eq!(read(json!({}), true).unwrap(), (Activation::QuickGelu, 1e-5));
        assert_eq!(read(json!({"act_kwargs": {}, "norm_kwargs": {}}), false).unwrap(), (Activation::Gelu, 1e-5));
        let siglip = json!({"act_kwargs": {"approximate": "tanh"}, "norm_kwargs": {"eps": 1e-6}});
        assert_eq!(read(siglip.clone(), false).unwrap(), (Activation::GeluTanh, 1e-6));
        let refused = [
            (read(siglip, true).unwrap_err(), r#"'vision_cfg.act_kwargs' is '{"approximate":"tanh"}'"#),
            (
                read(json!({"norm_kwargs": {"bias": false}}), false).unwrap_err(),
                r#"'vision_cfg.norm_kwargs' is '{"bias":false}'"#,
            ),
            (read(json!({"head_width": 96, "width": 1280}), false).unwrap_err(), "'vision_cfg.width' is '1280 with 13 heads'"),
            (read(json!({"head_width": 96, "width": 64}), false).unwrap_err(), "'vision_cfg.head_width' is '96 with width 64'"),
        ];
        for (error, sentence) in refused {
            assert!(error.to_string().starts_with(&format!("c.json: {sentence}, which")), "{error}");
        }
    }
}
