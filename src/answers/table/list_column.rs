//! A column whose cells are lists of answers, and the column of their scores beside it.

use super::error::TableError;
use super::frame::Frame;
use super::interned::Interned;
use super::list::{self, Listed};
use super::seen::Spread;
use polars::prelude::StringChunked;
use std::collections::HashMap;

/// The lists of all rows.
pub(super) struct ListColumn {
    cells: Interned,
    /// One for each distinct cell.
    lists: Vec<Vec<Listed>>,
    /// The texts of the column of scores, where there is one.
    beside: Option<StringChunked>,
}

/// The answers of a cell: those of a list, or the one name that it is.
fn answers_of(text: &str) -> Vec<Listed> {
    list::answers(text).unwrap_or_else(|| vec![Listed { label: text.to_string(), score: None }])
}

impl ListColumn {
    /// Reads a column of lists and, where there is one, that of their scores.
    ///
    /// # Errors
    ///
    /// Columns that cannot be read.
    pub(super) fn read(frame: &Frame, column: &str, scores: Option<&str>) -> Result<ListColumn, TableError> {
        let cells = Interned::of(&frame.texts(column)?);
        let lists = cells.texts.iter().map(|text| answers_of(text)).collect();
        let beside = scores.map(|column| frame.texts(column)).transpose()?;
        Ok(ListColumn { cells, lists, beside })
    }

    /// The distinct labels by first appearance, and the place of each.
    pub(super) fn labels(&self) -> (Vec<String>, HashMap<&str, usize>) {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut texts: Vec<String> = vec![];
        for listed in self.lists.iter().flatten() {
            known.entry(&listed.label).or_insert_with(|| {
                texts.push(listed.label.clone());
                texts.len() - 1
            });
        }
        (texts, known)
    }

    /// The list of a row.
    pub(super) fn list(&self, row: usize) -> &[Listed] {
        &self.lists[self.cells.rows[row] as usize]
    }

    /// The scores beside the list of a row; `None` where there are none.
    pub(super) fn beside(&self, row: usize) -> Option<Vec<Option<f64>>> {
        self.beside.as_ref().and_then(|texts| texts.get(row)).and_then(list::numbers)
    }

    /// The score of each answer of a row: the one beside it, or the one in the list.
    pub(super) fn scores<'a>(&'a self, row: usize, beside: Option<&'a [Option<f64>]>) -> impl Iterator<Item = Option<f64>> + 'a {
        let of_place = move |place: usize| beside.and_then(|scores| scores.get(place).copied().flatten());
        self.list(row).iter().enumerate().map(move |(place, listed)| of_place(place).or(listed.score))
    }

    /// All scores, by where they lie.
    pub(super) fn spread(&self) -> Spread {
        let mut spread = Spread::default();
        for row in 0..self.cells.rows.len() {
            let beside = self.beside(row);
            self.scores(row, beside.as_deref()).flatten().for_each(|score| spread.take(score));
        }
        spread
    }
}
