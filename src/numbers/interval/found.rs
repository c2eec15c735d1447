//! An interval, or the reason why there is none.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_name_what_counts_by_itself() {
        let reason = NoInterval::Alike { alike: 4, clusters: 4 };
        assert_eq!(reason.sentence("observations"), "all 4 observations have the same value, and draws of them would too");
        assert!(NoInterval::Few { clusters: 2 }.sentence("images").starts_with("2 of the images have a value"));
    }
}
