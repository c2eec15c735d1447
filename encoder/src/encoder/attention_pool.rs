//! An attention that pools: a learnt query asks all tokens.

use super::description::image::{AttentionPool as Names, PoolPerceptron};
use super::linear::Linear;
use super::norm::Norm;
use super::transformer::activated;
use super::weights::{Weights, WeightsError};
use nearmiss::runs::recipe::Activation;
use tch::{TchError, Tensor};

/// An attention that pools tokens to one vector; of several learnt queries the first alone is asked for.
#[derive(Debug)]
pub struct AttentionPool {
    /// `[1, 1, width]`.
    latent: Tensor,
    latent_norm: Option<Norm>,
    context_norm: Option<Norm>,
    heads: i64,
    query: Linear,
    keys_values: Linear,
    out: Linear,
    perceptron: Option<Perceptron>,
}

#[derive(Debug)]
struct Perceptron {
    norm: Norm,
    fc: Linear,
    activation: Activation,
    proj: Linear,
}

impl AttentionPool {
    /// Takes its tensors.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, names: &Names) -> Result<AttentionPool, WeightsError> {
        let latent = weights.take(&names.latent)?;
        let width = latent.size().last().copied().unwrap_or(0);
        let latent = latent.f_reshape([1, -1, width])?.f_narrow(1, 0, 1)?;
        let mut norm = |names: &Option<_>| names.as_ref().map(|names| Norm::take(weights, names)).transpose();
        let (latent_norm, context_norm) = (norm(&names.latent_norm)?, norm(&names.context_norm)?);
        let mut linear = |names| Linear::take(weights, names);
        let (query, keys_values, out) = (linear(&names.query)?, linear(&names.keys_values)?, linear(&names.out)?);
        let perceptron = names.perceptron.as_ref().map(|perceptron| Perceptron::take(weights, perceptron)).transpose()?;
        Ok(AttentionPool { latent, latent_norm, context_norm, heads: names.heads, query, keys_values, out, perceptron })
    }

    /// Pools tokens.
    ///
    /// # Shapes
    ///
    /// `x`: `[B, T, width]`; returns `[B, width]` of the pool.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    ///
    /// # Source
    ///
    /// `timm` 1.0, `timm/layers/attention_pool.py`, `AttentionPoolLatent`; `open_clip` 3.3, `transformer.py`, `AttentionalPooler`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor, TchError> {
        let (batch, length, _) = x.size3()?;
        let normed = |norm: &Option<Norm>, x: &Tensor| norm.as_ref().map_or(Ok(x.shallow_clone()), |norm| norm.forward(x));
        let queries = self.query.forward(&normed(&self.latent_norm, &self.latent)?)?;
        let inner = queries.size().last().copied().unwrap_or(0);
        let keys_values = self.keys_values.forward(&normed(&self.context_norm, x)?)?;
        let heads = |x: &Tensor, rows, length| x.f_reshape([rows, length, self.heads, inner / self.heads])?.f_transpose(1, 2);
        let queries = heads(&queries, 1, 1)?.f_expand([batch, -1, -1, -1], false)?;
        let keys = heads(&keys_values.f_narrow(2, 0, inner)?, batch, length)?;
        let values = heads(&keys_values.f_narrow(2, inner, inner)?, batch, length)?;
        let mixed = Tensor::f_scaled_dot_product_attention(&queries, &keys, &values, None::<&Tensor>, 0.0, false, None, false)?;
        let pooled = self.out.forward(&mixed.f_transpose(1, 2)?.f_reshape([batch, inner])?)?;
        let Some(Perceptron { norm, fc, activation, proj }) = &self.perceptron else { return Ok(pooled) };
        proj.forward(&activated(fc.forward(&norm.forward(&pooled)?)?, *activation)?)?.f_add(&pooled)
    }
}

impl Perceptron {
    fn take(weights: &mut Weights, names: &PoolPerceptron) -> Result<Perceptron, WeightsError> {
        let (fc, proj) = (Linear::take(weights, &names.fc)?, Linear::take(weights, &names.proj)?);
        Ok(Perceptron { norm: Norm::take(weights, &names.norm)?, fc, activation: names.activation, proj })
    }
}
