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
    if name.is_empty() || accepted.is_empty() {
        list.rows += 1;
        list.refuse(FindingKind::BlankName, &Usage { id: accepted, name, line, ..Usage::default() }, "");
        return;
    }
    let id = format!("{OWN}={accepted}={name}");
    list.push(&Usage { id: &id, accepted, name, line, ..Usage::default() });
}
