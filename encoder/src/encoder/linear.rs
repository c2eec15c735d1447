//! `x Wᵀ + b`, by the kernel that is fastest on the device.

pub use super::linear_path::LinearPath;

use super::weights::{Weights, WeightsError};
use tch::{Device, TchError, Tensor};

/// Whether the device computes in bfloat16 by itself: CUDA devices do, processors with AVX-512 BF16 do.
#[must_use]
pub fn native_bf16(device: Device) -> bool {
    match device {
        Device::Cuda(_) => true,
        #[cfg(target_arch = "x86_64")]
        Device::Cpu => std::is_x86_feature_detected!("avx512bf16"),
        _ => false,
    }
}

/// `x Wᵀ + b`.
#[derive(Debug)]
pub struct Linear {
    /// `[outputs, inputs]`; `[outputs, inputs, 1, 1]` for [`LinearPath::Convolution`].
    weight: Tensor,
    bias: Tensor,
    path: LinearPath,
}

impl Linear {
    /// Takes `weight` and `bias` by their full names.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, weight: &str, bias: &str) -> Result<Linear, WeightsError> {
        let (weight, bias) = (weights.take(weight)?, weights.take(bias)?);
        Ok(match weights.linear() {
            LinearPath::Product => Linear { weight, bias, path: LinearPath::Product },
            // One row and one column: channels lie side by side whatever the format is called.
            LinearPath::Convolution => {
                Linear { weight: weight.f_unsqueeze(-1)?.f_unsqueeze(-1)?, bias, path: LinearPath::Convolution }
            }
        })
    }

    /// The layer that gives `count` of the outputs, from `start` on; it shares the tensors.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports, such as outputs that are not there.
    pub fn part(&self, start: i64, count: i64) -> Result<Linear, TchError> {
        Ok(Linear { weight: self.weight.f_narrow(0, start, count)?, bias: self.bias.f_narrow(0, start, count)?, path: self.path })
    }

    /// # Shapes
    ///
    /// `x`: `[…, inputs]`; returns `[…, outputs]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor, TchError> {
        match self.path {
            LinearPath::Product => x.f_linear(&self.weight, Some(&self.bias)),
            LinearPath::Convolution => {
                let mut shape = x.size();
                let inputs = shape.pop().unwrap_or(0);
                // All rows as the height of one picture: [1, inputs, rows, 1].
                let picture = x.f_reshape([1, -1, 1, inputs])?.f_permute([0, 3, 1, 2])?;
                let y = picture.f_conv2d(&self.weight, Some(&self.bias), [1, 1], [0, 0], [1, 1], 1)?;
                shape.push(self.weight.size()[0]);
                y.f_permute([0, 2, 3, 1])?.f_reshape(shape)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::collections::BTreeMap;
    use tch::Kind;

    #[test]
    fn both_paths_and_parts_of_them_agree() {
        // W = [[1, 2, 0], [0, -1, 3]], b = [10, 20]; x = [1, 0, 2] gives [1 + 10, 6 + 20].
        let tensors = || {
            let weight = Tensor::from_slice(&[1f32, 2., 0., 0., -1., 3.]).view([2, 3]);
            BTreeMap::from([("w".to_string(), weight), ("b".to_string(), Tensor::from_slice(&[10f32, 20.]))])
        };
        for path in LinearPath::ALL {
            let mut weights = Weights::of_tensors(tensors(), Kind::Float, Device::Cpu);
            weights.set_linear(path);
            let linear = Linear::take(&mut weights, "w", "b").unwrap();
            let x = Tensor::from_slice(&[1f32, 0., 2., 0., 1., 0.]).view([2, 1, 3]);
            let y = linear.forward(&x).unwrap();
            assert_eq!((y.size(), Vec::<f32>::try_from(y.flatten(0, -1)).unwrap()), (vec![2, 1, 2], vec![11., 26., 12., 19.]));
            let second = linear.part(1, 1).unwrap().forward(&x).unwrap();
            assert_eq!(Vec::<f32>::try_from(second.flatten(0, -1)).unwrap(), [26., 19.], "{}", path.name());
        }
    }
}
