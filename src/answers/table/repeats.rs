//! Rows of one image that say the same.

use super::error::{TableError, examples};
use super::label::{LabelId, Labels};
use std::collections::HashMap;
use std::path::Path;

/// Rows of one image and one label.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    dropped: usize,
    images: usize,
    differing: Vec<String>,
    first: HashMap<LabelId, usize>,
}

impl Repeats {
    /// Drops rows of an image, given in their order, that repeat the label and the score of an earlier one.
    pub(super) fn drop_from(&mut self, rows: &mut Vec<usize>, image: &str, (ids, scores): (&[LabelId], &[f64]), labels: &Labels) {
        if rows.len() < 2 {
            return;
        }
        let before = rows.len();
        let score = |row: usize| scores.get(row).map_or(0, |score| score.to_bits());
        let Self { first, differing, .. } = self;
        first.clear();
        rows.retain(|&row| {
            let known = *first.entry(ids[row]).or_insert(row);
            if known != row && score(known) != score(row) {
                let text = labels.all.get(ids[row] as usize).map_or("", |label| label.text());
                differing.push(format!("{text} of {image} has {} and {}", scores[known], scores[row]));
            }
            known == row
        });
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
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        Ok((self.dropped > 0).then(|| {
            let (rows, images) = (self.dropped, self.images);
            format!(
                "{rows} row{} of {images} image{} repeated image, label and score, and count once",
                plural(rows),
                plural(images)
            )
        }))
    }
}
