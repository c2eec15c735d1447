//! Whether clusters vary enough for draws of them to say how sure their mean is.

use super::found::{FEWEST, NoInterval};
use crate::numbers::bootstrap::Kinds;
use crate::numbers::statistics::to_f64;

/// What the clusters say beyond their mean: nothing, if they are few or nearly all alike.
///
/// Draws that meet none but the commonest value must be less than the tail of 2.5 % that an end cuts off.
pub(super) fn varied(kinds: &Kinds, scale: f64) -> Result<(), NoInterval> {
    let clusters = kinds.clusters();
    if clusters == 0 {
        return Err(NoInterval::NoValue);
    }
    let alike = kinds.commonest(NOISE * scale);
    let common = to_f64(alike) / to_f64(clusters);
    if alike == clusters {
        return Err(NoInterval::Alike { alike, clusters });
    }
    if clusters < FEWEST {
        return Err(NoInterval::Few { clusters });
    }
    if to_f64(clusters) * common.ln() > TAIL.ln() {
        return Err(NoInterval::Alike { alike, clusters });
    }
    Ok(())
}

/// Values that differ by less than this share of the scale are equal.
const NOISE: f64 = 1e-9;

/// What lies beyond each end of an interval.
const TAIL: f64 = 0.025;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Result<(), NoInterval> {
        varied(&Kinds::of(values.iter().map(|value| (*value, 1.0))), 1.0)
    }

    #[test]
    fn few_and_equal_clusters_say_nothing_beyond_their_mean() {
        assert_eq!(of(&[]), Err(NoInterval::NoValue));
        assert_eq!(of(&[0.5; 9]), Err(NoInterval::Alike { alike: 9, clusters: 9 }));
        assert_eq!(of(&[0.1, 0.2, 0.3, 0.4, 0.5]), Err(NoInterval::Few { clusters: 5 }));
        assert_eq!(of(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), Ok(()));
        // One sum adds the noise of rounding: 0.1 + 0.2 is no 0.3.
        let noise = [0.3, 0.3, 0.1 + 0.2, 0.3, 0.3, 0.3, 0.3];
        assert_eq!(of(&noise), Err(NoInterval::Alike { alike: 7, clusters: 7 }));
    }

    #[test]
    fn clusters_vary_if_few_draws_meet_the_commonest_value_alone() {
        // Of 40 clusters 3 differ: (37/40)^40 = 0.044 of the draws meet none of them; 4 differ: (36/40)^40 = 0.015.
        let with = |unlike: usize| {
            let mut values = vec![0.0; 40];
            values[..unlike].fill(1.0);
            of(&values)
        };
        assert_eq!(with(3), Err(NoInterval::Alike { alike: 37, clusters: 40 }));
        assert_eq!(with(4), Ok(()));
    }
}
