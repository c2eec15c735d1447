//! Regions of photographs as vectors that stand behind the words.

use crate::encoder::description::fusion::{OrderNames, VisualDescription, VisualStep};
use crate::encoder::linear::Linear;
use crate::encoder::norm::Norm;
use crate::encoder::weights::{Weights, WeightsError};
use tch::{Kind, TchError, Tensor};

/// From a region's features, its box and its place to a vector of the model's width.
#[derive(Debug)]
pub(super) struct VisualEmbedding {
    features: Vec<Step>,
    boxes: Vec<Step>,
    order: Option<Order>,
    norm: Option<Norm>,
}

#[derive(Debug)]
enum Step {
    Linear(Linear),
    Norm(Norm),
    Relu,
}

/// Vectors of places.
#[derive(Debug)]
struct Order {
    /// `[rows, width]`; region `i` has row `rows − 1 − i`.
    regions: Tensor,
    /// `[photographs, width]`.
    images: Tensor,
}

impl VisualEmbedding {
    /// Takes its tensors; `words` are the vectors of words under their name, which regions' places may share.
    pub(super) fn take(
        weights: &mut Weights,
        names: &VisualDescription,
        words: (&str, &Tensor),
    ) -> Result<VisualEmbedding, WeightsError> {
        let mut steps = |names: &[VisualStep]| -> Result<Vec<Step>, WeightsError> {
            names.iter().map(|step| Step::take(weights, step)).collect()
        };
        let (features, boxes) = (steps(&names.features)?, steps(&names.boxes)?);
        let order = names.order.as_ref().map(|order| Order::take(weights, order, words)).transpose()?;
        let norm = names.norm.as_ref().map(|norm| Norm::take(weights, norm)).transpose()?;
        Ok(VisualEmbedding { features, boxes, order, norm })
    }

    /// Vectors of regions.
    ///
    /// # Shapes
    ///
    /// `features`: `[B, R, F]`; `boxes`: `[B, R, 4]`; `images` and `orders`, where they are given: `[B, R]` i64, the number of
    /// the photograph that a region is of and its place among that photograph's, both from 0; else all are of the first, in
    /// their order. Returns `[B, R, width]`.
    ///
    /// # Source
    ///
    /// VL-T5, `VL-T5/src/modeling_t5.py`, `VisualEmbedding.forward`. The area is what the source computes of the four numbers,
    /// `(b₄ − b₃)(b₂ − b₁)`, whatever their order.
    pub(super) fn forward(
        &self,
        features: &Tensor,
        boxes: &Tensor,
        images: Option<&Tensor>,
        orders: Option<&Tensor>,
    ) -> Result<Tensor, TchError> {
        let (_, count, _) = features.size3()?;
        let side = |place: i64| boxes.f_narrow(2, place, 1);
        let area = side(3)?.f_sub(&side(2)?)?.f_mul(&side(1)?.f_sub(&side(0)?)?)?;
        let places = through(&self.boxes, Tensor::f_cat(&[boxes, &area], 2)?)?;
        let mut x = through(&self.features, features.shallow_clone())?.f_add(&places)?;
        if let Some(order) = &self.order {
            x = x.f_add(&order.images(count, images)?)?.f_add(&order.regions(count, orders)?)?;
        }
        self.norm.as_ref().map_or(Ok(x.shallow_clone()), |norm| norm.forward(&x))
    }

    /// The most regions that have a place; `None` where there is no end.
    pub(super) fn most_regions(&self) -> Option<i64> {
        self.order.as_ref().map(|order| order.regions.size()[0])
    }

    /// The most photographs that have a place; `None` where there is no end.
    pub(super) fn most_images(&self) -> Option<i64> {
        self.order.as_ref().map(|order| order.images.size()[0])
    }
}

impl Order {
    fn take(weights: &mut Weights, names: &OrderNames, (word, words): (&str, &Tensor)) -> Result<Order, WeightsError> {
        let (name, _) = &names.regions;
        let regions = if name == word { words.shallow_clone() } else { weights.take(name)? };
        Ok(Order { regions, images: weights.take(&names.images.0)? })
    }

    /// `[B, R, width]`, or `[1, R, width]` of regions in their order.
    fn regions(&self, count: i64, orders: Option<&Tensor>) -> Result<Tensor, TchError> {
        let last = self.regions.size()[0] - 1;
        let orders = match orders {
            Some(orders) => orders.shallow_clone(),
            None => Tensor::f_arange(count, (Kind::Int64, self.regions.device()))?.f_unsqueeze(0)?,
        };
        Tensor::f_embedding(&self.regions, &orders.f_neg()?.f_add_scalar(last)?, -1, false, false)
    }

    /// `[B, R, width]`, or `[1, R, width]` of regions of the first photograph.
    fn images(&self, count: i64, images: Option<&Tensor>) -> Result<Tensor, TchError> {
        let images = match images {
            Some(images) => images.shallow_clone(),
            None => Tensor::f_zeros([1, count], (Kind::Int64, self.images.device()))?,
        };
        Tensor::f_embedding(&self.images, &images, -1, false, false)
    }
}

impl Step {
    fn take(weights: &mut Weights, step: &VisualStep) -> Result<Step, WeightsError> {
        Ok(match step {
            VisualStep::Linear(names) => Step::Linear(Linear::take(weights, names)?),
            VisualStep::Norm(names) => Step::Norm(Norm::take(weights, names)?),
            VisualStep::Relu => Step::Relu,
        })
    }
}

/// One step after the other.
fn through(steps: &[Step], x: Tensor) -> Result<Tensor, TchError> {
    steps.iter().try_fold(x, |x, step| match step {
        Step::Linear(linear) => linear.forward(&x),
        Step::Norm(norm) => norm.forward(&x),
        Step::Relu => x.f_relu(),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::encoder::description::tensors::{LinearNames, NormNames};
    use std::collections::BTreeMap;
    use tch::Device;

    fn tensor(values: &[f32], rows: i64) -> Tensor {
        Tensor::from_slice(values).view([rows, -1])
    }

    fn weights() -> Weights {
        let vector = |values: &[f32]| Tensor::from_slice(values);
        let tensors = [
            ("f.0.weight", tensor(&[1., 0., 0., 2., 0., 1.], 2)),
            ("f.0.bias", vector(&[1., -1.])),
            ("f.1.weight", vector(&[5., 10.])),
            ("b.0.weight", tensor(&[2., 0., 0., 0., 0., 0., 0., 4., 0., 8.], 2)),
            ("b.0.bias", vector(&[0., 0.])),
            ("images", tensor(&[0., 0., 100., 200.], 2)),
            ("whole", vector(&[3., 3.])),
        ];
        let tensors: BTreeMap<String, Tensor> = tensors.into_iter().map(|(name, tensor)| (name.to_string(), tensor)).collect();
        Weights::of_tensors(tensors, Kind::Float, Device::Cpu)
    }

    /// Three features and a width of two; the words' last rows are (7, 8), (30, 40).
    fn embedding(norms: bool, order: bool, whole: bool) -> VisualEmbedding {
        let words = tensor(&[-1., -1., 7., 8., 30., 40.], 3);
        let norm = |name: &str| NormNames { weight: name.to_string(), bias: None, width: 2, epsilon: 0.0 };
        let mut features = vec![VisualStep::Linear(LinearNames::biased("f.0", 2, 3))];
        if norms {
            features.push(VisualStep::Norm(norm("f.1.weight")));
        }
        let names = VisualDescription {
            feature_width: 3,
            features,
            boxes: vec![VisualStep::Linear(LinearNames::biased("b.0", 2, 5))],
            order: order.then(|| OrderNames { regions: ("words".to_string(), 3), images: ("images".to_string(), 2) }),
            norm: whole.then(|| norm("whole")),
        };
        VisualEmbedding::take(&mut weights(), &names, ("words", &words)).unwrap()
    }

    /// Two regions: features (2, 5, 3) and (−1, 0, 9), boxes (0, 0.5, 0.25, 0.75) and (0.5, 1, 0, 1).
    fn two() -> (Tensor, Tensor) {
        let features = tensor(&[2., 5., 3., -1., 0., 9.], 2).unsqueeze(0);
        (features, tensor(&[0., 0.5, 0.25, 0.75, 0.5, 1., 0., 1.], 2).unsqueeze(0))
    }

    fn close(found: &Tensor, expected: [f32; 4]) {
        assert_eq!(found.size(), [1, 2, 2]);
        let found = Vec::<f32>::try_from(found.flatten(0, -1)).unwrap();
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-5), "{found:?}");
    }

    // The layer of features is x₁ + 1 and 2 x₁ + x₃ − 1: (3, 6) and (0, 6). Areas are (0.75 − 0.25)(0.5 − 0) = 0.25 and
    // (1 − 0)(1 − 0.5) = 0.5; the layer of boxes is 2 b₁ and 4 b₃ + 8 area: (0, 3) and (1, 4).

    #[test]
    fn two_regions_by_hand() {
        let (features, boxes) = two();
        close(&embedding(false, false, false).forward(&features, &boxes, None, None).unwrap(), [3., 9., 1., 10.]);
        // The first region has the last word, (30, 40), the second the one before it, (7, 8).
        close(&embedding(false, true, false).forward(&features, &boxes, None, None).unwrap(), [33., 49., 8., 18.]);
        // The root of the mean of squares of (3, 6) is √22.5, that of (0, 6) is √18; gains are 5 and 10.
        let (first, second) = (22.5_f32.sqrt(), 18_f32.sqrt());
        let expected = [15. / first, 60. / first + 3., 1., 60. / second + 4.];
        close(&embedding(true, false, false).forward(&features, &boxes, None, None).unwrap(), expected);
        // Of the sums (3, 9) and (1, 10): √45 and √50.5; the gain is 3.
        let (first, second) = (45_f32.sqrt(), 50.5_f32.sqrt());
        let expected = [9. / first, 27. / first, 3. / second, 30. / second];
        close(&embedding(false, false, true).forward(&features, &boxes, None, None).unwrap(), expected);
    }

    #[test]
    fn regions_of_a_second_photograph_begin_anew() {
        let (features, boxes) = two();
        let (images, orders) = (Tensor::from_slice(&[0i64, 1]).view([1, 2]), Tensor::from_slice(&[1i64, 0]).view([1, 2]));
        let embedding = embedding(false, true, false);
        assert_eq!((embedding.most_regions(), embedding.most_images()), (Some(3), Some(2)));
        // (3, 9) + (0, 0) + (7, 8) and (1, 10) + (100, 200) + (30, 40).
        close(&embedding.forward(&features, &boxes, Some(&images), Some(&orders)).unwrap(), [10., 17., 131., 250.]);
    }
}
