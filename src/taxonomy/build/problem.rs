//! What keeps rows from being a taxonomy, and where it was read.

use crate::taxonomy::rank::Rank;
use std::fmt;
use std::sync::Arc;

/// Where something was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLine {
    /// File name as given; one text for all of its lines.
    pub file: Arc<str>,
    /// Line, from 1; 0 when the source has no lines.
    pub line: u64,
}

impl fmt::Display for SourceLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { write!(formatter, "{}", self.file) } else { write!(formatter, "{}:{}", self.file, self.line) }
    }
}

/// Something that keeps rows from being a taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum Problem {
    #[error("{place}: {rank} '{name}' has {count} parents: {parents}")]
    SeveralParents { place: SourceLine, rank: Rank, name: String, count: usize, parents: String },
    #[error("{place}: cycle of parents: {names}")]
    Cycle { place: SourceLine, names: String },
    #[error("{place}: {rank} '{name}' lies under {parent_rank} '{parent}', which is no higher rank")]
    RankAboveParent { place: SourceLine, rank: Rank, name: String, parent_rank: Rank, parent: String },
    #[error("{place}: the lineage '{lineage}' has id '{id}' here and id '{other}' at {other_place}")]
    LineageTwice { place: SourceLine, lineage: String, id: String, other: String, other_place: SourceLine },
    #[error("{place}: id '{id}' stands for '{name}' here and for '{other}' at {other_place}")]
    IdTwice { place: SourceLine, id: String, name: String, other: String, other_place: SourceLine },
    #[error("{place}: parent '{parent}' of '{name}' is not in the file")]
    MissingParent { place: SourceLine, name: String, parent: String },
    #[error("{place}: {what}")]
    Row { place: SourceLine, what: String },
}
