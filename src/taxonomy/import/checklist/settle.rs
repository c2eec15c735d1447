//! Joins taxa to their parents and synonyms to their taxa, once all rows are read.

use super::{Checklist, State};
use crate::numbers::place::Place;
use crate::taxonomy::import::finding::FindingKind;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::HashMap;

/// The most synonyms of synonyms on the way to a taxon.
const MOST_HOPS: usize = 32;

impl Checklist {
    /// Joins taxa to their parents and synonyms to their taxa, and leaves out what cannot be joined.
    pub(in crate::taxonomy::import) fn settle(&mut self) {
        let count = self.count();
        // Synonyms first: a parent may be one.
        for entry in 0..count {
            if self.states[entry as usize] == State::Taxon(Place::NONE)
                && let Some(accepted) = self.entries[entry as usize].accepted.number()
            {
                self.settle_synonym(entry, accepted);
            }
        }
        for entry in 0..count {
            if self.is_taxon(entry) {
                let parent = self.parent_entry(entry);
                self.states[entry as usize] = State::Taxon(parent);
            }
        }
        self.leave_out_circles();
        self.merge_made();
        for entry in 0..count {
            if let State::Synonym(of) = self.states[entry as usize]
                && self.states[of as usize] == State::LeftOut
            {
                self.states[entry as usize] = State::LeftOut;
                self.note(FindingKind::AcceptedMissing, entry, format!("of '{}', left out", self.name(of)), String::new());
            }
        }
    }

    /// Joins a synonym to its taxon, by way of others where its accepted id is that of a synonym.
    fn settle_synonym(&mut self, entry: u32, accepted: u32) {
        let mut step = accepted;
        for hop in 0..MOST_HOPS {
            let Some(target) = self.entry_of[step as usize].number() else {
                self.states[entry as usize] = State::LeftOut;
                let value = format!("accepted id '{}'", self.id(step));
                self.note(FindingKind::AcceptedMissing, entry, value, String::new());
                return;
            };
            let Some(next) = self.entries[target as usize].accepted.number() else {
                if hop > 0 {
                    let value = format!("by way of id '{}'", self.id(accepted));
                    self.note(FindingKind::AcceptedIsSynonym, entry, value, format!("accepted_id={}", self.entry_id(target)));
                }
                self.states[entry as usize] = State::Synonym(target);
                return;
            };
            step = next;
        }
        self.states[entry as usize] = State::LeftOut;
        let value = format!("accepted id '{}'", self.id(accepted));
        self.note(FindingKind::AcceptedCycle, entry, value, String::new());
    }

    /// The entry of a taxon's parent; none where it has none, or none that stands.
    fn parent_entry(&mut self, entry: u32) -> Place {
        let Some(parent) = self.entries[entry as usize].parent.number() else { return Place::NONE };
        let Some(target) = self.entry_of[parent as usize].number() else {
            // A word for nothing stands where a root has no parent.
            if !name::is_missing(self.id(parent)) {
                let value = format!("parent '{}'", self.id(parent));
                self.note(FindingKind::ParentMissing, entry, value, String::new());
            }
            return Place::NONE;
        };
        match self.states[target as usize] {
            State::Synonym(accepted) if accepted != entry => {
                let value = format!("parent '{}'", self.id(parent));
                self.note(FindingKind::ParentIsSynonym, entry, value, format!("parent_id={}", self.entry_id(accepted)));
                Place::of(accepted)
            }
            State::Taxon(_) => Place::of(target),
            _ => {
                let value = format!("parent '{}', left out", self.id(parent));
                self.note(FindingKind::ParentMissing, entry, value, String::new());
                Place::NONE
            }
        }
    }

    /// A taxon that was made for the rows below it, or of a row without an id, gives way to a row with one.
    fn merge_made(&mut self) {
        if self.made == 0 {
            return;
        }
        let merged = self.rows_of_made();
        // A row without an id has a lineage for one too: it repeats the row that has one.
        let made = merged.keys().filter(|entry| self.of_lineages.binary_search(entry).is_ok()).count();
        self.made -= made as u64;
        self.folded += (merged.len() - made) as u64;
        for state in &mut self.states {
            match state {
                State::Taxon(parent) => *parent = standing(*parent, &merged),
                State::Synonym(of) => {
                    if let Some(&row) = merged.get(of) {
                        *of = row;
                    }
                }
                _ => {}
            }
        }
        for (entry, row) in merged {
            self.states[entry as usize] = State::Merged(row);
        }
    }

    /// The rows with an id that taxa without one give way to: those of their name and rank under the same parent.
    fn rows_of_made(&self) -> HashMap<u32, u32> {
        let count = self.count();
        let mut candidates: HashMap<(&str, Rank), Vec<u32>> = HashMap::new();
        for entry in (0..count).filter(|&entry| self.is_taxon(entry) && self.has_own_id(entry)) {
            candidates.entry((self.name(entry), self.rank(entry))).or_default().push(entry);
        }
        let mut merged: HashMap<u32, u32> = HashMap::new();
        for entry in (0..count).filter(|&entry| self.is_taxon(entry) && !self.has_own_id(entry)) {
            let parent = |entry: u32| match self.states[entry as usize] {
                State::Taxon(parent) => standing(parent, &merged),
                _ => Place::NONE,
            };
            let same = candidates.get(&(self.name(entry), self.rank(entry))).into_iter().flatten();
            if let Some(&row) = same.into_iter().find(|&&row| parent(row) == parent(entry)) {
                merged.insert(entry, row);
            }
        }
        merged
    }
}

/// The row that a parent has given way to, or else itself.
fn standing(parent: Place, merged: &HashMap<u32, u32>) -> Place {
    parent.number().and_then(|parent| merged.get(&parent)).map_or(parent, |&row| Place::of(row))
}
