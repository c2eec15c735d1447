//! Depths of taxa in the tree that was asked for.

use super::met::Met;
use super::tree::Tree;
use crate::taxonomy::{TaxonId, Taxonomy};

/// Depths of taxa, and what an image counts whose truth is unknown.
pub(super) struct Depths {
    depths: Vec<u32>,
    unplaced: u32,
}

impl Depths {
    /// Depths in a tree; where it has no ranks, an unknown truth is as deep as the deepest taxon that is met, or that
    /// there is.
    pub fn new(taxonomy: &Taxonomy, tree: Tree, met: Option<&Met>) -> Self {
        let main_depth = |taxon: TaxonId| (0..7).filter(|&index| taxonomy.main_ancestor(taxon, index).is_some()).count();
        let depth = |taxon| match tree {
            Tree::Full => taxonomy.depth(taxon),
            Tree::MainRanks => u32::try_from(main_depth(taxon)).unwrap_or(0),
        };
        let depths: Vec<u32> = taxonomy.taxa().map(depth).collect();
        let counts = |taxon: &TaxonId| met.is_none_or(|met| met.has(*taxon));
        let deepest = taxonomy.taxa().filter(counts).map(|taxon| depths[taxon.index()]).max();
        let unplaced = if taxonomy.has_ranks() { 7 } else { deepest.unwrap_or(0) };
        Self { depths, unplaced }
    }

    pub fn of(&self, taxon: TaxonId) -> u32 {
        self.depths[taxon.index()]
    }

    /// Depth and height of a truth that is not in the tree.
    pub fn unplaced(&self) -> u32 {
        self.unplaced
    }
}
