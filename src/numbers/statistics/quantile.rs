//! Quantiles, between two values in proportion (type 7 of Hyndman and Fan 1996).

use super::count::to_f64;

/// A quantile of sorted values, of which there is one at least; `share` is held to 0…1.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let place = share.clamp(0.0, 1.0) * to_f64(last as u64);
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

/// A quantile in whole percent up to 100, whose place is exact; differs from [`quantile`] in the last bits.
#[must_use]
pub fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let hundredths = (sorted.len() - 1) * percent;
    let (below, rest) = (hundredths / 100, to_f64(hundredths as u64 % 100) / 100.0);
    let above = sorted[(below + 1).min(sorted.len() - 1)];
    sorted[below] + rest * (above - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_five_values_by_hand() {
        let sorted = [0.0, 1.0, 2.0, 4.0, 8.0];
        // Places 0.2, 2 and 3.8.
        for (percent, expected) in [(5_u8, 0.2), (50, 2.0), (95, 7.2)] {
            let found = [quantile(&sorted, f64::from(percent) / 100.0), percentile(&sorted, usize::from(percent))];
            assert!(found.iter().all(|found| (found - expected).abs() < 1e-12), "{percent} {found:?}");
        }
        assert!((quantile(&sorted, 1.5) - 8.0).abs() < 1e-12 && (percentile(&[3.0], 95) - 3.0).abs() < 1e-12);
    }
}
