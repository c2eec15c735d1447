//! NCBI's taxdump: `nodes.dmp`, `names.dmp`, and `merged.dmp` of retired ids.

use super::error::ImportError;
use super::format::Format;
use super::language::Language;
use super::rank_words;
use super::rows::{Dialect, Separator};
use super::source::Source;
use super::synonyms::push_synonym;
use super::usage::Usage;
use crate::files::archive::Member;
use crate::taxonomy::rank::Rank;
use std::collections::{BTreeMap, HashMap};

const DUMP: Dialect = Dialect { separator: Separator::TabPipeTab, quote: None, header_lines: 0, comments: false };

/// Reads the dump.
pub(super) fn pour(source: &mut Source<'_>) -> Result<Format, ImportError> {
    let member = |name: &str| source.archive.named(name).cloned();
    let (Some(nodes), Some(names)) = (member("nodes.dmp"), member("names.dmp")) else {
        return Err(source.content("nodes.dmp without names.dmp; both belong to a taxdump".to_string()));
    };
    let merged = member("merged.dmp");
    // Names first, for a taxon is nothing without; they are a few bytes each.
    let known = Names::read(source, &names)?;
    pour_nodes(source, &nodes, &known)?;
    known.pour_others(source);
    source.files.extend([nodes.name, names.name]);
    if let Some(merged) = merged {
        pour_retired(source, &merged)?;
        source.files.push(merged.name);
    }
    Ok(Format::Ncbi)
}

/// The names of all taxa, by their ids.
#[derive(Default)]
struct Names {
    scientific: HashMap<u32, String>,
    /// Synonyms, with their lines.
    others: Vec<(u32, String, u64)>,
    common: Vec<(u32, String)>,
}

impl Names {
    fn read(source: &mut Source<'_>, file: &Member) -> Result<Names, ImportError> {
        let mut names = Names::default();
        source.each(file, DUMP, &mut |_, row| {
            let id: u32 = row.cell(Some(0)).parse().map_err(|_| ImportError::Content {
                file: "names.dmp".to_string(),
                what: format!("line {}: the id '{}' is no number", row.line, row.cell(Some(0))),
            })?;
            let name = row.cell(Some(1));
            match row.cell(Some(3)) {
                "scientific name" => _ = names.scientific.insert(id, name.to_string()),
                "genbank common name" => names.common.push((id, name.to_string())),
                "synonym" | "equivalent name" | "misspelling" | "includes" | "genbank synonym" | "anamorph" | "teleomorph"
                | "misnomer" => {
                    names.others.push((id, name.to_string(), row.line));
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(names)
    }

    /// Takes in the synonyms and the common names.
    fn pour_others(self, source: &mut Source<'_>) {
        let list = &mut source.list;
        for (id, name, line) in self.others {
            push_synonym(list, &id.to_string(), &name, line);
        }
        for (id, name) in self.common {
            list.push_common(&id.to_string(), Language::English, &name);
        }
    }
}

/// Takes in the taxa.
fn pour_nodes(source: &mut Source<'_>, nodes: &Member, names: &Names) -> Result<(), ImportError> {
    let mut unknown: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    source.each(nodes, DUMP, &mut |list, row| {
        let id = row.cell(Some(0));
        let name = id.parse().ok().and_then(|id: u32| names.scientific.get(&id)).map_or("", String::as_str);
        let word = row.cell(Some(2));
        let rank = if name == "root" && id == "1" {
            Rank::Root
        } else {
            rank_words::known_rank(word).unwrap_or_else(|| {
                unknown.entry(word.to_string()).or_insert((0, row.line)).0 += 1;
                Rank::Unranked
            })
        };
        list.push(&Usage { id, parent: row.cell(Some(1)), name, rank, line: row.line, ..Usage::default() });
        Ok(())
    })?;
    // Ranks that come and go (strain, isolate, cellular root, ...) are no fault of the source.
    if !unknown.is_empty() {
        let words: Vec<String> = unknown.iter().map(|(word, (count, _))| format!("{word} ({count})")).collect();
        source.notes.push(format!("kept without rank: {}", words.join(", ")));
    }
    Ok(())
}

/// Takes in the retired ids, which stand for taxa under other ids.
fn pour_retired(source: &mut Source<'_>, merged: &Member) -> Result<(), ImportError> {
    source.each(merged, DUMP, &mut |list, row| {
        let (old, new) = (row.cell(Some(0)), row.cell(Some(1)));
        if let Some(entry) = list.entry_of_id(new) {
            let name = list.name(entry).to_string();
            list.push(&Usage { id: old, accepted: new, name: &name, line: row.line, ..Usage::default() });
        }
        Ok(())
    })
}
