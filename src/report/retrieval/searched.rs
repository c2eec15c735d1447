//! What a search was made from, and what came of it.

use crate::scores::gate::{GateOutcome, Verdict};
use crate::spaces::embeddings::Embeddings;
use crate::spaces::retrieval::search::Search;

/// Embeddings that were searched.
#[derive(Debug)]
pub struct Searched {
    /// The documents.
    pub index: Embeddings,
    /// The queries, where they are others.
    pub queries: Option<Embeddings>,
    /// What came of it: measures with their intervals, triplets, hard negatives, notes.
    pub search: Search,
    /// The gates, held against it.
    pub verdicts: Vec<Verdict>,
}

impl Searched {
    /// Whether a measure does not reach its line.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.outcome == GateOutcome::Fail)
    }
}
