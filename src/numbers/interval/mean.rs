//! Intervals of means whose values are no yes and no.

use super::found::{Found, NoInterval};
use super::variation::varied;
use crate::numbers::bootstrap::{Kinds, intervals};
use crate::numbers::statistics::{Interval, wilson_of_share};

/// A mean, Σ sums / Σ weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Mean {
    /// What it is taken over.
    pub kinds: Kinds,
    /// The least and the greatest value that an image can have; `None` where there is no such value, or it depends on
    /// more than the image.
    pub range: Option<(f64, f64)>,
}

/// The interval of a mean: [`means`] of one.
///
/// # Errors
///
/// As for [`means`].
pub fn mean(mean: &Mean, draws: usize, seed: u64) -> Found {
    means(std::slice::from_ref(mean), draws, seed).pop().unwrap_or(Err(NoInterval::NoValue))
}

/// The intervals of means.
///
/// BCa of whole clusters ([`intervals`]) where there are at least six and they are not nearly all alike. Else, of values
/// with a range, Wilson's interval of the mean's place in it on the effective number of clusters: no values between the
/// same bounds vary more than those that lie on them (Bhatia & Davis 2000), so that it is rather too wide. Else none.
/// An interval holds its mean, and lies in the range.
///
/// # Source
///
/// Efron 1987; Wilson 1927.
///
/// # Errors
///
/// [`NoInterval`], each.
#[must_use]
pub fn means(means: &[Mean], draws: usize, seed: u64) -> Vec<Found> {
    let scale = |mean: &Mean| mean.range.map_or_else(|| mean.kinds.greatest(), |(least, most)| most - least);
    let varied: Vec<Result<(), NoInterval>> = means.iter().map(|mean| varied(&mean.kinds, scale(mean))).collect();
    let various: Vec<Kinds> =
        means.iter().zip(&varied).filter(|(_, varied)| varied.is_ok()).map(|(mean, _)| mean.kinds.clone()).collect();
    let mut found = intervals(&various, draws, seed).into_iter();
    let one = |(mean, varied): (&Mean, Result<(), NoInterval>)| match (varied, mean.range) {
        (Ok(()), range) => {
            let found = found.next().flatten().ok_or(NoInterval::Few { clusters: mean.kinds.clusters() })?;
            let (least, most) = range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
            Ok(Interval { low: found.low.max(least), high: found.high.min(most) })
        }
        (Err(NoInterval::NoValue), _) => Err(NoInterval::NoValue),
        (Err(_), Some(range)) => between(&mean.kinds, range),
        (Err(reason), None) => Err(reason),
    };
    means.iter().zip(varied).map(one).collect()
}

/// The widest interval of a mean with bounds.
fn between(kinds: &Kinds, (least, most): (f64, f64)) -> Found {
    let mean = kinds.mean().ok_or(NoInterval::NoValue)?;
    let width = most - least;
    let place = ((mean - least) / width).clamp(0.0, 1.0);
    let Interval { low, high } = wilson_of_share(place, kinds.effective_clusters());
    Ok(Interval { low: (least + width * low).min(mean), high: (least + width * high).max(mean) })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::numbers::statistics::wilson;

    fn of(values: &[f64], range: Option<(f64, f64)>) -> Found {
        mean(&Mean { kinds: Kinds::of(values.iter().map(|value| (*value, 1.0))), range }, 500, 0)
    }

    #[test]
    fn values_that_agree_have_the_widest_interval_of_their_range_or_none() {
        // Height 0 in all of four images: 7 · Wilson of 0 of 4, 7 · 0.489891 = 3.429236.
        let found = of(&[0.0; 4], Some((0.0, 7.0))).unwrap();
        assert!(found.low.abs() < 1e-12 && (found.high - 3.429_236).abs() < 1e-5, "{found:?}");
        assert_eq!(of(&[2.0; 40], None), Err(NoInterval::Alike { alike: 40, clusters: 40 }));
        assert_eq!(of(&[1.0, 2.0, 3.0, 4.0, 5.0], None), Err(NoInterval::Few { clusters: 5 }));
        assert_eq!(of(&[], Some((0.0, 1.0))), Err(NoInterval::NoValue));
    }

    #[test]
    fn two_clusters_of_one_value_are_two_whatever_their_images() {
        // Two observations of 3 and 3 images at 1: Wilson of 2 of 2, not of 6 of 6.
        let kinds = Kinds::of([(3.0, 3.0), (3.0, 3.0)]);
        let found = mean(&Mean { kinds, range: Some((0.0, 1.0)) }, 500, 0).unwrap();
        assert_eq!(found, wilson(2, 2).unwrap());
    }

    #[test]
    fn an_interval_holds_its_mean_and_lies_in_the_range() {
        let mut values = vec![1.0; 30];
        values[..6].copy_from_slice(&[0.9, 0.2, 0.5, 0.99, 0.98, 0.1]);
        let found = of(&values, Some((0.0, 1.0))).unwrap();
        let mean = values.iter().sum::<f64>() / 30.0;
        assert!(0.0 <= found.low && found.low < mean && mean < found.high && found.high <= 1.0, "{found:?} {mean}");
    }
}
