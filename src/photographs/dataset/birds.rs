//! NABirds and CUB-200: text files with an id and a value a line.

use super::class_folder::truth_of_folder;
use super::collection::{ClassTaxon, Dataset};
use super::error::DatasetError;
use super::layout::Layout;
use super::photograph::Photograph;
use super::region::{BoxForm, Region};
use super::table::text;
use crate::numbers::counted::counted;
use std::collections::BTreeMap;
use std::path::Path;

/// Id and the rest of each line.
fn pairs(path: &Path) -> Result<BTreeMap<String, String>, DatasetError> {
    let bytes =
        crate::files::regular_file::read(path).map_err(|source| DatasetError::Unreadable { path: path.to_path_buf(), source })?;
    let text = text(&bytes, path)?;
    let mut pairs = BTreeMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Some((id, value)) = line.trim().split_once(' ') else {
            let what = format!("'{line}' is not an id and a value");
            return Err(DatasetError::Row { path: path.to_path_buf(), line: index as u64 + 1, what });
        };
        pairs.insert(id.to_string(), value.trim().to_string());
    }
    Ok(pairs)
}

/// Reads the files; a photograph without a class is listed without truth.
pub(super) fn read(root: &Path) -> Result<Dataset, DatasetError> {
    let images = pairs(&root.join("images.txt"))?;
    let classes = pairs(&root.join("classes.txt"))?;
    let labels = pairs(&root.join("image_class_labels.txt"))?;
    let optional = |name: &str| if root.join(name).is_file() { pairs(&root.join(name)) } else { Ok(BTreeMap::new()) };
    let (splits, boxes) = (optional("train_test_split.txt")?, optional("bounding_boxes.txt")?);
    let mut dataset = Dataset { root: root.join("images"), layout: Layout::Birds, ..Dataset::default() };
    for (id, image) in &images {
        let class = labels.get(id);
        let region = match boxes.get(id) {
            None => None,
            Some(text) => Some(Region::parse(text, BoxForm::Coco).map_err(|what| DatasetError::Layout {
                path: root.join("bounding_boxes.txt"),
                what: format!("image {id}: {what}"),
            })?),
        };
        dataset.photographs.push(Photograph {
            path: dataset.root.join(image),
            image: image.clone(),
            truth_text: class.and_then(|class| classes.get(class)).map(|name| truth_of_folder(name)),
            taxon_id: class.cloned(),
            split: splits.get(id).map(|split| if split == "1" { "train" } else { "test" }.to_string()),
            region,
            ..Photograph::default()
        });
    }
    let unlabelled = dataset.photographs.iter().filter(|photograph| photograph.taxon_id.is_none()).count();
    if unlabelled > 0 {
        let photographs = counted(unlabelled, "photograph has", "photographs have");
        dataset.notes.push(format!("{photographs} no class in image_class_labels.txt"));
    }
    dataset.classes = classes.into_iter().map(|(id, name)| ClassTaxon { id, name, lineage: vec![] }).collect();
    dataset.note_absent();
    dataset.sort();
    Ok(dataset)
}
