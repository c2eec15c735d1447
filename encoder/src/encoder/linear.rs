//! `x Wᵀ + b`, by the kernel that is fastest on the device.

pub use super::linear_path::LinearPath;

use super::description::tensors::LinearNames;
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
    /// `[outputs, inputs]`; `[outputs, inputs, 1, 1]` for [`LinearPath::Convolution`]; `[inputs, outputs]` for `x W`.
    weight: Tensor,
    /// `[outputs]`; `None` where nothing is added.
    bias: Option<Tensor>,
    form: Form,
}

/// How a layer computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `x Wᵀ + b`, by that kernel.
    Rows(LinearPath),
    /// `x W`, as open_clip has its projections.
    Bare,
}

impl Linear {
    /// Takes the tensors of a layer; several matrices become one.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, names: &LinearNames) -> Result<Linear, WeightsError> {
        let (mut matrices, mut biases) = (vec![], vec![]);
        for piece in &names.pieces {
            let dimension = i64::from(names.transposed);
            matrices.push(part_of(weights, &piece.weight, piece.rows, (dimension, piece.outputs))?);
            let rows = piece.bias_rows.or(piece.rows);
            biases.push(piece.bias.as_ref().map(|name| part_of(weights, name, rows, (0, piece.outputs))).transpose()?);
        }
        let bias = if biases.iter().all(Option::is_none) {
            None
        } else {
            let filled = biases.into_iter().zip(&names.pieces).zip(&matrices).map(|((bias, piece), matrix)| match bias {
                Some(bias) => Ok(bias),
                None => Tensor::f_zeros([piece.outputs], (matrix.kind(), matrix.device())),
            });
            Some(joined(filled.collect::<Result<_, _>>()?, 0)?)
        };
        let weight = joined(matrices, i64::from(names.transposed))?;
        if names.transposed && bias.is_none() {
            return Ok(Linear { weight, bias, form: Form::Bare });
        }
        let weight = if names.transposed { weight.f_transpose(0, 1)? } else { weight };
        Ok(Linear::of(weight, bias, weights.linear())?)
    }

    /// Takes `{name}.weight` and `{name}.bias`.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take_named(weights: &mut Weights, name: &str) -> Result<Linear, WeightsError> {
        let (weight, bias) = (weights.take(&format!("{name}.weight"))?, weights.take(&format!("{name}.bias"))?);
        Ok(Linear::of(weight, Some(bias), weights.linear())?)
    }

    fn of(weight: Tensor, bias: Option<Tensor>, path: LinearPath) -> Result<Linear, TchError> {
        // One row and one column: channels lie side by side whatever the format is called.
        let weight = if path == LinearPath::Convolution { weight.f_unsqueeze(-1)?.f_unsqueeze(-1)? } else { weight };
        Ok(Linear { weight, bias, form: Form::Rows(path) })
    }

    /// The layer that gives `count` of the outputs, from `start` on; it shares the tensors.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports, such as outputs that are not there.
    pub fn part(&self, start: i64, count: i64) -> Result<Linear, TchError> {
        let dimension = i64::from(self.form == Form::Bare);
        let bias = self.bias.as_ref().map(|bias| bias.f_narrow(0, start, count)).transpose()?;
        Ok(Linear { weight: self.weight.f_narrow(dimension, start, count)?, bias, form: self.form })
    }

    /// # Shapes
    ///
    /// `x`: `[…, inputs]`; returns `[…, outputs]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor, TchError> {
        match self.form {
            Form::Bare => x.f_matmul(&self.weight),
            Form::Rows(LinearPath::Product) => x.f_linear(&self.weight, self.bias.as_ref()),
            Form::Rows(LinearPath::Convolution) => {
                let mut shape = x.size();
                let inputs = shape.pop().unwrap_or(0);
                // All rows as the height of one picture: [1, inputs, rows, 1].
                let picture = x.f_reshape([1, -1, 1, inputs])?.f_permute([0, 3, 1, 2])?;
                let y = picture.f_conv2d(&self.weight, self.bias.as_ref(), [1, 1], [0, 0], [1, 1], 1)?;
                shape.push(self.weight.size()[0]);
                y.f_permute([0, 2, 3, 1])?.f_reshape(shape)
            }
        }
    }
}

/// A tensor of a piece: a stored one, or, from the first of the rows on, so many of a dimension of one that layers share.
fn part_of(
    weights: &mut Weights,
    name: &str,
    rows: Option<(i64, i64)>,
    (dimension, count): (i64, i64),
) -> Result<Tensor, WeightsError> {
    match rows {
        Some((first, _)) => Ok(weights.take_shared(name)?.f_narrow(dimension, first, count)?),
        None => weights.take(name),
    }
}

/// Tensors one after the other; one alone as it is.
fn joined(mut tensors: Vec<Tensor>, dimension: i64) -> Result<Tensor, TchError> {
    match tensors.pop() {
        Some(only) if tensors.is_empty() => Ok(only),
        Some(last) => {
            tensors.push(last);
            Tensor::f_cat(&tensors, dimension)
        }
        None => Err(TchError::Shape("a layer of no matrix".to_string())),
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
            BTreeMap::from([("w.weight".to_string(), weight), ("w.bias".to_string(), Tensor::from_slice(&[10f32, 20.]))])
        };
        for path in LinearPath::ALL {
            let mut weights = Weights::of_tensors(tensors(), Kind::Float, Device::Cpu);
            weights.set_linear(path);
            let linear = Linear::take(&mut weights, &LinearNames::biased("w", 2, 3)).unwrap();
            let x = Tensor::from_slice(&[1f32, 0., 2., 0., 1., 0.]).view([2, 1, 3]);
            let y = linear.forward(&x).unwrap();
            assert_eq!((y.size(), Vec::<f32>::try_from(y.flatten(0, -1)).unwrap()), (vec![2, 1, 2], vec![11., 26., 12., 19.]));
            let second = linear.part(1, 1).unwrap().forward(&x).unwrap();
            assert_eq!(Vec::<f32>::try_from(second.flatten(0, -1)).unwrap(), [26., 19.], "{}", path.name());
        }
    }

    #[test]
    fn a_layer_may_be_several_matrices_rows_of_one_or_lie_on_its_side() {
        // Rows 1 and 2 of a stored [4, 2], then a matrix [1, 2] without bias: outputs 5 + 7 + 0.5, 9 + 11 + 0.25, 3 + 4.
        let stored = Tensor::from_slice(&[1f32, 2., 5., 7., 9., 11., 0., 0.]).view([4, 2]);
        let tensors = BTreeMap::from([
            ("s.weight".to_string(), stored),
            ("s.bias".to_string(), Tensor::from_slice(&[9f32, 0.5, 0.25, 9.])),
            ("v.weight".to_string(), Tensor::from_slice(&[3f32, 4.]).view([1, 2])),
            ("p".to_string(), Tensor::from_slice(&[1f32, 2., 3., 4., 5., 6.]).view([2, 3])),
        ]);
        let mut names = LinearNames::rows_of("s.weight", Some("s.bias"), (1, 4), 2, 2);
        let first = LinearNames::rows_of("s.weight", Some("s.bias"), (0, 4), 1, 2);
        names.pieces.extend(LinearNames::unbiased("v", 1, 2).pieces);
        let mut weights = Weights::of_tensors(tensors, Kind::Float, Device::Cpu);
        let x = Tensor::from_slice(&[1f32, 1.]).view([1, 2]);
        let of = |y: Tensor| Vec::<f32>::try_from(y.flatten(0, -1)).unwrap();
        assert_eq!(of(Linear::take(&mut weights, &names).unwrap().forward(&x).unwrap()), [12.5, 20.25, 7.]);
        assert_eq!(of(Linear::take(&mut weights, &first).unwrap().forward(&x).unwrap()), [12.]);
        let bare = Linear::take(&mut weights, &LinearNames::bare("p", 3, 2)).unwrap();
        assert_eq!(of(bare.forward(&x).unwrap()), [5., 7., 9.]);
        assert_eq!(of(bare.part(1, 2).unwrap().forward(&x).unwrap()), [7., 9.]);
    }
}
