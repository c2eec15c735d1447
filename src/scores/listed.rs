//! How many answers the images list: what is said about the first five needs five.

use super::Run;
use crate::answers::Ranked;
use rayon::prelude::*;

/// Scored images, and those of them that list too few answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Listed {
    pub images: u64,
    /// Images with some answers, but fewer than were asked for.
    pub short: u64,
}

/// How far from one the probabilities of a whole list may add up.
const ROUNDING: f64 = 1e-3;

impl Listed {
    /// Counts the images that list fewer than `k` labels, though there are more to give.
    ///
    /// A list is whole with all the `all` labels there are, and where its probabilities add up to one. An image without
    /// any answer lists none on purpose: it is a mistake at any `k`, and not short.
    pub fn of(run: &Run<'_>, k: usize, all: Option<u64>) -> Self {
        let ranked = &run.answers.ranked;
        let is_short = |image: usize| {
            let listed = ranked.listed(image).len();
            let enough = listed >= k || all.is_some_and(|all| listed as u64 >= all);
            !enough && !ranked.answers(image).is_empty() && !is_whole(ranked, image, listed)
        };
        let count = |image: usize| if run.judgements[image].is_scored() { (1, u64::from(is_short(image))) } else { (0, 0) };
        let (images, short) =
            (0..run.judgements.len()).into_par_iter().map(count).reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        Self { images, short }
    }

    /// Whether every list is long enough.
    pub fn is_enough(self) -> bool {
        self.short == 0
    }
}

/// Whether nothing is left for the labels that are not listed.
fn is_whole(ranked: &Ranked, image: usize, listed: usize) -> bool {
    let sum: Option<f64> = (0..listed).map(|position| ranked.probability(image, position)).sum();
    sum.is_some_and(|sum| (sum - 1.0).abs() <= ROUNDING)
}
