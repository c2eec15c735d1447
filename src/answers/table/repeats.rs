//! Rows of one image that say the same.

use super::columns::Repeated;
use super::error::{TableError, examples};
use super::label::{LabelId, Labels};
use crate::numbers::counted::{counted, form};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// Rows of one image and one label.
#[derive(Debug)]
pub(super) struct Repeats {
    /// What a label is that has several scores.
    kind: Repeated,
    dropped: usize,
    images: usize,
    differing: Vec<String>,
    first: HashMap<LabelId, usize>,
}

impl Repeats {
    pub(super) fn of(kind: Repeated) -> Repeats {
        Repeats { kind, dropped: 0, images: 0, differing: vec![], first: HashMap::new() }
    }

    /// Drops rows of an image, given in their order, that repeat the label of an earlier one: with its score, or of detections
    /// all but the best.
    pub(super) fn drop_from(&mut self, rows: &mut Vec<usize>, image: &str, (ids, scores): (&[LabelId], &[f64]), labels: &Labels) {
        if rows.len() < 2 {
            return;
        }
        let before = rows.len();
        let Self { kind, first, differing, .. } = self;
        first.clear();
        if *kind == Repeated::Best {
            let better = |row: usize, known: usize| match (scores.get(row), scores.get(known)) {
                (Some(score), Some(best)) => score > best || (best.is_nan() && !score.is_nan()),
                _ => false,
            };
            for &row in rows.iter() {
                let known = first.entry(ids[row]).or_insert(row);
                if better(row, *known) {
                    *known = row;
                }
            }
            rows.retain(|row| first.get(&ids[*row]) == Some(row));
        } else {
            let score = |row: usize| scores.get(row).map_or(0, |score| score.to_bits());
            rows.retain(|&row| {
                let known = *first.entry(ids[row]).or_insert(row);
                if known != row && score(known) != score(row) {
                    let text = labels.text(ids[row]);
                    differing.push(format!("{text} of {image} has {} and {}", scores[known], scores[row]));
                }
                known == row
            });
        }
        self.dropped += before - rows.len();
        self.images += usize::from(before > rows.len());
    }

    /// What was dropped.
    ///
    /// # Errors
    ///
    /// Rows that give a label of one image several scores.
    pub(super) fn counted(self, path: &Path) -> Result<RepeatedRows, TableError> {
        if !self.differing.is_empty() {
            let (path, count) = (path.to_path_buf(), self.differing.len());
            return Err(TableError::SeveralScores { path, count, examples: examples(&self.differing) });
        }
        Ok(RepeatedRows { are_detections: self.kind == Repeated::Best, rows: self.dropped as u64, images: self.images as u64 })
    }
}

/// Rows that were dropped since they say of an image what others say; adds up over the parts of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatedRows {
    are_detections: bool,
    rows: u64,
    images: u64,
}

impl RepeatedRows {
    /// Takes in those of another part.
    pub(super) fn add(&mut self, other: RepeatedRows) {
        self.are_detections |= other.are_detections;
        self.rows += other.rows;
        self.images += other.images;
    }

    /// What was dropped, in a sentence; `None` for nothing.
    pub(super) fn note(self) -> Option<String> {
        (self.rows > 0).then(|| {
            let (rows, images) = (counted(self.rows, "row", "rows"), counted(self.images, "image", "images"));
            if self.are_detections {
                return format!("{rows} of {images} {} a label again: its best score counts", form(self.rows, "names", "name"));
            }
            format!("{rows} of {images} repeated image, label and score, and {} once", form(self.rows, "counts", "count"))
        })
    }
}
