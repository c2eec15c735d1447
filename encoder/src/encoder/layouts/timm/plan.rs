//! What a vision transformer of timm is made of, whichever of the two constructors builds it.

use crate::encoder::description::transformer::Rotary;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_LAYERS, MOST_MLP_WIDTH, MOST_PATCHES, MOST_WIDTH};
use nearmiss::runs::recipe::Activation;

/// The most registers that are computed; models have 1 to 16.
pub(super) const MOST_REGISTERS: i64 = 1024;

/// What a vision transformer is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) sizes: Sizes,
    pub(super) perceptron: Perceptron,
    pub(super) qkv_bias: QkvBias,
    /// What the factors on attention and perceptron are called in a block.
    pub(super) scales: Option<[&'static str; 2]>,
    pub(super) class_token: bool,
    pub(super) registers: i64,
    pub(super) positions: Positions,
    pub(super) rotary: Option<Rotary>,
    pub(super) norms: Norms,
    pub(super) pool: Pool,
    /// Attention of a pool: heads, and width of its perceptron's hidden layer.
    pub(super) pool_attention: [i64; 2],
    /// Non-linearity of that perceptron.
    pub(super) pool_activation: Activation,
}

/// Sizes of a vision transformer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) image: i64,
    pub(super) patch: i64,
    pub(super) width: i64,
    pub(super) depth: i64,
    pub(super) heads: i64,
}

/// The perceptron of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Perceptron {
    /// Width of what the second layer takes.
    pub(super) hidden: i64,
    pub(super) gate: Gate,
    pub(super) activation: Activation,
}

/// How a perceptron's first layer is gated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    None,
    /// One matrix, above what goes through the activation.
    Packed,
    /// Two matrices.
    Split,
}

/// What is added to queries, keys and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QkvBias {
    None,
    /// One vector.
    Whole,
    /// Two vectors, and nothing to keys.
    QueriesAndValues,
}

/// Which tokens have positions that are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Positions {
    None,
    Patches,
    All,
}

/// Norms outside of blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Norms {
    /// Of what goes into the blocks.
    pub(super) before: bool,
    /// Of every token after the blocks.
    pub(super) of_tokens: bool,
    /// Of what was pooled.
    pub(super) of_pooled: bool,
    /// What all norms add to the variance.
    pub(super) epsilon: f64,
}

/// How tokens become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pool {
    Class,
    MeanOfPatches,
    MeanOfAll,
    /// An attention that all tokens are asked by.
    Attention,
    /// An attention that patches alone are asked by.
    AttentionToPatches,
}

impl Sizes {
    /// Reads the sizes, which both constructors call the same.
    pub(super) fn read(fields: &Fields) -> Result<Sizes, ConfigError> {
        let sizes = Sizes {
            image: fields.side("img_size", Some(224))?,
            patch: fields.side("patch_size", Some(16))?,
            width: fields.whole("embed_dim", Some(768), [1, MOST_WIDTH])?,
            depth: fields.whole("depth", Some(12), [1, MOST_LAYERS])?,
            heads: fields.whole("num_heads", Some(12), [1, MOST_WIDTH])?,
        };
        if sizes.width % sizes.heads != 0 {
            return Err(fields.unsupported("embed_dim", &format!("{} with {} heads", sizes.width, sizes.heads)));
        }
        if sizes.patch > sizes.image || sizes.patches() > MOST_PATCHES {
            let value = format!("{} with an image of {}; 1 to {MOST_PATCHES} patches are", sizes.patch, sizes.image);
            return Err(fields.unsupported("patch_size", &value));
        }
        Ok(sizes)
    }

    /// How many patches there are.
    pub(super) fn patches(self) -> i64 {
        (self.image / self.patch).saturating_mul(self.image / self.patch)
    }

    /// Width of a head.
    pub(super) fn head_width(self) -> i64 {
        self.width / self.heads
    }

    /// The width times the ratio that a field says, cut down to a whole number.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "truncates as timm does")]
    pub(super) fn hidden(self, fields: &Fields, ratio: &str, default: f64) -> Result<i64, ConfigError> {
        let hidden = (self.width as f64 * fields.number(ratio, default)?) as i64;
        if (1..=MOST_MLP_WIDTH).contains(&hidden) {
            return Ok(hidden);
        }
        let field = format!("{}{ratio} × embed_dim", fields.section);
        let (path, value) = (fields.path.to_path_buf(), hidden.to_string());
        Err(ConfigError::OutOfRange { path, field, value, least: 1, most: MOST_MLP_WIDTH })
    }
}

/// A switch that may be left open; `None` where it is.
pub(super) fn switch(fields: &Fields, name: &str) -> Result<Option<bool>, ConfigError> {
    Ok(if fields.get(name).is_some() { Some(fields.flag(name, false)?) } else { None })
}

/// The pool that `global_pool` names, where an attention and a mean are those given.
pub(super) fn pool(fields: &Fields, attention: Pool, mean: Pool, class_token: bool) -> Result<Pool, ConfigError> {
    match fields.text("global_pool")?.unwrap_or_default() {
        "token" if class_token => Ok(Pool::Class),
        "avg" => Ok(mean),
        "map" => Ok(attention),
        "token" => Err(fields.unsupported("global_pool", "token, without a class token")),
        other => Err(fields.unsupported("global_pool", other)),
    }
}
