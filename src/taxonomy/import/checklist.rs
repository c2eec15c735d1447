//! Millions of names in little memory: texts in one buffer, ids as numbers, a few bytes per row.

use super::finding::{Finding, Kind};
use crate::name;
use crate::rank::Rank;
use crate::taxonomy::identity;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::collections::HashMap;
use std::hash::BuildHasher;

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

/// Language of a common name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    French,
}

impl Language {
    /// From `en`, `eng`, `English`, `fr`, `fra`, `fre`, `Français`, ...; `None` for any other.
    pub(super) fn parse(word: &str) -> Option<Language> {
        let word = word.trim().to_lowercase();
        if word == "en" || word == "eng" || word.starts_with("en-") || word.starts_with("english") || word == "anglais" {
            Some(Language::English)
        } else if matches!(word.as_str(), "fr" | "fra" | "fre" | "français" | "francais" | "french") || word.starts_with("fr-") {
            Some(Language::French)
        } else {
            None
        }
    }
}

/// Part of the buffer of texts.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    length: u32,
}

pub(super) const NONE: u32 = u32::MAX;

/// The most text that is kept, in bytes.
const MOST_TEXT: usize = 2 << 30;

/// Begins ids that the source does not have; the rest is a lineage or a number.
pub(super) const OWN: char = '\u{1}';

#[derive(Debug, Clone, Copy)]
struct Entry {
    id: u32,
    parent: u32,
    accepted: u32,
    name: Span,
    author: Span,
    line: u32,
    rank: Rank,
}

/// How many taxa of a circle of parents are named.
const CIRCLE_SHOWN: usize = 8;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// A taxon; its parent's entry, [`NONE`] under the root.
    Taxon(u32),
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
    texts: String,
    ids: HashTable<u32>,
    hasher: DefaultHashBuilder,
    id_spans: Vec<Span>,
    /// The first entry of each id.
    entry_of: Vec<u32>,
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
    /// Whether there was more text than is kept.
    is_full: bool,
}

impl Checklist {
    fn keep(&mut self, text: &str) -> Span {
        let (Ok(start), Ok(length)) = (u32::try_from(self.texts.len()), u32::try_from(text.len())) else {
            self.is_full = true;
            return Span::default();
        };
        // More than any checklist has: nothing is cut, the import ends with an error.
        self.is_full |= self.texts.len() + text.len() > MOST_TEXT;
        if self.is_full {
            return Span::default();
        }
        self.texts.push_str(text);
        Span { start, length }
    }

    fn get(&self, span: Span) -> &str {
        let start = span.start as usize;
        &self.texts[start..start + span.length as usize]
    }

    /// Whether no more text can be kept.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// The number of an id, given at its first use.
    pub(super) fn number(&mut self, id: &str) -> u32 {
        let hash = self.hasher.hash_one(id);
        let (texts, spans) = (&self.texts, &self.id_spans);
        let of = |number: u32| {
            let span = spans[number as usize];
            &texts[span.start as usize..(span.start + span.length) as usize]
        };
        if let Some(&number) = self.ids.find(hash, |&number| of(number) == id) {
            return number;
        }
        let number = u32::try_from(self.id_spans.len()).unwrap_or(NONE);
        let span = self.keep(id);
        self.id_spans.push(span);
        self.entry_of.push(NONE);
        let (texts, spans, hasher) = (&self.texts, &self.id_spans, &self.hasher);
        self.ids.insert_unique(hash, number, |&number| {
            let span = spans[number as usize];
            hasher.hash_one(&texts[span.start as usize..(span.start + span.length) as usize])
        });
        number
    }

    fn find_id(&self, id: &str) -> Option<u32> {
        self.ids.find(self.hasher.hash_one(id), |&number| self.id(number) == id).copied()
    }

    /// The entry of an id, once all rows are read.
    pub(super) fn entry_of_id(&self, id: &str) -> Option<u32> {
        self.find_id(id).map(|number| self.entry_of[number as usize]).filter(|&entry| entry != NONE)
    }

    /// The id of a number.
    pub(super) fn id(&self, number: u32) -> &str {
        self.get(self.id_spans[number as usize])
    }

    /// Notes something about a row.
    pub(super) fn find(&mut self, kind: Kind, usage: &Usage<'_>, value: &str, proposal: String) {
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
    pub(super) fn refuse(&mut self, kind: Kind, usage: &Usage<'_>, value: &str) {
        self.refused += 1;
        self.find(kind, usage, value, String::new());
    }

    /// Takes a row in and returns its entry; `None` where it is left out or repeats another.
    pub(super) fn push(&mut self, usage: &Usage<'_>) -> Option<u32> {
        self.rows += 1;
        if usage.name.is_empty() {
            self.refuse(Kind::BlankName, usage, "");
            return None;
        }
        if usage.id.is_empty() {
            self.refuse(Kind::BlankId, usage, "");
            return None;
        }
        let id = self.number(usage.id);
        let accepted = if usage.accepted.is_empty() || usage.accepted == usage.id { NONE } else { self.number(usage.accepted) };
        let parent = if usage.parent.is_empty() || usage.parent == usage.id { NONE } else { self.number(usage.parent) };
        let known = self.entry_of[id as usize];
        if known != NONE {
            let entry = self.entries[known as usize];
            let same_name = self.get(entry.name) == usage.name;
            if same_name && entry.parent == parent && entry.accepted == accepted && entry.rank == usage.rank {
                self.find(Kind::RepeatedRow, usage, "", String::new());
                self.push_entry(id, parent, accepted, usage, State::Repeated);
                return None;
            }
            // Pro parte: one name that stands for parts of several taxa.
            let pro_parte = same_name && accepted != NONE && entry.accepted != NONE;
            if !pro_parte {
                let value = if same_name && entry.parent != parent && entry.parent != NONE {
                    format!("id '{}' has the parent '{}' in line {}", usage.id, self.id(entry.parent), entry.line)
                } else {
                    format!("id '{}' is '{}' in line {}", usage.id, self.get(entry.name), entry.line)
                };
                self.refuse(Kind::IdTwice, usage, &value);
                return None;
            }
        }
        Some(self.push_entry(id, parent, accepted, usage, State::Taxon(NONE)))
    }

    fn push_entry(&mut self, id: u32, parent: u32, accepted: u32, usage: &Usage<'_>, state: State) -> u32 {
        let composed = name::normalise(usage.name);
        let raw = if usage.raw.is_empty() { usage.name } else { usage.raw };
        if !raw.is_ascii() || !usage.author.is_ascii() {
            let normal = name::normalise(raw);
            if !normal.split_whitespace().eq(raw.replace('_', " ").split_whitespace()) {
                self.find(Kind::NotComposed, usage, "", composed.clone());
            }
            if raw.contains('\u{fffd}') || usage.author.contains('\u{fffd}') {
                self.find(Kind::LostLetters, usage, "", String::new());
            } else if let Some(mended) = name::mojibake(&normal) {
                self.find(Kind::Mojibake, usage, "", mended);
            }
        }
        let name = self.keep(&composed);
        let author = if usage.author.is_empty() { Span::default() } else { self.keep(usage.author) };
        let entry = u32::try_from(self.entries.len()).unwrap_or(NONE);
        let line = u32::try_from(usage.line).unwrap_or(u32::MAX);
        self.entries.push(Entry { id, parent, accepted, name, author, line, rank: usage.rank });
        self.states.push(state);
        if self.entry_of[id as usize] == NONE {
            self.entry_of[id as usize] = entry;
        }
        if let Some(length) = usage.length {
            self.lengths.push((entry, length));
        }
        entry
    }

    /// The id of the last taxon of a lineage of names; those that are not there yet are made.
    pub(super) fn lineage_id(&mut self, lineage: &[(Rank, &str)], line: u64) -> String {
        let mut id = String::new();
        for &(rank, name) in lineage {
            let parent = id.clone();
            id = format!("{OWN}{}", identity::below(parent.trim_start_matches(OWN), name));
            if self.find_id(&id).is_none_or(|number| self.entry_of[number as usize] == NONE) {
                let usage = Usage { id: &id, parent: &parent, name, rank, line, ..Usage::default() };
                let number = self.number(&id);
                let above = if parent.is_empty() { NONE } else { self.number(&parent) };
                let entry = self.push_entry(number, above, NONE, &usage, State::Taxon(NONE));
                self.of_lineages.push(entry);
                self.made += 1;
            }
        }
        id
    }

    /// Takes in a taxon of a table of lineages, whose id is made of its lineage.
    pub(super) fn push_of_lineage(&mut self, usage: &Usage<'_>) -> u32 {
        let id = self.number(usage.id);
        let parent = if usage.parent.is_empty() { NONE } else { self.number(usage.parent) };
        self.push_entry(id, parent, NONE, usage, State::Taxon(NONE))
    }

    /// Makes the taxa of a list of edges that are parents alone: they have no row of their own, and their id for a name.
    pub(super) fn make_parents(&mut self) {
        for child in 0..self.entries.len() {
            let Entry { parent, line, .. } = self.entries[child];
            if parent == NONE || self.entry_of[parent as usize] != NONE || name::is_missing(self.id(parent)) {
                continue;
            }
            let id = self.id(parent).to_string();
            let usage = Usage { id: &id, name: &id, line: u64::from(line), ..Usage::default() };
            let entry = self.push_entry(parent, NONE, NONE, &usage, State::Taxon(NONE));
            self.count_made(entry);
        }
    }

    /// Counts an entry as made for the rows below it.
    pub(super) fn count_made(&mut self, entry: u32) {
        self.of_lineages.push(entry);
        self.made += 1;
    }

    /// Gives a taxon of a lineage the id of its row.
    pub(super) fn give_id(&mut self, entry: u32, id: &str, line: u64) {
        let number = self.number(id);
        self.entry_of[number as usize] = entry;
        self.entries[entry as usize].id = number;
        self.entries[entry as usize].line = u32::try_from(line).unwrap_or(u32::MAX);
    }

    /// A row about a taxon that there is already.
    pub(super) fn meet_again(&mut self, entry: u32, id: Option<&str>, line: u64) {
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
        self.find(Kind::LineageTwice, &usage, &value, String::new());
        let number = self.number(id);
        self.push_entry(number, NONE, accepted, &usage, State::Taxon(NONE));
    }

    /// Leaves a row out whose id is that of another entry.
    pub(super) fn refuse_id(&mut self, usage: &Usage<'_>, other: u32) {
        let value = format!("id '{}' is '{}' in line {}", usage.id, self.name(other), self.line(other));
        self.refuse(Kind::IdTwice, usage, &value);
    }

    /// The entry above one, before parents are settled; [`NONE`] below the root.
    pub(super) fn entry_above(&self, entry: u32) -> u32 {
        let parent = self.entries[entry as usize].parent;
        if parent == NONE { NONE } else { self.entry_of[parent as usize] }
    }

    /// The identity that the names from the root down to an entry make, before parents are settled.
    pub(super) fn lineage_identity(&self, entry: u32) -> String {
        let mut names = vec![];
        let mut step = entry;
        while step != NONE {
            names.push(self.name(step));
            step = self.entry_above(step);
        }
        identity::of_lineage(names.into_iter().rev())
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
        let span = self.keep(&name::normalise(name));
        self.common.push((number, language, span));
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn state(&self, entry: u32) -> State {
        self.states[entry as usize]
    }

    pub(super) fn set_state(&mut self, entry: u32, state: State) {
        self.states[entry as usize] = state;
    }

    pub(super) fn name(&self, entry: u32) -> &str {
        self.get(self.entries[entry as usize].name)
    }

    pub(super) fn author(&self, entry: u32) -> &str {
        self.get(self.entries[entry as usize].author)
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
        self.common
            .iter()
            .map(|&(number, language, span)| (self.entry_of[number as usize], language, self.get(span)))
            .filter(|&(entry, ..)| entry != NONE)
    }

    /// How many rows were left out before they became entries.
    pub(super) fn refused(&self) -> u64 {
        self.refused
    }

    fn note(&mut self, kind: Kind, entry: u32, value: String, proposal: String) {
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

    /// Joins taxa to their parents and synonyms to their taxa, and leaves out what cannot be joined.
    pub(super) fn settle(&mut self) {
        let count = u32::try_from(self.entries.len()).unwrap_or(NONE);
        // Synonyms first: a parent may be one.
        for entry in 0..count {
            if self.states[entry as usize] == State::Taxon(NONE) && self.entries[entry as usize].accepted != NONE {
                self.settle_synonym(entry);
            }
        }
        for entry in 0..count {
            if let State::Taxon(_) = self.states[entry as usize] {
                let parent = self.parent_entry(entry);
                self.states[entry as usize] = State::Taxon(parent);
            }
        }
        self.leave_out_circles(count);
        self.merge_made(count);
        for entry in 0..count {
            if let State::Synonym(of) = self.states[entry as usize]
                && self.states[of as usize] == State::LeftOut
            {
                self.states[entry as usize] = State::LeftOut;
                self.note(Kind::AcceptedMissing, entry, format!("of '{}', left out", self.name(of)), String::new());
            }
        }
    }

    fn settle_synonym(&mut self, entry: u32) {
        let mut step = self.entries[entry as usize].accepted;
        for hop in 0..32 {
            let target = self.entry_of[step as usize];
            if target == NONE {
                self.states[entry as usize] = State::LeftOut;
                let value = format!("accepted id '{}'", self.id(step));
                self.note(Kind::AcceptedMissing, entry, value, String::new());
                return;
            }
            let next = self.entries[target as usize].accepted;
            if next == NONE {
                if hop > 0 {
                    let value = format!("by way of id '{}'", self.id(self.entries[entry as usize].accepted));
                    self.note(Kind::AcceptedIsSynonym, entry, value, format!("accepted_id={}", self.entry_id(target)));
                }
                self.states[entry as usize] = State::Synonym(target);
                return;
            }
            step = next;
        }
        self.states[entry as usize] = State::LeftOut;
        let value = format!("accepted id '{}'", self.id(self.entries[entry as usize].accepted));
        self.note(Kind::AcceptedCycle, entry, value, String::new());
    }

    fn parent_entry(&mut self, entry: u32) -> u32 {
        let parent = self.entries[entry as usize].parent;
        if parent == NONE {
            return NONE;
        }
        let target = self.entry_of[parent as usize];
        // A word for nothing stands where a root has no parent.
        if target == NONE && name::is_missing(self.id(parent)) {
            return NONE;
        }
        if target == NONE {
            let value = format!("parent '{}'", self.id(parent));
            self.note(Kind::ParentMissing, entry, value, String::new());
            return NONE;
        }
        match self.states[target as usize] {
            State::Synonym(accepted) if accepted != entry => {
                let value = format!("parent '{}'", self.id(parent));
                self.note(Kind::ParentIsSynonym, entry, value, format!("parent_id={}", self.entry_id(accepted)));
                accepted
            }
            State::Taxon(_) => target,
            _ => {
                let value = format!("parent '{}', left out", self.id(parent));
                self.note(Kind::ParentMissing, entry, value, String::new());
                NONE
            }
        }
    }

    /// A taxon that was made for the rows below it, or of a row without an id, gives way to a row with one.
    fn merge_made(&mut self, count: u32) {
        if self.made == 0 {
            return;
        }
        let mut candidates: HashMap<(&str, Rank), Vec<u32>> = HashMap::new();
        let is_taxon = |entry: u32| matches!(self.states[entry as usize], State::Taxon(_));
        for entry in (0..count).filter(|&entry| is_taxon(entry) && self.has_own_id(entry)) {
            candidates.entry((self.name(entry), self.rank(entry))).or_default().push(entry);
        }
        let mut merged: HashMap<u32, u32> = HashMap::new();
        for entry in (0..count).filter(|&entry| is_taxon(entry) && !self.has_own_id(entry)) {
            let parent = |entry: u32| match self.states[entry as usize] {
                State::Taxon(parent) => *merged.get(&parent).unwrap_or(&parent),
                _ => NONE,
            };
            let same = candidates.get(&(self.name(entry), self.rank(entry))).into_iter().flatten();
            if let Some(&row) = same.into_iter().find(|&&row| parent(row) == parent(entry)) {
                merged.insert(entry, row);
            }
        }
        // A row without an id has a lineage for one too: it repeats the row that has one.
        let made = merged.keys().filter(|entry| self.of_lineages.binary_search(entry).is_ok()).count();
        self.made -= made as u64;
        self.folded += (merged.len() - made) as u64;
        for state in &mut self.states {
            if let State::Taxon(parent) | State::Synonym(parent) = state
                && let Some(&row) = merged.get(parent)
            {
                *parent = row;
            }
        }
        for (entry, row) in merged {
            self.states[entry as usize] = State::Merged(row);
        }
    }

    /// Leaves out the taxa that lie on a circle of parents; what hangs on one goes under the root.
    fn leave_out_circles(&mut self, count: u32) {
        let mut mark = vec![0_u32; count as usize];
        for start in 0..count {
            let mut entry = start;
            let run = start + 1;
            while let State::Taxon(parent) = self.states[entry as usize] {
                if mark[entry as usize] != 0 {
                    break;
                }
                mark[entry as usize] = run;
                if parent == NONE {
                    break;
                }
                entry = parent;
            }
            let State::Taxon(parent) = self.states[entry as usize] else { continue };
            if parent == NONE || mark[entry as usize] != run {
                continue;
            }
            // The walk came back to itself at `entry`.
            let mut circle = vec![entry];
            let mut step = parent;
            while step != entry {
                circle.push(step);
                let State::Taxon(next) = self.states[step as usize] else { break };
                step = next;
            }
            let mut names: Vec<String> =
                circle.iter().take(CIRCLE_SHOWN).map(|&member| format!("'{}'", self.name(member))).collect();
            if circle.len() > CIRCLE_SHOWN {
                names.push(format!("… ({} taxa)", circle.len()));
            }
            for &member in &circle {
                self.states[member as usize] = State::LeftOut;
                self.note(Kind::InCycle, member, names.join(" → "), String::new());
            }
        }
        for entry in 0..count {
            if let State::Taxon(parent) = self.states[entry as usize]
                && parent != NONE
                && self.states[parent as usize] == State::LeftOut
            {
                self.states[entry as usize] = State::Taxon(NONE);
                self.note(Kind::ParentMissing, entry, format!("parent '{}', in a circle", self.name(parent)), String::new());
            }
        }
    }

    /// Notes ranks that do not go down; in a tree of any size.
    pub(super) fn check_ranks(&mut self) {
        for entry in 0..u32::try_from(self.entries.len()).unwrap_or(NONE) {
            let State::Taxon(parent) = self.states[entry as usize] else { continue };
            if parent == NONE {
                continue;
            }
            let (above, below) = (self.rank(parent), self.rank(entry));
            if !above.is_unranked() && !below.is_unranked() && below <= above {
                let value = format!("{below} under {above} '{}'", self.name(parent));
                self.note(Kind::RankOutOfOrder, entry, value, String::new());
            }
        }
    }

    /// Notes homonyms, doubled lineages, species without binomial or main ranks.
    pub(super) fn check_names(&mut self) {
        let count = u32::try_from(self.entries.len()).unwrap_or(NONE);
        let mut by_name: HashTable<u32> = HashTable::new();
        let taxa: Vec<u32> = (0..count).filter(|&entry| matches!(self.states[entry as usize], State::Taxon(_))).collect();
        let mut notes = vec![];
        for &entry in &taxa {
            let hash = self.hasher.hash_one(self.name(entry));
            let other = by_name.find(hash, |&other| self.name(other) == self.name(entry)).copied();
            match other {
                Some(other) => notes.push((entry, other)),
                None => {
                    by_name.insert_unique(hash, entry, |&entry| self.hasher.hash_one(self.name(entry)));
                }
            }
        }
        for (entry, other) in notes {
            let (State::Taxon(parent), State::Taxon(other_parent)) = (self.states[entry as usize], self.states[other as usize])
            else {
                continue;
            };
            let same = parent == other_parent && self.rank(entry) == self.rank(other);
            // An order and a class of one name, one in the other, are no homonyms.
            if !same && (parent == other || other_parent == entry) {
                continue;
            }
            let kind = if same { Kind::DoubledLineage } else { Kind::Homonym };
            let above = |parent: u32| if parent == NONE { "the root".to_string() } else { format!("'{}'", self.name(parent)) };
            let value = format!(
                "{} id '{}' under {}, {} id '{}' under {}",
                self.rank(other),
                self.entry_id(other),
                above(other_parent),
                self.rank(entry),
                self.entry_id(entry),
                above(parent)
            );
            self.note(kind, entry, value, String::new());
        }
        for entry in taxa {
            if self.rank(entry) != Rank::Species {
                continue;
            }
            let name = self.name(entry);
            if name::parse(name).is_none_or(|parsed| parsed.rank < Rank::Species) {
                self.note(Kind::NoBinomial, entry, String::new(), String::new());
            }
            let missing = self.missing_ranks(entry);
            if !missing.is_empty() {
                self.note(Kind::BlankRank, entry, missing.join(", "), String::new());
            }
        }
    }

    fn missing_ranks(&self, entry: u32) -> Vec<&'static str> {
        let mut has = [false; 7];
        let mut step = entry;
        for _ in 0..256 {
            if let Some(index) = self.rank(step).main_index() {
                has[index] = true;
            }
            match self.states[step as usize] {
                State::Taxon(parent) if parent != NONE => step = parent,
                _ => break,
            }
        }
        Rank::MAIN.iter().zip(has).filter(|&(_, has)| !has).map(|(rank, _)| rank.name()).collect()
    }
}
