//! What a network gives for images: numbers per class, and perhaps vectors.

use super::error::ClassifierError;
use std::path::Path;
use tch::{Device, Kind, TchError, Tensor};

/// How far probabilities may add up from 1, which half precision makes of many small ones.
const TOLERANCE: f64 = 5e-3;

/// What a network gives, as it is.
#[derive(Debug)]
pub(super) struct Given {
    /// `[B, C]`.
    pub(super) scores: Tensor,
    /// `[B, D]`; `None` where it gives one output.
    pub(super) features: Option<Tensor>,
}

impl Given {
    /// The same, if it has a row for each image.
    pub(super) fn checked(self, path: &Path, images: i64) -> Result<Given, ClassifierError> {
        let shape = self.scores.size();
        if shape.len() != 2 || shape[0] != images || shape[1] == 0 {
            let what = format!("its output for {images} images has shape {shape:?}; a number for each class is [{images}, C]");
            return Err(ClassifierError::of_file(path, what));
        }
        let is_vectors = |features: &Tensor| features.size().len() == 2 && features.size()[0] == images;
        if let Some(features) = self.features.as_ref().filter(|features| !is_vectors(features)) {
            let shape = features.size();
            let what = format!("its second output for {images} images has shape {shape:?}; vectors are [{images}, D]");
            return Err(ClassifierError::of_file(path, what));
        }
        Ok(self)
    }
}

/// What is made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outputs {
    /// A row of `C` logits per image, finite.
    pub logits: Vec<Vec<f32>>,
    /// A unit vector per image; `None` where the network gives none.
    pub vectors: Option<Vec<Vec<f32>>>,
}

/// What the numbers of a network are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKind {
    /// Logits of a softmax.
    Logits,
    /// Probabilities: the network ends in a softmax.
    Probabilities,
}

impl OutputKind {
    /// `logits` or `probabilities`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            OutputKind::Logits => "logits",
            OutputKind::Probabilities => "probabilities",
        }
    }

    /// What rows are: probabilities where each is of numbers from 0 to 1 that add up to 1.
    #[must_use]
    pub fn of(rows: &[Vec<f32>]) -> OutputKind {
        let all = rows.iter().all(|row| row.len() > 1 && is_distribution(row).is_ok());
        if all && !rows.is_empty() { OutputKind::Probabilities } else { OutputKind::Logits }
    }

    /// Whether rows that are no distributions have numbers from 0 to 1 alone, as sigmoids have.
    #[must_use]
    pub fn look_like_sigmoids(rows: &[Vec<f32>]) -> bool {
        rows.iter().flatten().count() > 8 && rows.iter().flatten().all(|value| (0.0..=1.0).contains(value))
    }

    /// Makes logits of a row: those of probabilities are their logarithms, of 0 that of the least normal number.
    ///
    /// # Errors
    ///
    /// What is wrong with the row: a number that is none, a row that is no distribution.
    pub fn to_logits(self, row: &mut [f32]) -> Result<(), String> {
        if let Some((place, value)) = row.iter().enumerate().find(|(_, value)| value.is_nan() || **value == f32::INFINITY) {
            return Err(format!("output {place} for an image is {value}; the weights or the pixels are no numbers"));
        }
        match self {
            // A class that is ruled out.
            OutputKind::Logits => row.iter_mut().for_each(|value| *value = value.max(f32::MIN)),
            OutputKind::Probabilities => {
                is_distribution(row)
                    .map_err(|sum| format!("its outputs were probabilities at the first look, and now add up to {sum}"))?;
                for value in row {
                    *value = value.max(f32::MIN_POSITIVE).ln();
                }
            }
        }
        Ok(())
    }
}

/// Whether numbers are a distribution; else what they add up to.
fn is_distribution(row: &[f32]) -> Result<(), f64> {
    let sum: f64 = row.iter().map(|&value| f64::from(value)).sum();
    let inside = row.iter().all(|value| (0.0..=1.0 + 1e-3).contains(value));
    if inside && (sum - 1.0).abs() <= TOLERANCE { Ok(()) } else { Err(sum) }
}

/// Divides a vector by its length; a vector of zeros, which a rectifier may leave of an odd image, stays one.
pub(super) fn make_unit(vector: &mut [f32]) -> Result<(), String> {
    let length = vector.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt();
    if !length.is_finite() {
        return Err("a feature of an image is not finite; the weights or the pixels are no numbers".to_string());
    }
    for value in vector.iter_mut().filter(|_| length > 0.0) {
        #[expect(clippy::cast_possible_truncation, reason = "rounded")]
        let unit = (f64::from(*value) / length) as f32;
        *value = unit;
    }
    Ok(())
}

/// The rows of a matrix, in f32.
pub(super) fn rows(matrix: &Tensor) -> Result<Vec<Vec<f32>>, TchError> {
    let (_, width) = matrix.size2()?;
    let flat = matrix.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?.f_flatten(0, -1)?;
    let flat = Vec::<f32>::try_from(flat)?;
    Ok(flat.chunks(usize::try_from(width).unwrap_or(1).max(1)).map(<[f32]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn probabilities_are_told_from_logits_and_become_their_logarithms() {
        let probabilities = [vec![0.25, 0.75, 0.0], vec![0.2, 0.3, 0.5]];
        assert_eq!(OutputKind::of(&probabilities), OutputKind::Probabilities);
        assert_eq!(OutputKind::of(&[vec![0.25, 0.75, 0.0], vec![0.2, 0.3, 0.6]]), OutputKind::Logits);
        assert_eq!(OutputKind::of(&[vec![-0.5, 1.0, 0.5]]), OutputKind::Logits);
        assert_eq!(OutputKind::of(&[vec![1.0]]), OutputKind::Logits, "one class is always 1");
        let mut row = probabilities[0].clone();
        OutputKind::Probabilities.to_logits(&mut row).unwrap();
        // ln 0.25, ln 0.75, and ln of the least normal number, -87.3.
        for (value, expected) in row.iter().zip([-1.386_294_4, -0.287_682_1, -87.336_54]) {
            assert!((value - expected).abs() < 1e-4, "{value} {expected}");
        }
        let refused = OutputKind::Probabilities.to_logits(&mut [0.5, 0.25]).unwrap_err();
        assert_eq!(refused, "its outputs were probabilities at the first look, and now add up to 0.75");
    }

    #[test]
    fn numbers_that_are_none_are_refused_and_a_class_that_is_ruled_out_stays_finite() {
        let refused = OutputKind::Logits.to_logits(&mut [0.0, f32::NAN]).unwrap_err();
        assert_eq!(refused, "output 1 for an image is NaN; the weights or the pixels are no numbers");
        assert!(OutputKind::Logits.to_logits(&mut [f32::INFINITY]).is_err());
        let mut row = [1.5, f32::NEG_INFINITY];
        OutputKind::Logits.to_logits(&mut row).unwrap();
        assert_eq!(row.to_vec(), [1.5, f32::MIN]);
    }

    #[test]
    fn vectors_have_length_1_or_none() {
        let mut vector = [3.0, -4.0];
        make_unit(&mut vector).unwrap();
        assert_eq!(vector.to_vec(), [0.6, -0.8]);
        let mut zeros = [0.0; 3];
        make_unit(&mut zeros).unwrap();
        assert_eq!(zeros.to_vec(), [0.0; 3]);
        assert!(make_unit(&mut [1.0, f32::NAN]).is_err());
    }

    #[test]
    fn sigmoids_are_doubted() {
        assert!(OutputKind::look_like_sigmoids(&[vec![0.9, 0.8, 0.1, 0.0, 0.3], vec![0.4, 0.2, 0.9, 1.0, 0.5]]));
        assert!(!OutputKind::look_like_sigmoids(&[vec![0.9, 0.8, 0.1, 0.0, 0.3], vec![0.4, 0.2, 0.9, 1.1, 0.5]]));
    }
}
