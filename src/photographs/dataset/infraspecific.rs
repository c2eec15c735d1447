//! The infraspecific plant benchmark (banana, grapevine, market garden): classes below the species.
//!
//! `train/<class>/<file>`, a flat `test/<file>` whose truths stand in `test.csv`, and `class_mapping.txt`.

use super::class_folder::truth_of_folder;
use super::collection::Dataset;
use super::error::DatasetError;
use super::layout::Layout;
use super::photograph::Photograph;
use super::split::split_name;
use super::table::table;
use std::path::Path;

const FILES: [(&str, &str); 2] = [("train_val.csv", "train"), ("test.csv", "test")];

/// Reads the two tables; columns are found by their usual names.
pub(super) fn read(root: &Path) -> Result<Dataset, DatasetError> {
    let mut dataset = Dataset { root: root.to_path_buf(), layout: Layout::Infraspecific, ..Dataset::default() };
    for (file, default_split) in FILES {
        let path = root.join(file);
        let (header, rows) = table(&path)?;
        let find = |names: &[&str]| names.iter().find_map(|name| header.iter().position(|cell| cell.eq_ignore_ascii_case(name)));
        let missing =
            |column: &str| DatasetError::NoColumn { path: path.clone(), column: column.to_string(), found: header.clone() };
        let image = find(&["image", "image_path", "path", "filename", "file_name", "file", "image_name"])
            .ok_or_else(|| missing("image"))?;
        let class = find(&["class", "class_name", "label", "variety", "category"]).ok_or_else(|| missing("class"))?;
        let (licence, split) = (find(&["license", "licence"]), find(&["split", "set", "subset"]));
        let observation = find(&["observation_id", "obs_id", "observation"]);
        for row in &rows {
            let cell = |column: Option<usize>| column.map(|column| row.at(column)).filter(|cell| !cell.is_empty());
            let (listed, label) = (row.at(image), row.at(class));
            let name = listed.rsplit('/').next().unwrap_or(listed);
            let candidates = [listed.to_string(), format!("{default_split}/{label}/{name}"), format!("{default_split}/{name}")];
            let image = candidates.iter().find(|image| root.join(image).is_file()).unwrap_or(&candidates[0]).clone();
            dataset.photographs.push(Photograph {
                path: root.join(&image),
                image,
                truth_text: Some(label).filter(|label| !label.is_empty()).map(truth_of_folder),
                observation: cell(observation).map(str::to_string),
                split: Some(split_name(cell(split).unwrap_or(default_split))),
                licence: cell(licence).map(str::to_string),
                ..Photograph::default()
            });
        }
    }
    dataset.note_absent();
    dataset.sort();
    Ok(dataset)
}
