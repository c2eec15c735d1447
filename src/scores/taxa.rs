//! Recall, precision and the most frequent confusion of every taxon, at all ranks.

use super::confusions::Pairs;
use super::judged_run::JudgedRun;
use super::ranks::{Column, Table, truth_at};
use crate::numbers::bootstrap::Kinds;
use crate::numbers::interval;
use crate::numbers::statistics::{Interval, share, to_f64, wilson};
use crate::scores::outcome::Outcome;
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;

/// Scores of one taxon by the path rule.
#[derive(Debug, Clone, PartialEq)]
pub struct TaxonScores {
    /// The taxon.
    pub taxon: TaxonId,
    /// Its rank.
    pub rank: Rank,
    /// Images whose truth lies in it.
    pub n: u64,
    /// Images whose answer lies in it, of those whose truth has a taxon at the rank.
    pub answered: u64,
    /// Images with both.
    pub right: u64,
    /// Images of the taxon whose answer has no taxon at the rank.
    pub unanswered: u64,
    /// `right / n`, in `[0, 1]`; `None` without images.
    pub recall: Option<f64>,
    /// Its interval.
    pub recall_interval: Option<Interval>,
    /// `right / answered`, in `[0, 1]`; `None` without answers.
    pub precision: Option<f64>,
    /// Its interval, of the images that were answered so.
    pub precision_interval: Option<Interval>,
    /// `2 right / (n + answered)`, in `[0, 1]`; no mean over images, and so without an interval.
    pub f1: Option<f64>,
    /// What it was taken for most often, how often, and where the two meet; of equals the first
    /// in the order of the tree. `None` if it never was taken for another taxon of the rank.
    pub confused_with: Option<ConfusedWith>,
}

/// The most frequent confusion of a taxon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfusedWith {
    /// The other taxon, of the same rank.
    pub taxon: TaxonId,
    /// Images.
    pub count: u64,
    /// Lowest common ancestor of the two.
    pub lca: TaxonId,
}

pub(super) fn scores(run: &JudgedRun<'_>, table: &Table, pairs: &Pairs) -> Vec<TaxonScores> {
    table.columns.iter().flat_map(|column| column_scores(run, table, column, pairs)).collect()
}

/// What the interval of a share of one taxon's images is made from.
enum Shares {
    /// The counts say all: each image counts by itself.
    OfCounts,
    /// Intervals of the taxa, in order.
    OfClusters(Vec<(TaxonId, Interval)>),
}

/// Images of one cluster that claim a taxon alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    taxon: TaxonId,
    cluster: usize,
    right: bool,
    times: u64,
}

impl Shares {
    /// Of images that some taxon claims, and whether it does so rightly.
    fn of(run: &JudgedRun<'_>, claimed: impl Fn(usize) -> Option<(TaxonId, bool)>) -> Self {
        let Some(clusters) = &run.sample.clusters else { return Shares::OfCounts };
        let images = 0..run.judgements.len();
        let claim = |image| {
            claimed(image).map(|(taxon, right)| Claim { taxon, cluster: clusters.of(image), right, times: run.times(image) })
        };
        let mut rows: Vec<Claim> = images.filter_map(claim).collect();
        rows.sort_unstable();
        let count = |rows: &[Claim]| to_f64(rows.iter().map(|row| row.times).sum());
        let right = |rows: &[Claim]| to_f64(rows.iter().filter(|row| row.right).map(|row| row.times).sum());
        let of_taxon = |rows: &[Claim]| {
            let clusters = rows.chunk_by(|a, b| a.cluster == b.cluster).map(|rows| (right(rows), count(rows)));
            let interval = interval::share(&Kinds::of(clusters), count(rows)).ok()?;
            Some((rows.first()?.taxon, interval))
        };
        Shares::OfClusters(rows.chunk_by(|a, b| a.taxon == b.taxon).filter_map(of_taxon).collect())
    }

    fn interval(&self, taxon: TaxonId, right: u64, n: u64) -> Option<Interval> {
        match self {
            Shares::OfCounts => wilson(right, n),
            Shares::OfClusters(taxa) => taxa.binary_search_by_key(&taxon, |(known, _)| *known).ok().map(|place| taxa[place].1),
        }
    }
}

fn column_scores(run: &JudgedRun<'_>, table: &Table, column: &Column, pairs: &Pairs) -> Vec<TaxonScores> {
    let taxonomy = run.taxonomy;
    let answered = |image: usize| column.ancestor(run.best(image));
    let recalls = Shares::of(run, |image| {
        let truth = truth_at(run, image, column)?.0?;
        Some((truth, answered(image) == Some(truth)))
    });
    let precisions = Shares::of(run, |image| {
        let (truth, answered) = (truth_at(run, image, column)?, answered(image)?);
        Some((answered, truth.is(Some(answered))))
    });
    let counts = &table.counts;
    let at = |counts: &[u32], taxon: TaxonId| u64::from(counts[taxon.index()]);
    let mut confused = most_confused(column, pairs).into_iter().peekable();
    let met = |taxon: &TaxonId| at(&counts.truth, *taxon) + at(&counts.answered, *taxon) > 0;
    let score = |taxon: TaxonId| {
        let (n, answered, right) = (at(&counts.truth, taxon), at(&counts.answered, taxon), at(&counts.path_right, taxon));
        let other = confused.next_if(|(truth, ..)| *truth == taxon);
        TaxonScores {
            taxon,
            rank: column.rank,
            n,
            answered,
            right,
            unanswered: at(&counts.unanswered, taxon),
            recall: share(right, n),
            recall_interval: recalls.interval(taxon, right, n),
            precision: share(right, answered),
            precision_interval: precisions.interval(taxon, right, answered),
            f1: share(2 * right, n + answered),
            confused_with: other.map(|(truth, other, count)| ConfusedWith {
                taxon: other,
                count,
                lca: taxonomy.lca(truth, other),
            }),
        }
    };
    taxonomy.taxa_of_rank(column.rank).filter(met).map(score).collect()
}

/// For each true taxon of the rank that was confused, its most frequent confusion, in order of the tree.
fn most_confused(column: &Column, pairs: &Pairs) -> Vec<(TaxonId, TaxonId, u64)> {
    let at_rank = |(outcome, count): &(Outcome, u64)| {
        let (truth, answer) = (column.ancestor(outcome.truth)?, column.ancestor(outcome.answer)?);
        (truth != answer).then_some((truth, answer, *count))
    };
    let mut wrong: Vec<_> = pairs.placed.iter().filter_map(at_rank).collect();
    wrong.sort_unstable();
    let total = |run: &[(TaxonId, TaxonId, u64)]| (run[0].0, run[0].1, run.iter().map(|pair| pair.2).sum::<u64>());
    let totals: Vec<_> = wrong.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(total).collect();
    let worst =
        |run: &[(TaxonId, TaxonId, u64)]| run.iter().copied().max_by_key(|&(_, other, count)| (count, std::cmp::Reverse(other)));
    totals.chunk_by(|a, b| a.0 == b.0).filter_map(worst).collect()
}
