//! The exact distribution of a sum of signed whole numbers.

/// Numbers that differences are tried to be whole multiples of one over: enough for reciprocal
/// ranks up to 10, precisions at any k, and values of two decimals.
const DENOMINATORS: u32 = 2520;

/// Most additions that are made.
const WORK: u64 = 400_000_000;

/// Two-sided p-value of |Σ d| under random signs, where all `d` are multiples of one number and the
/// table of sums is small enough; `None` otherwise.
pub(super) fn p_value(differences: &[f64]) -> Option<f64> {
    let steps = (1..=DENOMINATORS).find_map(|denominator| whole(differences, f64::from(denominator)))?;
    let total: u64 = steps.iter().map(|step| step.unsigned_abs()).sum();
    if total.checked_mul(steps.len() as u64)? > WORK {
        return None;
    }
    let total = usize::try_from(total).ok()?;
    // The sum of the positive ones, s, has the signed sum 2 s − total.
    let mut probability = vec![0.0; total + 1];
    probability[0] = 1.0;
    let mut reached = 0;
    for step in &steps {
        let step = usize::try_from(step.unsigned_abs()).ok()?;
        reached += step;
        for sum in (0..=reached).rev() {
            let with = if sum >= step { probability[sum - step] } else { 0.0 };
            probability[sum] = 0.5 * (probability[sum] + with);
        }
    }
    let observed = steps.iter().sum::<i64>().unsigned_abs();
    let signed = |sum: usize| (2 * sum as u64).abs_diff(total as u64);
    Some(probability.iter().enumerate().filter(|(sum, _)| signed(*sum) >= observed).map(|(_, p)| p).sum::<f64>().min(1.0))
}

/// The differences times a number, if all are whole.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
fn whole(differences: &[f64], times: f64) -> Option<Vec<i64>> {
    let one = |difference: &f64| {
        let scaled = difference * times;
        let nearest = scaled.round();
        ((scaled - nearest).abs() <= 1e-9 && nearest.abs() < 1e9 && nearest.abs() >= 1.0).then_some(nearest as i64)
    };
    differences.iter().map(one).collect()
}
