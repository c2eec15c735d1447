//! Similarities of images with many labels, in blocks of labels.
//!
//! No matrix of images × labels is ever held: a block of labels at a time gives its logits to the tallies of a
//! batch of images.

use crate::classify::label_vectors::LabelVectors;
use nearmiss::runs::zero_shot::{ImageAnswers, RankGroups};
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
    groups: RankGroups,
    numbers: PhantomData<&'a LabelVectors>,
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
        let groups = RankGroups::new(taxonomy, labels, vectors.usable());
        Ok(LabelScores { vectors: vectors.tensor()?.f_to_device(device)?, device, scale, groups, numbers: PhantomData })
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
        let flat: Vec<f32> = images.iter().flat_map(|(_, vector)| vector.iter().copied()).collect();
        let batch = Tensor::f_from_slice(&flat)?.f_reshape([length(images.len()), -1])?.f_to_device(self.device)?;
        let mut tallies: Vec<_> = images.iter().map(|_| self.groups.tally(k)).collect();
        let count = self.vectors.size()[0];
        let mut logits = vec![0.0_f32; images.len() * BLOCK];
        for start in (0..count).step_by(BLOCK) {
            let block = self.vectors.f_narrow(0, start, (count - start).min(length(BLOCK)))?.f_to_kind(Kind::Float)?;
            let products = batch.f_matmul(&block.f_transpose(0, 1)?)?.f_mul_scalar(self.scale)?;
            let products = products.f_contiguous()?.f_to_device(Device::Cpu)?;
            let logits = &mut logits[..products.numel()];
            products.f_copy_data(logits, products.numel())?;
            let width = logits.len() / images.len();
            tallies.par_iter_mut().zip(logits.par_chunks(width)).for_each(|(tally, logits)| tally.add(logits));
        }
        Ok(images.into_iter().zip(tallies).map(|((image, _), tally)| (image, tally.answers())).collect())
    }
}

/// A length as LibTorch counts it.
fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
