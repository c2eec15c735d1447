//! Accuracy at every rank, by the path rule and by the summed rule.

mod rank_scores;
mod column;
mod candidates;
mod averages;
mod tally;
mod row;
mod table;
mod intervals;
mod notes;

pub(super) use column::{Column, truth_at};
pub use rank_scores::RankScores;
pub(super) use table::Table;

use super::judged_run::JudgedRun;
use crate::scores::outcome::Judgement;
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use candidates::{Candidates, classes};
use row::{Guess, row};
use tally::Sums;

/// The rows of all ranks, with their intervals.
pub(super) fn table(run: &JudgedRun<'_>, notes: &mut Vec<String>) -> Table {
    let columns = columns(run);
    let candidates = Candidates::new(run);
    let Sums { tallies, counts } = Sums::of(run, &columns, candidates.as_ref());
    let all = classes(run, &columns, candidates.as_ref().map(|candidates| &candidates.below[..]));
    let usable = classes(run, &columns, candidates.as_ref().map(|candidates| &candidates.usable[..]));
    let guess = |index: usize| Guess { candidates: candidates.as_ref(), classes: all[index], usable: usable[index] };
    let row = |index: usize| row(run, &columns[index], &tallies[index], &counts, guess(index));
    let rows: Vec<_> = (0..columns.len()).map(row).collect();
    notes::add_notes(run, &rows, candidates.is_some(), notes);
    let mut table = Table { columns, rows, counts };
    intervals::add(run, &mut table, &tallies);
    table
}

/// The main ranks, and the ranks below species that a truth has; none in a tree without ranks.
fn columns(run: &JudgedRun<'_>) -> Vec<Column> {
    if !run.taxonomy.has_ranks() {
        return vec![];
    }
    let mut below: Vec<Rank> = run
        .judgements
        .iter()
        .filter_map(|judgement| scored_truth(*judgement))
        .map(|truth| run.taxonomy.rank(truth))
        .filter(|rank| *rank > Rank::Species && !rank.is_unranked())
        .collect();
    below.sort_unstable();
    below.dedup();
    Rank::MAIN.into_iter().chain(below).map(|rank| Column::new(run.taxonomy, rank)).collect()
}

fn scored_truth(judgement: Judgement) -> Option<TaxonId> {
    match judgement {
        Judgement::Scored(outcome) => Some(outcome.truth),
        _ => None,
    }
}
