//! Whether scores tell that the taxon of a rank is none that the candidates could have named.

use super::evidence::{Evidence, LABELS, NoveltyScore};
use super::left_out;
use super::reach::Reach;
use super::shown::Shown;
use crate::numbers::interval::MetricIntervals;
use crate::numbers::ranking::{self, Ranking};
use crate::scores::jackknife::Groups;
use crate::scores::judged_run::JudgedRun;
use crate::taxonomy::rank::Rank;
use rayon::prelude::*;
use serde::Serialize;

/// The share of the novel images that is to be found.
const FOUND: f64 = 0.95;

/// Which images a row of detection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Among {
    /// All images with a truth at the rank.
    All,
    /// Those whose truth is novel: is what lies above it new as well?
    Novel,
}

impl Among {
    /// As files have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Among::All => "all",
            Among::Novel => "novel",
        }
    }
}

/// How well a score tells what is new at a rank; `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct DetectionRow {
    /// The rank; `None` in a tree without ranks, for the labels themselves.
    pub rank: Option<Rank>,
    /// Which images.
    pub among: Among,
    /// By which score.
    pub score: NoveltyScore,
    pub n: u64,
    pub positives: u64,
    pub negatives: u64,
    pub auroc: Option<f64>,
    pub aupr: Option<f64>,
    pub aupr_chance: Option<f64>,
    pub fpr_at_95: Option<f64>,
    /// The intervals of the others.
    pub intervals: MetricIntervals,
}

/// Images of a rank that are all new there, or all not: nothing can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OneKind {
    /// The rank; `None` for the labels themselves.
    pub rank: Option<Rank>,
    /// Which images.
    pub among: Among,
    /// Images whose taxon at the rank holds no candidate.
    pub positives: u64,
    /// Images whose taxon at the rank holds one.
    pub negatives: u64,
}

/// Images of one rank: their positions, and whether each is new there.
struct Asked {
    rank: Option<Rank>,
    level: usize,
    among: Among,
    images: Vec<(usize, bool)>,
}

impl Asked {
    /// All that can be asked of images with distributions, the coarsest rank first.
    fn all(run: &JudgedRun<'_>, reach: &Reach, evidence: &Evidence, shown: &[Shown]) -> Vec<Self> {
        let taxonomy = run.taxonomy;
        let levels: Vec<(usize, Option<Rank>)> = if taxonomy.has_ranks() {
            Rank::MAIN.into_iter().enumerate().map(|(index, rank)| (index, Some(rank))).collect()
        } else {
            vec![(LABELS, None)]
        };
        let asked = |(level, rank): (usize, Option<Rank>), among: Among| {
            let at = |(position, one): (usize, &Shown)| {
                let counts = evidence.signals[position].is_some() && (among == Among::All || !one.known);
                let taxon = match rank {
                    Some(_) => taxonomy.main_ancestor(one.outcome.truth, level)?,
                    None => one.outcome.truth,
                };
                counts.then(|| (position, !reach.is_known(taxon)))
            };
            Asked { rank, level, among, images: shown.iter().enumerate().filter_map(at).collect() }
        };
        levels.into_iter().flat_map(|level| [Among::All, Among::Novel].map(|among| asked(level, among))).collect()
    }

    fn one_kind(&self) -> Option<OneKind> {
        let positives = self.images.iter().filter(|(_, positive)| *positive).count() as u64;
        let negatives = self.images.len() as u64 - positives;
        let alone = (positives == 0) != (negatives == 0);
        alone.then_some(OneKind { rank: self.rank, among: self.among, positives, negatives })
    }
}

/// What the scores tell at every rank, and the ranks of one kind of images alone.
pub(super) fn rows(
    run: &JudgedRun<'_>,
    reach: &Reach,
    evidence: &Evidence,
    shown: &[Shown],
    groups: &Groups,
) -> (Vec<DetectionRow>, Vec<OneKind>) {
    let asked = Asked::all(run, reach, evidence, shown);
    let one_kind = asked.iter().filter_map(Asked::one_kind).collect();
    let all: Vec<(&Asked, NoveltyScore)> = asked.iter().flat_map(|asked| NoveltyScore::ALL.map(|score| (asked, score))).collect();
    let rows = all.into_par_iter().filter_map(|(asked, score)| row(run, asked, score, (evidence, shown, groups)));
    (rows.collect(), one_kind)
}

/// `None` unless there are both kinds of images that have the score.
fn row(
    run: &JudgedRun<'_>,
    asked: &Asked,
    score: NoveltyScore,
    (evidence, shown, groups): (&Evidence, &[Shown], &Groups),
) -> Option<DetectionRow> {
    let scored: Vec<(usize, bool, f64)> = asked
        .images
        .iter()
        .filter_map(|&(position, positive)| Some((position, positive, evidence.of_image(score, asked.level, position)?)))
        .collect();
    let ranking = Ranking::of(
        scored.iter().map(|(_, _, score)| *score).collect(),
        scored.iter().map(|(_, positive, _)| *positive).collect(),
    );
    let steps = ranking.steps(|_| true);
    if !steps.both() {
        return None;
    }
    let noun = run.sample.noun;
    let cluster = |position: usize| match &run.sample.clusters {
        Some(clusters) => clusters.of(shown[position].image),
        None => position,
    };
    let clusters: Vec<usize> = scored.iter().map(|(position, ..)| cluster(*position)).collect();
    let parts: Vec<usize> = scored.iter().map(|(position, ..)| groups.of_image[*position]).collect();
    let threshold = steps.threshold_at(FOUND)?;
    let negatives = scored.iter().filter(|(_, positive, _)| !positive);
    let mut intervals = MetricIntervals::default();
    intervals.add("auroc", ranking::interval(&ranking, &clusters), noun);
    intervals.add("aupr", left_out::interval(&parts, |kept| ranking.steps(kept).average_precision()), noun);
    let above = negatives.map(|(position, _, score)| (shown[*position].image, *score >= threshold));
    intervals.add("fpr_at_95", run.sample.share(above), noun);
    Some(DetectionRow {
        rank: asked.rank,
        among: asked.among,
        score,
        n: scored.len() as u64,
        positives: steps.positives,
        negatives: steps.negatives,
        auroc: steps.auroc(),
        aupr: steps.average_precision(),
        aupr_chance: steps.prevalence(),
        fpr_at_95: steps.false_positives_at(FOUND),
        intervals,
    })
}
