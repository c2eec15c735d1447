//! P-values of several comparisons.

use crate::numbers::statistics::to_f64;

/// Holm's step-down adjustment of p-values for several comparisons, in the order given.
///
/// # Source
///
/// Holm 1979.
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        let factor = to_f64((p_values.len() - rank) as u64);
        least = least.max((p_values[index] * factor).min(1.0));
        adjusted[index] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_multiplies_the_least_most() {
        // Sorted .01 .02 .04 .05: × 4, × 3, × 2, × 1, never falling: .04 .06 .08 .08.
        let found = holm(&[0.04, 0.01, 0.05, 0.02]);
        for (found, expected) in found.iter().zip([0.08, 0.04, 0.08, 0.06]) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
    }
}
