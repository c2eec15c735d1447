//! The row of one rank, from its sums.

use super::averages::averages;
use super::candidates::Candidates;
use super::column::Column;
use super::rank_scores::RankScores;
use super::tally::{Tally, TaxonCounts};
use crate::answers::Ranked;
use crate::numbers::interval::MetricIntervals;
use crate::numbers::statistics::share;
use crate::scores::judged_run::JudgedRun;
use crate::scores::listed::Listed;
use crate::taxonomy::rank::Rank;
use rayon::prelude::*;

/// What a guess could give at a rank.
#[derive(Clone, Copy)]
pub(super) struct Guess<'a> {
    /// The candidates, where they are known.
    pub candidates: Option<&'a Candidates>,
    /// Taxa of the rank that could be answered.
    pub classes: u64,
    /// Of these the ones that can get any probability.
    pub usable: u64,
}

pub(super) fn row(run: &JudgedRun<'_>, column: &Column, tally: &Tally, counts: &TaxonCounts, guess: Guess<'_>) -> RankScores {
    let Guess { candidates, classes, usable } = guess;
    let summed = run.summed(column.rank).is_some() && tally.n > 0;
    let only_if = |condition: bool, value: Option<f64>| value.filter(|_| condition);
    let chance = match candidates {
        Some(candidates) => share(tally.lucky, candidates.count * tally.n),
        None => share(tally.placed, classes * tally.n),
    };
    let labels = candidates.map(|candidates| candidates.count);
    let path = averages(run.taxonomy, column.rank, &counts.truth, &counts.answered, &counts.path_right);
    let by_sum = averages(run.taxonomy, column.rank, &counts.truth, &counts.summed_answered, &counts.summed_right);
    RankScores {
        rank: column.rank,
        n: tally.n,
        path_top1: share(tally.path_top1, tally.n),
        path_top1_least: share(tally.path_ties.always, tally.n),
        path_top1_most: share(tally.path_ties.ever, tally.n),
        path_top5: only_if(lists_five(run, labels), share(tally.path_top5, tally.n)),
        path_macro: path.recall,
        summed_top1: only_if(summed, share(tally.summed_top1, tally.n)),
        summed_top1_least: only_if(summed, share(tally.summed_ties.always, tally.n)),
        summed_top1_most: only_if(summed, share(tally.summed_ties.ever, tally.n)),
        summed_top5: only_if(
            summed && run.summed(column.rank).is_some_and(|sums| sums_five(run, sums, usable)),
            share(tally.summed_top5, tally.n),
        ),
        summed_macro: only_if(summed, by_sum.recall),
        ece: only_if(summed && has_probabilities(run, column.rank), tally.bins.expected_error()),
        chance,
        classes,
        path_mrr: only_if(run.answers.ranked.width() > 1, tally.reciprocal_places.mean()),
        path_macro_precision: path.precision,
        path_macro_f1: path.f1,
        path_weighted_precision: path.weighted_precision,
        path_weighted_f1: path.weighted_f1,
        summed_macro_precision: only_if(summed, by_sum.precision),
        summed_macro_f1: only_if(summed, by_sum.f1),
        summed_weighted_precision: only_if(summed, by_sum.weighted_precision),
        summed_weighted_f1: only_if(summed, by_sum.weighted_f1),
        disagree: only_if(summed, share(tally.disagree, tally.n)),
        tied: tally.path_ties.tied,
        summed_tied: summed.then_some(tally.summed_ties.tied),
        intervals: MetricIntervals::default(),
    }
}

/// Whether more than one answer is listed, and by every image five, or all there are.
fn lists_five(run: &JudgedRun<'_>, all: Option<u64>) -> bool {
    run.answers.ranked.width() >= 2 && Listed::of(run, 5, all).is_enough()
}

/// The same of taxa of summed probability, `all` being those that could share it.
fn sums_five(run: &JudgedRun<'_>, sums: &Ranked, all: u64) -> bool {
    sums.width() >= 2 && Listed::of_sums(run, sums, 5, all).is_enough()
}

/// Whether the sums of a rank are probabilities.
pub(super) fn has_probabilities(run: &JudgedRun<'_>, rank: Rank) -> bool {
    let Some(summed) = run.summed(rank) else { return false };
    let outside = |image: usize| summed.probability(image, 0).is_some_and(|p| !(0.0..=1.0 + 1e-6).contains(&p));
    summed.has_probabilities() && !(0..run.judgements.len()).into_par_iter().any(outside)
}
