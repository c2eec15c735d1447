//! Heights of the best `k` answers: what a user sees who is shown a list.

use super::depths::Depths;
use super::judged_run::JudgedRun;
use crate::numbers::interval::{Grouped, Mean, MetricIntervals, share};
use crate::numbers::statistics::to_f64;
use crate::scores::outcome::{Judgement, Outcome};
use rayon::prelude::*;

/// How wrong the first `k` answers are; `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct BestOf {
    pub k: usize,
    pub n: u64,
    pub accuracy: Option<f64>,
    pub mean_height: Option<f64>,
    pub best_height: Option<f64>,
    pub mistakes_mean_height: Option<f64>,
    /// The intervals of the others.
    pub intervals: MetricIntervals,
}

/// List lengths that are reported, as far as the lists reach.
const LENGTHS: [usize; 6] = [1, 2, 3, 5, 10, 20];

/// What the first `k` answers of an image amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct List {
    answers: u32,
    /// Sum of the heights.
    heights: u32,
    /// Least of the heights.
    best: u32,
    any_right: bool,
    first_right: bool,
}

impl List {
    /// Of heights of answers, the best answer first, and whether they are right; `None` without answers.
    fn of(heights: &[(u32, bool)]) -> Option<Self> {
        Some(Self {
            answers: u32::try_from(heights.len()).ok()?,
            heights: heights.iter().map(|(height, _)| *height).sum(),
            best: heights.iter().map(|(height, _)| *height).min()?,
            any_right: heights.iter().any(|(_, right)| *right),
            first_right: heights.first()?.1,
        })
    }

    fn mean(&self) -> f64 {
        f64::from(self.heights) / f64::from(self.answers)
    }
}

/// One row per list length; empty where only one answer per image is listed.
pub(super) fn rows(run: &JudgedRun<'_>, depths: &Depths) -> Vec<BestOf> {
    let width = run.answers.ranked.width();
    if width < 2 {
        return vec![];
    }
    LENGTHS.into_iter().filter(|k| *k <= width).map(|k| row(run, depths, k)).collect()
}

fn row(run: &JudgedRun<'_>, depths: &Depths, k: usize) -> BestOf {
    let list = |image: usize| Some((List::of(&heights(run, depths, image, k))?, image));
    let mut lists: Vec<(List, usize)> = (0..run.judgements.len()).into_par_iter().filter_map(list).collect();
    lists.par_sort_unstable();
    // Images whose lists amount to the same are of one kind.
    let alike: Vec<&[(List, usize)]> = lists.chunk_by(|a, b| a.0 == b.0).collect();
    let kinds: Vec<List> = alike.iter().map(|images| images[0].0).collect();
    let images: Grouped = if run.sample.clusters.is_none() {
        Grouped::alone(alike.iter().map(|images| images.iter().map(|(_, image)| run.times(*image)).sum()).enumerate())
    } else {
        let of_kind =
            |(kind, images): (usize, &&[(List, usize)])| images.iter().map(move |(_, image)| (*image, kind)).collect::<Vec<_>>();
        run.sample.grouped(alike.iter().enumerate().flat_map(of_kind))
    };
    let ladder = run.taxonomy.has_ranks().then_some((0.0, 7.0));
    let mean = |of: &dyn Fn(&List) -> (f64, f64)| Mean { kinds: images.kinds(|kind| of(&kinds[kind])), range: ladder };
    let means = [
        mean(&|list| (list.mean(), 1.0)),
        mean(&|list| (f64::from(list.best), 1.0)),
        mean(&|list| if list.first_right { (0.0, 0.0) } else { (list.mean(), 1.0) }),
    ];
    let hits = images.share(|kind| kinds[kind].any_right);
    let mut intervals = MetricIntervals::default();
    intervals.add("accuracy", share(&hits, to_f64(images.images())), run.sample.noun);
    for (name, found) in ["mean_height", "best_height", "mistakes_mean_height"].into_iter().zip(run.sample.means(&means)) {
        intervals.add(name, found, run.sample.noun);
    }
    let [mean_height, best_height, mistakes_mean_height] = means.map(|mean| mean.kinds.mean());
    BestOf { k, n: images.images(), accuracy: hits.mean(), mean_height, best_height, mistakes_mean_height, intervals }
}

/// Heights of the first answers, and whether they are right; an image without answers is answered
/// by the root. Empty for images that are not scored.
fn heights(run: &JudgedRun<'_>, depths: &Depths, image: usize, longest: usize) -> Vec<(u32, bool)> {
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
