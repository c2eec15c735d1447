//! PlantCLEF's single-plant training set: a table with `;` and folders of species ids.

use super::collection::{ClassTaxon, Dataset};
use super::error::DatasetError;
use super::layout::Layout;
use super::photograph::Photograph;
use super::split::split_name;
use super::table::{required, table};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads `PlantCLEF….csv` and the photographs in `<split>/<species id>/`.
pub(super) fn read(root: &Path) -> Result<Dataset, DatasetError> {
    let entries = std::fs::read_dir(root).map_err(|source| DatasetError::Unreadable { path: root.to_path_buf(), source })?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let is_table = |path: &&std::path::PathBuf| {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().to_lowercase());
        name.starts_with("plantclef") && name.split('.').next_back() == Some("csv")
    };
    let file = files.iter().find(is_table).ok_or_else(|| DatasetError::Missing(root.join("PlantCLEF….csv")))?;
    let (header, rows) = table(file)?;
    let place = |name: &str| required(&header, name, file);
    let optional = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    let image_name = place("image_name")?;
    let id = optional("species_id").or_else(|| optional("classid"));
    let id =
        id.ok_or_else(|| DatasetError::NoColumn { path: file.clone(), column: "species_id".to_string(), found: header.clone() })?;
    let (species, genus, family) = (place("species")?, optional("genus"), optional("family"));
    let (observation, licence) = (optional("obs_id"), optional("license"));
    let (tag, path_column) = (optional("learn_tag"), optional("image_path"));
    let mut dataset = Dataset { root: root.to_path_buf(), layout: Layout::PlantClef, ..Dataset::default() };
    let mut classes: BTreeMap<String, ClassTaxon> = BTreeMap::new();
    for row in &rows {
        let cell = |column: Option<usize>| column.map(|column| row.at(column)).filter(|cell| !cell.is_empty());
        let (class, split) = (row.at(id), cell(tag).unwrap_or("train"));
        let listed = cell(path_column).map_or_else(|| format!("{split}/{class}/{}", row.at(image_name)), str::to_string);
        let places = [listed.clone(), format!("{class}/{}", row.at(image_name)), format!("images/{listed}")];
        let image = places.iter().find(|image| root.join(image).is_file()).unwrap_or(&listed).clone();
        classes.entry(class.to_string()).or_insert_with(|| {
            let mut lineage = vec![(Rank::Kingdom, "Plantae".to_string()), (Rank::Phylum, "Tracheophyta".to_string())];
            lineage.extend(cell(family).map(|family| (Rank::Family, family.to_string())));
            let parsed = name::parse(row.at(species));
            let genus = cell(genus).map(str::to_string).or_else(|| parsed.as_ref().map(|parsed| parsed.genus().to_string()));
            lineage.extend(genus.map(|genus| (Rank::Genus, genus)));
            if let Some(parsed) = parsed.filter(|parsed| parsed.rank >= Rank::Species) {
                lineage.extend(parsed.binomial().map(|binomial| (Rank::Species, binomial)));
                if parsed.rank > Rank::Species {
                    lineage.push((parsed.rank, parsed.canonical));
                }
            }
            ClassTaxon { id: class.to_string(), name: row.at(species).to_string(), lineage }
        });
        dataset.photographs.push(Photograph {
            path: root.join(&image),
            image,
            truth_text: Some(row.at(species)).filter(|name| !name.is_empty()).map(str::to_string),
            taxon_id: Some(class.to_string()),
            observation: cell(observation).map(str::to_string),
            split: Some(split_name(split)),
            licence: cell(licence).map(str::to_string),
            ..Photograph::default()
        });
    }
    dataset.classes = classes.into_values().collect();
    dataset.note_absent();
    dataset.sort();
    Ok(dataset)
}
