//! Heights of the best `k` answers: what a user sees who is shown a list.

use super::Run;
use super::depths::Depths;
use crate::outcome::{Judgement, Outcome};
use crate::statistics::{Sum, share, to_f64};
use rayon::prelude::*;
use serde::Serialize;

/// How wrong the first `k` answers are; `None` where undefined.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct BestOf {
    pub k: usize,
    pub n: u64,
    pub accuracy: Option<f64>,
    pub mean_height: Option<f64>,
    pub best_height: Option<f64>,
    pub mistakes_mean_height: Option<f64>,
}

/// List lengths that are reported, as far as the lists reach.
const LENGTHS: [usize; 6] = [1, 2, 3, 5, 10, 20];

/// Images whose sums are added in one go.
const BLOCK: usize = 1 << 14;

#[derive(Default, Clone, Copy)]
struct Tally {
    n: u64,
    hits: u64,
    mean: Sum,
    best: u64,
    mistakes_mean: Sum,
}

impl Tally {
    /// Heights of the answers of one image, the best answer first.
    fn add(&mut self, heights: &[(u32, bool)]) {
        let Some(&(_, first_right)) = heights.first() else { return };
        let sum: u64 = heights.iter().map(|(height, _)| u64::from(*height)).sum();
        let mean = to_f64(sum) / to_f64(heights.len() as u64);
        self.n += 1;
        self.mean.add(mean);
        self.best += heights.iter().map(|(height, _)| u64::from(*height)).min().unwrap_or(0);
        self.hits += u64::from(heights.iter().any(|(_, right)| *right));
        if !first_right {
            self.mistakes_mean.add(mean);
        }
    }

    fn merge(mut self, other: Self) -> Self {
        self.n += other.n;
        self.hits += other.hits;
        self.mean.merge(other.mean);
        self.best += other.best;
        self.mistakes_mean.merge(other.mistakes_mean);
        self
    }

    fn row(self, k: usize) -> BestOf {
        BestOf {
            k,
            n: self.n,
            accuracy: share(self.hits, self.n),
            mean_height: self.mean.mean(),
            best_height: (self.n > 0).then(|| to_f64(self.best) / to_f64(self.n)),
            mistakes_mean_height: self.mistakes_mean.mean(),
        }
    }
}

/// One row per list length; empty where only one answer per image is listed.
pub(super) fn rows(run: &Run<'_>, depths: &Depths) -> Vec<BestOf> {
    let width = run.answers.ranked.width();
    if width < 2 {
        return vec![];
    }
    let lengths: Vec<usize> = LENGTHS.into_iter().filter(|k| *k <= width).collect();
    let longest = lengths.last().copied().unwrap_or(1);
    let block = |images: &[usize]| {
        let mut tallies = vec![Tally::default(); lengths.len()];
        for &image in images {
            let heights = heights(run, depths, image, longest);
            for (tally, k) in tallies.iter_mut().zip(&lengths) {
                tally.add(&heights[..heights.len().min(*k)]);
            }
        }
        tallies
    };
    let images: Vec<usize> = (0..run.judgements.len()).collect();
    let blocks: Vec<Vec<Tally>> = images.par_chunks(BLOCK).map(block).collect();
    let total = |index: usize| blocks.iter().fold(Tally::default(), |sum, block| sum.merge(block[index]));
    lengths.iter().enumerate().map(|(index, k)| total(index).row(*k)).collect()
}

/// Heights of the first answers, and whether they are right; an image without answers is answered
/// by the root. Empty for images that are not scored.
fn heights(run: &Run<'_>, depths: &Depths, image: usize, longest: usize) -> Vec<(u32, bool)> {
    let answers = run.answers.ranked.answers(image);
    let listed = answers.len().clamp(1, longest);
    match run.judgements[image] {
        Judgement::Scored(best) => {
            let outcome = |answer| Outcome::of(run.taxonomy, best.truth, answer);
            let height = |outcome: Outcome| (outcome.height(run.taxonomy), outcome.is_right());
            if answers.is_empty() {
                return vec![height(best)];
            }
            answers.iter().take(listed).map(|answer| height(outcome(answer.taxon()))).collect()
        }
        Judgement::Unplaced(_) => vec![(depths.unplaced(), false); listed],
        _ => vec![],
    }
}
