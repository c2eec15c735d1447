//! Green, yellow, red: right, acceptable, wrong.

use super::judged_run::JudgedRun;
use super::similarity::Counted;
use crate::numbers::interval::{self, Grouped, MetricIntervals};
use crate::numbers::statistics::{share, to_f64};
use crate::scores::cost::LookAlikes;
use crate::scores::outcome::Outcome;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// What counts as an acceptable near miss.
#[derive(Debug, Clone, Copy)]
pub struct Acceptable<'a> {
    /// Truth and answer meet at this main rank or below.
    pub rank: Rank,
    /// Pairs that are acceptable wherever they meet.
    pub look_alikes: Option<&'a LookAlikes>,
}

impl Default for Acceptable<'_> {
    fn default() -> Self {
        Self { rank: Rank::Genus, look_alikes: None }
    }
}

/// Images by flag; shares are `None` without images.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct Flags {
    pub n: u64,
    pub green: u64,
    pub yellow: u64,
    pub red: u64,
    pub green_share: Option<f64>,
    pub yellow_share: Option<f64>,
    pub red_share: Option<f64>,
    /// The rank at which truth and answer must meet for yellow.
    pub yellow_from: Rank,
    /// The intervals of the shares.
    pub intervals: MetricIntervals,
}

impl Flags {
    /// `None` in a tree without ranks.
    pub(super) fn of(run: &JudgedRun<'_>, counted: &[Counted], images: &Grouped, acceptable: Acceptable<'_>) -> Option<Self> {
        if !run.taxonomy.has_ranks() {
            return None;
        }
        let flag = |pair: &Counted| Flag::of(run.taxonomy, pair.outcome.as_ref(), acceptable);
        let flags: Vec<Flag> = counted.iter().map(flag).collect();
        let images_of =
            |wanted: Flag| counted.iter().zip(&flags).filter(|(_, flag)| **flag == wanted).map(|(pair, _)| pair.count).sum();
        let [green, yellow, red]: [u64; 3] = Flag::ALL.map(images_of);
        let n = green + yellow + red;
        let mut intervals = MetricIntervals::default();
        for (name, wanted) in ["green_share", "yellow_share", "red_share"].into_iter().zip(Flag::ALL) {
            let found = interval::share(&images.share(|pair| flags[pair] == wanted), to_f64(n));
            intervals.add(name, found, run.sample.noun);
        }
        let yellow_from = acceptable.rank;
        let [green_share, yellow_share, red_share] = [green, yellow, red].map(|part| share(part, n));
        Some(Self { n, green, yellow, red, green_share, yellow_share, red_share, yellow_from, intervals })
    }
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Right.
    Green,
    /// Acceptable.
    Yellow,
    /// Wrong.
    Red,
}

impl Flag {
    const ALL: [Flag; 3] = [Flag::Green, Flag::Yellow, Flag::Red];

    /// The flag of a scored image; there is no outcome where the truth is unknown, which counts as a mistake.
    pub(super) fn of(taxonomy: &Taxonomy, outcome: Option<&Outcome>, acceptable: Acceptable<'_>) -> Flag {
        match outcome {
            Some(outcome) if outcome.is_right() => Flag::Green,
            Some(outcome) if is_acceptable(taxonomy, outcome, acceptable) => Flag::Yellow,
            _ => Flag::Red,
        }
    }
}

fn is_acceptable(taxonomy: &Taxonomy, outcome: &Outcome, acceptable: Acceptable<'_>) -> bool {
    is_near(taxonomy, outcome.lca, acceptable.rank)
        || acceptable.look_alikes.is_some_and(|pairs| pairs.hold(taxonomy, outcome.truth, outcome.predicted))
}

/// Whether two taxa that meet in `lca` meet at a main rank or below: what is acceptable in reports, and in retrieval.
#[must_use]
pub fn is_near(taxonomy: &Taxonomy, lca: TaxonId, rank: Rank) -> bool {
    rank.rung().is_some_and(|rung| taxonomy.rung(lca) <= rung)
}
