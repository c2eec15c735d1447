//! The rows of a source: millions of names in little memory, texts in one buffer, ids as numbers, a few bytes per row.
//!
//! A checklist is filled row by row ([`Checklist::push`], or taxa [made of lineages](lineages)), then
//! [settled](settle), then [checked](check).

mod check;
mod circles;
mod namesakes;
mod texts;
mod ids;
mod lineages;
mod settle;

use super::finding::{Finding, FindingKind};
use super::language::Language;
use super::usage::Usage;
use crate::numbers::place::Place;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use ids::Ids;
use texts::{Span, Texts};

/// Begins ids that the source does not have; the rest is a lineage or a number.
pub(super) const OWN: char = '\u{1}';

/// A row that was taken in; ids by their numbers.
#[derive(Debug, Clone, Copy)]
struct Entry {
    id: u32,
    parent: Place,
    accepted: Place,
    name: Span,
    author: Span,
    line: u32,
    rank: Rank,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// A taxon; its parent's entry, none under the root.
    Taxon(Place),
    /// Another name of an entry's taxon.
    Synonym(u32),
    LeftOut,
    /// Repeats another row.
    Repeated,
    /// Was made for rows below and has a row of its own, which stands for both.
    Merged(u32),
    Pruned,
}

/// The rows of a source.
#[derive(Debug, Default)]
pub(super) struct Checklist {
    texts: Texts,
    ids: Ids,
    /// The first entry of each id.
    entry_of: Vec<Place>,
    entries: Vec<Entry>,
    states: Vec<State>,
    common: Vec<(u32, Language, Span)>,
    lengths: Vec<(u32, f64)>,
    pub(super) findings: Vec<Finding>,
    /// Rows read, those without a usage included.
    pub(super) rows: u64,
    /// Rows that a filter of the source left out.
    pub(super) filtered: u64,
    /// Rows whose taxa are among those made of lineages, or have a row with an id.
    pub(super) folded: u64,
    /// Whether genera are made of binomials, because the table has no column for them.
    pub(super) genera_are_made: bool,
    /// Entries made of the rank columns of others.
    pub(super) made: u64,
    /// Those of them that stand for a lineage, in order.
    of_lineages: Vec<u32>,
    /// Rows left out before they became entries.
    refused: u64,
}

impl Checklist {
    /// Whether no more text can be kept.
    pub(super) fn is_full(&self) -> bool {
        self.texts.is_full()
    }

    /// The number of an id, given at its first use.
    pub(super) fn number(&mut self, id: &str) -> u32 {
        let number = self.ids.number(&mut self.texts, id);
        if number as usize == self.entry_of.len() {
            self.entry_of.push(Place::NONE);
        }
        number
    }

    /// The number of an id that a row refers to; none where it refers to nothing, or to itself.
    fn link(&mut self, to: &str, own: &str) -> Place {
        if to.is_empty() || to == own { Place::NONE } else { Place::of(self.number(to)) }
    }

    /// The entry of an id, once all rows are read.
    pub(super) fn entry_of_id(&self, id: &str) -> Option<u32> {
        self.ids.find(&self.texts, id).and_then(|number| self.entry_of[number as usize].number())
    }

    /// The id of a number.
    pub(super) fn id(&self, number: u32) -> &str {
        self.ids.text(&self.texts, number)
    }

    /// Notes something about a row.
    pub(super) fn find(&mut self, kind: FindingKind, usage: &Usage<'_>, value: &str, proposal: String) {
        self.findings.push(Finding {
            kind,
            line: usage.line,
            id: usage.id.to_string(),
            name: usage.name.to_string(),
            value: value.to_string(),
            proposal,
        });
    }

    /// Leaves a row out, for a reason.
    pub(super) fn refuse(&mut self, kind: FindingKind, usage: &Usage<'_>, value: &str) {
        self.refused += 1;
        self.find(kind, usage, value, String::new());
    }

    /// Takes a row in and returns its entry; `None` where it is left out or repeats another.
    pub(super) fn push(&mut self, usage: &Usage<'_>) -> Option<u32> {
        self.rows += 1;
        if usage.name.is_empty() {
            self.refuse(FindingKind::BlankName, usage, "");
            return None;
        }
        if usage.id.is_empty() {
            self.refuse(FindingKind::BlankId, usage, "");
            return None;
        }
        let id = self.number(usage.id);
        let accepted = self.link(usage.accepted, usage.id);
        let parent = self.link(usage.parent, usage.id);
        if let Some(known) = self.entry_of[id as usize].get() {
            let entry = self.entries[known];
            let same_name = self.texts.get(entry.name) == usage.name;
            if same_name && entry.parent == parent && entry.accepted == accepted && entry.rank == usage.rank {
                self.find(FindingKind::RepeatedRow, usage, "", String::new());
                self.push_entry(id, parent, accepted, usage, State::Repeated);
                return None;
            }
            // Pro parte: one name that stands for parts of several taxa.
            let pro_parte = same_name && !accepted.is_none() && !entry.accepted.is_none();
            if !pro_parte {
                let other_parent = entry.parent.number().filter(|_| same_name && entry.parent != parent);
                let value = if let Some(other) = other_parent {
                    format!("id '{}' has the parent '{}' in line {}", usage.id, self.id(other), entry.line)
                } else {
                    format!("id '{}' is '{}' in line {}", usage.id, self.texts.get(entry.name), entry.line)
                };
                self.refuse(FindingKind::IdTwice, usage, &value);
                return None;
            }
        }
        Some(self.push_entry(id, parent, accepted, usage, State::Taxon(Place::NONE)))
    }

    fn push_entry(&mut self, id: u32, parent: Place, accepted: Place, usage: &Usage<'_>, state: State) -> u32 {
        let composed = name::normalise(usage.name);
        self.find_encoding_faults(usage, &composed);
        let name = self.texts.keep(&composed);
        let author = if usage.author.is_empty() { Span::default() } else { self.texts.keep(usage.author) };
        let entry = self.count();
        let line = u32::try_from(usage.line).unwrap_or(u32::MAX);
        self.entries.push(Entry { id, parent, accepted, name, author, line, rank: usage.rank });
        self.states.push(state);
        if self.entry_of[id as usize].is_none() {
            self.entry_of[id as usize] = Place::of(entry);
        }
        if let Some(length) = usage.length {
            self.lengths.push((entry, length));
        }
        entry
    }

    /// Notes what a wrong encoding left in the letters of a row.
    fn find_encoding_faults(&mut self, usage: &Usage<'_>, composed: &str) {
        let raw = if usage.raw.is_empty() { usage.name } else { usage.raw };
        if raw.is_ascii() && usage.author.is_ascii() {
            return;
        }
        let normal = name::normalise(raw);
        if !normal.split_whitespace().eq(raw.replace('_', " ").split_whitespace()) {
            self.find(FindingKind::NotComposed, usage, "", composed.to_string());
        }
        if raw.contains('\u{fffd}') || usage.author.contains('\u{fffd}') {
            self.find(FindingKind::LostLetters, usage, "", String::new());
        } else if let Some(mended) = name::mojibake(&normal) {
            self.find(FindingKind::Mojibake, usage, "", mended);
        }
    }

    /// Leaves a row out whose id is that of another entry.
    pub(super) fn refuse_id(&mut self, usage: &Usage<'_>, other: u32) {
        let value = format!("id '{}' is '{}' in line {}", usage.id, self.name(other), self.line(other));
        self.refuse(FindingKind::IdTwice, usage, &value);
    }

    /// The id of an entry with what tells it from those of the source.
    pub(super) fn full_id(&self, entry: u32) -> &str {
        self.id(self.entries[entry as usize].id)
    }

    /// A common name of the taxon of an id, which may come later.
    pub(super) fn push_common(&mut self, id: &str, language: Language, name: &str) {
        if id.is_empty() || name.is_empty() {
            return;
        }
        let number = self.number(id);
        let span = self.texts.keep(&name::normalise(name));
        self.common.push((number, language, span));
    }

    /// How many entries there are; they are numbered from 0.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn state(&self, entry: u32) -> State {
        self.states[entry as usize]
    }

    pub(super) fn set_state(&mut self, entry: u32, state: State) {
        self.states[entry as usize] = state;
    }

    pub(super) fn is_taxon(&self, entry: u32) -> bool {
        matches!(self.state(entry), State::Taxon(_))
    }

    /// The taxon above a taxon, once parents are settled; `None` under the root, and of what is no taxon.
    pub(super) fn parent(&self, entry: u32) -> Option<u32> {
        if let State::Taxon(parent) = self.state(entry) { parent.number() } else { None }
    }

    /// The parent of a taxon as messages name it.
    pub(super) fn shown_parent(&self, entry: u32) -> String {
        self.parent(entry).map_or_else(|| "the root".to_string(), |parent| format!("'{}'", self.name(parent)))
    }

    pub(super) fn name(&self, entry: u32) -> &str {
        self.texts.get(self.entries[entry as usize].name)
    }

    pub(super) fn author(&self, entry: u32) -> &str {
        self.texts.get(self.entries[entry as usize].author)
    }

    pub(super) fn rank(&self, entry: u32) -> Rank {
        self.entries[entry as usize].rank
    }

    pub(super) fn line(&self, entry: u32) -> u64 {
        u64::from(self.entries[entry as usize].line)
    }

    /// The id of an entry as the source gives it, or the lineage that was made up for it.
    pub(super) fn entry_id(&self, entry: u32) -> &str {
        self.id(self.entries[entry as usize].id).trim_start_matches(OWN)
    }

    /// Whether the source has the id.
    pub(super) fn has_own_id(&self, entry: u32) -> bool {
        !self.id(self.entries[entry as usize].id).starts_with(OWN)
    }

    pub(super) fn lengths(&self) -> &[(u32, f64)] {
        &self.lengths
    }

    /// Common names with their entries, in the order they came.
    pub(super) fn common_names(&self) -> impl Iterator<Item = (u32, Language, &str)> {
        self.common.iter().filter_map(|&(number, language, span)| {
            let entry = self.entry_of[number as usize].number()?;
            Some((entry, language, self.texts.get(span)))
        })
    }

    /// How many rows were left out before they became entries.
    pub(super) fn refused(&self) -> u64 {
        self.refused
    }

    fn note(&mut self, kind: FindingKind, entry: u32, value: String, proposal: String) {
        let finding = Finding {
            kind,
            line: self.line(entry),
            id: self.entry_id(entry).to_string(),
            name: self.name(entry).to_string(),
            value,
            proposal,
        };
        self.findings.push(finding);
    }
}
