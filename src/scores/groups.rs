//! The same scores for groups of images: a site, a split, taxa seen often, seldom or never in training.

use super::confusions::{self, Pairs};
use super::distance::{Distance, Distances};
use super::judged_run::JudgedRun;
use super::options::ScoreOptions;
use super::similarity::{self, Counted};
use super::tree::Tree;
use crate::numbers::interval::{Grouped, Mean, MetricIntervals, share};
use crate::numbers::statistics::Interval;
use crate::scores::outcome::Judgement;
use crate::scores::training_counts::TrainingCounts;
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;

/// The scores of one group; `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct GroupScores {
    /// What the groups are by: a column, or `training images`.
    pub by: String,
    /// The group; blank where the source gives none.
    pub group: String,
    pub n: u64,
    pub right: Option<f64>,
    pub mistakes: u64,
    pub mean_height: Option<f64>,
    pub severity: Option<f64>,
    /// Accuracy by the path rule at the main ranks, kingdom to species.
    pub path_top1: BTreeMap<Rank, Option<f64>>,
    pub path_top1_low: BTreeMap<Rank, Option<f64>>,
    pub path_top1_high: BTreeMap<Rank, Option<f64>>,
    /// The intervals of `right`, `mean_height` and `severity`.
    pub intervals: MetricIntervals,
}

/// Name of the grouping by training images.
pub const TRAINING: &str = "training images";

/// What the images of one pair of truth and answer are.
struct MeasuredPair {
    distance: Distance,
    /// Whether the answer is right at each main rank that the truth has.
    right_at: [Option<bool>; 7],
}

impl MeasuredPair {
    fn of(run: &JudgedRun<'_>, measure: &Distances<'_>, pair: &Counted) -> Self {
        let Some(outcome) = &pair.outcome else {
            return Self { distance: measure.unplaced(pair.answer), right_at: [Some(false); 7] };
        };
        let right_at = std::array::from_fn(|index| {
            let truth = run.taxonomy.main_ancestor(outcome.truth, index)?;
            Some(run.taxonomy.main_ancestor(outcome.answer, index) == Some(truth))
        });
        Self { distance: measure.placed(outcome), right_at }
    }
}

fn row(run: &JudgedRun<'_>, pairs: &[MeasuredPair], images: &Grouped, (by, group): (&str, &str)) -> GroupScores {
    let right = images.share(|pair| pairs[pair].distance.right);
    let ladder = run.taxonomy.has_ranks().then_some((0.0, 7.0));
    let heights = |over_mistakes: bool| {
        let of = |pair: usize| {
            let distance = &pairs[pair].distance;
            (f64::from(distance.height), f64::from(u8::from(!(over_mistakes && distance.right))))
        };
        Mean { kinds: images.kinds(of), range: ladder }
    };
    let means = [heights(false), heights(true)];
    let mut intervals = MetricIntervals::default();
    intervals.add("right", share(&right, right.weight()), run.sample.noun);
    for (name, found) in ["mean_height", "severity"].into_iter().zip(run.sample.means(&means)) {
        intervals.add(name, found, run.sample.noun);
    }
    let at = |index: usize| {
        let right_at = |pair: usize| pairs[pair].right_at[index].map_or((0.0, 0.0), |right| (f64::from(u8::from(right)), 1.0));
        let kinds = images.kinds(right_at);
        (kinds.mean(), share(&kinds, kinds.weight()).ok())
    };
    let ranks: Vec<(Rank, Share)> = Rank::MAIN.into_iter().zip((0..7).map(at)).collect();
    let of_ranks =
        |part: fn(&Share) -> Option<f64>| ranks.iter().map(|(rank, found)| (*rank, part(found))).collect::<BTreeMap<_, _>>();
    let n = images.images();
    let [mean_height, severity] = means.map(|mean| mean.kinds.mean());
    GroupScores {
        by: by.to_string(),
        group: group.to_string(),
        n,
        right: right.mean(),
        mistakes: images.count(|pair| !pairs[pair].distance.right),
        mean_height,
        severity,
        path_top1: of_ranks(|found| found.0),
        path_top1_low: of_ranks(|found| found.1.map(|interval| interval.low)),
        path_top1_high: of_ranks(|found| found.1.map(|interval| interval.high)),
        intervals,
    }
}

/// A share of images and its interval.
type Share = (Option<f64>, Option<Interval>);

/// The scores of all images that are scored, as one group.
pub(super) fn whole(run: &JudgedRun<'_>, name: (&str, &str)) -> GroupScores {
    let placed = confusions::pairs(run);
    let measure = Distances::of_run(run, Tree::Full);
    let pairs: Vec<MeasuredPair> =
        similarity::counted(&placed).iter().map(|pair| MeasuredPair::of(run, &measure, pair)).collect();
    row(run, &pairs, &placed.grouped(run), name)
}

/// All groups, by column and then by name; groups of training images, fewest first.
///
/// Images whose truth is unknown and counts as a mistake are in no group of training images.
pub(super) fn rows(run: &JudgedRun<'_>, placed: &Pairs, options: &ScoreOptions<'_>) -> Vec<GroupScores> {
    if run.answers.groups.is_empty() && options.training.is_none() {
        return vec![];
    }
    let measure = Distances::of_run(run, Tree::Full);
    let pairs: Vec<MeasuredPair> = similarity::counted(placed).iter().map(|pair| MeasuredPair::of(run, &measure, pair)).collect();
    let judged = || {
        let judgements = run.judgements.iter().enumerate();
        judgements.filter_map(|(image, judgement)| Some((image, placed.place(*judgement)?, *judgement)))
    };
    let scores = |by: &str, group: &str, images: &[(usize, usize)]| {
        row(run, &pairs, &run.sample.grouped(images.iter().copied()), (by, group))
    };
    let mut rows = vec![];
    for grouping in &run.answers.groups {
        let mut groups: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        for (image, pair, _) in judged() {
            groups.entry(grouping.values[image].as_str()).or_default().push((image, pair));
        }
        rows.extend(groups.iter().map(|(group, images)| scores(&grouping.name, group, images)));
    }
    if let Some(counts) = options.training {
        let mut groups: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        for (image, pair, judgement) in judged() {
            if let Judgement::Scored(outcome) = judgement {
                groups.entry(counts.group(outcome.truth)).or_default().push((image, pair));
            }
        }
        let names = TrainingCounts::groups().into_iter();
        rows.extend(names.filter_map(|group| Some(scores(TRAINING, group, groups.get(group)?))));
    }
    rows
}
