//! Unit vectors of labels, in single precision or in half of its memory.

use half::bf16;
use half::slice::HalfFloatSliceExt;
pub use nearmiss::runs::label_precision::LabelPrecision;
use std::borrow::Cow;
use std::ops::Range;
use tch::{Device, Kind, TchError, Tensor};

/// Vectors of `C` labels, `[C, D]` row by row.
#[derive(Debug, Clone)]
pub struct LabelVectors {
    width: usize,
    numbers: Numbers,
}

#[derive(Debug, Clone)]
enum Numbers {
    Fp32(Vec<f32>),
    Bf16(Vec<bf16>),
}

impl LabelVectors {
    /// None yet, with room for `labels` vectors of length `width`.
    #[must_use]
    pub fn with_capacity(labels: usize, width: usize, precision: LabelPrecision) -> LabelVectors {
        let count = labels * width;
        let numbers = match precision {
            LabelPrecision::Fp32 => Numbers::Fp32(Vec::with_capacity(count)),
            LabelPrecision::Bf16 => Numbers::Bf16(Vec::with_capacity(count)),
        };
        LabelVectors { width, numbers }
    }

    /// Adds vectors, row by row; what is left of an incomplete row is ignored.
    pub fn push(&mut self, vectors: &[f32]) {
        let whole = vectors.len() - vectors.len() % self.width.max(1);
        match &mut self.numbers {
            Numbers::Fp32(numbers) => numbers.extend_from_slice(&vectors[..whole]),
            Numbers::Bf16(numbers) => {
                let start = numbers.len();
                numbers.resize(start + whole, bf16::ZERO);
                numbers[start..].convert_from_f32_slice(&vectors[..whole]);
            }
        }
    }

    /// `C`.
    #[must_use]
    pub fn len(&self) -> usize {
        let numbers = match &self.numbers {
            Numbers::Fp32(numbers) => numbers.len(),
            Numbers::Bf16(numbers) => numbers.len(),
        };
        numbers / self.width.max(1)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `D`.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The vectors of some labels as they are compared with images: after rounding, where they are rounded.
    #[must_use]
    pub fn rows(&self, labels: Range<usize>) -> Cow<'_, [f32]> {
        let range = labels.start * self.width..labels.end * self.width;
        match &self.numbers {
            Numbers::Fp32(numbers) => Cow::Borrowed(&numbers[range]),
            Numbers::Bf16(numbers) => {
                let mut rows = vec![0.0; range.len()];
                numbers[range].convert_to_f32_slice(&mut rows);
                Cow::Owned(rows)
            }
        }
    }

    /// Which vectors have a direction: finite and not zero.
    #[must_use]
    pub fn usable(&self) -> Vec<bool> {
        let usable = |label: usize| {
            let vector = self.rows(label..label + 1);
            vector.iter().all(|value| value.is_finite()) && vector.iter().any(|value| value.abs() > 1e-6)
        };
        (0..self.len()).map(usable).collect()
    }

    /// The vectors as a tensor over the memory that they lie in, which must outlive it.
    #[expect(unsafe_code, reason = "a copy of the vectors of a million labels would take gigabytes")]
    pub(crate) fn tensor(&self) -> Result<Tensor, TchError> {
        let length = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (shape, strides) = ([length(self.len()), length(self.width)], [length(self.width), 1]);
        let (start, kind) = match &self.numbers {
            Numbers::Fp32(numbers) => (numbers.as_ptr().cast(), Kind::Float),
            Numbers::Bf16(numbers) => (numbers.as_ptr().cast(), Kind::BFloat16),
        };
        // SAFETY: the numbers are len · width values of that kind side by side (`push` takes whole rows), are only ever
        // read through the tensor, and outlive it: the one caller keeps a borrow of `self` beside it.
        unsafe { Tensor::f_from_blob(start, &shape, &strides, kind, Device::Cpu) }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn half_of_the_memory_rounds_to_the_nearest() {
        // bf16 has eight significant bits: between 1 and 2 its steps are 1/128. 1 + 3/512 is nearer to 1 + 4/512,
        // 1 + 1/256 stands in the middle and goes to the even 1, 1 + 3/256 to the even 1 + 4/256.
        let values = [1.0, 1.0 + 3.0 / 512.0, 1.0 + 1.0 / 256.0, 1.0 + 3.0 / 256.0, -0.1, 3.0e-8];
        let expected = [1.0, 1.0 + 1.0 / 128.0, 1.0, 1.0 + 4.0 / 256.0];
        let mut rounded = LabelVectors::with_capacity(2, 3, LabelPrecision::Bf16);
        rounded.push(&values[..3]);
        rounded.push(&values[3..]);
        assert_eq!((rounded.len(), rounded.width()), (2, 3));
        let rows = rounded.rows(0..2);
        assert_eq!(rows[..4], expected);
        assert!(rows.iter().zip(values).all(|(rounded, value)| (rounded - value).abs() <= value.abs() / 256.0), "{rows:?}");
        let mut exact = LabelVectors::with_capacity(2, 3, LabelPrecision::Fp32);
        exact.push(&values);
        assert_eq!(exact.rows(1..2), &values[3..]);
        let tensor = Vec::<f32>::try_from(rounded.tensor().unwrap().to_kind(Kind::Float).flatten(0, -1)).unwrap();
        assert_eq!(tensor, rows.to_vec());
    }

    #[test]
    fn a_vector_without_direction_is_not_usable() {
        for precision in [LabelPrecision::Fp32, LabelPrecision::Bf16] {
            let mut vectors = LabelVectors::with_capacity(4, 2, precision);
            vectors.push(&[0.6, 0.8, 0.0, 0.0, f32::NAN, 1.0, -1.0, 0.0]);
            assert_eq!(vectors.usable(), [true, false, false, true], "{}", precision.name());
        }
    }
}
