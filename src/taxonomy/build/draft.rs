//! Taxa before they are numbered.

use super::problem::SourceLine;
use crate::taxonomy::CommonNames;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use petgraph::graph::DiGraph;

/// A taxon before it has a number.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) rank: Rank,
    pub(super) source_id: Option<String>,
    pub(super) place: SourceLine,
    /// What few taxa have.
    more: Option<Box<More>>,
}

/// What few taxa have, kept apart so that millions of others are small.
#[derive(Debug, Clone, Default)]
pub(super) struct More {
    pub(super) common: CommonNames,
    pub(super) branch_length: Option<f64>,
    pub(super) synonyms: Vec<String>,
    pub(super) other_ids: Vec<String>,
}

/// Drafts with edges from parents to children; an edge knows where it was read.
pub(super) type Graph = DiGraph<Draft, SourceLine>;

impl Draft {
    /// A taxon of which no more is known.
    pub(super) fn new(name: String, rank: Rank, place: SourceLine) -> Draft {
        Draft { name, rank, source_id: None, place, more: None }
    }

    /// What few taxa have, to be written.
    pub(super) fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// What few taxa have, taken out.
    pub(super) fn take_more(&mut self) -> Option<More> {
        self.more.take().map(|more| *more)
    }

    /// Whether it stands for all that lives: by its rank, or without one by its name.
    pub(super) fn is_root(&self) -> bool {
        let named = || {
            let name = name::key(&self.name);
            name.is_empty()
                || Rank::parse(&name) == Some(Rank::Root)
                || ["cellular organisms", "tree of life"].contains(&name.as_str())
        };
        self.rank == Rank::Root || self.rank.is_unranked() && named()
    }
}
