//! Columns whose cells hold several answers.

use super::names::Columns;
use super::sources::{AnswerColumns, RunSource};

/// Lists of something else than answers.
const OTHERS: &[&str] = &["options", "choices", "candidates", "tags", "synonyms", "bbox", "classes_names", "class_names"];

impl Columns<'_> {
    /// A run of a column of lists.
    pub(super) fn list_run(&self, column: String) -> RunSource {
        let scores = self.list_scores(&column);
        RunSource { name: column.clone(), answers: AnswerColumns::Lists { column, scores } }
    }

    /// The scores beside a column of lists: the only lists of numbers that are called scores of the same thing.
    fn list_scores(&self, column: &str) -> Option<String> {
        let rest = self.meaning(column).map(|meaning| meaning.rest.clone()).unwrap_or_default();
        let scores: Vec<_> = self
            .all
            .iter()
            .filter(|other| {
                other.written != column && other.meaning.is_score() && self.content.holds_number_lists(&other.written)
            })
            .collect();
        let same = scores.iter().find(|other| other.meaning.rest == rest);
        let only = || if let [only] = &scores[..] { Some(only) } else { None };
        same.or_else(only).map(|other| other.written.clone())
    }

    /// The columns of lists of labels, whatever they are called.
    pub(super) fn lists(&self) -> Vec<String> {
        let is_other = |name: &str| OTHERS.contains(&name) || name.contains("option") || name.contains("bbox");
        self.all
            .iter()
            .filter(|column| !is_other(&column.name) && self.content.holds_lists(&column.written))
            .map(|column| column.written.clone())
            .collect()
    }
}
