//! The residual attention blocks that both towers are made of.

use super::config::TransformerConfig;
use super::linear::Linear;
use super::tree_attention::TreeAttention;
use super::weights::{Weights, WeightsError};
use nearmiss::runs::recipe::Activation;
use tch::{TchError, Tensor};

const LAYER_NORM_EPSILON: f64 = 1e-5;

/// Normalisation over the last dimension.
#[derive(Debug)]
pub struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
}

impl LayerNorm {
    /// Takes `{name}.weight` and `{name}.bias`.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, name: &str) -> Result<LayerNorm, WeightsError> {
        Ok(LayerNorm { weight: weights.take(&format!("{name}.weight"))?, bias: weights.take(&format!("{name}.bias"))? })
    }

    /// Normalises the last dimension of `x`; the shape stays.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor, TchError> {
        x.f_layer_norm(self.weight.size(), Some(&self.weight), Some(&self.bias), LAYER_NORM_EPSILON, true)
    }
}

/// A bottleneck: narrow, GELU, wide again, added to what went in.
#[derive(Debug)]
struct Adapter {
    down: Linear,
    up: Linear,
}

impl Adapter {
    /// Takes `{name}.down` and `{name}.up`; `None` where the model has none.
    fn take(weights: &mut Weights, name: &str) -> Result<Option<Adapter>, WeightsError> {
        if !weights.contains(&format!("{name}.down.weight")) {
            return Ok(None);
        }
        let mut linear = |part: &str| Linear::take(weights, &format!("{name}.{part}.weight"), &format!("{name}.{part}.bias"));
        Ok(Some(Adapter { down: linear("down")?, up: linear("up")? }))
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor, TchError> {
        self.up.forward(&self.down.forward(x)?.f_gelu("none")?)?.f_add(x)
    }
}

#[derive(Debug)]
struct Block {
    attention_adapter: Option<Adapter>,
    mlp_adapter: Option<Adapter>,
    ln_1: LayerNorm,
    qkv: Linear,
    out: Linear,
    ln_2: LayerNorm,
    fc: Linear,
    proj: Linear,
}

impl Block {
    fn take(weights: &mut Weights, name: &str) -> Result<Block, WeightsError> {
        let mut linear = |name: &str, separator: &str| {
            Linear::take(weights, &format!("{name}{separator}weight"), &format!("{name}{separator}bias"))
        };
        let (qkv, out) = (linear(&format!("{name}.attn.in_proj"), "_")?, linear(&format!("{name}.attn.out_proj"), ".")?);
        let (fc, proj) = (linear(&format!("{name}.mlp.c_fc"), ".")?, linear(&format!("{name}.mlp.c_proj"), ".")?);
        let ln_1 = LayerNorm::take(weights, &format!("{name}.ln_1"))?;
        let attention_adapter = Adapter::take(weights, &format!("{name}.attn.adapter"))?;
        let mlp_adapter = Adapter::take(weights, &format!("{name}.mlp.adapter"))?;
        Ok(Block {
            attention_adapter,
            mlp_adapter,
            ln_1,
            qkv,
            out,
            ln_2: LayerNorm::take(weights, &format!("{name}.ln_2"))?,
            fc,
            proj,
        })
    }
}

impl Block {
    /// The layer that makes queries.
    fn queries(&self, width: i64) -> Result<Linear, TchError> {
        self.qkv.part(0, width)
    }

    /// The layer that makes keys and values.
    fn keys_values(&self, width: i64) -> Result<Linear, TchError> {
        self.qkv.part(width, 2 * width)
    }
}

fn adapted(adapter: Option<&Adapter>, x: &Tensor) -> Result<Tensor, TchError> {
    adapter.map_or(Ok(x.shallow_clone()), |adapter| adapter.forward(x))
}

/// Which positions a position may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// All (images).
    Full,
    /// Itself and those before it (text).
    Causal,
}

/// A stack of blocks.
#[derive(Debug)]
pub struct Transformer {
    blocks: Vec<Block>,
    heads: i64,
    attention: Attention,
    activation: Activation,
}

impl Transformer {
    /// Names and shapes of the tensors under `prefix` (`visual.transformer`).
    #[must_use]
    pub fn tensors(config: &TransformerConfig, prefix: &str) -> Vec<(String, Vec<i64>)> {
        let (width, mlp) = (config.width, config.mlp_width);
        let of_block = [
            ("ln_1.weight", vec![width]),
            ("ln_1.bias", vec![width]),
            ("attn.in_proj_weight", vec![3 * width, width]),
            ("attn.in_proj_bias", vec![3 * width]),
            ("attn.out_proj.weight", vec![width, width]),
            ("attn.out_proj.bias", vec![width]),
            ("ln_2.weight", vec![width]),
            ("ln_2.bias", vec![width]),
            ("mlp.c_fc.weight", vec![mlp, width]),
            ("mlp.c_fc.bias", vec![mlp]),
            ("mlp.c_proj.weight", vec![width, mlp]),
            ("mlp.c_proj.bias", vec![width]),
        ];
        let names = |block: i64| {
            of_block.clone().into_iter().map(move |(name, shape)| (format!("{prefix}.resblocks.{block}.{name}"), shape))
        };
        (0..config.layers).flat_map(names).collect()
    }

    /// Takes the tensors under `prefix`.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(
        weights: &mut Weights,
        config: &TransformerConfig,
        prefix: &str,
        attention: Attention,
        activation: Activation,
    ) -> Result<Transformer, WeightsError> {
        let block = |number| Block::take(weights, &format!("{prefix}.resblocks.{number}"));
        let blocks = (0..config.layers).map(block).collect::<Result<_, _>>()?;
        Ok(Transformer { blocks, heads: config.heads, attention, activation })
    }

    /// Runs all blocks.
    ///
    /// # Shapes
    ///
    /// `x`: `[B, T, width]`; returns the same shape.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    ///
    /// # Source
    ///
    /// `open_clip` 3.2, `src/open_clip/transformer.py`, `ResidualAttentionBlock`.
    pub fn forward(&self, x: Tensor) -> Result<Tensor, TchError> {
        self.forward_each(x, &mut |_, _| Ok(()))
    }

    /// Runs all blocks and shows what each one puts out: the sum on the residual stream after its
    /// attention and its perceptron, before the next block's or the tower's final normalisation.
    ///
    /// # Shapes
    ///
    /// As [`Transformer::forward`]; `each` is given the block's number from 0 and `[B, T, width]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` or `each` reports.
    pub fn forward_each(
        &self,
        x: Tensor,
        each: &mut dyn FnMut(usize, &Tensor) -> Result<(), TchError>,
    ) -> Result<Tensor, TchError> {
        self.blocks.iter().enumerate().try_fold(x, |x, (number, block)| {
            let x = self.block(block, &x)?;
            each(number, &x)?;
            Ok(x)
        })
    }

    /// How many blocks there are.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Runs all blocks, the last one for the picked positions alone: nothing else of it is needed,
    /// and of a block's arithmetic five sixths are spared.
    ///
    /// # Shapes
    ///
    /// `x`: `[B, T, width]`; `pick` is given it, or what the last normalisation makes of it, and
    /// returns `[B, 1, width]`: one position of each row. Returns `[B, width]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` or `pick` reports.
    pub fn forward_one(&self, x: Tensor, pick: &dyn Fn(&Tensor) -> Result<Tensor, TchError>) -> Result<Tensor, TchError> {
        let Some((last, blocks)) = self.blocks.split_last() else { return pick(&x)?.f_squeeze_dim(1) };
        let x = blocks.iter().try_fold(x, |x, block| self.block(block, &x))?;
        let normal = last.ln_1.forward(&x)?;
        let (batch, length, width) = normal.size3()?;
        let heads = |x: &Tensor, length| x.f_view([batch, length, self.heads, width / self.heads])?.f_transpose(1, 2);
        let queries = heads(&last.queries(width)?.forward(&pick(&normal)?)?, 1)?;
        let keys_values = last.keys_values(width)?.forward(&normal)?;
        let (keys, values) = (keys_values.f_narrow(2, 0, width)?, keys_values.f_narrow(2, width, width)?);
        let (keys, values) = (heads(&keys.f_contiguous()?, length)?, heads(&values.f_contiguous()?, length)?);
        let mixed = Tensor::f_scaled_dot_product_attention(&queries, &keys, &values, None::<&Tensor>, 0.0, false, None, false)?;
        let mixed = mixed.f_transpose(1, 2)?.f_reshape([batch, 1, width])?;
        self.after_attention(last, &mixed, &pick(&x)?)?.f_squeeze_dim(1)
    }

    /// Runs all blocks over the tokens of a trie: a token looks at itself and at those that lead to it.
    ///
    /// # Shapes
    ///
    /// `x`: `[N, width]`, one row per token of the trie. `within` has the same tokens, `ends` picks
    /// `E` of them. Returns `[E, width]`, in the order of `ends`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn forward_tree(&self, x: Tensor, within: &TreeAttention, ends: &TreeAttention) -> Result<Tensor, TchError> {
        let Some((last, blocks)) = self.blocks.split_last() else { return ends.pick(&x) };
        let width = x.size()[1];
        let attend = |queries: &Tensor, keys_values: &Tensor, attention: &TreeAttention| {
            let (keys, values) = (keys_values.f_narrow(1, 0, width)?, keys_values.f_narrow(1, width, width)?);
            attention.mix(queries, &keys, &values, self.heads)
        };
        let x = blocks.iter().try_fold(x, |x, block| {
            let qkv = block.qkv.forward(&block.ln_1.forward(&x)?)?;
            let mixed = attend(&qkv.f_narrow(1, 0, width)?, &qkv.f_narrow(1, width, 2 * width)?, within)?;
            self.after_attention(block, &mixed, &x)
        })?;
        let normal = last.ln_1.forward(&x)?;
        let mixed =
            attend(&last.queries(width)?.forward(&ends.pick(&normal)?)?, &last.keys_values(width)?.forward(&normal)?, ends)?;
        self.after_attention(last, &mixed, &ends.pick(&x)?)
    }

    fn block(&self, block: &Block, x: &Tensor) -> Result<Tensor, TchError> {
        let mixed = self.attend(&block.qkv.forward(&block.ln_1.forward(x)?)?)?;
        self.after_attention(block, &mixed, x)
    }

    /// From what attention has mixed, and what went into the block, to what comes out.
    fn after_attention(&self, block: &Block, mixed: &Tensor, x: &Tensor) -> Result<Tensor, TchError> {
        let x = adapted(block.attention_adapter.as_ref(), &block.out.forward(mixed)?)?.f_add_(x)?;
        let hidden = self.activate(block.fc.forward(&block.ln_2.forward(&x)?)?)?;
        adapted(block.mlp_adapter.as_ref(), &block.proj.forward(&hidden)?)?.f_add_(&x)
    }

    /// `[B, T, 3·width]` queries, keys and values to `[B, T, width]`.
    fn attend(&self, qkv: &Tensor) -> Result<Tensor, TchError> {
        let (batch, length, triple) = qkv.size3()?;
        let head_width = triple / 3 / self.heads;
        let split = qkv.f_view([batch, length, 3, self.heads, head_width])?.f_permute([2, 0, 3, 1, 4])?;
        let (queries, keys, values) = (split.f_get(0)?, split.f_get(1)?, split.f_get(2)?);
        let causal = self.attention == Attention::Causal;
        let mixed = Tensor::f_scaled_dot_product_attention(&queries, &keys, &values, None::<&Tensor>, 0.0, causal, None, false)?;
        mixed.f_transpose(1, 2)?.f_reshape([batch, length, triple / 3])
    }

    /// In place: nobody else holds `x`.
    fn activate(&self, mut x: Tensor) -> Result<Tensor, TchError> {
        match self.activation {
            Activation::Gelu => x.f_gelu_("none"),
            Activation::QuickGelu => {
                let gate = x.f_mul_scalar(1.702)?.f_sigmoid_()?;
                x.f_mul_(&gate)
            }
        }
    }
}
