//! The taxa of a table of lineages, found again by parent, rank and name.

use super::checklist::{Checklist, OWN};
use super::usage::Usage;
use crate::numbers::place::Place;
use crate::taxonomy::identity;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// The taxa of a table, found again by parent, rank and name: case and the kind of space in a name do not matter.
#[derive(Debug, Default)]
pub(super) struct LineageTaxa {
    known: HashMap<u64, u32>,
    hasher: RandomState,
}

impl LineageTaxa {
    /// The entry of a taxon below another (none: below the root), or the free slot that it would have.
    pub(super) fn find(&self, list: &Checklist, parent: Place, (rank, name): (Rank, &str)) -> Result<u32, u64> {
        let key = name::key(name);
        let mut slot = self.hasher.hash_one((parent, rank, &key));
        while let Some(&entry) = self.known.get(&slot) {
            if list.rank(entry) == rank && list.entry_above(entry) == parent && name::key(list.name(entry)) == key {
                return Ok(entry);
            }
            // Two taxa of one hash: the next slot.
            slot = slot.wrapping_add(1);
        }
        Err(slot)
    }

    /// The entry of the last taxon of the lineage above a row's; those that are not there yet are made for it.
    pub(super) fn parent(&mut self, list: &mut Checklist, above: &[(Rank, String)], line: u64) -> Place {
        let mut parent = Place::NONE;
        for (rank, name) in above {
            let entry = match self.find(list, parent, (*rank, name)) {
                Ok(entry) => entry,
                Err(slot) => {
                    let entry = self.make(list, slot, parent, (*rank, name), line);
                    list.count_made(entry);
                    entry
                }
            };
            parent = Place::of(entry);
        }
        parent
    }

    /// Makes the entry of a taxon that was not found.
    pub(super) fn make(&mut self, list: &mut Checklist, slot: u64, parent: Place, (rank, name): (Rank, &str), line: u64) -> u32 {
        let name = name::normalise(name);
        let above = parent.number().map(|parent| list.full_id(parent).to_string()).unwrap_or_default();
        let lineage = parent.number().map(|parent| list.lineage_identity(parent)).unwrap_or_default();
        let id = format!("{OWN}{}", identity::below(&lineage, &name));
        // An order and a class of one name, one beside the other.
        let id = if list.entry_of_id(&id).is_some() { format!("{id} ({rank})") } else { id };
        let entry = list.push_of_lineage(&Usage { id: &id, parent: &above, name: &name, rank, line, ..Usage::default() });
        self.known.insert(slot, entry);
        entry
    }
}
