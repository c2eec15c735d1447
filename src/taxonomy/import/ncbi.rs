//! NCBI's taxdump: `nodes.dmp`, `names.dmp`, and `merged.dmp` of retired ids.

use super::checklist::{Language, Usage};
use super::rows::{Dialect, Separator};
use super::{Format, ImportError, Source, rank_words, tabular};
use crate::rank::Rank;
use std::collections::BTreeMap;

const DUMP: Dialect = Dialect { separator: Separator::TabPipeTab, quote: None, header_lines: 0, comments: false };

/// Reads the dump.
pub(super) fn pour(source: &mut Source<'_>) -> Result<Format, ImportError> {
    let member = |name: &str| source.archive.named(name).cloned();
    let (Some(nodes), Some(names)) = (member("nodes.dmp"), member("names.dmp")) else {
        return Err(source.content("nodes.dmp without names.dmp; both belong to a taxdump".to_string()));
    };
    let merged = member("merged.dmp");
    // Names first, for a taxon is nothing without; they are a few bytes each.
    let mut scientific: std::collections::HashMap<u32, String> = std::collections::HashMap::new();
    let mut others: Vec<(u32, String, u64)> = vec![];
    let mut common: Vec<(u32, String)> = vec![];
    source.each(&names, DUMP, &mut |_, row| {
        let id: u32 = row.cell(Some(0)).parse().map_err(|_| ImportError::Content {
            file: "names.dmp".to_string(),
            what: format!("line {}: the id '{}' is no number", row.line, row.cell(Some(0))),
        })?;
        let name = row.cell(Some(1));
        match row.cell(Some(3)) {
            "scientific name" => _ = scientific.insert(id, name.to_string()),
            "genbank common name" => common.push((id, name.to_string())),
            "synonym" | "equivalent name" | "misspelling" | "includes" | "genbank synonym" | "anamorph" | "teleomorph"
            | "misnomer" => {
                others.push((id, name.to_string(), row.line));
            }
            _ => {}
        }
        Ok(())
    })?;
    let mut unknown: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    source.each(&nodes, DUMP, &mut |list, row| {
        let id = row.cell(Some(0));
        let name = id.parse().ok().and_then(|id: u32| scientific.get(&id)).map_or("", String::as_str);
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
    let list = &mut source.list;
    for (id, name, line) in others {
        tabular::push_synonym(list, &id.to_string(), &name, line);
    }
    for (id, name) in common {
        list.push_common(&id.to_string(), Language::English, &name);
    }
    // Ranks that come and go (strain, isolate, cellular root, ...) are no fault of the source.
    if !unknown.is_empty() {
        let words: Vec<String> = unknown.iter().map(|(word, (count, _))| format!("{word} ({count})")).collect();
        source.notes.push(format!("kept without rank: {}", words.join(", ")));
    }
    source.files.extend([nodes.name, names.name]);
    if let Some(merged) = merged {
        source.each(&merged, DUMP, &mut |list, row| {
            let (old, new) = (row.cell(Some(0)), row.cell(Some(1)));
            if let Some(entry) = list.entry_of_id(new) {
                let name = list.name(entry).to_string();
                list.push(&Usage { id: old, accepted: new, name: &name, line: row.line, ..Usage::default() });
            }
            Ok(())
        })?;
        source.files.push(merged.name);
    }
    Ok(Format::Ncbi)
}
