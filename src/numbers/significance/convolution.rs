//! The exact distribution of a sum of signed whole numbers.

use super::p_value::{COUNTED, out_of, worn};
use crate::numbers::statistics::{ExactSum, to_f64};

/// Numbers that differences are tried to be whole multiples of one over: enough for reciprocal
/// ranks up to 10, precisions at any k, and values of two decimals.
const DENOMINATORS: u32 = 2520;

/// Most additions that are made.
const WORK: u64 = 400_000_000;

/// Two-sided p-value of an observed |Σ d| under random signs, where all `d` (given by their sizes) are multiples of one
/// number and the table of sums is small enough; `None` otherwise.
pub(super) fn p_value(sizes: &[f64], observed: f64) -> Option<f64> {
    let (denominator, steps) = (1..=DENOMINATORS).find_map(|denominator| {
        let denominator = f64::from(denominator);
        Some((denominator, whole(sizes, denominator)?))
    })?;
    let total: usize = steps.iter().sum();
    if (total as u64).checked_mul(steps.len() as u64)? > WORK {
        return None;
    }
    // The sum of the positive ones, s, has the signed sum 2 s − total.
    let observed = (observed * denominator).round();
    let reaches = |sum: &usize| to_f64((2 * *sum as u64).abs_diff(total as u64)) >= observed;
    let signs = steps.len() as u64;
    if signs <= COUNTED {
        let ways = sums(&steps, 1_u128, |with, without| with + without);
        return Some(out_of((0..=total).filter(reaches).map(|sum| ways[sum]).sum(), signs));
    }
    let probability = sums(&steps, 1.0, |with, without| 0.5 * (with + without));
    Some(worn((0..=total).filter(reaches).map(|sum| probability[sum]).collect::<ExactSum>().value()))
}

/// For every sum what reaches it, taking each step or not.
fn sums<T: Copy + Default>(steps: &[usize], one: T, both: impl Fn(T, T) -> T) -> Vec<T> {
    let mut table = vec![T::default(); steps.iter().sum::<usize>() + 1];
    table[0] = one;
    let mut reached = 0;
    for &step in steps {
        reached += step;
        for sum in (0..=reached).rev() {
            let with = if sum >= step { table[sum - step] } else { T::default() };
            table[sum] = both(with, table[sum]);
        }
    }
    table
}

/// The sizes times a number, if all are whole.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and small")]
fn whole(sizes: &[f64], times: f64) -> Option<Vec<usize>> {
    let one = |size: &f64| {
        let scaled = size * times;
        let nearest = scaled.round();
        ((scaled - nearest).abs() <= 1e-9 && (1.0..1e9).contains(&nearest)).then_some(nearest as usize)
    };
    sizes.iter().map(one).collect()
}
