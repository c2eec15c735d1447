//! The 95 % intervals of whatever is printed, or the reason why there is none: uncertainty never vanishes.
//!
//! - A *share* has Wilson's interval on the effective number of images ([`share`]).
//! - A *difference of paired shares* has Bonett and Price's, on the same ([`difference_of_shares`]).
//! - A *mean* has BCa of whole clusters where they can show how it varies; else, where its values have bounds, the
//!   widest interval of any mean with these bounds; else none ([`mean`]).
//!
//! [`Sample`] and [`Grouped`] gather the values of images into the [`Kinds`] that all of these take.

mod grouped;
mod mean;
mod named;
mod sample;
mod share;

pub use grouped::Grouped;
pub use mean::{Mean, mean, means};
pub use named::MetricIntervals;
pub use sample::Sample;
pub use share::{difference_of_shares, share};

use crate::numbers::bootstrap::Kinds;
use crate::numbers::statistics::Interval;

/// Fewest clusters that an interval or a t-test of a mean is taken from.
///
/// Of five, no test by change of signs reaches 0.05 (2 · 2⁻⁵ = 0.0625): an interval that leaves out 0 or a t-test
/// that reaches it would rest on the normal distribution alone, which five clusters cannot show.
///
/// # Source
///
/// Fisher 1935; Webb 2014, for few clusters.
pub const FEWEST: u64 = 6;

/// An interval, or why there is none.
pub type Found = Result<Interval, NoInterval>;

/// Why a number has no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoInterval {
    /// There is no value, and so no number.
    NoValue,
    /// Fewer clusters than [`FEWEST`].
    Few {
        /// How many.
        clusters: u64,
    },
    /// So many clusters have the same value that draws of them hardly vary.
    Alike {
        /// Clusters of the commonest value.
        alike: u64,
        /// All of them.
        clusters: u64,
    },
    /// The number is no mean over images: the sentence says what it is.
    NoMean(&'static str),
}

impl NoInterval {
    /// As a sentence without its full stop; `noun` is what counts by itself: images, observations, queries.
    #[must_use]
    pub fn sentence(self, noun: &str) -> String {
        match self {
            NoInterval::NoValue => format!("no {noun} have a value"),
            NoInterval::Few { clusters } => format!("{clusters} of the {noun} have a value, and an interval takes {FEWEST}"),
            NoInterval::Alike { alike, clusters } if alike == clusters => {
                format!("all {clusters} {noun} have the same value, and draws of them would too")
            }
            NoInterval::Alike { alike, clusters } => {
                format!("{alike} of {clusters} {noun} have the same value, and too many draws would have no other")
            }
            NoInterval::NoMean(sentence) => sentence.to_string(),
        }
    }
}

/// What the clusters say beyond their mean: nothing, if they are few or nearly all alike.
///
/// Draws that meet none but the commonest value must be less than the tail of 2.5 % that an end cuts off.
fn varied(kinds: &Kinds, scale: f64) -> Result<(), NoInterval> {
    let clusters = kinds.clusters();
    if clusters == 0 {
        return Err(NoInterval::NoValue);
    }
    let alike = kinds.commonest(NOISE * scale);
    let common = crate::numbers::statistics::to_f64(alike) / crate::numbers::statistics::to_f64(clusters);
    if alike == clusters {
        return Err(NoInterval::Alike { alike, clusters });
    }
    if clusters < FEWEST {
        return Err(NoInterval::Few { clusters });
    }
    if crate::numbers::statistics::to_f64(clusters) * common.ln() > TAIL.ln() {
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

    #[test]
    fn reasons_name_what_counts_by_itself() {
        let reason = NoInterval::Alike { alike: 4, clusters: 4 };
        assert_eq!(reason.sentence("observations"), "all 4 observations have the same value, and draws of them would too");
        assert!(NoInterval::Few { clusters: 2 }.sentence("images").starts_with("2 of the images have a value"));
    }
}
