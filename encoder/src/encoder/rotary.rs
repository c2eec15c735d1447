//! Turns of queries and keys by the place of a patch.

use super::description::transformer::{Rotary, RotaryKind};
use tch::{Device, Kind, TchError, Tensor};

/// Turns of the patches of a tower; the tokens before them do not turn.
#[derive(Debug)]
pub struct Turns {
    /// `[patches, head_width]`.
    cos: Tensor,
    /// `[patches, head_width]`.
    sin: Tensor,
    /// Whether a dimension is paired with the one half a head further on; else with its neighbour.
    halves: bool,
    /// Tokens before the patches.
    beside: i64,
}

impl Clone for Turns {
    fn clone(&self) -> Turns {
        let Turns { cos, sin, halves, beside } = self;
        Turns { cos: cos.shallow_clone(), sin: sin.shallow_clone(), halves: *halves, beside: *beside }
    }
}

impl Turns {
    /// The turns of a grid of patches, in single precision.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    ///
    /// # Source
    ///
    /// `transformers` 5, `modeling_dinov3_vit.py`; `timm` 1.0, `timm/layers/pos_embed_sincos.py`.
    pub fn of(rotary: &Rotary, grid: i64, head_width: i64, beside: i64) -> Result<Turns, TchError> {
        let halves = rotary.kind == RotaryKind::HalvesOfCentres;
        let mut angles: Vec<f64> = vec![];
        for (row, column) in (0..grid).flat_map(|row| (0..grid).map(move |column| (row, column))) {
            let of_place = rotary.angles(row, column, grid, head_width);
            if halves {
                angles.extend(of_place.iter().chain(&of_place));
            } else {
                angles.extend(of_place.iter().flat_map(|angle| [angle, angle]));
            }
        }
        let angles = Tensor::f_from_slice(&angles)?.f_view([grid * grid, head_width])?.f_to_kind(Kind::Float)?;
        Ok(Turns { cos: angles.f_cos()?, sin: angles.f_sin()?, halves, beside })
    }

    /// On a device, in a kind of number.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn to(&self, device: Device, kind: Kind) -> Result<Turns, TchError> {
        let to = |x: &Tensor| x.f_to_device(device)?.f_to_kind(kind);
        Ok(Turns { cos: to(&self.cos)?, sin: to(&self.sin)?, halves: self.halves, beside: self.beside })
    }

    /// Turns queries or keys.
    ///
    /// # Shapes
    ///
    /// `x`: `[B, heads, beside + patches, head_width]`; returns the same shape.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn turn(&self, x: &Tensor) -> Result<Tensor, TchError> {
        let length = x.size()[2];
        let patches = x.f_narrow(2, self.beside, length - self.beside)?;
        let partner = if self.halves {
            let half = patches.size()[3] / 2;
            Tensor::f_cat(&[patches.f_narrow(3, half, half)?.f_neg()?, patches.f_narrow(3, 0, half)?], 3)?
        } else {
            let pairs = patches.f_unflatten(3, [-1, 2])?;
            let (first, second) = (pairs.f_select(4, 0)?, pairs.f_select(4, 1)?);
            Tensor::f_stack(&[second.f_neg()?, first], 4)?.f_flatten(3, 4)?
        };
        let turned = patches.f_mul(&self.cos)?.f_add(&partner.f_mul(&self.sin)?)?;
        if self.beside == 0 {
            return Ok(turned);
        }
        Tensor::f_cat(&[x.f_narrow(2, 0, self.beside)?, turned], 2)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::encoder::description::transformer::{Axis, PatchPlaces};

    /// `0, 1, …, 7` after a token that does not turn, at the patch in row 0 and column 1 of a grid of 2 by 2.
    fn turned(rotary: &Rotary) -> Vec<f32> {
        let one = Tensor::arange(8, (Kind::Float, Device::Cpu)).view([1, 1, 1, 8]).expand([1, 1, 5, 8], false);
        let turned = Turns::of(rotary, 2, 8, 1).unwrap().turn(&one).unwrap();
        assert_eq!(Vec::<f32>::try_from(turned.get(0).get(0).get(0)).unwrap(), [0., 1., 2., 3., 4., 5., 6., 7.]);
        Vec::try_from(turned.get(0).get(0).get(2)).unwrap()
    }

    #[test]
    fn patches_turn_and_the_tokens_before_them_do_not() {
        // The worked numbers of `RotaryKind`, computed with timm 1.0.
        let places = PatchPlaces { first: Axis::Columns, offset: 1, reference: None };
        let cases = [
            (
                Rotary { base: 100.0, kind: RotaryKind::HalvesOfCentres },
                [0., 2.496_141, -2., 0.690_051, -4., 4.446_266, -6., 7.584_447],
            ),
            (
                Rotary { base: 10_000.0, kind: RotaryKind::NeighboursOfPlaces(places) },
                [-0.909_297, -0.416_147, 1.939_604, 3.039_398, -2.046_145, 6.067_395, 5.929_701, 7.059_649],
            ),
        ];
        for (rotary, expected) in cases {
            let found = turned(&rotary);
            assert!(
                found.iter().zip(expected).all(|(found, expected): (&f32, f32)| (found - expected).abs() < 1e-5),
                "{found:?}"
            );
        }
    }
}
