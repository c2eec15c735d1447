//! What was decided on the way from judgements and runs to numbers.

use std::fmt;

/// A decision, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// One that makes numbers lower than a reader expects.
    Warning(String),
    /// Any other.
    Remark(String),
}

impl Note {
    /// The sentence.
    #[must_use]
    pub fn sentence(&self) -> &str {
        match self {
            Note::Warning(sentence) | Note::Remark(sentence) => sentence,
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}
