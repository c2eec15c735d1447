//! Tables with a column per rank and a row per taxon.

use super::checklist::{Checklist, OWN};
use super::columns;
use super::error::ImportError;
use super::finding::FindingKind;
use super::format::Format;
use super::language::Language;
use super::rows::{Dialect, Row};
use super::source::Source;
use super::synonyms::push_synonyms;
use super::tabular::{is_qualified, without_author};
use super::usage::Usage;
use crate::files::archive::Member;
use crate::numbers::place::Place;
use crate::taxonomy::identity;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Which column of a rank table holds what.
#[derive(Debug)]
struct Columns {
    /// Ranks above the species, the highest first.
    above: Vec<(usize, Rank)>,
    species: Option<usize>,
    /// Ranks below the species.
    below: Vec<(usize, Rank)>,
    /// The name of whatever the row is about.
    name: Option<usize>,
    id: Option<usize>,
    english: Option<usize>,
    french: Option<usize>,
    synonyms: Option<usize>,
    is_photographs: bool,
}

impl Columns {
    fn of(header: &[String]) -> Columns {
        let ranks = columns::ranks(header);
        let of = |keep: &dyn Fn(Rank) -> bool| ranks.iter().copied().filter(|&(_, rank)| keep(rank)).collect::<Vec<_>>();
        let is_photographs = columns::is_photographs(header);
        let find = |names: &[&str]| columns::column(header, names);
        let id =
            find(&["taxonid", "acceptedtaxonkey", "cdnom", "gbifspeciesid", "speciesid", "aphiaid", "eppocode", "taxid", "tsn"]);
        // In a list of photographs these are the photographs'.
        let id = id.or_else(|| find(&["id", "uid"]).filter(|_| !is_photographs));
        Columns {
            above: of(&|rank| rank < Rank::Species),
            species: of(&|rank| rank == Rank::Species).first().map(|&(index, _)| index),
            below: of(&|rank| rank > Rank::Species),
            name: find(&["scientificname", "sciname", "searchspecies", "gbifspecies", "lbnom"]),
            id,
            english: find(columns::ENGLISH),
            french: find(columns::FRENCH),
            synonyms: find(columns::SYNONYMS),
            is_photographs,
        }
    }

    /// The lineage of a row, highest rank first, as the cells and the binomial tell it.
    fn lineage(&self, row: &Row<'_>) -> Vec<(Rank, String)> {
        let mut lineage: Vec<(Rank, String)> = vec![];
        for &(column, rank) in &self.above {
            // Some tables fill up a short lineage by repeating its last name; a subgenus may have the name of its genus.
            let repeats =
                |(above, last): &(Rank, String), cell: &str| last == cell && (rank, *above) != (Rank::Subgenus, Rank::Genus);
            if let Some(cell) = known(row, Some(column))
                && lineage.last().is_none_or(|last| !repeats(last, cell))
            {
                lineage.push((rank, cell.to_string()));
            }
        }
        let genus = lineage.iter().find(|(rank, _)| *rank == Rank::Genus).map(|(_, genus)| genus.clone());
        let (species, name) = (known(row, self.species), known(row, self.name));
        if let Some(text) = species.or(name) {
            self.push_last(&mut lineage, text, genus.as_deref(), species.is_some());
        }
        if let (Some(_), Some(name)) = (species, name) {
            push_finer(&mut lineage, name);
        }
        for &(column, rank) in &self.below {
            let Some(cell) = known(row, Some(column)) else { continue };
            let name = match lineage.last() {
                Some((above, species)) if cell.starts_with(char::is_lowercase) && *above >= Rank::Species => {
                    without_author(&format!("{species} {cell}"), "", rank)
                }
                _ => without_author(cell, "", rank),
            };
            if lineage.last().is_none_or(|(_, last)| *last != name) {
                lineage.push((rank, name));
            }
        }
        lineage
    }

    /// Whether a row has the epithet of a species and, though the table has a column for it, no genus.
    fn lacks_genus(&self, row: &Row<'_>) -> bool {
        let genus = self.above.iter().find(|(_, rank)| *rank == Rank::Genus).map(|&(column, _)| column);
        genus.is_some()
            && known(row, genus).is_none()
            && known(row, self.species).is_some_and(|text| !text.contains(' ') && text.starts_with(char::is_lowercase))
    }

    /// Whether the table has no column for the genus.
    fn genera_are_made(&self) -> bool {
        self.above.iter().all(|&(_, rank)| rank != Rank::Genus)
    }

    /// Puts the genus of a binomial in its place, where the table has no column for it: a blank cell may mean something.
    fn push_genus(&self, lineage: &mut Vec<(Rank, String)>, parsed: Option<&name::ScientificName>) {
        if let Some(parsed) = parsed.filter(|parsed| parsed.rank >= Rank::Species && self.genera_are_made())
            && lineage.iter().all(|(rank, _)| *rank != Rank::Genus)
        {
            let place = lineage.iter().position(|(rank, _)| *rank > Rank::Genus).unwrap_or(lineage.len());
            lineage.insert(place, (Rank::Genus, parsed.genus().to_string()));
        }
    }

    /// Puts the species (a binomial, or an epithet and its genus) or what else the name is at the end of a lineage.
    fn push_last(&self, lineage: &mut Vec<(Rank, String)>, text: &str, genus: Option<&str>, is_species: bool) {
        let text = name::normalise(text);
        let full = match genus {
            Some(genus) if is_species && is_epithet(&text, genus) => format!("{genus} {text}"),
            _ => text,
        };
        // `Red fox` and `house cat` look alike; what is written small all through is no binomial.
        let is_written = full.starts_with(|first: char| first.is_uppercase() || first == '×');
        let parsed = name::parse(&full).filter(|_| is_written);
        if is_species && is_qualified(&full) {
            self.push_genus(lineage, parsed.as_ref());
            lineage.push((Rank::Species, full));
            return;
        }
        let rank = match &parsed {
            Some(parsed) if parsed.rank > Rank::Species => parsed.rank,
            _ if is_species => Rank::Species,
            Some(parsed) => parsed.rank,
            None => Rank::Unranked,
        };
        let canonical = without_author(&full, "", rank);
        if lineage.last().is_some_and(|(_, last)| *last == canonical) {
            return;
        }
        self.push_genus(lineage, parsed.as_ref());
        if rank > Rank::Species
            && let Some(binomial) = name::parse(&canonical).and_then(|parsed| parsed.binomial())
        {
            lineage.push((Rank::Species, binomial));
        }
        lineage.push((rank, canonical));
    }
}

fn known<'r>(row: &Row<'r>, column: Option<usize>) -> Option<&'r str> {
    Some(row.cell(column)).filter(|cell| !name::is_missing(cell))
}

/// The taxa of a table, found again by parent, rank and name: case and the kind of space in a name do not matter.
#[derive(Debug, Default)]
struct Lineages {
    known: HashMap<u64, u32>,
    hasher: RandomState,
}

impl Lineages {
    /// The entry of a taxon below another (none: below the root), or the free slot that it would have.
    fn find(&self, list: &Checklist, parent: Place, (rank, name): (Rank, &str)) -> Result<u32, u64> {
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
    fn parent(&mut self, list: &mut Checklist, above: &[(Rank, String)], line: u64) -> Place {
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
    fn make(&mut self, list: &mut Checklist, slot: u64, parent: Place, (rank, name): (Rank, &str), line: u64) -> u32 {
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

/// Reads a rank table: a row's taxon is the last of its lineage; taxa that are met again are one.
pub(super) fn pour(source: &mut Source<'_>, member: &Member, header: &[String], dialect: Dialect) -> Result<Format, ImportError> {
    let columns = Columns::of(header);
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
    source.mends = false;
    source.list.genera_are_made = columns.genera_are_made();
    let mut lineages = Lineages::default();
    source.each(member, dialect, &mut |list, row| {
        read(&columns, &mut lineages, list, row);
        Ok(())
    })?;
    Ok(Format::RankTable)
}

fn read(columns: &Columns, lineages: &mut Lineages, list: &mut Checklist, row: &Row<'_>) {
    list.rows += 1;
    let lineage = columns.lineage(row);
    let Some((taxon, above)) = lineage.split_last() else {
        list.refuse(FindingKind::NoTaxon, &Usage { line: row.line, ..Usage::default() }, "");
        return;
    };
    let (rank, name) = (taxon.0, taxon.1.as_str());
    let own_id = known(row, columns.id).filter(|id| *id != "-1").map(identity::bare_id);
    let usage = Usage { id: own_id.unwrap_or_default(), name, line: row.line, ..Usage::default() };
    if columns.lacks_genus(row) {
        list.find(FindingKind::NoGenus, &usage, "", String::new());
    }
    let parent = lineages.parent(list, above, row.line);
    let place = lineages.find(list, parent, (rank, name));
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
            let entry = lineages.make(list, slot, parent, (rank, name), row.line);
            if let Some(id) = own_id {
                list.give_id(entry, id, row.line);
            }
            entry
        }
    };
    let id = list.full_id(entry).to_string();
    for (column, language) in [(columns.english, Language::English), (columns.french, Language::French)] {
        if let Some(common) = known(row, column) {
            list.push_common(&id, language, common);
        }
    }
    push_synonyms(list, &id, row.cell(columns.synonyms), row.line);
}

/// Whether a species column has the epithet alone: `vesca`, `× ananassa`, `vesca subsp. alba`, and `vulpes` of the genus
/// *Vulpes*; not `vulpes vulpes`, nor several plain words under what is no scientific name of a genus (`red fox`, `foxes`).
fn is_epithet(text: &str, genus: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let begins = text.starts_with(|first: char| first.is_lowercase() || first == '×')
        || text.starts_with(|first: char| first.is_ascii_digit()) && text.contains('-');
    let repeats = words.len() > 1 && name::key(words[0]) == name::key(genus);
    begins && !repeats && (words.len() == 1 || genus.starts_with(|first: char| first.is_uppercase() || first == '×'))
}

/// A subspecies or variety whose name stands beside that of its species.
fn push_finer(lineage: &mut Vec<(Rank, String)>, text: &str) {
    let text = name::normalise(text);
    let Some(parsed) = name::parse(&text).filter(|parsed| parsed.rank > Rank::Species && !is_qualified(&text)) else { return };
    if lineage.last().is_some_and(|(rank, species)| *rank == Rank::Species && parsed.binomial().as_ref() == Some(species)) {
        lineage.push((parsed.rank, parsed.canonical));
    }
}
