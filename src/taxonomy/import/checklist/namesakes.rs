//! Names that only their authors tell apart: accepted for one taxon, and a synonym of another.

use super::{Checklist, State};
use hashbrown::DefaultHashBuilder;
use std::collections::HashSet;
use std::hash::BuildHasher;

impl Checklist {
    /// The entries with an author whose name is that of a taxon and of a synonym as well.
    pub(in crate::taxonomy::import) fn shared_names(&self) -> Vec<u32> {
        let hasher = DefaultHashBuilder::default();
        let hash = |entry: u32| hasher.hash_one(self.name(entry));
        let is_synonym = |entry: u32| matches!(self.state(entry), State::Synonym(_));
        let has_author = |entry: &u32| !self.author(*entry).is_empty();
        let entries = 0..self.count();
        let synonyms: HashSet<u64> = entries.clone().filter(has_author).filter(|&entry| is_synonym(entry)).map(hash).collect();
        if synonyms.is_empty() {
            return vec![];
        }
        let taxa = entries.clone().filter(|&entry| self.is_taxon(entry));
        let shared: HashSet<u64> = taxa.map(hash).filter(|hash| synonyms.contains(hash)).collect();
        let is_shared = |entry: u32| (self.is_taxon(entry) || is_synonym(entry)) && shared.contains(&hash(entry));
        entries.filter(has_author).filter(|&entry| is_shared(entry)).collect()
    }
}
