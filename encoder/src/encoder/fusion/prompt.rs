//! Vectors that stand before the words, made by a small network.

use crate::encoder::description::fusion::PromptNames;
use crate::encoder::linear::Linear;
use crate::encoder::weights::{Weights, WeightsError};
use tch::{TchError, Tensor};

/// Vectors that stand before the words: `out(tanh(middle(vectors)))`.
#[derive(Debug)]
pub(super) struct Prompt {
    /// `[length, width]`.
    vectors: Tensor,
    middle: Linear,
    out: Linear,
}

impl Prompt {
    pub(super) fn take(weights: &mut Weights, names: &PromptNames) -> Result<Prompt, WeightsError> {
        let vectors = weights.take(&names.vectors)?;
        Ok(Prompt { vectors, middle: Linear::take(weights, &names.middle)?, out: Linear::take(weights, &names.out)? })
    }

    /// The vectors, the same for each of so many texts.
    ///
    /// # Shapes
    ///
    /// Returns `[texts, length, width]`.
    ///
    /// # Source
    ///
    /// VL-Adapter, `VL-T5/src/prompt/prompt_modeling.py`, `InputPrompts`.
    pub(super) fn forward(&self, texts: i64) -> Result<Tensor, TchError> {
        let made = self.out.forward(&self.middle.forward(&self.vectors)?.f_tanh()?)?;
        made.f_unsqueeze(0)?.f_expand([texts, -1, -1], false)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::encoder::description::tensors::LinearNames;
    use std::collections::BTreeMap;
    use tch::{Device, Kind};

    #[test]
    fn two_vectors_through_a_middle_of_one() {
        // Middle: x₁ + x₂ − 3 of (1, 2) and (2, 2) is 0 and 1; out: 2 t + 0.5 and −t.
        let tensors = [
            ("v", Tensor::from_slice(&[1f32, 2., 2., 2.]).view([2, 2])),
            ("m.weight", Tensor::from_slice(&[1f32, 1.]).view([1, 2])),
            ("m.bias", Tensor::from_slice(&[-3f32])),
            ("o.weight", Tensor::from_slice(&[2f32, -1.]).view([2, 1])),
            ("o.bias", Tensor::from_slice(&[0.5f32, 0.])),
        ];
        let tensors: BTreeMap<String, Tensor> = tensors.into_iter().map(|(name, tensor)| (name.to_string(), tensor)).collect();
        let names = PromptNames {
            vectors: "v".to_string(),
            length: 2,
            middle: LinearNames::biased("m", 1, 2),
            out: LinearNames::biased("o", 2, 1),
        };
        let prompt = Prompt::take(&mut Weights::of_tensors(tensors, Kind::Float, Device::Cpu), &names).unwrap();
        let made = prompt.forward(3).unwrap();
        assert_eq!(made.size(), [3, 2, 2]);
        let last = Vec::<f32>::try_from(made.get(2).flatten(0, -1)).unwrap();
        let t = 1_f32.tanh();
        let expected = [0.5, 0., 2. * t + 0.5, -t];
        assert!(last.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6), "{last:?}");
    }
}
