//! Reads the rows of tables with a lineage in one cell.

use super::checklist::Checklist;
use super::error::ImportError;
use super::format::Format;
use super::lineage_table::{LineageTable, is_passed_over, prefixed, steps};
use super::source::Source;
use super::synonyms::push_other_id;
use crate::files::archive::Member;
use crate::taxonomy::name;
use crate::taxonomy::name::higher::{self, Code};
use crate::taxonomy::name::placeholder::is_placeholder;
use crate::taxonomy::rank::Rank;
use std::collections::HashSet;

/// A lineage with its ranks.
type Steps = Vec<(Rank, String)>;

/// Reads the table: each lineage is taken once.
pub(super) fn pour(source: &mut Source<'_>, member: &Member, table: &LineageTable) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let lines = || {
        let rows = text.lines().enumerate().filter(|(_, line)| !is_passed_over(line));
        rows.skip(usize::from(table.has_header)).map(|(index, line)| (index as u64 + 1, table.cells(line)))
    };
    let genera: HashSet<String> =
        if table.has_prefixes { HashSet::new() } else { lines().filter_map(|(_, cells)| genus_of(table, &cells)).collect() };
    let list = &mut source.list;
    let mut ids = Ids::default();
    let mut nothing = 0;
    for (number, cells) in lines() {
        list.rows += 1;
        let lineage = table.lineage(&cells);
        let read = if table.has_prefixes {
            with_prefixes(lineage).map_err(|step| ImportError::Content {
                file: member.name.clone(),
                what: format!("line {number}: '{step}' has no prefix such as g__"),
            })?
        } else {
            with_names(lineage, organism(table, &cells), &genera)
        };
        if read.is_empty() {
            list.filtered += 1;
            nothing += 1;
            continue;
        }
        let borrowed: Vec<(Rank, &str)> = read.iter().map(|(rank, name)| (*rank, name.as_str())).collect();
        let taxon = list.lineage_id(&borrowed, number);
        list.folded += 1;
        if let Some(id) = table.id.and_then(|column| cells.get(column)) {
            ids.push(id, taxon, number);
        }
    }
    let has_ids = ids.give(list);
    if let Some(called) = &table.called {
        source.notes.push(format!("the lineages are those of the column '{called}'"));
    }
    source.notes.push("a row per sequence: each lineage is taken once".to_string());
    if table.id.is_some() && !has_ids {
        source.notes.push("several rows have one lineage: their ids are those of sequences, and taxa have none".to_string());
    }
    if nothing > 0 {
        let (rows, name) = if nothing == 1 { ("row", "names") } else { ("rows", "name") };
        source.notes.push(format!("{nothing} {rows} {name} no taxon (unassigned, uncultured)"));
    }
    Ok(Format::LineageStrings)
}

/// The ids of rows, as long as no two rows have one lineage.
#[derive(Default)]
struct Ids {
    rows: Vec<(String, String, u64)>,
    taxa: HashSet<String>,
    is_repeated: bool,
}

impl Ids {
    fn push(&mut self, id: &str, taxon: String, line: u64) {
        if self.is_repeated {
            return;
        }
        if self.taxa.insert(taxon.clone()) {
            self.rows.push((id.to_string(), taxon, line));
        } else {
            *self = Ids { is_repeated: true, ..Ids::default() };
        }
    }

    /// Gives every taxon the id of its row; whether there are any.
    fn give(self, list: &mut Checklist) -> bool {
        for (id, taxon, line) in &self.rows {
            push_other_id(list, taxon, id, *line);
        }
        !self.is_repeated
    }
}

/// Whether a step names no taxon. What GTDB calls `Bacillus sp000123` is a species.
fn is_nothing(name: &str) -> bool {
    is_placeholder(name) || [" sp", " sp.", " spp", " spp."].iter().any(|ending| name.ends_with(*ending))
}

/// The steps of a lineage whose names have prefixes; the step that has none is the error.
fn with_prefixes(lineage: &str) -> Result<Steps, String> {
    if is_placeholder(lineage) && !lineage.contains("__") {
        return Ok(vec![]);
    }
    let mut read: Steps = vec![];
    for step in steps(lineage) {
        let (rank, text) = prefixed(step).ok_or_else(|| step.to_string())?;
        let name = name::normalise(text);
        if is_nothing(&name) {
            continue;
        }
        // Greengenes writes `g__Staphylococcus; s__aureus`.
        let genus = read.last().filter(|(above, _)| *above == Rank::Genus).map(|(_, genus)| genus.clone());
        let name = match genus {
            Some(genus) if rank == Rank::Species && name.starts_with(char::is_lowercase) => format!("{genus} {name}"),
            _ => name,
        };
        read.push((rank, name));
    }
    Ok(read)
}

/// The organism beside a lineage, where it is a scientific name.
fn organism(table: &LineageTable, cells: &[String]) -> Option<String> {
    let text = name::normalise(cells.get(table.organism?)?);
    let parsed = name::parse(&text).filter(|parsed| parsed.rank >= Rank::Species)?;
    (text.starts_with(char::is_uppercase) && !is_nothing(&text)).then(|| parsed.binomial()).flatten()
}

/// The genus that the end of a row tells.
fn genus_of(table: &LineageTable, cells: &[String]) -> Option<String> {
    let last = steps(table.lineage(cells)).last().map(|step| name::normalise(without_support(step)));
    let binomial = organism(table, cells).or(last)?;
    let parsed = name::parse(&binomial).filter(|parsed| parsed.rank >= Rank::Species)?;
    binomial.starts_with(char::is_uppercase).then(|| parsed.genus().to_string())
}

/// A name without the support that mothur writes behind it: `Bacteria(100)`.
fn without_support(step: &str) -> &str {
    let inside = step.strip_suffix(')').and_then(|step| step.rsplit_once('('));
    inside.filter(|(_, inside)| inside.parse::<f64>().is_ok()).map_or(step, |(name, _)| name.trim())
}

/// The steps of a lineage of names alone, with the ranks that they tell.
fn with_names(lineage: &str, organism: Option<String>, genera: &HashSet<String>) -> Steps {
    let names: Vec<String> = steps(lineage).into_iter().map(|step| name::normalise(without_support(step))).collect();
    let ranks = ranks(&names, genera);
    let mut read: Steps = ranks.into_iter().zip(names).filter(|(_, name)| !is_nothing(name)).collect();
    if let Some(species) = organism
        && read.last().is_some_and(|(rank, name)| *name != species && (rank.is_unranked() || *rank < Rank::Species))
    {
        read.push((Rank::Species, species));
    }
    read
}

/// The ranks of names: of bacteria and archaea by their places, where no ending says otherwise; else by what the names
/// themselves tell.
fn ranks(names: &[String], genera: &HashSet<String>) -> Vec<Rank> {
    let top = names.first().map_or("", String::as_str);
    let is_prokaryote = matches!(top, "Bacteria" | "Archaea");
    let agrees = |(name, rank): (&String, Rank)| {
        is_nothing(name) || higher::rank_by_ending(name, Some(Code::Bacterial)).is_none_or(|told| told == rank)
    };
    if is_prokaryote && names.len() <= Rank::MAIN.len() && names.iter().zip(Rank::MAIN).all(agrees) {
        return Rank::MAIN[..names.len()].to_vec();
    }
    let mut lowest = Rank::Root;
    let mut rank_of = |name: &String| {
        let known = higher::known(name).iter().map(|known| known.0);
        let by_shape =
            name::parse(name).filter(|parsed| parsed.rank >= Rank::Species && name.contains(' ')).map(|_| Rank::Species);
        let by_genus = genera.contains(name).then_some(Rank::Genus);
        let told = by_shape.into_iter().chain(by_genus).chain(known).chain(higher::rank_by_ending(name, None));
        let rank = told.into_iter().find(|&rank| rank > lowest).unwrap_or(Rank::Unranked);
        if !rank.is_unranked() {
            lowest = rank;
        }
        rank
    };
    names.iter().map(&mut rank_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(steps: &[(Rank, String)]) -> String {
        steps.iter().map(|(rank, name)| format!("{rank} {name}")).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn prefixes_tell_ranks_and_words_for_nothing_are_left_out() {
        let read = with_prefixes("k__Bacteria; g__Staphylococcus; s__aureus").unwrap_or_default();
        assert_eq!(told(&read), "kingdom Bacteria; genus Staphylococcus; species Staphylococcus aureus");
        let read = with_prefixes("d__Bacteria;f__X;g__Bacillus;s__Bacillus sp000123").unwrap_or_default();
        assert_eq!(read.len(), 4);
        let read = with_prefixes("k__Fungi;p__Ascomycota;s__Ascomycota_sp").unwrap_or_default();
        assert_eq!(told(&read), "kingdom Fungi; phylum Ascomycota");
        assert_eq!(with_prefixes("d__Bacteria; Bacillota"), Err("Bacillota".to_string()));
        assert_eq!(with_prefixes("Unassigned"), Ok(vec![]));
    }

    #[test]
    fn names_alone_have_the_ranks_of_their_places_or_endings() {
        let genera = HashSet::from(["Homo".to_string()]);
        let read = with_names("Bacteria(100);Bacillota(99);Bacilli(98);Lactobacillales(97);", None, &genera);
        assert_eq!(told(&read), "kingdom Bacteria; phylum Bacillota; class Bacilli; order Lactobacillales");
        let read = with_names("Bacteria;Bacillota;Bacilli;Lactobacillales;Streptococcaceae;uncultured", None, &genera);
        assert_eq!(read.len(), 5);
        let read = with_names("Eukaryota;Amorphea;Metazoa;Chordata;Mammalia;Homo", Some("Homo sapiens".to_string()), &genera);
        assert_eq!(
            told(&read),
            "domain Eukaryota; unranked Amorphea; kingdom Metazoa; phylum Chordata; class Mammalia; genus Homo; species Homo sapiens"
        );
    }
}
