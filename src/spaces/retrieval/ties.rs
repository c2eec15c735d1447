//! The order of documents with equal scores.

use super::documents::Documents;
use serde::Serialize;
use std::cmp::Ordering;

/// What decides between equal scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ties {
    /// The name of the document, from Z to A, byte by byte, as `trec_eval`.
    #[default]
    Trec,
    /// The order of the file.
    Input,
    /// The name of the document, from A to Z.
    DocidAsc,
}

/// Documents and queries that equal scores concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tied {
    /// Documents whose score another document of the query has as well.
    pub documents: usize,
    /// Queries with such documents.
    pub queries: usize,
}

impl Ties {
    /// Sorts scored documents, best first, and counts those whose score is not theirs alone.
    pub fn sort(self, scored: &mut [(u32, f64)], documents: &Documents) -> usize {
        let by_name = |a: u32, b: u32| match self {
            Ties::Trec => documents.name(b).cmp(documents.name(a)),
            Ties::DocidAsc => documents.name(a).cmp(documents.name(b)),
            Ties::Input => Ordering::Equal,
        };
        scored.sort_by(|a, b| descending(a.1, b.1).then_with(|| by_name(a.0, b.0)));
        scored.chunk_by(|a, b| descending(a.1, b.1).is_eq()).map(<[_]>::len).filter(|count| *count > 1).sum()
    }
}

/// The order of scores, which are never NaN; 0 and −0 are equal.
fn descending(a: f64, b: f64) -> Ordering {
    b.partial_cmp(&a).unwrap_or(Ordering::Equal)
}
