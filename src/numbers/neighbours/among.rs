//! Rows among others.

use super::blocks::Blocks;
use super::candidates::Candidates;
use super::index::Index;
use super::neighbour::{Allowed, Neighbour};
use super::products::Products;
use super::search::Search;
use super::tile::{product, with_tile};
use rayon::prelude::*;
use std::ops::Range;

/// Documents that a block of queries is compared with at once.
const DOCUMENTS: usize = 1_024;
/// Queries at once and documents at once on a device, whose products are larger.
const HELD_QUERIES: usize = 2_048;
const HELD_DOCUMENTS: usize = 65_536;

/// The `k` nearest rows of one index of every row of another, as [`nearest`](super::nearest); both are of one similarity.
#[must_use]
pub fn among(queries: &Index<'_>, documents: &Index<'_>, k: usize, allowed: Allowed<'_>) -> Vec<Vec<Neighbour>> {
    let count = queries.len();
    if count == 0 || documents.len() == 0 || k == 0 {
        return vec![vec![]; count];
    }
    let search = Search::of(queries, documents, k, allowed);
    if let Some(held) = &documents.held
        && let Some(found) = among_held(&search, held.as_ref())
    {
        return found;
    }
    let blocks = Blocks::of(count);
    (0..blocks.len()).into_par_iter().flat_map_iter(|block| among_block(&search, &blocks.rows(block))).collect()
}

/// As [`among`], for a block of queries.
fn among_block(search: &Search<'_>, block: &Range<usize>) -> std::vec::IntoIter<Vec<Neighbour>> {
    let documents = search.documents;
    let mut kept = search.candidates(block.len());
    with_tile(block.len() * DOCUMENTS.min(documents.len()), |tile| {
        for start in (0..documents.len()).step_by(DOCUMENTS) {
            let range = start..(start + DOCUMENTS).min(documents.len());
            product(search.queries, block, documents, &range, tile);
            for (row, candidates) in kept.iter_mut().enumerate() {
                let scores = &tile[row * range.len()..(row + 1) * range.len()];
                search.scan(block.start + row, start, scores, candidates);
            }
        }
    });
    search.ranked(block.start, kept)
}

/// As [`among`], with products of a device; `None` if it fails.
fn among_held(search: &Search<'_>, held: &dyn Products) -> Option<Vec<Vec<Neighbour>>> {
    let (queries, documents) = (search.queries, search.documents);
    let (count, width) = (queries.len(), queries.rows.width);
    let mut found = Vec::with_capacity(count);
    for start in (0..count).step_by(HELD_QUERIES) {
        let block = start..(start + HELD_QUERIES).min(count);
        let mut kept = search.candidates(block.len());
        for first in (0..documents.len()).step_by(HELD_DOCUMENTS) {
            let range = first..(first + HELD_DOCUMENTS).min(documents.len());
            let tile = held.tile(&queries.single[block.start * width..block.end * width], range.clone())?;
            kept.par_iter_mut()
                .zip(tile.par_chunks(range.len()))
                .enumerate()
                .for_each(|(row, (candidates, scores))| search.scan(block.start + row, first, scores, candidates));
        }
        let parts: Vec<Vec<Candidates>> = {
            let mut kept = kept.into_iter();
            std::iter::from_fn(|| Some(kept.by_ref().take(64).collect::<Vec<_>>()).filter(|part| !part.is_empty())).collect()
        };
        let ranked: Vec<_> = parts
            .into_par_iter()
            .enumerate()
            .flat_map_iter(|(part, candidates)| search.ranked(block.start + 64 * part, candidates))
            .collect();
        found.extend(ranked);
    }
    Some(found)
}
