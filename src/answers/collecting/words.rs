//! What is collected, in words.

use super::{Collecting, Kept};
use crate::numbers::counted::counted;
use crate::numbers::largest::Kind;

impl Collecting {
    /// What is kept of each image, in words: what was collected otherwise does not belong together.
    #[must_use]
    pub fn in_words(&self) -> String {
        let among = match &self.candidates {
            None => "without candidates".to_string(),
            Some(taxa) => format!("among {}", counted(taxa.len(), "candidate", "candidates")),
        };
        format!("{}, {among}", self.kept.in_words())
    }
}

impl Kept {
    /// What is kept, in words.
    pub(super) fn in_words(self) -> String {
        let kind = if self.kind == Kind::Probabilities { "probabilities" } else { "scores" };
        format!("{} of each image with their {kind}", counted(self.top, "answer", "answers"))
    }
}
