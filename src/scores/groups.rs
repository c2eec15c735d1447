//! The same scores for groups of images: a site, a split, taxa seen often, seldom or never in training.

use super::depths::Depths;
use super::{Run, ScoreOptions, Tree};
use crate::outcome::Judgement;
use crate::rank::Rank;
use crate::statistics::{share, to_f64, wilson};
use crate::taxonomy::Taxonomy;
use crate::training_counts::TrainingCounts;
use serde::Serialize;
use std::collections::BTreeMap;

/// The scores of one group; `None` where undefined.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct GroupScores {
    /// What the groups are by: a column, or `training images`.
    pub by: String,
    /// The group; blank where the source gives none.
    pub group: String,
    pub n: u64,
    pub right: Option<f64>,
    pub right_low: Option<f64>,
    pub right_high: Option<f64>,
    pub mistakes: u64,
    pub mean_height: Option<f64>,
    pub severity: Option<f64>,
    /// Accuracy by the path rule at the main ranks, kingdom to species.
    pub path_top1: BTreeMap<Rank, Option<f64>>,
}

/// Name of the grouping by training images.
pub const TRAINING: &str = "training images";

#[derive(Default)]
struct Tally {
    n: u64,
    right: u64,
    height: u64,
    /// Images and right ones by main rank.
    ranks: [(u64, u64); 7],
}

impl Tally {
    fn add(&mut self, taxonomy: &Taxonomy, judgement: Judgement, unplaced: u64) {
        self.n += 1;
        let Judgement::Scored(outcome) = judgement else {
            self.height += unplaced;
            self.ranks.iter_mut().for_each(|(n, _)| *n += 1);
            return;
        };
        self.right += u64::from(outcome.is_right());
        self.height += u64::from(outcome.height(taxonomy));
        for (index, (n, right)) in self.ranks.iter_mut().enumerate() {
            if let Some(truth) = taxonomy.main_ancestor(outcome.truth, index) {
                *n += 1;
                *right += u64::from(taxonomy.main_ancestor(outcome.answer, index) == Some(truth));
            }
        }
    }

    fn row(&self, by: &str, group: &str) -> GroupScores {
        let interval = wilson(self.right, self.n);
        let mistakes = self.n - self.right;
        let over = |count: u64| (count > 0).then(|| to_f64(self.height) / to_f64(count));
        GroupScores {
            by: by.to_string(),
            group: group.to_string(),
            n: self.n,
            right: share(self.right, self.n),
            right_low: interval.map(|interval| interval.low),
            right_high: interval.map(|interval| interval.high),
            mistakes,
            mean_height: over(self.n),
            severity: over(mistakes),
            path_top1: Rank::MAIN.into_iter().zip(self.ranks).map(|(rank, (n, right))| (rank, share(right, n))).collect(),
        }
    }
}

/// All groups, by column and then by name; groups of training images, fewest first.
///
/// Images whose truth is unknown and counts as a mistake are in no group of training images.
pub(super) fn rows(run: &Run<'_>, options: &ScoreOptions<'_>) -> Vec<GroupScores> {
    let unplaced = u64::from(Depths::new(run.taxonomy, Tree::Full, run.met).unplaced());
    let judged = || run.judgements.iter().enumerate().filter(|(_, judgement)| judgement.is_scored());
    let mut rows = vec![];
    for grouping in &run.answers.groups {
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for (image, judgement) in judged() {
            tallies.entry(grouping.values[image].as_str()).or_default().add(run.taxonomy, *judgement, unplaced);
        }
        rows.extend(tallies.iter().map(|(group, tally)| tally.row(&grouping.name, group)));
    }
    if let Some(counts) = options.training {
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for (_, judgement) in judged() {
            if let Judgement::Scored(outcome) = judgement {
                tallies.entry(counts.group(outcome.truth)).or_default().add(run.taxonomy, *judgement, unplaced);
            }
        }
        let groups = TrainingCounts::groups().into_iter();
        rows.extend(groups.filter_map(|group| Some(tallies.get(group)?.row(TRAINING, group))));
    }
    rows
}
