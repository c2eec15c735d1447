//! What a folder of photographs is laid out like, told from the files in it.

use super::layout::Layout;
use super::{bioscan, coco};
use std::path::{Path, PathBuf};

impl Layout {
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
        } else if bioscan::table_in(path).is_some() {
            Layout::Bioscan
        } else if coco::file_in(path).is_some() {
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
