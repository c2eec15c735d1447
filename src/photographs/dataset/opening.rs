//! Opening a data set of any layout.

use super::collection::Dataset;
use super::disk_path::on_disk;
use super::error::DatasetError;
use super::layout::Layout;
use super::manifest::ManifestOptions;
use super::recognition::manifest_in;
use super::table::table;
use super::{bioscan, birds, coco, dataverse, infraspecific, packed, plantclef, plantnet, spipoll};
use crate::numbers::counted::counted;
use std::path::{Path, PathBuf};

impl Dataset {
    /// Reads a data set of any layout; `layout` overrides what its files say.
    ///
    /// What the decision was stands in the notes. A Dataverse download is verified first.
    ///
    /// # Errors
    ///
    /// [`DatasetError`].
    pub fn open(path: &Path, layout: Option<Layout>, options: &ManifestOptions) -> Result<Dataset, DatasetError> {
        if !path.exists() {
            return Err(DatasetError::Missing(path.to_path_buf()));
        }
        let chosen = layout.unwrap_or_else(|| Layout::of(path));
        let mut dataset = match chosen {
            Layout::ClassFolders => Dataset::from_paths(&[path.to_path_buf()])?,
            Layout::Manifest => {
                let file = if path.is_dir() {
                    manifest_in(path).ok_or_else(|| DatasetError::Missing(path.join("metadata.csv")))?
                } else {
                    path.to_path_buf()
                };
                let root = options.root.clone().unwrap_or_else(|| image_folder(&file));
                let options = ManifestOptions { root: Some(root), ..options.clone() };
                let mut dataset = Dataset::from_manifest(&file, &options)?;
                dataset.notes.insert(0, format!("manifest: {}", file.display()));
                dataset
            }
            Layout::PlantNet => plantnet::read(path)?,
            Layout::PlantNetV2 => plantnet::read_v2(path)?,
            Layout::PlantClef => plantclef::read(path)?,
            Layout::Coco => coco::read(path, options.root.as_deref())?,
            Layout::Birds => birds::read(path)?,
            Layout::Spipoll => spipoll::read(path)?,
            Layout::Bioscan => bioscan::read(path)?,
            Layout::Infraspecific => infraspecific::read(path)?,
            Layout::Packed => packed::read(path)?,
            Layout::WebDataset => packed::read_tars(path)?,
        };
        dataset.layout = chosen;
        if !matches!(chosen, Layout::ClassFolders | Layout::Manifest) {
            dataset.note_outside();
        }
        let told = if layout.is_some() { "as told" } else { "--layout says otherwise" };
        dataset.notes.insert(0, format!("data set: {} ({told})", chosen.name()));
        dataverse::verify(path, &mut dataset)?;
        let disputed = dataset.disputed_observations();
        if let Some((name, truths)) = disputed.first_key_value() {
            let shown = truths.join("' and '");
            dataset.notes.push(format!(
                "{} photographs of different truths, '{name}' ('{shown}') the first",
                counted(disputed.len(), "observation has", "observations have")
            ));
        }
        Ok(dataset)
    }
}

/// Paths of a manifest start at its folder, or at the folder `images` beside it, whichever holds them.
fn image_folder(manifest: &Path) -> PathBuf {
    let folder = manifest.parent().unwrap_or(Path::new("")).to_path_buf();
    let images = folder.join("images");
    let Ok((header, rows)) = table(manifest) else { return folder };
    let column = header.iter().position(|cell| {
        let cell = cell.to_lowercase();
        cell.contains("path") || cell.contains("file") || cell.contains("image")
    });
    let first = column.and_then(|column| rows.first().map(|row| row.at(column).to_string()));
    let is_in = |root: &Path| first.as_ref().is_some_and(|first| root.join(on_disk(first, root)).is_file());
    if !is_in(&folder) && is_in(&images) { images } else { folder }
}
