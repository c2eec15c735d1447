//! Vectors in double precision: products, lengths, distances, means.
//!
//! The last bits of a sum depend on the order of its terms. Each sum here has one order, whatever the processor; where two
//! are in use, `in_order` is that of the terms, one after the other, as the standard library has it.

use crate::numbers::statistics::to_f64;

/// Sum of products, in a fixed order: eight sums that are added in the end.
#[must_use]
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0_f64; 8];
    let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
    for (x, y) in left.by_ref().zip(right.by_ref()) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(x, y)| x * y).sum();
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
}

/// Sum of products, added one after the other; differs from [`dot`] in the last bits.
#[must_use]
pub fn dot_in_order(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Squared Euclidean distance, summed as [`dot`].
#[must_use]
#[inline(always)]
pub fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0_f64; 8];
    let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
    for (x, y) in left.by_ref().zip(right.by_ref()) {
        for lane in 0..8 {
            let difference = x[lane] - y[lane];
            sums[lane] += difference * difference;
        }
    }
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(x, y)| (x - y) * (x - y)).sum();
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
}

/// Length of a vector: the root of its product with itself by [`dot`].
#[must_use]
#[inline(always)]
pub fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

/// Cosine of two vectors, divided by the root of the product of their squares; 0 where one is zero.
#[must_use]
pub fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}

/// Cosine of two vectors, divided by the product of their lengths; 0 where one is zero. Differs from [`cosine`] in the last
/// bits, and is what lengths that are worked out once give.
#[must_use]
pub fn cosine_by_norms(a: &[f64], b: &[f64]) -> f64 {
    let lengths = norm(a) * norm(b);
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}

/// Mean of numbers, added one after the other; `None` without numbers. [`mean`](crate::numbers::statistics::mean) is the same in any
/// order of them.
#[must_use]
pub fn mean_in_order(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / to_f64(values.len() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_distances_by_hand() {
        // Ten places: eight sums and a rest of two. Σ i² = 385, Σ i = 55.
        let (a, ones): (Vec<f64>, [f64; 10]) = ((1..=10).map(f64::from).collect(), [1.0; 10]);
        let close = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-12, "{value} {expected}");
        close(dot(&a, &a), 385.0);
        close(dot_in_order(&a, &ones), 55.0);
        // Σ (i − 1)² = 285.
        close(squared_distance(&a, &ones), 285.0);
        close(norm(&[3.0, 4.0]), 5.0);
    }

    #[test]
    fn a_vector_of_zeros_has_cosine_0() {
        for cosine in [cosine, cosine_by_norms] {
            assert!((cosine(&[1.0, 1.0], &[2.0, 0.0]) - 0.5_f64.sqrt()).abs() < 1e-12);
            assert!(cosine(&[1.0, 1.0], &[0.0, 0.0]).abs() <= 0.0);
        }
    }

    #[test]
    fn nothing_has_no_mean() {
        assert_eq!((mean_in_order(&[1.0, 2.0, 6.0]), mean_in_order(&[])), (Some(3.0), None));
    }
}
