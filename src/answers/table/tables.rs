//! What a table of predictions says, and where its taxonomy comes from.

use crate::answers::Answers;
use crate::answers::understood::Understood;
use crate::taxonomy::Taxonomy;
use std::borrow::Cow;

/// Where the taxonomy of the answers comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Built {
    /// It was given.
    Given,
    /// It is the one that the run names, unchanged since.
    Recorded,
    /// From lineages in the table (names without one stand where the lineages have them).
    Lineages,
    /// From names alone: genera and species.
    Binomials {
        /// Whether a lineage was given to put above them.
        clade: bool,
    },
}

/// What a table of predictions says.
#[derive(Debug)]
pub struct Tables<'a> {
    /// The given taxonomy, or one built from the table; all answers refer to it.
    pub taxonomy: Cow<'a, Taxonomy>,
    /// Where the taxonomy comes from.
    pub built: Built,
    /// One per predicted column, in the order of the columns.
    pub runs: Vec<Answers>,
    /// What was understood of it.
    pub understood: Understood,
    /// Decisions that concern all runs, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

impl Built {
    /// Where the taxonomy comes from, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Built::Recorded => "the taxonomy is the one that the run names",
            Built::Given => "looked up in the taxonomy given",
            Built::Lineages => "the taxonomy is built from the lineages of the table",
            Built::Binomials { clade: false } => {
                "the taxonomy is built from names alone: it has no rank above the genus but those the table names"
            }
            Built::Binomials { clade: true } => "the taxonomy is built from names alone, below the clade given",
        }
    }
}
