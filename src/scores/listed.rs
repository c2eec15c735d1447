//! How many answers the images list: what is said about the first five needs five.

use super::judged_run::JudgedRun;
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
    pub fn of(run: &JudgedRun<'_>, k: usize, all: Option<u64>) -> Self {
        Self::count(run, |image| is_short(&run.answers.ranked, image, k, all))
    }

    /// The same of taxa of summed probability; where the labels that are listed are whole, so are their sums.
    pub fn of_sums(run: &JudgedRun<'_>, sums: &Ranked, k: usize, all: u64) -> Self {
        let ranked = &run.answers.ranked;
        let labels_are_whole = |image: usize| is_whole(ranked, image, ranked.listed(image).len());
        Self::count(run, |image| is_short(sums, image, k, Some(all)) && !labels_are_whole(image))
    }

    fn count(run: &JudgedRun<'_>, is_short: impl Fn(usize) -> bool + Sync) -> Self {
        let count = |image: usize| {
            let times = if run.judgements[image].is_scored() { run.times(image) } else { 0 };
            (times, times * u64::from(is_short(image)))
        };
        let (images, short) =
            (0..run.judgements.len()).into_par_iter().map(count).reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        Self { images, short }
    }

    /// Whether every list is long enough.
    pub fn is_enough(self) -> bool {
        self.short == 0
    }
}

/// Whether an image lists some, but fewer than `k`, though there are more to give.
fn is_short(ranked: &Ranked, image: usize, k: usize, all: Option<u64>) -> bool {
    let listed = ranked.listed(image).len();
    let enough = listed >= k || all.is_some_and(|all| listed as u64 >= all);
    !enough && !ranked.answers(image).is_empty() && !is_whole(ranked, image, listed)
}

/// Whether nothing is left for the labels that are not listed.
fn is_whole(ranked: &Ranked, image: usize, listed: usize) -> bool {
    let sum: Option<f64> = (0..listed).map(|position| ranked.probability(image, position)).sum();
    sum.is_some_and(|sum| (sum - 1.0).abs() <= ROUNDING)
}
