//! Tables with a column per rank and a row per taxon, or per name of one.

use super::checklist::Checklist;
use super::columns;
use super::error::ImportError;
use super::finding::FindingKind;
use super::flat_columns::{FlatColumns, Meaning, known};
use super::format::Format;
use super::language::Language;
use super::lineage_taxa::LineageTaxa;
use super::rows::{Dialect, Row};
use super::source::Source;
use super::synonyms::{push_authored_synonym, push_other_id, push_synonyms};
use super::tabular::{author_behind, without_author};
use super::usage::Usage;
use super::vernacular::push_common_names;
use crate::files::archive::Member;
use crate::numbers::place::Place;
use crate::taxonomy::identity;
use crate::taxonomy::name::higher;
use crate::taxonomy::name::placeholder::is_placeholder;
use crate::taxonomy::rank::Rank;
use std::collections::{BTreeMap, HashSet};

/// Reads a rank table: a row's taxon is the last of its lineage; taxa that are met again are one.
pub(super) fn pour(
    source: &mut Source<'_>,
    member: &Member,
    header: &[String],
    dialect: Dialect,
    begin: &str,
) -> Result<Format, ImportError> {
    let columns = FlatColumns::of(header, dialect, begin);
    if columns::has_class_beside_cls(header) {
        source
            .notes
            .push("column 'class' holds labels, because there is a column 'cls'; the class is read from 'cls'".to_string());
    }
    if columns.is_photographs {
        source.notes.push("a row per photograph: each lineage is taken once".to_string());
    }
    if columns.is_photographs && columns.id.is_none() && columns::column(header, &["id", "uid"]).is_some() {
        source.notes.push("the ids are those of the photographs: taxa have none".to_string());
    }
    source.mends = columns.has_synonyms();
    source.list.genera_are_made = columns.genera_are_made();
    let mut table = Table {
        columns: &columns,
        taxa: LineageTaxa::default(),
        later_ids: BTreeMap::new(),
        asides: HashSet::new(),
        passed: BTreeMap::new(),
    };
    source.each(member, dialect, &mut |list, row| {
        table.read(list, row);
        Ok(())
    })?;
    table.give_later_ids(&mut source.list);
    for (what, count) in table.passed {
        let (rows, taxa) = if count == 1 { ("row", "is no taxon") } else { ("rows", "are no taxa") };
        source.notes.push(format!("{count} {rows} {what} {taxa}"));
    }
    Ok(Format::RankTable)
}

/// A table that is being read.
struct Table<'a> {
    columns: &'a FlatColumns,
    taxa: LineageTaxa,
    /// Ids of taxa that may have a row of their own yet.
    later_ids: BTreeMap<u32, String>,
    /// Taxa whose brackets were read.
    asides: HashSet<u32>,
    /// Rows that are no taxa, by what they are.
    passed: BTreeMap<String, u64>,
}

impl Table<'_> {
    fn read(&mut self, list: &mut Checklist, row: &Row<'_>) {
        match self.columns.meaning(row) {
            Meaning::Taxon => self.read_taxon(list, row),
            Meaning::Synonym => self.read_synonym(list, row),
            Meaning::Nothing(what) => {
                list.rows += 1;
                list.filtered += 1;
                *self.passed.entry(what).or_default() += 1;
            }
        }
    }

    fn read_taxon(&mut self, list: &mut Checklist, row: &Row<'_>) {
        list.rows += 1;
        let lineage = self.columns.lineage(row);
        let Some((taxon, above)) = lineage.split_last() else {
            list.refuse(FindingKind::NoTaxon, &Usage { line: row.line, ..Usage::default() }, "");
            return;
        };
        let (rank, name) = (taxon.0, taxon.1.as_str());
        let own_id = self.columns.own_id(row);
        let usage = Usage { id: own_id.unwrap_or_default(), name, line: row.line, ..Usage::default() };
        if self.columns.lacks_genus(row) {
            list.find(FindingKind::NoGenus, &usage, "", String::new());
        }
        let species = self.columns.reported_as(row).and_then(|code| list.entry_of_id(code));
        let species = species.filter(|&entry| list.rank(entry) == Rank::Species);
        let parent = match species {
            Some(species) => Place::of(species),
            None => self.taxa.parent(list, above, row.line),
        };
        let place = self.taxa.find(list, parent, (rank, name));
        if let Some(other) = own_id.and_then(|id| list.entry_of_id(id)).filter(|&other| place != Ok(other)) {
            list.refuse_id(&usage, other);
            return;
        }
        let entry = match place {
            Ok(entry) => {
                list.meet_again(entry, own_id, row.line);
                entry
            }
            Err(slot) => {
                let entry = self.taxa.make(list, slot, parent, (rank, name), row.line);
                if let Some(id) = own_id {
                    list.give_id(entry, id, row.line);
                }
                entry
            }
        };
        let id = list.full_id(entry).to_string();
        push_common_names(list, &id, row, &self.columns.common);
        push_synonyms(list, &id, row.cell(self.columns.synonyms), row.line);
        for &column in &self.columns.other_ids {
            push_other_id(list, &id, row.cell(Some(column)), row.line);
        }
        self.read_above(list, row, entry);
    }

    /// A row whose name is a synonym: its taxon is the one that it says is accepted.
    fn read_synonym(&mut self, list: &mut Checklist, row: &Row<'_>) {
        let written = self.columns.own_name(row).unwrap_or_default();
        let rank = self.columns.said_rank(row).unwrap_or(Rank::Unranked);
        let name = without_author(written, "", rank);
        let author = author_behind(written, &name);
        let id = self.columns.own_id(row).unwrap_or_default();
        let usage = Usage { id, name: &name, author, rank, line: row.line, ..Usage::default() };
        let lineage = self.columns.accepted_lineage(row);
        let Some(entry) = self.taxa.parent(list, &lineage, row.line).number() else {
            list.rows += 1;
            list.refuse(FindingKind::AcceptedMissing, &usage, "the row names none");
            return;
        };
        if let Some(accepted) = known(row, self.columns.accepted_id) {
            self.later_ids.entry(entry).or_insert_with(|| identity::bare_id(accepted).to_string());
        }
        let accepted = list.full_id(entry).to_string();
        if id.is_empty() {
            push_authored_synonym(list, &accepted, (&name, author), row.line);
        } else {
            list.push(&Usage { accepted: &accepted, ..usage });
        }
        self.read_above(list, row, entry);
    }

    /// What a row says of the taxa above its own: their ids, and what people call them.
    fn read_above(&mut self, list: &mut Checklist, row: &Row<'_>, entry: u32) {
        let columns = self.columns;
        if columns.rank_ids.is_empty() && columns.asides(row).is_empty() {
            return;
        }
        let lineage: Vec<u32> = std::iter::successors(Some(entry), |&below| list.entry_above(below).number()).collect();
        let at = |list: &Checklist, rank: Rank| lineage.iter().copied().find(|&step| list.rank(step) == rank);
        for &(column, rank) in &columns.rank_ids {
            if let (Some(id), Some(step)) = (known(row, Some(column)), at(list, rank)) {
                self.later_ids.entry(step).or_insert_with(|| identity::bare_id(id).to_string());
            }
        }
        for (rank, aside) in columns.asides(row) {
            let Some(step) = at(list, rank).filter(|&step| self.asides.insert(step)) else { continue };
            let id = list.full_id(step).to_string();
            push_aside(list, &id, aside, row.line);
        }
    }

    /// Gives ids to the taxa that other rows tell them of and that have no row of their own.
    fn give_later_ids(&self, list: &mut Checklist) {
        for (&entry, id) in &self.later_ids {
            if !list.has_own_id(entry) && list.entry_of_id(id).is_none() {
                let line = list.line(entry);
                list.give_id(entry, id, line);
            }
        }
    }
}

/// What stands in brackets behind a name above the genus: another name where it has the ending of one, an author where it
/// has a year, and else what people call the taxon.
fn push_aside(list: &mut Checklist, id: &str, aside: &str, line: u64) {
    if aside.contains(|letter: char| letter.is_ascii_digit()) || is_placeholder(aside) {
        return;
    }
    if higher::rank_by_ending(aside, None).is_some() || !aside.contains(' ') && aside.ends_with("ae") {
        push_synonyms(list, id, aside, line);
    } else {
        list.push_common(id, Language::English, aside);
    }
}
