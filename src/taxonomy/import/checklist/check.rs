//! What a tree can have wrong without being unusable.

use super::Checklist;
use crate::taxonomy::import::finding::FindingKind;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// The most steps up a lineage in search of its main ranks.
const MOST_STEPS: usize = 256;

impl Checklist {
    /// Notes ranks that do not go down; in a tree of any size.
    pub(in crate::taxonomy::import) fn check_ranks(&mut self) {
        for entry in 0..self.count() {
            let Some(parent) = self.parent(entry) else { continue };
            let (above, below) = (self.rank(parent), self.rank(entry));
            if !above.is_unranked() && !below.is_unranked() && below <= above {
                let value = format!("{below} under {above} '{}'", self.name(parent));
                self.note(FindingKind::RankOutOfOrder, entry, value, String::new());
            }
        }
    }

    /// Notes homonyms, doubled lineages, species without binomial or main ranks.
    pub(in crate::taxonomy::import) fn check_names(&mut self) {
        let taxa: Vec<u32> = (0..self.count()).filter(|&entry| self.is_taxon(entry)).collect();
        for (entry, other) in self.namesakes(&taxa) {
            self.check_namesakes(entry, other);
        }
        for entry in taxa {
            if self.rank(entry) == Rank::Species {
                self.check_species(entry);
            }
        }
    }

    /// Taxa that have the name of one before them, each with the first of that name.
    fn namesakes(&self, taxa: &[u32]) -> Vec<(u32, u32)> {
        let hasher = DefaultHashBuilder::default();
        let mut by_name: HashTable<u32> = HashTable::new();
        let mut namesakes = vec![];
        for &entry in taxa {
            let hash = hasher.hash_one(self.name(entry));
            match by_name.find(hash, |&other| self.name(other) == self.name(entry)).copied() {
                Some(other) => namesakes.push((entry, other)),
                None => {
                    by_name.insert_unique(hash, entry, |&entry| hasher.hash_one(self.name(entry)));
                }
            }
        }
        namesakes
    }

    /// Notes a homonym or a doubled lineage.
    fn check_namesakes(&mut self, entry: u32, other: u32) {
        let (parent, other_parent) = (self.parent(entry), self.parent(other));
        let same = parent == other_parent && self.rank(entry) == self.rank(other);
        // An order and a class of one name, one in the other, are no homonyms.
        if !same && (parent == Some(other) || other_parent == Some(entry)) {
            return;
        }
        let kind = if same { FindingKind::DoubledLineage } else { FindingKind::Homonym };
        let value = format!(
            "{} id '{}' under {}, {} id '{}' under {}",
            self.rank(other),
            self.entry_id(other),
            self.shown_parent(other),
            self.rank(entry),
            self.entry_id(entry),
            self.shown_parent(entry)
        );
        self.note(kind, entry, value, String::new());
    }

    /// Notes what a species lacks.
    fn check_species(&mut self, entry: u32) {
        if name::parse(self.name(entry)).is_none_or(|parsed| parsed.rank < Rank::Species) {
            self.note(FindingKind::NoBinomial, entry, String::new(), String::new());
        }
        let missing = self.missing_ranks(entry);
        if !missing.is_empty() {
            self.note(FindingKind::BlankRank, entry, missing.join(", "), String::new());
        }
    }

    fn missing_ranks(&self, entry: u32) -> Vec<&'static str> {
        let mut has = [false; 7];
        let lineage = std::iter::successors(Some(entry), |&below| self.parent(below));
        for index in lineage.take(MOST_STEPS).filter_map(|step| self.rank(step).main_index()) {
            has[index] = true;
        }
        Rank::MAIN.iter().zip(has).filter(|&(_, has)| !has).map(|(rank, _)| rank.name()).collect()
    }
}
