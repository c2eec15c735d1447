//! The residual attention blocks that towers are made of.

pub use super::activation::activated;
use super::adapter::{Adapter, adapted};
use super::description::tensors::NormNames;
pub use super::description::transformer::Attention;
use super::description::transformer::{BlockNames, NormPlace, TransformerDescription};
use super::linear::Linear;
use super::norm::Norm;
use super::relative_positions::RelativeTable;
use super::rotary::Turns;
use super::tree_attention::TreeAttention;
use super::weights::{Weights, WeightsError};
use nearmiss::runs::recipe::Activation;
use tch::{TchError, Tensor};

#[derive(Debug)]
struct Block {
    attention_adapter: Option<Adapter>,
    mlp_adapter: Option<Adapter>,
    norm_1: Norm,
    qkv: Linear,
    head_norms: Option<[Norm; 2]>,
    out: Linear,
    scale_1: Option<Tensor>,
    norm_2: Norm,
    fc: Linear,
    gated: bool,
    proj: Linear,
    scale_2: Option<Tensor>,
}

impl Block {
    fn take(weights: &mut Weights, names: &BlockNames) -> Result<Block, WeightsError> {
        let (qkv, out) = (Linear::take(weights, &names.qkv)?, Linear::take(weights, &names.out)?);
        let (fc, proj) = (Linear::take(weights, &names.fc)?, Linear::take(weights, &names.proj)?);
        let mut scale = |name: &Option<String>| name.as_ref().map(|name| weights.take(name)).transpose();
        let (scale_1, scale_2) = (scale(&names.scale_1)?, scale(&names.scale_2)?);
        let mut norm = |names: &NormNames| Norm::take(weights, names);
        let head_norms = match &names.head_norms {
            Some([queries, keys]) => Some([norm(queries)?, norm(keys)?]),
            None => None,
        };
        let (norm_1, norm_2) = (norm(&names.norm_1)?, norm(&names.norm_2)?);
        let mut adapter = |part: &str| Adapter::take(weights, &format!("{}.{part}.adapter", names.adapter));
        let (attention_adapter, mlp_adapter) = (adapter("attn")?, adapter("mlp")?);
        let gated = names.gated;
        Ok(Block { attention_adapter, mlp_adapter, norm_1, qkv, head_norms, out, scale_1, norm_2, fc, gated, proj, scale_2 })
    }

    /// What attention reads of the stream.
    fn before_attention(&self, x: &Tensor, place: NormPlace) -> Result<Tensor, TchError> {
        if place == NormPlace::Before { self.norm_1.forward(x) } else { Ok(x.shallow_clone()) }
    }

    /// Norms queries and keys of each head where the block does, and turns them by their places.
    fn turned(&self, queries: Tensor, keys: Tensor, turns: Option<&Turns>) -> Result<(Tensor, Tensor), TchError> {
        let (queries, keys) = match &self.head_norms {
            Some([of_queries, of_keys]) => (of_queries.forward(&queries)?, of_keys.forward(&keys)?),
            None => (queries, keys),
        };
        match turns {
            Some(turns) => Ok((turns.turn(&queries)?, turns.turn(&keys)?)),
            None => Ok((queries, keys)),
        }
    }
}

/// What attention takes into account beside the tokens.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// Added to the products of queries and keys, `[B or 1, heads or 1, T or 1, T]`; −∞ where nothing is looked at.
    pub added: Option<Tensor>,
    /// How queries and keys turn with their places.
    pub turns: Option<Turns>,
}

/// A stack of blocks.
#[derive(Debug)]
pub struct Transformer {
    blocks: Vec<Block>,
    heads: i64,
    head_width: i64,
    /// Factor on the products of queries and keys; `None` for the usual one.
    scale: Option<f64>,
    attention: Attention,
    activation: Activation,
    norm_place: NormPlace,
    relative: Option<RelativeTable>,
}

impl Transformer {
    /// Takes the tensors of all blocks.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, description: &TransformerDescription) -> Result<Transformer, WeightsError> {
        let relative = description.relative.as_ref().map(|relative| RelativeTable::take(weights, relative)).transpose()?;
        let blocks = description.blocks.iter().map(|names| Block::take(weights, names)).collect::<Result<_, _>>()?;
        #[expect(clippy::cast_precision_loss, reason = "the width of a head")]
        let usual = 1.0 / (description.head_width as f64).sqrt();
        let is_usual = (description.attention_scale - usual).abs() < 1e-12;
        Ok(Transformer {
            blocks,
            heads: description.heads,
            head_width: description.head_width,
            scale: (!is_usual).then_some(description.attention_scale),
            attention: description.attention,
            activation: description.activation,
            norm_place: description.norm_place,
            relative,
        })
    }

    /// Puts bottlenecks into the blocks, of attention and of the perceptron: a pair for each block, or none at all.
    pub(super) fn adapt(&mut self, bottlenecks: Vec<[Adapter; 2]>) {
        for (block, [attention, perceptron]) in self.blocks.iter_mut().zip(bottlenecks) {
            (block.attention_adapter, block.mlp_adapter) = (Some(attention), Some(perceptron));
        }
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
    /// `open_clip` 3.3, `src/open_clip/transformer.py`, `ResidualAttentionBlock`; `timm` 1.0,
    /// `timm/models/vision_transformer.py`, `Block`; `transformers` 5, `modeling_bert.py`, `modeling_t5.py`.
    pub fn forward(&self, x: Tensor, around: &Surroundings) -> Result<Tensor, TchError> {
        self.forward_each(x, around, &mut |_, _| Ok(()))
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
        around: &Surroundings,
        each: &mut dyn FnMut(usize, &Tensor) -> Result<(), TchError>,
    ) -> Result<Tensor, TchError> {
        let around = self.with_distances(around, &x)?;
        self.blocks.iter().enumerate().try_fold(x, |x, (number, block)| {
            let x = self.block(block, &x, &around)?;
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
    /// returns `[B, 1, width]`: one position of each row, one that does not turn. Returns `[B, width]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` or `pick` reports.
    pub fn forward_one(
        &self,
        x: Tensor,
        around: &Surroundings,
        pick: &dyn Fn(&Tensor) -> Result<Tensor, TchError>,
    ) -> Result<Tensor, TchError> {
        let simple = self.norm_place == NormPlace::Before && self.relative.is_none() && around.added.is_none();
        let Some((last, blocks)) = self.blocks.split_last().filter(|_| simple) else {
            return pick(&self.forward(x, around)?)?.f_squeeze_dim(1);
        };
        let x = blocks.iter().try_fold(x, |x, block| self.block(block, &x, around))?;
        let normal = last.norm_1.forward(&x)?;
        let (batch, length, _) = normal.size3()?;
        let inner = self.inner();
        let heads = |x: &Tensor, length| x.f_view([batch, length, self.heads, self.head_width])?.f_transpose(1, 2);
        let queries = heads(&last.qkv.part(0, inner)?.forward(&pick(&normal)?)?, 1)?;
        let keys_values = last.qkv.part(inner, 2 * inner)?.forward(&normal)?;
        let (keys, values) = (keys_values.f_narrow(2, 0, inner)?, keys_values.f_narrow(2, inner, inner)?);
        let (mut keys, values) = (heads(&keys.f_contiguous()?, length)?, heads(&values.f_contiguous()?, length)?);
        let mut queries = queries;
        if let Some([of_queries, of_keys]) = &last.head_norms {
            (queries, keys) = (of_queries.forward(&queries)?, of_keys.forward(&keys)?);
        }
        if let Some(turns) = &around.turns {
            keys = turns.turn(&keys)?;
        }
        let mixed = self.mix(&queries, &keys, &values, None, false)?;
        let mixed = mixed.f_transpose(1, 2)?.f_reshape([batch, 1, inner])?;
        self.after_attention(last, &mixed, &pick(&x)?)?.f_squeeze_dim(1)
    }

    /// Whether texts may go through as a trie of tokens: a token looks at itself and those before it, and at nothing else.
    #[must_use]
    pub fn takes_tries(&self) -> bool {
        let plain = self.relative.is_none() && self.scale.is_none() && self.blocks.iter().all(|block| block.head_norms.is_none());
        plain && self.attention == Attention::Causal && self.norm_place == NormPlace::Before
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
    /// Whatever `LibTorch` reports. Only where [`Transformer::takes_tries`].
    pub fn forward_tree(&self, x: Tensor, within: &TreeAttention, ends: &TreeAttention) -> Result<Tensor, TchError> {
        let Some((last, blocks)) = self.blocks.split_last() else { return ends.pick(&x) };
        let inner = self.inner();
        let attend = |queries: &Tensor, keys_values: &Tensor, attention: &TreeAttention| {
            let (keys, values) = (keys_values.f_narrow(1, 0, inner)?, keys_values.f_narrow(1, inner, inner)?);
            attention.mix(queries, &keys, &values, self.heads)
        };
        let x = blocks.iter().try_fold(x, |x, block| {
            let qkv = block.qkv.forward(&block.norm_1.forward(&x)?)?;
            let mixed = attend(&qkv.f_narrow(1, 0, inner)?, &qkv.f_narrow(1, inner, 2 * inner)?, within)?;
            self.after_attention(block, &mixed, &x)
        })?;
        let normal = last.norm_1.forward(&x)?;
        let (queries, keys_values) = (last.qkv.part(0, inner)?, last.qkv.part(inner, 2 * inner)?);
        let mixed = attend(&queries.forward(&ends.pick(&normal)?)?, &keys_values.forward(&normal)?, ends)?;
        self.after_attention(last, &mixed, &ends.pick(&x)?)
    }

    /// Width of queries, of keys and of values.
    fn inner(&self) -> i64 {
        self.heads * self.head_width
    }

    /// The surroundings, with what distances between tokens add.
    fn with_distances(&self, around: &Surroundings, x: &Tensor) -> Result<Surroundings, TchError> {
        let turns = around.turns.clone();
        let Some(relative) = &self.relative else {
            return Ok(Surroundings { added: around.added.as_ref().map(Tensor::shallow_clone), turns });
        };
        let distances = relative.added(x.size()[1])?;
        let added = around.added.as_ref().map_or(Ok(distances.shallow_clone()), |added| added.f_add(&distances))?;
        Ok(Surroundings { added: Some(added), turns })
    }

    fn block(&self, block: &Block, x: &Tensor, around: &Surroundings) -> Result<Tensor, TchError> {
        let qkv = block.qkv.forward(&block.before_attention(x, self.norm_place)?)?;
        let mixed = self.attend(block, &qkv, around)?;
        self.after_attention(block, &mixed, x)
    }

    /// From what attention has mixed, and what went into the block, to what comes out.
    fn after_attention(&self, block: &Block, mixed: &Tensor, x: &Tensor) -> Result<Tensor, TchError> {
        let x =
            scaled(&adapted(block.attention_adapter.as_ref(), &block.out.forward(mixed)?)?, block.scale_1.as_ref())?.f_add_(x)?;
        if self.norm_place == NormPlace::After {
            let x = block.norm_1.forward(&x)?;
            let sum = adapted(block.mlp_adapter.as_ref(), &self.perceptron(block, &x)?)?.f_add_(&x)?;
            return block.norm_2.forward(&sum);
        }
        let hidden = self.perceptron(block, &block.norm_2.forward(&x)?)?;
        scaled(&adapted(block.mlp_adapter.as_ref(), &hidden)?, block.scale_2.as_ref())?.f_add_(&x)
    }

    fn perceptron(&self, block: &Block, x: &Tensor) -> Result<Tensor, TchError> {
        let hidden = block.fc.forward(x)?;
        if !block.gated {
            return block.proj.forward(&activated(hidden, self.activation)?);
        }
        let half = hidden.size().last().copied().unwrap_or(0) / 2;
        let gate = activated(hidden.f_narrow(-1, 0, half)?.f_contiguous()?, self.activation)?;
        block.proj.forward(&gate.f_mul(&hidden.f_narrow(-1, half, half)?)?)
    }

    /// `[B, T, 3·inner]` queries, keys and values to `[B, T, inner]`.
    fn attend(&self, block: &Block, qkv: &Tensor, around: &Surroundings) -> Result<Tensor, TchError> {
        let (batch, length, _) = qkv.size3()?;
        let split = qkv.f_view([batch, length, 3, self.heads, self.head_width])?.f_permute([2, 0, 3, 1, 4])?;
        let (queries, keys, values) = (split.f_get(0)?, split.f_get(1)?, split.f_get(2)?);
        let (queries, keys) = block.turned(queries, keys, around.turns.as_ref())?;
        let causal = self.attention == Attention::Causal && around.added.is_none();
        let mixed = self.mix(&queries, &keys, &values, around.added.as_ref(), causal)?;
        mixed.f_transpose(1, 2)?.f_reshape([batch, length, self.inner()])
    }

    fn mix(
        &self,
        queries: &Tensor,
        keys: &Tensor,
        values: &Tensor,
        added: Option<&Tensor>,
        causal: bool,
    ) -> Result<Tensor, TchError> {
        Tensor::f_scaled_dot_product_attention(queries, keys, values, added, 0.0, causal, self.scale, false)
    }
}

fn scaled(x: &Tensor, scale: Option<&Tensor>) -> Result<Tensor, TchError> {
    scale.map_or(Ok(x.shallow_clone()), |scale| x.f_mul(scale))
}
