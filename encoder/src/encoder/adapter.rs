//! Bottlenecks that were trained into a model.

use super::activation::activated;
use super::description::fusion::BottleneckNames;
use super::linear::Linear;
use super::norm::Norm;
use super::weights::{Weights, WeightsError};
use nearmiss::runs::recipe::Activation;
use tch::{TchError, Tensor};

/// A bottleneck: narrow, a non-linearity, wide again, added to what went in.
#[derive(Debug)]
pub(super) struct Adapter {
    norm_before: Option<Norm>,
    down: Linear,
    activation: Activation,
    up: Linear,
    norm_after: Option<Norm>,
}

impl Adapter {
    /// Takes `{name}.down` and `{name}.up`, with GELU between them; `None` where the model has none.
    pub(super) fn take(weights: &mut Weights, name: &str) -> Result<Option<Adapter>, WeightsError> {
        if !weights.contains(&format!("{name}.down.weight")) {
            return Ok(None);
        }
        let mut linear = |part: &str| Linear::take_named(weights, &format!("{name}.{part}"));
        let (down, up) = (linear("down")?, linear("up")?);
        Ok(Some(Adapter { norm_before: None, down, activation: Activation::Gelu, up, norm_after: None }))
    }

    /// Takes the one of those names.
    pub(super) fn named(weights: &mut Weights, names: &BottleneckNames) -> Result<Adapter, WeightsError> {
        let mut norm = |names: &Option<_>| names.as_ref().map(|names| Norm::take(weights, names)).transpose();
        let (norm_before, norm_after) = (norm(&names.norm_before)?, norm(&names.norm_after)?);
        let (down, up) = (Linear::take(weights, &names.down)?, Linear::take(weights, &names.up)?);
        Ok(Adapter { norm_before, down, activation: names.activation, up, norm_after })
    }

    /// # Source
    ///
    /// VL-Adapter, `VL-T5/src/adapters/adapter_controller.py`, `AdapterController.forward`.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor, TchError> {
        let normed = |norm: &Option<Norm>, x: &Tensor| norm.as_ref().map_or(Ok(x.shallow_clone()), |norm| norm.forward(x));
        let narrow = activated(self.down.forward(&normed(&self.norm_before, x)?)?, self.activation)?;
        normed(&self.norm_after, &self.up.forward(&narrow)?)?.f_add(x)
    }
}

/// What an adapter makes of a tensor; without one, the tensor.
pub(super) fn adapted(adapter: Option<&Adapter>, x: &Tensor) -> Result<Tensor, TchError> {
    adapter.map_or(Ok(x.shallow_clone()), |adapter| adapter.forward(x))
}
