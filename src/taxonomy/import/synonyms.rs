//! Synonyms that have no row of their own.

use super::checklist::{Checklist, OWN};
use super::finding::FindingKind;
use super::usage::Usage;
use crate::taxonomy::name;

/// Other names of a taxon in one cell, between `|` or `;`: synonyms that are made, and no rows.
pub(super) fn push_synonyms(list: &mut Checklist, accepted: &str, cell: &str, line: u64) {
    for synonym in cell.split(['|', ';']).map(str::trim).filter(|synonym| !name::is_missing(synonym)) {
        push_synonym(list, accepted, synonym, line);
        list.rows -= 1;
        list.made += 1;
    }
}

/// A synonym that has no id of its own.
pub(super) fn push_synonym(list: &mut Checklist, accepted: &str, name: &str, line: u64) {
    push_authored_synonym(list, accepted, (name, ""), line);
}

/// A synonym that has no id of its own, with its author.
pub(super) fn push_authored_synonym(list: &mut Checklist, accepted: &str, (name, author): (&str, &str), line: u64) {
    if name.is_empty() || accepted.is_empty() {
        list.rows += 1;
        list.refuse(FindingKind::BlankName, &Usage { id: accepted, name, line, ..Usage::default() }, "");
        return;
    }
    let id = format!("{OWN}={accepted}={name}");
    list.push(&Usage { id: &id, accepted, name, author, line, ..Usage::default() });
}

/// An id that stands for a taxon beside its own, as a row that is made.
pub(super) fn push_other_id(list: &mut Checklist, accepted: &str, other: &str, line: u64) {
    let Some(entry) = list.entry_of_id(accepted) else { return };
    if name::is_missing(other) || list.entry_of_id(other).is_some() {
        return;
    }
    let name = list.name(entry).to_string();
    if list.push(&Usage { id: other, accepted, name: &name, line, ..Usage::default() }).is_some() {
        list.rows -= 1;
        list.made += 1;
    }
}
