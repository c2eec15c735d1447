//! Where the answers of a run stand in a table.

use crate::answers::table::label::LabelSource;

/// The columns of one run.
#[derive(Debug, Clone)]
pub(in crate::answers::table) struct RunSource {
    pub(in crate::answers::table) name: String,
    pub(in crate::answers::table) answers: AnswerColumns,
}

/// The columns of the answers of one run.
#[derive(Debug, Clone)]
pub(in crate::answers::table) enum AnswerColumns {
    /// One slot per answer: a single one, or the columns of the first, second, ... answer.
    Slots(Vec<Slot>),
    /// A column whose cells hold lists of answers, and the column of their scores where that is another one.
    Lists { column: String, scores: Option<String> },
    /// A column of numbers for every class: the column, and the class it is of.
    Classes(Vec<(String, String)>),
}

/// The columns of one answer.
#[derive(Debug, Clone)]
pub(in crate::answers::table) struct Slot {
    pub(in crate::answers::table) label: LabelSource,
    pub(in crate::answers::table) score: Option<String>,
}

/// What several rows of one image with one label and different scores are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::answers::table) enum Repeated {
    /// A fault.
    #[default]
    Refused,
    /// Detections: the best counts.
    Best,
}

impl RunSource {
    /// A run of single answers.
    pub(super) fn single(name: String, label: LabelSource, score: Option<String>) -> RunSource {
        RunSource { name, answers: AnswerColumns::Slots(vec![Slot { label, score }]) }
    }

    /// The columns of the labels.
    pub(in crate::answers::table) fn columns(&self) -> Vec<&str> {
        match &self.answers {
            AnswerColumns::Slots(slots) => slots.iter().flat_map(|slot| slot.label.columns()).collect(),
            AnswerColumns::Lists { column, .. } => vec![column],
            AnswerColumns::Classes(classes) => classes.iter().map(|(column, _)| column.as_str()).collect(),
        }
    }

    /// The columns of numbers that are scores, in the order of their answers.
    pub(in crate::answers::table) fn score_columns(&self) -> Vec<&str> {
        match &self.answers {
            AnswerColumns::Slots(slots) => slots.iter().filter_map(|slot| slot.score.as_deref()).collect(),
            AnswerColumns::Lists { .. } => vec![],
            AnswerColumns::Classes(classes) => classes.iter().map(|(column, _)| column.as_str()).collect(),
        }
    }

    /// The column of lists of scores beside lists of answers.
    pub(in crate::answers::table) fn list_scores(&self) -> Option<&str> {
        if let AnswerColumns::Lists { scores, .. } = &self.answers { scores.as_deref() } else { None }
    }
}
