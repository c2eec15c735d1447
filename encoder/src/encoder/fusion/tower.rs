//! The encoder itself: words, prompt and regions through T5's blocks.

use super::batch::FusionBatch;
use super::pool::FusionPool;
use super::prompt::Prompt;
use super::visual_embedding::VisualEmbedding;
use crate::encoder::adapter::Adapter;
use crate::encoder::description::fusion::FusionDescription;
use crate::encoder::description::transformer::TransformerDescription;
use crate::encoder::linear::Linear;
use crate::encoder::norm::Norm;
use crate::encoder::pooled_states::{Places, PoolError, PooledStates};
use crate::encoder::relative_positions::RelativeTable;
use crate::encoder::transformer::{Surroundings, Transformer};
use crate::encoder::weights::{Weights, WeightsError};
use nearmiss::runs::pooling::{Layers, TokenPool};
use tch::{Device, Kind, TchError, Tensor};

/// A fusion encoder: `[prompt ; text ; regions]` through T5's blocks.
#[derive(Debug)]
pub struct FusionTower {
    words: Tensor,
    prompt: Option<Prompt>,
    visual: VisualEmbedding,
    relative: Option<RelativeTable>,
    transformer: Transformer,
    norm_after: Option<Norm>,
    projection: Option<Linear>,
}

/// A batch on its way through the encoder.
struct Begun {
    /// What goes into the first block, `[B, P + T + R, width]`.
    x: Tensor,
    around: Surroundings,
    /// `P`.
    prompt: i64,
    /// `P + T`.
    leading: i64,
    /// `[B]`: how many tokens each text has.
    lengths: Tensor,
    /// `[B]`: how many regions each text has.
    counts: Tensor,
}

/// A stretch of positions over which states are averaged.
struct Stretch<'a> {
    start: i64,
    length: i64,
    places: Places,
    states: PooledStates<'a>,
}

impl FusionTower {
    /// Takes the encoder's tensors: gradients reach those that are in memory.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, names: &FusionDescription) -> Result<FusionTower, WeightsError> {
        let (text, words) = (&names.text, weights.take(&names.text.words)?);
        let visual = VisualEmbedding::take(weights, &names.visual, (text.words.as_str(), &words))?;
        let relative = text.transformer.relative.as_ref().map(|table| RelativeTable::take(weights, table)).transpose()?;
        // Distances count among words alone, so that they are added here and not by the blocks.
        let blocks = TransformerDescription { relative: None, ..text.transformer.clone() };
        let mut transformer = Transformer::take(weights, &blocks)?;
        let mut bottlenecks = vec![];
        for [attention, perceptron] in &names.bottlenecks {
            bottlenecks.push([Adapter::named(weights, attention)?, Adapter::named(weights, perceptron)?]);
        }
        transformer.adapt(bottlenecks);
        Ok(FusionTower {
            words,
            prompt: names.prompt.as_ref().map(|prompt| Prompt::take(weights, prompt)).transpose()?,
            visual,
            relative,
            transformer,
            norm_after: text.norm_after.as_ref().map(|norm| Norm::take(weights, norm)).transpose()?,
            projection: names.projection.as_ref().map(|projection| Linear::take(weights, projection)).transpose()?,
        })
    }

    /// States of all positions after the last block and the norm behind it.
    ///
    /// # Shapes
    ///
    /// `batch` on the encoder's device and in its kind of number. Returns `[B, P + T + R, width]`: the `P` vectors of the prompt,
    /// the text, the regions; what stands where a text or its regions have ended is not to be used.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    ///
    /// # Source
    ///
    /// VL-T5, `VL-T5/src/modeling_t5.py`, `JointEncoder.forward`: T5 adds by distance among the words, to which a prompt counts,
    /// and nothing between words and regions; without regions it is T5's own encoder.
    pub fn forward(&self, batch: &FusionBatch) -> Result<Tensor, TchError> {
        let Begun { x, around, .. } = self.begin(batch)?;
        self.normed(&self.transformer.forward(x, &around)?)
    }

    /// States of the last blocks, averaged over positions; of the last one after the norm behind it, as `transformers` lists
    /// T5's hidden states.
    ///
    /// # Shapes
    ///
    /// `batch`: as [`FusionTower::forward`]. Returns for each of `wanted` `[B, width]` f32 on the processor, or `[B, n·width]`
    /// for [`Layers::Concat`], the earliest block first; undefined numbers for the regions of a text without any.
    ///
    /// # Errors
    ///
    /// [`PoolError::Pooling`] if there are fewer blocks; whatever `LibTorch` reports.
    pub fn pooled(&self, batch: &FusionBatch, wanted: &[(FusionPool, Layers)]) -> Result<Vec<Tensor>, PoolError> {
        let asked: Vec<(TokenPool, Layers)> = wanted.iter().map(|&(_, layers)| (TokenPool::Mean, layers)).collect();
        let blocks = self.transformer.blocks();
        let Begun { x, around, prompt, leading, lengths, counts } = self.begin(batch)?;
        let with_prompt = lengths.f_add_scalar(prompt)?;
        let stretch = |pools: &[FusionPool], places: [i64; 2], counts: &Tensor| {
            let is_wanted = wanted.iter().any(|(pool, _)| pools.contains(pool));
            is_wanted.then(|| Stretch::of(places, counts, &asked, blocks)).transpose()
        };
        let mut stretches = [
            stretch(&[FusionPool::All], [0, leading], &with_prompt)?,
            stretch(&[FusionPool::Text], [prompt, leading], &lengths)?,
            stretch(&[FusionPool::All, FusionPool::Regions], [leading, x.size()[1]], &counts)?,
        ];
        let mut each = |block: usize, x: &Tensor| -> Result<(), TchError> {
            let x = if block + 1 == blocks { self.normed(x)? } else { x.shallow_clone() };
            stretches.iter_mut().flatten().try_for_each(|stretch| stretch.add(block, &x))
        };
        let _ = self.transformer.forward_each(x, &around, &mut each)?;
        let [all, text, regions] = stretches.map(|stretch| stretch.map_or(Ok(vec![]), |stretch| stretch.states.finish()));
        let (all, text, regions) = (all?, text?, regions?);
        let mut pooled = vec![];
        for (place, (pool, _)) in wanted.iter().enumerate() {
            pooled.push(match pool {
                FusionPool::All => together((at(&all, place)?, &with_prompt), (at(&regions, place)?, &counts))?,
                FusionPool::Text => at(&text, place)?.shallow_clone(),
                FusionPool::Regions => at(&regions, place)?.shallow_clone(),
            });
        }
        Ok(pooled)
    }

    /// From pooled states on through the projection, where there is one.
    ///
    /// # Shapes
    ///
    /// `pooled`: `[B, width]` f32 on the processor; returns `[B, D]` f32 on the processor.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports, such as states of several layers one after the other, which no projection takes.
    pub fn projected(&self, pooled: &Tensor) -> Result<Tensor, TchError> {
        let Some(projection) = &self.projection else { return Ok(pooled.shallow_clone()) };
        let pooled = pooled.f_to_device(self.words.device())?.f_to_kind(self.words.kind())?;
        projection.forward(&pooled)?.f_to_kind(Kind::Float)?.f_to_device(Device::Cpu)
    }

    /// How many blocks there are.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.transformer.blocks()
    }

    /// The most regions of a photograph, and the most photographs, that have places; `None` where there is no end.
    #[must_use]
    pub fn most(&self) -> (Option<i64>, Option<i64>) {
        (self.visual.most_regions(), self.visual.most_images())
    }

    fn normed(&self, x: &Tensor) -> Result<Tensor, TchError> {
        self.norm_after.as_ref().map_or(Ok(x.shallow_clone()), |norm| norm.forward(x))
    }

    fn begin(&self, batch: &FusionBatch) -> Result<Begun, TchError> {
        let (texts, device) = (batch.ids.size2()?.0, batch.ids.device());
        let mut parts = vec![];
        let mut hidden = vec![];
        if let Some(prompt) = &self.prompt {
            let made = prompt.forward(texts)?;
            hidden.push(Tensor::f_zeros([texts, made.size()[1]], (Kind::Bool, device))?);
            parts.push(made);
        }
        let prompt = parts.first().map_or(0, |made: &Tensor| made.size()[1]);
        parts.push(Tensor::f_embedding(&self.words, &batch.ids, -1, false, false)?);
        hidden.push(behind(&batch.lengths, batch.ids.size2()?.1)?);
        let leading = parts.iter().map(|part| part.size()[1]).sum::<i64>();
        let mut counts = batch.lengths.f_zeros_like()?;
        if let Some(regions) = &batch.regions {
            let made =
                self.visual.forward(&regions.features, &regions.boxes, regions.images.as_ref(), regions.orders.as_ref())?;
            counts = regions.counts.shallow_clone();
            hidden.push(behind(&counts, made.size()[1])?);
            parts.push(made);
        }
        let (x, hidden) = (Tensor::f_cat(&parts, 1)?, Tensor::f_cat(&hidden, 1)?);
        let added = self.added(&hidden, leading, x.kind())?;
        let around = Surroundings { added: Some(added), turns: None };
        Ok(Begun { x, around, prompt, leading, lengths: batch.lengths.shallow_clone(), counts })
    }

    /// What is added to the products of queries and keys: −∞ where nothing is looked at, and among the words what their
    /// distances add; `[B, heads or 1, S or 1, S]`.
    fn added(&self, hidden: &Tensor, leading: i64, kind: Kind) -> Result<Tensor, TchError> {
        let (texts, length) = hidden.size2()?;
        let added = Tensor::f_zeros([texts, length], (kind, hidden.device()))?.f_masked_fill(hidden, f64::NEG_INFINITY)?;
        let added = added.f_view([texts, 1, 1, length])?;
        let Some(relative) = &self.relative else { return Ok(added) };
        let rest = length - leading;
        added.f_add(&relative.added(leading)?.f_constant_pad_nd([0, rest, 0, rest])?)
    }
}

impl<'a> Stretch<'a> {
    fn of(
        [start, end]: [i64; 2],
        counts: &Tensor,
        asked: &'a [(TokenPool, Layers)],
        blocks: usize,
    ) -> Result<Stretch<'a>, PoolError> {
        let (states, places) = (PooledStates::new(asked, blocks)?, Places::Ends(counts.f_sub_scalar(1i64)?));
        Ok(Stretch { start, length: end - start, places, states })
    }

    fn add(&mut self, block: usize, x: &Tensor) -> Result<(), TchError> {
        self.states.add(block, &x.f_narrow(1, self.start, self.length)?, &self.places)
    }
}

/// Where a row has ended: `[B, length]`, true from `counts` on.
fn behind(counts: &Tensor, length: i64) -> Result<Tensor, TchError> {
    let places = Tensor::f_arange(length, (Kind::Int64, counts.device()))?.f_unsqueeze(0)?;
    places.f_ge_tensor(&counts.f_unsqueeze(1)?)
}

/// The states that were pooled in a place of what was wanted.
fn at(states: &[Tensor], place: usize) -> Result<&Tensor, TchError> {
    states.get(place).ok_or_else(|| TchError::Shape(format!("no states were pooled in place {place}")))
}

/// The mean over two stretches from the means over each, `[B, n]`, and their lengths, `[B]`; the second may be empty.
fn together((first, first_counts): (&Tensor, &Tensor), (second, second_counts): (&Tensor, &Tensor)) -> Result<Tensor, TchError> {
    let column = |counts: &Tensor| counts.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_unsqueeze(1);
    let (first_counts, second_counts) = (column(first_counts)?, column(second_counts)?);
    // The mean over nothing is no number, and a product with 0 would keep it.
    let second = second.f_masked_fill(&second_counts.f_eq(0i64)?, 0.0)?;
    let sum = first.f_mul(&first_counts)?.f_add(&second.f_mul(&second_counts)?)?;
    sum.f_div(&first_counts.f_add(&second_counts)?)
}
