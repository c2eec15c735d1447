//! BIOSCAN-5M: one table of metadata, photographs in chunks.

use super::collection::{ClassTaxon, Dataset};
use super::error::DatasetError;
use super::layout::Layout;
use super::photograph::Photograph;
use super::split::split_name;
use super::table::{required, table};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The table of a copy: in the folder itself or in `metadata/csv`.
pub(super) fn table_in(root: &Path) -> Option<PathBuf> {
    let folders = [root.to_path_buf(), root.join("metadata/csv"), root.join("bioscan5m/metadata/csv")];
    folders.iter().find_map(|folder| {
        let entries = std::fs::read_dir(folder).ok()?;
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.sort();
        files.into_iter().find(|path| {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().to_lowercase());
            name.starts_with("bioscan") && name.split('.').next_back() == Some("csv")
        })
    })
}

/// Reads the table; photographs are `images/<size>/<split>/<chunk>/<processid>.jpg`, of the largest size that is there.
pub(super) fn read(root: &Path) -> Result<Dataset, DatasetError> {
    const RANKS: [Rank; 6] = [Rank::Phylum, Rank::Class, Rank::Order, Rank::Family, Rank::Subfamily, Rank::Genus];
    let file = table_in(root).ok_or_else(|| DatasetError::Missing(root.join("metadata/csv/BIOSCAN….csv")))?;
    let (header, rows) = table(&file)?;
    let (id, split) = (required(&header, "processid", &file)?, required(&header, "split", &file)?);
    let optional = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    let (chunk, species) = (optional("chunk"), optional("species"));
    let base = [root.join("images"), root.join("bioscan5m/images")]
        .into_iter()
        .find(|base| base.is_dir())
        .unwrap_or_else(|| root.join("images"));
    let size = ["original_full", "original_256", "cropped_256"]
        .into_iter()
        .find(|size| base.join(size).is_dir())
        .unwrap_or("original_256");
    let mut dataset = Dataset { root: base.join(size), layout: Layout::Bioscan, ..Dataset::default() };
    dataset.notes.push(format!("photographs of size '{size}'"));
    let mut classes: BTreeMap<String, ClassTaxon> = BTreeMap::new();
    for row in &rows {
        let known = |column: Option<usize>| column.map(|column| row.at(column)).filter(|cell| !name::is_missing(cell));
        let mut lineage = vec![(Rank::Kingdom, "Animalia".to_string())];
        for rank in RANKS {
            lineage.extend(known(optional(rank.name())).map(|name| (rank, name.to_string())));
        }
        lineage.extend(known(species).map(|name| (Rank::Species, name.to_string())));
        let text = lineage.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(";");
        let name = lineage.last().map(|(_, name)| name.clone()).unwrap_or_default();
        let folder = known(chunk).map_or_else(|| row.at(split).to_string(), |chunk| format!("{}/{chunk}", row.at(split)));
        let image = format!("{folder}/{}.jpg", row.at(id));
        classes.entry(text.clone()).or_insert_with(|| ClassTaxon { id: text.clone(), name, lineage });
        dataset.photographs.push(Photograph {
            path: dataset.root.join(&image),
            image,
            truth_text: Some(text),
            observation: Some(row.at(id).to_string()),
            split: Some(split_name(row.at(split))),
            ..Photograph::default()
        });
    }
    dataset.classes = classes.into_values().collect();
    dataset.note_absent();
    dataset.sort();
    Ok(dataset)
}
