//! Rows among themselves: each block of products serves the rows on both its sides.

use super::among::among;
use super::blocks::{Blocks, QUERIES};
use super::candidates::Candidates;
use super::index::Index;
use super::neighbour::{Allowed, Neighbour};
use super::search::Search;
use super::tile::{product, turn, with_tile};
use super::tournament::{pairs, rounds};
use rayon::prelude::*;
use std::ops::Range;

/// Most candidates held at once.
const HELD: usize = 64_000_000;

/// The `k` nearest rows of every row of an index, as [`nearest`](super::nearest).
#[must_use]
pub fn within(index: &Index<'_>, k: usize, allowed: Allowed<'_>) -> Vec<Vec<Neighbour>> {
    let count = index.len();
    if index.held.is_some() || count < 2 * QUERIES || Candidates::room(k).saturating_mul(count) > HELD {
        return among(index, index, k, allowed);
    }
    let search = Search::of(index, index, k, allowed);
    let blocks = Blocks::of(count);
    let mut kept: Vec<Vec<Candidates>> = (0..blocks.len()).map(|block| search.candidates(blocks.rows(block).len())).collect();
    kept.par_iter_mut().enumerate().for_each(|(block, candidates)| scan_itself(&search, &blocks.rows(block), candidates));
    for round in 0..rounds(blocks.len()) {
        let mut taken: Vec<(usize, usize, Vec<Candidates>, Vec<Candidates>)> = pairs(blocks.len(), round)
            .into_iter()
            .map(|(one, other)| (one, other, std::mem::take(&mut kept[one]), std::mem::take(&mut kept[other])))
            .collect();
        taken.par_iter_mut().for_each(|(one, other, of_one, of_other)| {
            scan_each_other(&search, &blocks.rows(*one), of_one, &blocks.rows(*other), of_other);
        });
        for (one, other, of_one, of_other) in taken {
            kept[one] = of_one;
            kept[other] = of_other;
        }
    }
    kept.into_par_iter()
        .enumerate()
        .flat_map_iter(|(block, candidates)| search.ranked(blocks.rows(block).start, candidates))
        .collect()
}

/// The rows of a block among themselves.
fn scan_itself(search: &Search<'_>, rows: &Range<usize>, candidates: &mut [Candidates]) {
    with_tile(rows.len() * rows.len(), |tile| {
        product(search.queries, rows, search.documents, rows, tile);
        for (row, candidates) in candidates.iter_mut().enumerate() {
            let scores = &tile[row * rows.len()..(row + 1) * rows.len()];
            search.scan(rows.start + row, rows.start, scores, candidates);
        }
    });
}

/// The rows of two blocks among those of the other one.
fn scan_each_other(
    search: &Search<'_>,
    left: &Range<usize>,
    of_left: &mut [Candidates],
    right: &Range<usize>,
    of_right: &mut [Candidates],
) {
    let (rows, columns) = (left.len(), right.len());
    with_tile(2 * rows * columns, |both| {
        let (tile, turned) = both.split_at_mut(rows * columns);
        product(search.queries, left, search.documents, right, tile);
        turn(tile, columns, turned);
        for (row, candidates) in of_left.iter_mut().enumerate() {
            let scores = &tile[row * columns..(row + 1) * columns];
            search.scan(left.start + row, right.start, scores, candidates);
        }
        for (column, candidates) in of_right.iter_mut().enumerate() {
            let scores = &turned[column * rows..(column + 1) * rows];
            search.scan(right.start + column, left.start, scores, candidates);
        }
    });
}
