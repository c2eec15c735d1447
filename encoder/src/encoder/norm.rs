//! Normalisation over the last dimension.

use super::description::tensors::NormNames;
use super::weights::{Weights, WeightsError};
use tch::{Kind, TchError, Tensor};

/// Normalisation over the last dimension.
#[derive(Debug)]
pub struct Norm {
    weight: Tensor,
    /// `None` for a root-mean-square norm.
    bias: Option<Tensor>,
    epsilon: f64,
}

impl Norm {
    /// Takes its tensors.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, names: &NormNames) -> Result<Norm, WeightsError> {
        let bias = names.bias.as_ref().map(|name| weights.take(name)).transpose()?;
        Ok(Norm { weight: weights.take(&names.weight)?, bias, epsilon: names.epsilon })
    }

    /// Normalises the last dimension of `x`; the shape stays.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    ///
    /// # Source
    ///
    /// `PyTorch`, `LayerNorm`; `transformers` 5, `modeling_t5.py`, `T5LayerNorm`: without an offset no mean is subtracted.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor, TchError> {
        if self.bias.is_some() {
            return x.f_layer_norm(self.weight.size(), Some(&self.weight), self.bias.as_ref(), self.epsilon, true);
        }
        let exact = x.f_to_kind(Kind::Float)?;
        let mean = exact.f_square()?.f_mean_dim(-1i64, true, Kind::Float)?;
        exact.f_mul(&mean.f_add_scalar(self.epsilon)?.f_rsqrt()?)?.f_to_kind(x.kind())?.f_mul(&self.weight)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::collections::BTreeMap;
    use tch::Device;

    #[test]
    fn with_an_offset_the_mean_is_subtracted_and_without_it_is_not() {
        // x = [1, 7]: mean 4, variance 9, so (x - 4) / 3 = [-1, 1]; mean of squares 25, so x / 5 = [0.2, 1.4].
        let tensors = BTreeMap::from([
            ("n.weight".to_string(), Tensor::from_slice(&[2f32, 10.])),
            ("n.bias".to_string(), Tensor::from_slice(&[0.5f32, 1.])),
            ("r.weight".to_string(), Tensor::from_slice(&[2f32, 10.])),
        ]);
        let mut weights = Weights::of_tensors(tensors, Kind::Float, Device::Cpu);
        let x = Tensor::from_slice(&[1f32, 7.]);
        for (names, expected) in
            [(NormNames::layer("n", 2, 0.0), [-1.5, 11.0]), (NormNames::root_mean_square("r", 2, 0.0), [0.4, 14.0])]
        {
            let y = Vec::<f32>::try_from(Norm::take(&mut weights, &names).unwrap().forward(&x).unwrap()).unwrap();
            assert!(y.iter().zip(expected).all(|(y, expected)| (y - expected).abs() < 1e-5), "{y:?}");
        }
    }
}
