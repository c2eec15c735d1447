//! A row of a source as every format gives it.

use crate::taxonomy::rank::Rank;

/// A row of a source: a taxon or a synonym of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage<'a> {
    /// Empty where the source has none; one is then made of the lineage.
    pub(super) id: &'a str,
    pub(super) parent: &'a str,
    /// Id of the taxon that a synonym stands for; empty or the own id for a taxon.
    pub(super) accepted: &'a str,
    pub(super) name: &'a str,
    /// The name as written, where that is longer.
    pub(super) raw: &'a str,
    pub(super) author: &'a str,
    pub(super) rank: Rank,
    pub(super) length: Option<f64>,
    pub(super) line: u64,
}

impl Default for Usage<'_> {
    fn default() -> Self {
        Usage { id: "", parent: "", accepted: "", name: "", raw: "", author: "", rank: Rank::Unranked, length: None, line: 0 }
    }
}
