//! Pl@ntNet-300K: version 1 with JSON, version 2 with two tables.
//!
//! The class is the species id, never the name: several ids of version 1 carry one accepted name.

use super::collection::{ClassTaxon, Dataset};
use super::error::DatasetError;
use super::layout::Layout;
use super::photograph::Photograph;
use super::split::split_name;
use super::table::{required, table};
use crate::numbers::counted::{counted, form};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn json(path: &Path) -> Result<Value, DatasetError> {
    let text =
        crate::files::regular_file::read(path).map_err(|source| DatasetError::Unreadable { path: path.to_path_buf(), source })?;
    let fault = |error: serde_json::Error| DatasetError::Layout {
        path: path.to_path_buf(),
        what: format!("not readable as JSON: {error}"),
    };
    serde_json::from_slice(&text).map_err(fault)
}

/// Version 1: `images/<split>/<species id>/<hash>.jpg`, or `images_<split>/...` in older copies.
pub(super) fn read(root: &Path) -> Result<Dataset, DatasetError> {
    let file = root.join("plantnet300K_metadata.json");
    let metadata = json(&file)?;
    let fault = |what: String| DatasetError::Layout { path: file.clone(), what };
    let rows = metadata.as_object().ok_or_else(|| fault("no object of photographs".to_string()))?;
    let names_file = ["plantnet300K_species_id_2_name.json", "plantnet300K_species_names.json"].map(|name| root.join(name));
    let names_file = names_file.iter().find(|path| path.is_file());
    let names: BTreeMap<String, String> = match names_file {
        Some(path) => serde_json::from_value(json(path)?).map_err(|error| fault(format!("species names: {error}")))?,
        None => {
            return Err(fault("plantnet300K_species_id_2_name.json is not beside it; fetch it from the same record".to_string()));
        }
    };
    let mut dataset = Dataset { root: root.to_path_buf(), layout: Layout::PlantNet, ..Dataset::default() };
    let mut unnamed = BTreeSet::new();
    for (hash, row) in rows {
        let text = |field: &str| row[field].as_str().map(str::to_string);
        let species = text("species_id").ok_or_else(|| fault(format!("photograph '{hash}' has no species_id")))?;
        let split = text("split").ok_or_else(|| fault(format!("photograph '{hash}' has no split")))?;
        if !names.contains_key(&species) {
            unnamed.insert(species.clone());
        }
        let image = image_of(root, &split, &species, hash);
        dataset.photographs.push(Photograph {
            path: root.join(&image),
            image,
            truth_text: names.get(&species).cloned(),
            taxon_id: Some(species),
            observation: text("obs_id"),
            split: Some(split_name(&split)),
            licence: text("license"),
            ..Photograph::default()
        });
    }
    if !unnamed.is_empty() {
        dataset.notes.push(format!("{} no name", counted(unnamed.len(), "species id has", "species ids have")));
    }
    let used: BTreeSet<&String> = dataset.photographs.iter().filter_map(|photograph| photograph.taxon_id.as_ref()).collect();
    dataset.classes = names.iter().filter(|(id, _)| used.contains(id)).map(|(id, name)| class(id, name, &[])).collect();
    note_shared_names(&mut dataset);
    dataset.note_absent();
    dataset.sort();
    Ok(dataset)
}

/// The folders that copies of the data set have, the published one first.
fn image_of(root: &Path, split: &str, species: &str, hash: &str) -> String {
    let candidates = [
        format!("images/{split}/{species}/{hash}.jpg"),
        format!("images_{split}/{species}/{hash}.jpg"),
        format!("{split}/{species}/{hash}.jpg"),
        format!("images/images/{split}/{species}/{hash}.jpg"),
    ];
    candidates.iter().find(|image| root.join(image).is_file()).unwrap_or(&candidates[0]).clone()
}

/// A plant class: what lies above it, then genus and species of its name.
fn class(id: &str, full: &str, above: &[(Rank, &str)]) -> ClassTaxon {
    let mut lineage: Vec<(Rank, String)> =
        vec![(Rank::Kingdom, "Plantae".to_string()), (Rank::Phylum, "Tracheophyta".to_string())];
    lineage.extend(above.iter().filter(|(_, name)| !name::is_missing(name)).map(|(rank, name)| (*rank, (*name).to_string())));
    if let Some(parsed) = name::parse(full) {
        if !lineage.iter().any(|(rank, _)| *rank == Rank::Genus) {
            lineage.push((Rank::Genus, parsed.genus().to_string()));
        }
        if let Some(binomial) = parsed.binomial().filter(|_| parsed.rank >= Rank::Species) {
            lineage.push((Rank::Species, binomial));
        }
        if parsed.rank > Rank::Species {
            lineage.push((parsed.rank, parsed.canonical));
        }
    }
    ClassTaxon { id: id.to_string(), name: full.to_string(), lineage }
}

/// Classes of one name are kept apart, and said.
fn note_shared_names(dataset: &mut Dataset) {
    let mut by_name: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for class in &dataset.classes {
        let canonical = name::parse(&class.name).map_or_else(|| class.name.clone(), |parsed| parsed.canonical);
        by_name.entry(canonical).or_default().push(&class.id);
    }
    let shared: Vec<(&String, &Vec<&str>)> = by_name.iter().filter(|(_, ids)| ids.len() > 1).collect();
    if let Some((name, ids)) = shared.first() {
        let stand = counted(shared.len(), "name stands", "names stand");
        dataset.notes.push(format!("{stand} for several classes, which are kept apart: '{name}' is {}", ids.join(" and ")));
    }
}

/// Version 2: two tables; photographs in `images/[images/]<split>/<id, four digits>/<hash>.jpg`.
pub(super) fn read_v2(root: &Path) -> Result<Dataset, DatasetError> {
    let species_file = root.join("species_metadata.csv");
    let (header, rows) = table(&species_file)?;
    let place = |name: &str| required(&header, name, &species_file);
    let (id, full, short) = (place("species_id")?, place("full_species")?, place("species")?);
    let (genus, family) = (place("genus")?, place("family")?);
    let mut dataset = Dataset { root: root.to_path_buf(), layout: Layout::PlantNetV2, ..Dataset::default() };
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut gaps = 0;
    for row in &rows {
        let above = [(Rank::Family, row.at(family)), (Rank::Genus, row.at(genus))];
        gaps += usize::from(above.iter().any(|(_, name)| name::is_missing(name)));
        let name = if row.at(full).is_empty() { row.at(short) } else { row.at(full) };
        let bare = if row.at(short).is_empty() { name } else { row.at(short) };
        dataset.classes.push(ClassTaxon { name: name.to_string(), ..class(row.at(id), bare, &above) });
        names.insert(row.at(id).to_string(), name.to_string());
    }
    if gaps > 0 {
        let (all, have) = (rows.len(), form(gaps, "has", "have"));
        dataset.notes.push(format!("{gaps} of {all} species {have} no genus or no family in species_metadata.csv"));
    }
    let file = root.join("plantnet300K_metadata.csv");
    let (header, rows) = table(&file)?;
    let place = |name: &str| required(&header, name, &file);
    // `author` is the photographer here, and the author of the name in the other table.
    let (id, split, hash) = (place("species_id")?, place("split")?, place("PN_hash")?);
    let (observation, licence) = (place("PN_observation_id")?, place("license")?);
    let base: PathBuf = if root.join("images/images").is_dir() { "images/images".into() } else { "images".into() };
    for row in &rows {
        let species = row.at(id);
        let folder = species.parse::<u32>().map_or_else(|_| species.to_string(), |number| format!("{number:04}"));
        let image = base.join(row.at(split)).join(folder).join(format!("{}.jpg", row.at(hash))).to_string_lossy().into_owned();
        let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
        dataset.photographs.push(Photograph {
            path: root.join(&image),
            image,
            truth_text: names.get(species).cloned(),
            taxon_id: some(species),
            observation: some(row.at(observation)),
            split: some(row.at(split)).map(|split| split_name(&split)),
            licence: some(row.at(licence)),
            ..Photograph::default()
        });
    }
    note_shared_names(&mut dataset);
    dataset.note_absent();
    dataset.sort();
    Ok(dataset)
}
