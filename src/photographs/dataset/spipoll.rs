//! SPIPOLL's flower visitors: class codes whose French labels name their taxa in brackets.

use super::collection::{ClassTaxon, Dataset};
use super::disk_path::on_disk;
use super::error::DatasetError;
use super::layout::Layout;
use super::photograph::Photograph;
use super::table::{required, table};
use crate::numbers::counted::{counted, form};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads `class_codes.csv`, `train.csv`, `test.csv` and `imgs/<id>`, which have no extension.
pub(super) fn read(root: &Path) -> Result<Dataset, DatasetError> {
    let codes = root.join("class_codes.csv");
    let (header, rows) = table(&codes)?;
    let (class, name) = (required(&header, "class", &codes)?, required(&header, "taxa_name", &codes)?);
    let names: BTreeMap<String, String> = rows.iter().map(|row| (row.at(class).to_string(), row.at(name).to_string())).collect();
    let folder = ["imgs", "images"].into_iter().find(|folder| root.join(folder).is_dir()).unwrap_or("imgs");
    let mut dataset = Dataset { root: root.join(folder), layout: Layout::Spipoll, ..Dataset::default() };
    for (file, split) in [("train.csv", "train"), ("test.csv", "test")] {
        let path = root.join(file);
        if !path.is_file() {
            dataset.notes.push(format!("{file} is not there"));
            continue;
        }
        let (header, rows) = table(&path)?;
        let (id, class) = (required(&header, "id", &path)?, required(&header, "class", &path)?);
        for row in &rows {
            let image = on_disk(row.at(id), &dataset.root);
            let code = row.at(class);
            if !names.contains_key(code) {
                let what = format!("the class '{code}' is not in class_codes.csv");
                return Err(DatasetError::Row { path, line: row.line, what });
            }
            dataset.photographs.push(Photograph {
                path: dataset.root.join(&image),
                image,
                truth_text: names.get(code).cloned(),
                taxon_id: None,
                split: Some(split.to_string()),
                ..Photograph::default()
            });
        }
    }
    let bare = names.values().filter(|name| !name.contains(['<', '('])).count();
    if bare > 0 {
        let (labels, name) = (counted(names.len(), "label", "labels"), form(bare, "names", "name"));
        dataset.notes.push(format!("{bare} of {labels} {name} no taxon in brackets"));
    }
    dataset.classes = names.into_iter().map(|(id, name)| ClassTaxon { id, name, lineage: vec![] }).collect();
    dataset.note_absent();
    dataset.sort();
    Ok(dataset)
}
