//! Similarities of images with many labels, in blocks of labels.
//!
//! No matrix of images × labels is ever held: a block of labels at a time gives its logits to the tallies of a
//! batch of images.

use crate::classify::label_vectors::LabelVectors;
use crate::classify::tiles::{TilePool, pooled_logits, pooled_pairs};
use nearmiss::runs::pair_scores::PairGroups;
use nearmiss::runs::zero_shot::{ImageAnswers, RankGroups, Tally};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::marker::PhantomData;
use tch::{Device, Kind, TchError, Tensor};

/// Labels whose logits are computed together.
const BLOCK: usize = 8192;

/// Unit vectors of labels, ready to be compared with those of images.
#[derive(Debug)]
pub struct LabelScores<'a> {
    /// `[C, D]`; on the processor over the numbers that were given, else a copy on the device.
    vectors: Tensor,
    device: Device,
    scale: f64,
    groups: Groups,
    /// Whether each label has a vector with a direction.
    usable: Vec<bool>,
    numbers: PhantomData<&'a LabelVectors>,
}

/// What becomes of logits.
#[derive(Debug)]
enum Groups {
    /// Their softmax.
    Softmax(RankGroups),
    /// Sigmoids of each with what is added to it.
    Sigmoid(PairGroups, f64),
}

/// What is known of an image so far.
enum Begun<'a> {
    Softmax(Tally<'a>),
    /// All logits: pairs are no sum.
    Sigmoid(&'a PairGroups, Vec<f32>),
}

impl<'a> LabelScores<'a> {
    /// Takes label vectors, where they lie if products are computed on the processor; `scale` is the factor on cosines
    /// before the softmax.
    ///
    /// # Shapes
    ///
    /// `vectors`: `[C, D]`, one row per label.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports, such as vectors that are not as many as the labels.
    pub fn new(
        taxonomy: &Taxonomy,
        labels: &[TaxonId],
        vectors: &'a LabelVectors,
        scale: f64,
        device: Device,
    ) -> Result<LabelScores<'a>, TchError> {
        if vectors.len() != labels.len() {
            return Err(TchError::Shape(format!("{} vectors for {} labels", vectors.len(), labels.len())));
        }
        let usable = vectors.usable();
        let groups = Groups::Softmax(RankGroups::new(taxonomy, labels, usable.clone()));
        Ok(LabelScores { vectors: vectors.tensor()?.f_to_device(device)?, device, scale, groups, usable, numbers: PhantomData })
    }

    /// The same with a sigmoid for each pair instead of the softmax; `bias` is added to the scaled cosines.
    #[must_use]
    pub fn of_pairs(self, taxonomy: &Taxonomy, labels: &[TaxonId], vectors: &'a LabelVectors, bias: f64) -> LabelScores<'a> {
        let groups = Groups::Sigmoid(PairGroups::new(taxonomy, labels, vectors.usable()), bias);
        LabelScores { groups, ..self }
    }

    /// The answers for images, `k` per rank.
    ///
    /// # Shapes
    ///
    /// `images`: names with unit vectors of length `D`. Returns one row per image, in their order.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn answer(&self, images: Vec<(String, Vec<f32>)>, k: usize) -> Result<Vec<(String, ImageAnswers)>, TchError> {
        if images.is_empty() {
            return Ok(vec![]);
        }
        let batch = self.on_device(images.iter().map(|(_, vector)| vector.as_slice()))?;
        let mut begun: Vec<Begun<'_>> = images.iter().map(|_| self.groups.begin(k)).collect();
        let count = self.vectors.size()[0];
        let mut logits = vec![0.0_f32; images.len() * BLOCK];
        for start in (0..count).step_by(BLOCK) {
            let products = self.products(&batch, start, (count - start).min(length(BLOCK)))?;
            let logits = &mut logits[..products.numel()];
            products.f_copy_data(logits, products.numel())?;
            let width = logits.len() / images.len();
            begun.par_iter_mut().zip(logits.par_chunks(width)).for_each(|(begun, logits)| begun.add(logits));
        }
        Ok(images.into_iter().zip(begun).map(|((image, _), begun)| (image, begun.answers(k))).collect())
    }

    /// The answers for one photograph of which tiles were seen, `k` per rank: the scores of its tiles, pooled; with the logits
    /// that they are made of.
    ///
    /// # Shapes
    ///
    /// `tiles`: unit vectors of length `D`, at least one. The logits are `C`.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub(super) fn answer_tiles(
        &self,
        tiles: &[Vec<f32>],
        pool: TilePool,
        k: usize,
    ) -> Result<(Vec<f32>, ImageAnswers), TchError> {
        let logits = self.logits(tiles)?;
        Ok(match &self.groups {
            Groups::Softmax(groups) => {
                let pooled = pooled_logits(&logits, pool);
                let answers = groups.answer(&pooled, k);
                (pooled, answers)
            }
            Groups::Sigmoid(groups, _) => {
                let pooled = pooled_pairs(&logits, pool);
                let answers = groups.answer(&pooled, k);
                (pooled, answers)
            }
        })
    }

    /// Whether scores are a distribution over the labels.
    pub(super) fn is_distribution(&self) -> bool {
        matches!(self.groups, Groups::Softmax(_))
    }

    /// How many labels there are.
    pub(super) fn labels(&self) -> usize {
        self.usable.len()
    }

    /// All logits of some images, `-∞` of labels that are not usable.
    fn logits(&self, images: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, TchError> {
        let batch = self.on_device(images.iter().map(Vec::as_slice))?;
        let mut logits: Vec<Vec<f32>> = images.iter().map(|_| Vec::with_capacity(self.labels())).collect();
        let count = self.vectors.size()[0];
        for start in (0..count).step_by(BLOCK) {
            let products = self.products(&batch, start, (count - start).min(length(BLOCK)))?;
            let block = Vec::<f32>::try_from(products.f_flatten(0, -1)?)?;
            let width = (block.len() / images.len().max(1)).max(1);
            logits.iter_mut().zip(block.chunks(width)).for_each(|(logits, block)| logits.extend_from_slice(block));
        }
        for logits in &mut logits {
            let unusable = logits.iter_mut().zip(&self.usable).filter(|(_, usable)| !**usable);
            unusable.for_each(|(logit, _)| *logit = f32::NEG_INFINITY);
        }
        Ok(logits)
    }

    /// Vectors of images, a row each.
    fn on_device<'v>(&self, vectors: impl Iterator<Item = &'v [f32]>) -> Result<Tensor, TchError> {
        let rows: Vec<&[f32]> = vectors.collect();
        Tensor::f_from_slice(&rows.concat())?.f_reshape([length(rows.len()), -1])?.f_to_device(self.device)
    }

    /// Logits of images with `count` labels from `start`.
    fn products(&self, batch: &Tensor, start: i64, count: i64) -> Result<Tensor, TchError> {
        let block = self.vectors.f_narrow(0, start, count)?.f_to_kind(Kind::Float)?;
        let products = batch.f_matmul(&block.f_transpose(0, 1)?)?.f_mul_scalar(self.scale)?;
        let products = match self.groups {
            Groups::Softmax(_) => products,
            Groups::Sigmoid(_, bias) => products.f_add_scalar(bias)?,
        };
        products.f_contiguous()?.f_to_device(Device::Cpu)
    }
}

impl Groups {
    fn begin(&self, k: usize) -> Begun<'_> {
        match self {
            Groups::Softmax(groups) => Begun::Softmax(groups.tally(k)),
            Groups::Sigmoid(groups, _) => Begun::Sigmoid(groups, vec![]),
        }
    }
}

impl Begun<'_> {
    fn add(&mut self, logits: &[f32]) {
        match self {
            Begun::Softmax(tally) => tally.add(logits),
            Begun::Sigmoid(_, all) => all.extend_from_slice(logits),
        }
    }

    fn answers(self, k: usize) -> ImageAnswers {
        match self {
            Begun::Softmax(tally) => tally.answers(),
            Begun::Sigmoid(groups, logits) => groups.answer(&logits, k),
        }
    }
}

/// A length as LibTorch counts it.
fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
