//! Distinct texts: each is read once, however many rows hold it.

use polars::prelude::StringChunked;
use std::collections::HashMap;

/// The distinct texts of a column, and which one each row has; null is the empty text.
#[derive(Debug, Default)]
pub(super) struct Interned {
    pub(super) texts: Vec<String>,
    pub(super) rows: Vec<u32>,
}

impl Interned {
    pub(super) fn of(column: &StringChunked) -> Interned {
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut interned = Interned { texts: vec![], rows: Vec::with_capacity(column.len()) };
        let mut last: Option<(&str, u32)> = None;
        for text in column.iter() {
            let text = text.unwrap_or_default();
            if let Some((_, id)) = last.filter(|(before, _)| *before == text) {
                interned.rows.push(id);
                continue;
            }
            let id = *known.entry(text).or_insert_with(|| {
                interned.texts.push(text.to_string());
                u32::try_from(interned.texts.len() - 1).unwrap_or(u32::MAX)
            });
            last = Some((text, id));
            interned.rows.push(id);
        }
        interned
    }
}

/// Distinct tuples of several columns' texts, and which one each row has.
pub(super) fn combine(columns: &[Interned]) -> (Vec<Vec<u32>>, Vec<u32>) {
    let Some((first, others)) = columns.split_first() else { return (vec![], vec![]) };
    let mut tuples: Vec<Vec<u32>> = (0..).take(first.texts.len()).map(|id| vec![id]).collect();
    let mut rows = first.rows.clone();
    for column in others {
        let mut known: HashMap<(u32, u32), u32> = HashMap::new();
        let mut wider: Vec<Vec<u32>> = vec![];
        for (row, &next) in rows.iter_mut().zip(&column.rows) {
            *row = *known.entry((*row, next)).or_insert_with(|| {
                let mut tuple = tuples[*row as usize].clone();
                tuple.push(next);
                wider.push(tuple);
                u32::try_from(wider.len() - 1).unwrap_or(u32::MAX)
            });
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
