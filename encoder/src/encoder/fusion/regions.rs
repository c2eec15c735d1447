//! Regions of a photograph: their features and boxes, checked.

/// The most regions of a photograph; VL-T5 takes 36, and attention grows with the square.
pub const MOST_REGIONS: usize = 4_096;

/// By so much a box may lie outside of its photograph, as VL-T5 lets it; it is then cut.
const TOLERANCE: f32 = 1e-5;

/// Why numbers are no regions.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegionsError {
    /// Not four numbers for each box, or another number of boxes than of regions.
    #[error(
        "{features} numbers of features, {width} for each region, and {boxes} numbers of boxes, 4 for each; there must be a \
         box for each region"
    )]
    Lengths {
        /// Numbers of features.
        features: usize,
        /// Features of a region.
        width: usize,
        /// Numbers of boxes.
        boxes: usize,
    },
    /// More than are computed.
    #[error("{count} regions; at most {MOST_REGIONS} are computed")]
    Many {
        /// How many there are.
        count: usize,
    },
    /// A box that is none.
    #[error(
        "the box of region {region} is {found:?}; a box is four fractions of the photograph's width and height, from 0 to 1: \
         divide pixels by the photograph's size"
    )]
    Box {
        /// From 0.
        region: usize,
        /// Its numbers.
        found: [f32; 4],
    },
    /// A feature that is no number.
    #[error("the features of region {region} hold a value that is not finite; compute them again")]
    NotFinite {
        /// From 0.
        region: usize,
    },
}

/// The regions of a photograph.
#[derive(Debug, Clone, PartialEq)]
pub struct Regions {
    width: usize,
    features: Vec<f32>,
    boxes: Vec<f32>,
}

impl Regions {
    /// Checks features, `width` a region, and boxes, four numbers a region, row by row.
    ///
    /// A box is four fractions of the photograph's width and height in the order that the model has learnt
    /// ([`BoxOrder`](crate::encoder::description::fusion::BoxOrder)); what lies outside by a rounding is cut.
    ///
    /// # Errors
    ///
    /// [`RegionsError`].
    ///
    /// # Source
    ///
    /// VL-T5, `VL-T5/src/vqa_data.py`: boxes are checked to 1e-5 and cut to 0 and 1.
    pub fn new(width: usize, features: Vec<f32>, mut boxes: Vec<f32>) -> Result<Regions, RegionsError> {
        let count = boxes.len() / 4;
        if count * 4 != boxes.len() || count.checked_mul(width) != Some(features.len()) {
            return Err(RegionsError::Lengths { features: features.len(), width, boxes: boxes.len() });
        }
        if count > MOST_REGIONS {
            return Err(RegionsError::Many { count });
        }
        for (region, numbers) in boxes.chunks_exact_mut(4).enumerate() {
            // Not `any(outside)`: what is no number is inside of nothing.
            if !numbers.iter().all(|number| (-TOLERANCE..=1.0 + TOLERANCE).contains(number)) {
                let mut found = [0.0; 4];
                found.copy_from_slice(numbers);
                return Err(RegionsError::Box { region, found });
            }
            for number in numbers {
                *number = number.clamp(0.0, 1.0);
            }
        }
        match features.chunks(width.max(1)).position(|row| row.iter().any(|number| !number.is_finite())) {
            Some(region) => Err(RegionsError::NotFinite { region }),
            None => Ok(Regions { width, features, boxes }),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.boxes.len() / 4
    }

    /// Features of a region.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Features, row by row.
    #[must_use]
    pub fn features(&self) -> &[f32] {
        &self.features
    }

    /// Boxes, row by row.
    #[must_use]
    pub fn boxes(&self) -> &[f32] {
        &self.boxes
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_fractions_and_there_is_one_for_each_region() {
        let of = |features: &[f32], boxes: &[f32]| Regions::new(2, features.to_vec(), boxes.to_vec());
        let two = of(&[1., 2., 3., 4.], &[0., 0.25, 1.000_001, 1., -0.000_001, 0., 0.5, 0.]).unwrap();
        assert_eq!((two.count(), two.width(), two.boxes()), (2, 2, &[0., 0.25, 1., 1., 0., 0., 0.5, 0.][..]));
        assert_eq!(of(&[], &[]).unwrap().count(), 0);
        let said = |features: &[f32], boxes: &[f32]| of(features, boxes).unwrap_err().to_string();
        assert!(said(&[1., 2., 3.], &[0.; 4]).starts_with("3 numbers of features, 2 for each region, and 4 numbers of boxes"));
        assert!(said(&[1., 2.], &[0.; 6]).contains("6 numbers of boxes"));
        let pixels = said(&[1., 2., 3., 4.], &[0., 0., 0., 0., 12., 0., 0.5, 1.]);
        assert!(pixels.starts_with("the box of region 1 is [12.0, 0.0, 0.5, 1.0]; a box is four fractions"), "{pixels}");
        assert!(said(&[1., 2.], &[f32::NAN, 0., 0., 0.]).starts_with("the box of region 0 is [NaN, "));
        assert!(said(&[1., f32::INFINITY], &[0.; 4]).starts_with("the features of region 0 hold a value that is not finite"));
    }
}
