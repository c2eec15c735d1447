//! Distinct texts: each is read once, however many rows hold it.

use polars::prelude::{PlHashMap, PlRandomState, StringChunked};
use rayon::prelude::*;
use std::hash::BuildHasher;

/// The distinct texts of a column, and which one each row has; null is the empty text.
#[derive(Debug, Default)]
pub(super) struct Interned {
    pub(super) texts: Vec<String>,
    pub(super) rows: Vec<u32>,
}

impl Interned {
    pub(super) fn of(column: &StringChunked) -> Interned {
        let mut known: PlHashMap<&str, u32> = PlHashMap::default();
        let mut interned = Interned { texts: vec![], rows: Vec::with_capacity(column.len()) };
        for chunk in column.downcast_iter() {
            // Two equal views of one chunk are one text: short ones hold it, long ones say where it
            // stands. That spares reading the text of most rows of a dictionary-encoded column.
            let mut known_views: PlHashMap<u128, u32> = PlHashMap::default();
            let mut last: Option<(u128, u32)> = None;
            for (view, text) in chunk.views().iter().zip(chunk.iter()) {
                let view = if text.is_some() { view.as_u128() } else { 0 };
                if let Some((_, id)) = last.filter(|(before, _)| *before == view) {
                    interned.rows.push(id);
                    continue;
                }
                let id = *known_views.entry(view).or_insert_with(|| {
                    let text = text.unwrap_or_default();
                    *known.entry(text).or_insert_with(|| {
                        interned.texts.push(text.to_string());
                        u32::try_from(interned.texts.len() - 1).unwrap_or(u32::MAX)
                    })
                });
                last = Some((view, id));
                interned.rows.push(id);
            }
        }
        interned
    }

    /// The distinct texts of several columns.
    pub(super) fn of_all(columns: &[StringChunked]) -> Vec<Interned> {
        columns.par_iter().map(Interned::of).collect()
    }
}

/// Whether no two rows hold the same text. May say no where two texts share a hash.
pub(super) fn all_differ(column: &StringChunked) -> bool {
    let state = PlRandomState::default();
    let mut hashes: Vec<u64> = Vec::with_capacity(column.len());
    for chunk in column.downcast_iter() {
        hashes.extend(chunk.iter().map(|text| state.hash_one(text.unwrap_or_default())));
    }
    hashes.par_sort_unstable();
    hashes.windows(2).all(|pair| pair[0] != pair[1])
}

/// Distinct tuples of several columns' texts, and which one each row has.
///
/// Tuples are numbered by first appearance.
pub(super) fn combine(columns: &[Interned]) -> (Vec<Vec<u32>>, Vec<u32>) {
    let Some((last, others)) = columns.split_last() else { return (vec![], vec![]) };
    let mut rows = last.rows.clone();
    let mut tuples: Vec<Vec<u32>> = (0..).take(last.texts.len()).map(|id| vec![id]).collect();
    // From the finest rank up: a taxon has one parent, so the first guess is nearly always right.
    for column in others.iter().rev() {
        let mut first: Vec<Option<(u32, u32)>> = vec![None; tuples.len()];
        let mut known: PlHashMap<(u32, u32), u32> = PlHashMap::default();
        let mut wider: Vec<Vec<u32>> = vec![];
        for (row, &above) in rows.iter_mut().zip(&column.rows) {
            let below = *row;
            if let Some((_, id)) = first[below as usize].filter(|(guess, _)| *guess == above) {
                *row = id;
                continue;
            }
            *row = *known.entry((above, below)).or_insert_with(|| {
                let mut tuple = vec![above];
                tuple.extend(&tuples[below as usize]);
                wider.push(tuple);
                u32::try_from(wider.len() - 1).unwrap_or(u32::MAX)
            });
            first[below as usize].get_or_insert((above, *row));
        }
        tuples = wider;
    }
    (tuples, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuples_of_columns_are_told_apart() {
        let column = |rows: &[u32]| Interned { texts: vec![String::new(); 3], rows: rows.to_vec() };
        // (0,1) (0,2) (1,1) (0,1)
        let (tuples, rows) = combine(&[column(&[0, 0, 1, 0]), column(&[1, 2, 1, 1])]);
        assert_eq!(tuples, [[0, 1], [0, 2], [1, 1]]);
        assert_eq!(rows, [0, 1, 2, 0]);
    }
}
