//! Similarities of images with many labels, in blocks of labels.
//!
//! No matrix of images × labels is ever held: a block of labels at a time gives its logits to the tallies of a
//! batch of images.

use crate::taxonomy::{TaxonId, Taxonomy};
use crate::zero_shot::{ImageAnswers, RankGroups};
use rayon::prelude::*;
use std::marker::PhantomData;
use tch::{Device, Kind, TchError, Tensor};

/// Labels whose logits are computed together.
const BLOCK: usize = 8192;

/// Unit vectors of labels, ready to be compared with those of images.
#[derive(Debug)]
pub struct LabelScores<'a> {
    /// `[C, D]`, over the numbers that were given.
    vectors: Tensor,
    scale: f64,
    groups: RankGroups,
    numbers: PhantomData<&'a [f32]>,
}

impl<'a> LabelScores<'a> {
    /// Looks at label vectors where they lie; `scale` is the factor on cosines before the softmax.
    ///
    /// # Shapes
    ///
    /// `vectors`: `[C, D]`, row by row, one row per label.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports, such as vectors that are not as many as the labels.
    pub fn new(taxonomy: &Taxonomy, labels: &[TaxonId], vectors: &'a [f32], scale: f64) -> Result<LabelScores<'a>, TchError> {
        let (count, width) = (length(labels.len()), length(vectors.len() / labels.len().max(1)));
        if length(vectors.len()) != count * width {
            return Err(TchError::Shape(format!("{} numbers for {count} labels", vectors.len())));
        }
        let groups = RankGroups::new(taxonomy, labels, usable(vectors, vectors.len() / labels.len().max(1)));
        Ok(LabelScores { vectors: over(vectors, count, width)?, scale, groups, numbers: PhantomData })
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
        let batch = Tensor::f_from_slice(&flat)?.f_reshape([length(images.len()), -1])?;
        let mut tallies: Vec<_> = images.iter().map(|_| self.groups.tally(k)).collect();
        let count = self.vectors.size()[0];
        let mut logits = vec![0.0_f32; images.len() * BLOCK];
        for start in (0..count).step_by(BLOCK) {
            let block = self.vectors.f_narrow(0, start, (count - start).min(length(BLOCK)))?;
            let products = (batch.f_matmul(&block.f_transpose(0, 1)?)? * self.scale).f_contiguous()?;
            let logits = &mut logits[..products.numel()];
            products.f_copy_data(logits, products.numel())?;
            let width = logits.len() / images.len();
            tallies.par_iter_mut().zip(logits.par_chunks(width)).for_each(|(tally, logits)| tally.add(logits));
        }
        Ok(images.into_iter().zip(tallies).map(|((image, _), tally)| (image, tally.answers())).collect())
    }
}

/// A tensor over numbers that somebody else holds.
#[expect(unsafe_code, reason = "a copy of the vectors of a million labels would take gigabytes")]
fn over(numbers: &[f32], rows: i64, width: i64) -> Result<Tensor, TchError> {
    // SAFETY: the numbers are rows · width floats side by side (checked by the caller), outlive the tensor, which is
    // dropped with the `LabelScores` that borrows them, and are only ever read.
    unsafe { Tensor::f_from_blob(numbers.as_ptr().cast(), &[rows, width], &[width, 1], Kind::Float, Device::Cpu) }
}

/// A length as LibTorch counts it.
fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Which label vectors have a direction: finite and not zero.
#[must_use]
pub fn usable(vectors: &[f32], width: usize) -> Vec<bool> {
    vectors
        .chunks(width.max(1))
        .map(|vector| vector.iter().all(|value| value.is_finite()) && vector.iter().any(|value| value.abs() > 1e-6))
        .collect()
}
