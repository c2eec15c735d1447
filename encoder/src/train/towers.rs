//! The towers of a model over tensors through which gradients go.

use super::error::TrainError;
use crate::encoder::batches::{batches_by_length, padded};
use crate::encoder::description::model::ModelDescription;
use crate::encoder::text::TextTower;
use crate::encoder::tokenizer::Tokenizer;
use crate::encoder::vision::VisionTower;
use crate::encoder::weights::Weights;
use std::collections::BTreeMap;
use tch::{Device, Kind, Tensor};

/// The towers that a model has, and how their vectors are compared.
pub struct Towers {
    /// Photographs into the common space; `None` for a model of texts alone.
    vision: Option<VisionTower>,
    /// Texts into the common space; `None` for a model of images alone.
    text: Option<TextTower>,
    /// The factor on cosines, of one number; `None` where there is one tower.
    pub scale: Option<Tensor>,
    /// What is added to the products, of one number; `None` almost everywhere.
    pub bias: Option<Tensor>,
}

impl Towers {
    /// Over tensors by their names, and those beside the model.
    ///
    /// # Errors
    ///
    /// A tensor that is not there; whatever LibTorch reports.
    pub fn over(
        description: &ModelDescription,
        own: BTreeMap<String, Tensor>,
        beside: BTreeMap<String, Tensor>,
    ) -> Result<Towers, TrainError> {
        let mut weights = Weights::of_tensors(own, Kind::Float, Device::Cpu);
        weights.add(beside);
        let vision = description.image.as_ref().map(|tower| VisionTower::take(&mut weights, tower)).transpose()?;
        let text = description.text.as_ref().map(|tower| TextTower::take(&mut weights, tower)).transpose()?;
        let (mut scale, mut bias) = (None, None);
        if let Some(comparison) = &description.comparison {
            // SigLIP keeps these as lists of one number.
            scale = Some(weights.take(&comparison.scale)?.f_reshape([0_i64; 0])?.f_exp()?);
            if let Some(name) = &comparison.bias {
                bias = Some(weights.take(name)?.f_reshape([0_i64; 0])?);
            }
        }
        Ok(Towers { vision, text, scale, bias })
    }

    /// Unit vectors of photographs, `[B, D]`.
    ///
    /// # Errors
    ///
    /// A model without an image tower; whatever LibTorch reports.
    pub fn images(&self, pixels: &Tensor) -> Result<Tensor, TrainError> {
        unit(&self.vision.as_ref().ok_or(TrainError::Lacks("image"))?.forward(pixels)?)
    }

    /// Unit vectors of texts, `[N, D]`.
    ///
    /// # Errors
    ///
    /// A model without a text tower; whatever LibTorch reports.
    pub fn texts(&self, tokenizer: &Tokenizer, texts: &[String]) -> Result<Tensor, TrainError> {
        unit(&self.raw_texts(tokenizer, texts)?)
    }

    /// Vectors of texts as the tower gives them, `[N, D]`.
    ///
    /// # Errors
    ///
    /// As [`Towers::texts`].
    pub fn raw_texts(&self, tokenizer: &Tokenizer, texts: &[String]) -> Result<Tensor, TrainError> {
        let tower = self.text.as_ref().ok_or(TrainError::Lacks("text"))?;
        let ids: Vec<Vec<i64>> = texts.iter().map(|text| tokenizer.encode(text).ids).collect();
        let ids: Vec<&[i64]> = ids.iter().map(|ids| tower.up_to_end(ids)).collect();
        let mut rows: Vec<Option<Tensor>> = (0..ids.len()).map(|_| None).collect();
        for batch in batches_by_length(&ids) {
            let members: Vec<&[i64]> = batch.iter().map(|&index| ids[index]).collect();
            let (padded, last) = padded(&members, tower.reads_padding().map(|id| (id, tower.context())))?;
            let embedded = tower.forward(&padded, &last)?;
            for (place, &index) in (0_i64..).zip(&batch) {
                rows[index] = Some(embedded.f_get(place)?);
            }
        }
        Ok(Tensor::f_stack(&rows.into_iter().flatten().collect::<Vec<_>>(), 0)?)
    }
}

/// Rows divided by their lengths.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub fn unit(rows: &Tensor) -> Result<Tensor, TrainError> {
    Ok(rows.f_div(&rows.f_norm_scalaropt_dim(2, [1i64], true)?.f_clamp_min(1e-12)?)?)
}

/// A matrix as rows of numbers.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub fn rows(matrix: &Tensor) -> Result<Vec<Vec<f32>>, TrainError> {
    let width = usize::try_from(matrix.size().get(1).copied().unwrap_or(1)).unwrap_or(1).max(1);
    let flat = Vec::<f32>::try_from(matrix.f_to_kind(Kind::Float)?.f_contiguous()?.f_flatten(0, -1)?)?;
    Ok(flat.chunks(width).map(<[f32]>::to_vec).collect())
}
