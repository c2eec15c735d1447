//! Correlations of two rows of numbers.

use crate::numbers::rounding::GRAIN;
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::mean_in_order;

/// Pearson's correlation; `None` where one side does not vary.
#[must_use]
pub fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() < 2 || !varies(a) || !varies(b) {
        return None;
    }
    let (mean_a, mean_b) = (mean_in_order(a)?, mean_in_order(b)?);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (left, right) in a.iter().zip(b) {
        let (left, right) = (left - mean_a, right - mean_b);
        ab += left * right;
        aa += left * left;
        bb += right * right;
    }
    (aa > 0.0 && bb > 0.0).then(|| ab / (aa * bb).sqrt())
}

/// Whether numbers differ by more than rounding: the mean of equal ones need not be theirs to the last bit.
fn varies(values: &[f64]) -> bool {
    let (least, most) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &value| (value.min(least), value.max(most)));
    most - least > GRAIN * most.abs().max(least.abs())
}

/// Whether two numbers are equal; zeros of either sign are.
fn equal(one: f64, other: f64) -> bool {
    one.partial_cmp(&other).is_some_and(std::cmp::Ordering::is_eq)
}

/// Ranks from 1, ties sharing the mean of theirs.
#[must_use]
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while end < order.len() && equal(values[order[end]], values[order[start]]) {
            end += 1;
        }
        let mean = f64::midpoint(to_f64(start as u64), to_f64(end as u64 - 1)) + 1.0;
        order[start..end].iter().for_each(|&index| ranks[index] = mean);
        start = end;
    }
    ranks
}

/// Spearman's rank correlation.
#[must_use]
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    pearson(&ranks(a), &ranks(b))
}

/// Kendall's τ-b, which regards ties; in `O(n log n)` (Knight 1966).
#[must_use]
pub fn kendall(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&one, &other| a[one].total_cmp(&a[other]).then(b[one].total_cmp(&b[other])));
    let pairs = |count: u64| count * count.saturating_sub(1) / 2;
    let ties = |same: &dyn Fn(usize, usize) -> bool, order: &[usize]| {
        let (mut total, mut run) = (0, 1_u64);
        for window in order.windows(2) {
            if same(window[0], window[1]) {
                run += 1;
            } else {
                total += pairs(run);
                run = 1;
            }
        }
        total + pairs(run)
    };
    let same = |values: &[f64], one: usize, other: usize| equal(values[one], values[other]);
    let tied_a = ties(&|one, other| same(a, one, other), &order);
    let tied_both = ties(&|one, other| same(a, one, other) && same(b, one, other), &order);
    let mut values: Vec<f64> = order.iter().map(|&index| b[index]).collect();
    let mut scratch = values.clone();
    let swaps = inversions(&mut values, &mut scratch);
    let mut by_b: Vec<usize> = (0..n).collect();
    by_b.sort_by(|&one, &other| b[one].total_cmp(&b[other]));
    let tied_b = ties(&|one, other| same(b, one, other), &by_b);
    let all = pairs(n as u64);
    let (of_a, of_b) = (to_f64(all - tied_a), to_f64(all - tied_b));
    let concordant = to_f64(all) - to_f64(tied_a) - to_f64(tied_b) + to_f64(tied_both) - 2.0 * to_f64(swaps);
    (of_a > 0.0 && of_b > 0.0).then(|| concordant / (of_a * of_b).sqrt())
}

/// Pairs in the wrong order; sorts the values.
fn inversions(values: &mut [f64], scratch: &mut [f64]) -> u64 {
    let n = values.len();
    if n < 2 {
        return 0;
    }
    let middle = n / 2;
    let (left, right) = values.split_at_mut(middle);
    let (scratch_left, scratch_right) = scratch.split_at_mut(middle);
    let mut swaps = inversions(left, scratch_left) + inversions(right, scratch_right);
    scratch.copy_from_slice(values);
    let (mut i, mut j) = (0, middle);
    for value in values.iter_mut() {
        if j >= n || (i < middle && scratch[i] <= scratch[j]) {
            *value = scratch[i];
            i += 1;
        } else {
            swaps += (middle - i) as u64;
            *value = scratch[j];
            j += 1;
        }
    }
    swaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} {expected}");
    }

    #[test]
    fn numbers_that_do_not_vary_have_no_correlation() {
        // Their mean is another in the last bit.
        assert_eq!(pearson(&[0.1, 0.1, 0.1], &[1.0, 2.0, 3.0]), None);
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[0.5, 0.5, 0.5]), None);
        assert_eq!(kendall(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn ties_share_the_mean_of_their_ranks() {
        assert!(ranks(&[3.0, 1.0, 3.0, 2.0, 0.0, -0.0]).into_iter().eq([5.5, 3.0, 5.5, 4.0, 1.5, 1.5]));
    }

    #[test]
    fn four_pairs_by_hand() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]);
        // Products of what is left of the means, 2.5 each: (−1.5)² + (−0.5)(0.5) · 2 + 1.5² = 4, squares 5.
        close(pearson(&a, &b), 0.8);
        close(spearman(&a, &b), 0.8);
        // Five pairs in order, one not.
        close(kendall(&a, &b), 4.0 / 6.0);
        // One tie on a side: 5 concordant, none not; √(6 · 5).
        close(kendall(&a, &[1.0, 2.0, 2.0, 4.0]), 5.0 / 30_f64.sqrt());
    }
}
