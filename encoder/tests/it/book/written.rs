//! What the commands of the pages wrote, held against the page on files.

use super::page::Page;
use polars::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use walkdir::WalkDir;

/// Pages that say what is in the files: of their own, of metrics, of the configuration of a training.
const PAGES: [&str; 3] = ["docs/file-formats.md", "docs/which-metric.md", "docs/train-and-adapt.md"];
/// Folders that the commands write into.
const FOLDERS: [&str; 4] = ["atlas", "models", "reports", "runs"];
/// Folders below them whose files are photographs and data sets of others, or named after data sets.
const OF_OTHERS: [&str; 3] = ["candidates", "miniature", "photographs"];

/// Files, columns and keys that no page has a word for, each with the first file that has it.
pub fn undescribed(folder: &Path) -> Vec<String> {
    let described = Described::read();
    let (mut faults, mut seen) = (vec![], BTreeSet::new());
    for name in FOLDERS {
        let is_ours = |entry: &walkdir::DirEntry| !OF_OTHERS.iter().any(|other| entry.file_name() == *other);
        let entries = WalkDir::new(folder.join(name)).sort_by_file_name().into_iter().filter_entry(is_ours);
        for entry in entries.map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
            let place = entry.path().strip_prefix(folder).unwrap().display().to_string();
            for what in described.missing(entry.path()) {
                if seen.insert(what.clone()) {
                    faults.push(format!("{}: no word about {what}, which {place} has", PAGES[0]));
                }
            }
        }
    }
    faults
}

/// What the pages have words for.
struct Described {
    /// All that stands between backticks.
    code: BTreeSet<String>,
    /// The same by its words.
    words: BTreeSet<String>,
}

impl Described {
    fn read() -> Described {
        let code: BTreeSet<String> = PAGES.iter().flat_map(|page| Page::read(page).code()).collect();
        let words = code.iter().flat_map(|text| text.split(['.', ' '])).map(str::to_string).collect();
        Described { code, words }
    }

    /// Whether there is a word about a column or key; of the ends of an interval, about the value.
    fn knows(&self, name: &str) -> bool {
        let value = name.strip_suffix("_low").or_else(|| name.strip_suffix("_high")).unwrap_or(name);
        self.words.contains(name) || self.words.contains(value)
    }

    fn missing(&self, path: &Path) -> Vec<String> {
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        let names = match extension.as_str() {
            // A run of a retrieval has the name that its user gives it; open_clip says what is in its configuration.
            "run" => return vec![],
            "json" if path.file_name().is_some_and(|name| name == "open_clip_config.json") => vec![],
            "json" => keys_of(path),
            "csv" => columns_of(path, b','),
            "tsv" if path.file_name().is_some_and(|name| name == "metadata.tsv") => columns_of(path, b'\t'),
            "parquet" => ParquetReader::new(File::open(path).unwrap())
                .finish()
                .unwrap()
                .get_column_names()
                .into_iter()
                .map(ToString::to_string)
                .collect(),
            _ => vec![],
        };
        let unknown = names.into_iter().filter(|name| !is_of_data(name) && !self.knows(name));
        let file = file_name(path);
        let file = (!self.code.contains(&file)).then(|| format!("the file '{file}'"));
        unknown.map(|name| format!("'{name}'")).chain(file).collect()
    }
}

/// Whether a name is made of the data: of files, of numbers, of measures with their level and place.
fn is_of_data(name: &str) -> bool {
    name.contains(['.', '/', ' ', '@']) || name.contains("-l") || name.chars().all(|letter| letter.is_ascii_digit())
}

/// The name of a file as the page has it: of a figure without the number of its run, and with RANK for a rank.
fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let parent = path.parent().and_then(Path::file_name);
    match parent.map(|parent| parent.to_string_lossy()).as_deref() {
        Some("figures") => {}
        Some("pictures") => return "pictures/N.jpg".to_string(),
        Some("data") if name.starts_with("part-") => return "data/part-N.js".to_string(),
        _ => return name,
    }
    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
    let stem = stem.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
    match stem.rsplit_once('_') {
        Some((map, _)) if map.starts_with("map_") => format!("figures/{map}_RANK.svg"),
        _ => format!("figures/{stem}.svg"),
    }
}

fn columns_of(path: &Path, delimiter: u8) -> Vec<String> {
    let mut reader = ::csv::ReaderBuilder::new().delimiter(delimiter).from_path(path).unwrap();
    reader.headers().unwrap().iter().map(str::to_string).collect()
}

/// All keys of a file, but for the names of runs that are compared.
fn keys_of(path: &Path) -> Vec<String> {
    let value: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let mut keys = BTreeSet::new();
    collect(&value, &mut keys);
    let runs = value["model_names"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for run in runs {
        keys.remove(run);
    }
    keys.into_iter().collect()
}

fn collect(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                keys.insert(key.clone());
                collect(value, keys);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, keys)),
        _ => {}
    }
}
