//! What a folder of photographs is laid out like, told from the files in it.

use super::{Dataset, DatasetError, ManifestOptions};
use std::path::{Path, PathBuf};

/// How a data set is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what each is")]
pub enum Layout {
    #[default]
    ClassFolders,
    Manifest,
    PlantNet,
    PlantNetV2,
    PlantClef,
    Coco,
    Birds,
    Spipoll,
    Bioscan,
    Infraspecific,
    Packed,
    WebDataset,
}

const ALL: [(Layout, &str, &str); 12] = [
    (Layout::ClassFolders, "folders", "class folders"),
    (Layout::Manifest, "manifest", "a manifest"),
    (Layout::PlantNet, "plantnet-300k", "Pl@ntNet-300K v1"),
    (Layout::PlantNetV2, "plantnet-300k-v2", "Pl@ntNet-300K v2"),
    (Layout::PlantClef, "plantclef", "PlantCLEF single-plant"),
    (Layout::Coco, "coco", "COCO JSON"),
    (Layout::Birds, "birds", "NABirds or CUB text files"),
    (Layout::Spipoll, "spipoll", "SPIPOLL class codes"),
    (Layout::Bioscan, "bioscan", "BIOSCAN metadata"),
    (Layout::Infraspecific, "infraspecific", "infraspecific plant benchmark"),
    (Layout::Packed, "parquet", "Hugging Face image Parquet"),
    (Layout::WebDataset, "webdataset", "WebDataset tars"),
];

impl Layout {
    /// The word that `--layout` takes.
    #[must_use]
    pub fn word(self) -> &'static str {
        ALL[self as usize].1
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        ALL[self as usize].2
    }

    /// Reads the word of `--layout`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Layout> {
        ALL.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(word.trim())).map(|&(layout, ..)| layout)
    }

    /// All words of `--layout`, for messages.
    #[must_use]
    pub fn words() -> String {
        ALL.map(|(_, word, _)| word).join(", ")
    }

    /// Tells a layout from the files of a folder, or from a file; class folders where nothing else fits.
    #[must_use]
    pub fn of(path: &Path) -> Layout {
        if path.is_file() {
            return match extension(path).as_str() {
                "json" => Layout::Coco,
                "parquet" => Layout::Packed,
                "tar" => Layout::WebDataset,
                "csv" | "tsv" | "tab" => Layout::Manifest,
                _ => Layout::ClassFolders,
            };
        }
        let names = names_in(path);
        let has = |name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
        let any = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(&name.to_lowercase()));
        if has("plantnet300K_metadata.csv") && has("species_metadata.csv") {
            Layout::PlantNetV2
        } else if has("plantnet300K_metadata.json") {
            Layout::PlantNet
        } else if any(&|name| name.starts_with("plantclef") && name.split('.').next_back() == Some("csv")) {
            Layout::PlantClef
        } else if has("images.txt") && has("image_class_labels.txt") && has("classes.txt") {
            Layout::Birds
        } else if has("class_codes.csv") {
            Layout::Spipoll
        } else if has("train_val.csv") && has("test.csv") && has("class_mapping.txt") {
            Layout::Infraspecific
        } else if super::bioscan::table_in(path).is_some() {
            Layout::Bioscan
        } else if super::coco::file_in(path).is_some() {
            Layout::Coco
        } else if any(&|name| name.split('.').next_back() == Some("parquet")) {
            Layout::Packed
        } else if any(&|name| name.split('.').next_back() == Some("tar")) {
            Layout::WebDataset
        } else if manifest_in(path).is_some() {
            Layout::Manifest
        } else {
            Layout::ClassFolders
        }
    }
}

fn extension(path: &Path) -> String {
    path.extension().map_or_else(String::new, |extension| extension.to_string_lossy().to_lowercase())
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A table of photographs in the folder itself, by the names that data sets give it.
pub(super) fn manifest_in(folder: &Path) -> Option<PathBuf> {
    const NAMES: &[&str] = &[
        "metadata.csv",
        "labels.csv",
        "annotations.csv",
        "manifest.csv",
        "images.csv",
        "metadata.tab",
        "labels.tab",
        "annotations.tab",
        "manifest.tab",
        "images.tab",
    ];
    let names = names_in(folder);
    let held = |wanted: &&'static str| names.iter().find(|name| name.eq_ignore_ascii_case(wanted)).map(|name| folder.join(name));
    NAMES.iter().find_map(held)
}

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
            Layout::PlantNet => super::plantnet::read(path)?,
            Layout::PlantNetV2 => super::plantnet::read_v2(path)?,
            Layout::PlantClef => super::plantclef::read(path)?,
            Layout::Coco => super::coco::read(path, options.root.as_deref())?,
            Layout::Birds => super::birds::read(path)?,
            Layout::Spipoll => super::spipoll::read(path)?,
            Layout::Bioscan => super::bioscan::read(path)?,
            Layout::Infraspecific => super::infraspecific::read(path)?,
            Layout::Packed => super::packed::read(path)?,
            Layout::WebDataset => super::packed::read_tars(path)?,
        };
        dataset.layout = chosen;
        if !matches!(chosen, Layout::ClassFolders | Layout::Manifest) {
            dataset.note_outside();
        }
        let told = if layout.is_some() { "as told" } else { "--layout says otherwise" };
        dataset.notes.insert(0, format!("data set: {} ({told})", chosen.name()));
        super::dataverse::verify(path, &mut dataset)?;
        let disputed = dataset.disputed_observations();
        if let Some((name, truths)) = disputed.first_key_value() {
            let shown = truths.join("' and '");
            dataset.notes.push(format!(
                "{} observations have photographs of different truths, '{name}' ('{shown}') the first",
                disputed.len()
            ));
        }
        Ok(dataset)
    }
}

/// Paths of a manifest start at its folder, or at the folder `images` beside it, whichever holds them.
fn image_folder(manifest: &Path) -> PathBuf {
    let folder = manifest.parent().unwrap_or(Path::new("")).to_path_buf();
    let images = folder.join("images");
    let Ok((header, rows)) = super::manifest::table(manifest) else { return folder };
    let column = header.iter().position(|cell| {
        let cell = cell.to_lowercase();
        cell.contains("path") || cell.contains("file") || cell.contains("image")
    });
    let first = column.and_then(|column| rows.first().map(|row| row.at(column).to_string()));
    let is_in = |root: &Path| first.as_ref().is_some_and(|first| root.join(super::manifest::on_disk(first, root)).is_file());
    if !is_in(&folder) && is_in(&images) { images } else { folder }
}
