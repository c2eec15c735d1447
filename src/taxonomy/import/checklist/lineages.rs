//! Taxa that have no row of their own: they are made of the lineages of others.

use super::{Checklist, Entry, OWN, State};
use crate::numbers::place::Place;
use crate::taxonomy::identity;
use crate::taxonomy::import::finding::FindingKind;
use crate::taxonomy::import::usage::Usage;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;

impl Checklist {
    /// The id of the last taxon of a lineage of names; those that are not there yet are made.
    pub(in crate::taxonomy::import) fn lineage_id(&mut self, lineage: &[(Rank, &str)], line: u64) -> String {
        let mut id = String::new();
        for &(rank, name) in lineage {
            let parent = id.clone();
            id = format!("{OWN}{}", identity::below(parent.trim_start_matches(OWN), name));
            if self.entry_of_id(&id).is_none() {
                let usage = Usage { id: &id, parent: &parent, name, rank, line, ..Usage::default() };
                let entry = self.push_of_lineage(&usage);
                self.count_made(entry);
            }
        }
        id
    }

    /// Takes in a taxon of a table of lineages, whose id is made of its lineage.
    pub(in crate::taxonomy::import) fn push_of_lineage(&mut self, usage: &Usage<'_>) -> u32 {
        let id = self.number(usage.id);
        let parent = if usage.parent.is_empty() { Place::NONE } else { Place::of(self.number(usage.parent)) };
        self.push_entry(id, parent, Place::NONE, usage, State::Taxon(Place::NONE))
    }

    /// Makes the taxa of a list of edges that are parents alone: they have no row of their own, and their id for a name.
    pub(in crate::taxonomy::import) fn make_parents(&mut self) {
        for child in 0..self.entries.len() {
            let Entry { parent, line, .. } = self.entries[child];
            let Some(parent) = parent.number() else { continue };
            if !self.entry_of[parent as usize].is_none() || name::is_missing(self.id(parent)) {
                continue;
            }
            let id = self.id(parent).to_string();
            let usage = Usage { id: &id, name: &id, line: u64::from(line), ..Usage::default() };
            let entry = self.push_entry(parent, Place::NONE, Place::NONE, &usage, State::Taxon(Place::NONE));
            self.count_made(entry);
        }
    }

    /// Counts an entry as made for the rows below it.
    pub(in crate::taxonomy::import) fn count_made(&mut self, entry: u32) {
        self.of_lineages.push(entry);
        self.made += 1;
    }

    /// Gives a taxon of a lineage the id of its row.
    pub(in crate::taxonomy::import) fn give_id(&mut self, entry: u32, id: &str, line: u64) {
        let number = self.number(id);
        self.entry_of[number as usize] = Place::of(entry);
        self.entries[entry as usize].id = number;
        self.entries[entry as usize].line = u32::try_from(line).unwrap_or(u32::MAX);
    }

    /// A row about a taxon that there is already.
    pub(in crate::taxonomy::import) fn meet_again(&mut self, entry: u32, id: Option<&str>, line: u64) {
        let Some(id) = id.filter(|id| *id != self.full_id(entry)) else {
            self.folded += 1;
            return;
        };
        if !self.has_own_id(entry) {
            self.give_id(entry, id, line);
            // One that was made for the rows below it has its own row now.
            if self.of_lineages.binary_search(&entry).is_ok() {
                self.made -= 1;
            } else {
                self.folded += 1;
            }
            return;
        }
        let (name, accepted) = (self.name(entry).to_string(), self.entries[entry as usize].id);
        let usage = Usage { id, name: &name, line, ..Usage::default() };
        let value = format!("id '{}' in line {}", self.id(accepted), self.line(entry));
        self.find(FindingKind::LineageTwice, &usage, &value, String::new());
        let number = self.number(id);
        self.push_entry(number, Place::NONE, Place::of(accepted), &usage, State::Taxon(Place::NONE));
    }

    /// The entry above one, before parents are settled; none below the root.
    pub(in crate::taxonomy::import) fn entry_above(&self, entry: u32) -> Place {
        self.entries[entry as usize].parent.get().map_or(Place::NONE, |parent| self.entry_of[parent])
    }

    /// The identity that the names from the root down to an entry make, before parents are settled.
    pub(in crate::taxonomy::import) fn lineage_identity(&self, entry: u32) -> String {
        let lineage = std::iter::successors(Some(entry), |&below| self.entry_above(below).number());
        let names: Vec<&str> = lineage.map(|step| self.name(step)).collect();
        identity::of_lineage(names.into_iter().rev())
    }
}
