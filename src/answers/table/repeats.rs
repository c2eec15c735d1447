//! Rows of one image that say the same.

use super::columns::Repeated;
use super::error::{TableError, examples};
use super::label::{LabelId, Labels};
use crate::numbers::counted::{counted, form};
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
                    let text = labels.all.get(ids[row] as usize).map_or("", |label| label.text());
                    differing.push(format!("{text} of {image} has {} and {}", scores[known], scores[row]));
                }
                known == row
            });
        }
        self.dropped += before - rows.len();
        self.images += usize::from(before > rows.len());
    }

    /// What was dropped, in a sentence.
    ///
    /// # Errors
    ///
    /// Rows that give a label of one image several scores.
    pub(super) fn note(self, path: &Path) -> Result<Option<String>, TableError> {
        if !self.differing.is_empty() {
            let (path, count) = (path.to_path_buf(), self.differing.len());
            return Err(TableError::SeveralScores { path, count, examples: examples(&self.differing) });
        }
        Ok((self.dropped > 0).then(|| {
            let (rows, images) = (counted(self.dropped, "row", "rows"), counted(self.images, "image", "images"));
            if self.kind == Repeated::Best {
                let name = form(self.dropped, "names", "name");
                return format!("{rows} of {images} {name} a label again: its best score counts");
            }
            format!("{rows} of {images} repeated image, label and score, and {} once", form(self.dropped, "counts", "count"))
        }))
    }
}
