//! Leaves out what nobody asked for: other clades, finer ranks, names that are not on a list.

use super::checklist::{Checklist, State};
use super::error::ImportError;
use super::options::ImportOptions;
use crate::taxonomy::name;
use std::collections::HashSet;

/// Prunes a settled checklist. `fails` are entries that a filter of the source does not let through.
pub(super) fn prune(list: &mut Checklist, options: &ImportOptions, fails: &[u32]) -> Result<(), ImportError> {
    let all = options.within.is_empty() && options.rank.is_none() && options.names.is_none();
    if all && fails.is_empty() && options.status.is_none() && options.habitats.is_empty() {
        return Ok(());
    }
    let count = list.count();
    let mut wanted: Vec<bool> = (0..count).map(|entry| list.is_taxon(entry)).collect();
    for &entry in fails {
        wanted[entry as usize] = false;
    }
    if let Some(rank) = options.rank {
        for entry in 0..count {
            wanted[entry as usize] &= list.rank(entry) == rank;
        }
    }
    if let Some(names) = &options.names {
        let named = named(list, names, count);
        for entry in 0..count {
            wanted[entry as usize] &= named.contains(&entry);
        }
    }
    if !options.within.is_empty() {
        let inside = inside(list, &options.within, count)?;
        for entry in 0..count {
            wanted[entry as usize] &= inside[entry as usize];
        }
    }
    // What leads to a wanted taxon stays with it.
    let mut keep = vec![false; count as usize];
    for start in 0..count {
        let mut entry = start;
        if !wanted[start as usize] {
            continue;
        }
        while !keep[entry as usize] {
            keep[entry as usize] = true;
            let Some(parent) = list.parent(entry) else { break };
            entry = parent;
        }
    }
    for entry in 0..count {
        let kept = match list.state(entry) {
            State::Taxon(_) => keep[entry as usize],
            State::Synonym(of) => keep[of as usize],
            _ => continue,
        };
        if !kept {
            list.set_state(entry, State::Pruned);
        }
    }
    Ok(())
}

/// Entries of taxa that one of the names is an id, a name or a synonym of.
fn named(list: &Checklist, names: &[String], count: u32) -> HashSet<u32> {
    let keys: HashSet<String> = names
        .iter()
        .flat_map(|text| {
            let canonical = name::parse(text).map(|parsed| name::key(&parsed.canonical));
            [Some(name::key(text)), canonical].into_iter().flatten()
        })
        .collect();
    let ids: HashSet<&str> = names.iter().map(|text| text.trim()).collect();
    let mut found = HashSet::new();
    for entry in 0..count {
        let taxon = match list.state(entry) {
            State::Taxon(_) => entry,
            State::Synonym(of) => of,
            _ => continue,
        };
        if keys.contains(&name::key(list.name(entry))) || ids.contains(list.entry_id(entry)) {
            found.insert(taxon);
        }
    }
    found
}

/// Whether each entry lies in one of the clades.
fn inside(list: &Checklist, clades: &[String], count: u32) -> Result<Vec<bool>, ImportError> {
    let mut tops = vec![false; count as usize];
    for clade in clades {
        let found = named(list, std::slice::from_ref(clade), count);
        if found.is_empty() {
            return Err(ImportError::Within(clade.clone()));
        }
        for entry in found {
            tops[entry as usize] = true;
        }
    }
    // 0 unknown, 1 outside, 2 inside.
    let mut known = vec![0_u8; count as usize];
    let mut path = vec![];
    for start in 0..count {
        let mut entry = start;
        path.clear();
        let answer = loop {
            if known[entry as usize] != 0 {
                break known[entry as usize];
            }
            path.push(entry);
            if tops[entry as usize] {
                break 2;
            }
            let Some(parent) = list.parent(entry) else { break 1 };
            entry = parent;
        };
        for &step in &path {
            known[step as usize] = answer;
        }
    }
    Ok(known.into_iter().map(|answer| answer == 2).collect())
}
