//! The truth of an image at one rank.

use crate::taxonomy::TaxonId;

/// The true taxon of an image at a rank; `None` where the truth is unknown, which counts as a mistake.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct TruthAt(pub Option<TaxonId>);

impl TruthAt {
    /// Whether an answer is right.
    pub fn is(self, answer: Option<TaxonId>) -> bool {
        self.0.is_some() && self.0 == answer
    }
}
