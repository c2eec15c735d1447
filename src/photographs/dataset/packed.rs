//! Photographs inside other files: Hugging Face's Parquet (`{bytes, path}`) and WebDataset tars.

use super::class_folder::truth_of_folder;
use super::collection::Dataset;
use super::error::DatasetError;
use super::inside::Inside;
use super::layout::Layout;
use super::photograph::Photograph;
use super::split::{is_split_folder, split_name};
use crate::files::parquet::Parquet;
use crate::taxonomy::name;
use polars::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

fn files(path: &Path, extension: &str) -> Result<Vec<PathBuf>, DatasetError> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = vec![];
    for entry in walkdir::WalkDir::new(path).follow_links(true).max_depth(3).sort_by_file_name() {
        let entry = entry.map_err(|error| DatasetError::Unreadable { path: path.to_path_buf(), source: error.into() })?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|other| other.eq_ignore_ascii_case(extension)) {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// A split in the name of a shard: `train-00000-of-00051.parquet`.
fn split_of(name: &str) -> Option<String> {
    let word = name.split(['-', '_', '.']).next().unwrap_or_default();
    is_split_folder(word).then(|| split_name(word))
}

/// Reads the shards of a data set: a column of photographs, and what the others say.
pub(super) fn read(path: &Path) -> Result<Dataset, DatasetError> {
    let mut dataset = Dataset { root: path.to_path_buf(), layout: Layout::Packed, ..Dataset::default() };
    if path.is_file() {
        dataset.root = path.parent().unwrap_or(Path::new("")).to_path_buf();
    }
    for file in files(path, "parquet")? {
        read_shard(&mut dataset, &file)?;
    }
    if dataset.photographs.is_empty() {
        return Err(DatasetError::NoPhotographs { paths: vec![path.to_path_buf()], passed_over: BTreeMap::new() });
    }
    dataset.sort();
    Ok(dataset)
}

fn read_shard(dataset: &mut Dataset, file: &Path) -> Result<(), DatasetError> {
    let fault = |what: String| DatasetError::Layout { path: file.to_path_buf(), what };
    let broken = |error: PolarsError| fault(format!("not readable as Parquet: {error}"));
    let unreadable = |source| DatasetError::Unreadable { path: file.to_path_buf(), source };
    let mut reader = Parquet::new(crate::files::regular_file::open(file).map_err(unreadable)?).map_err(broken)?;
    let schema = reader.schema().map_err(broken)?;
    let names: Vec<String> = schema.iter_names().map(|name| name.as_str().to_string()).collect();
    let is_photo = |name: &&String| schema.get(name.as_str()).is_some_and(|field| holds_bytes(&field.dtype));
    let column = names.iter().find(is_photo).cloned().ok_or_else(|| {
        let found = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        fault(format!("no column of photographs ({{bytes, path}}); its columns are {found}"))
    })?;
    let class_names = class_names(&mut reader);
    let others: Vec<String> = names.into_iter().filter(|name| *name != column).collect();
    let (total, length) = (reader.rows().map_err(broken)?, reader.length());
    let data = if others.is_empty() {
        DataFrame::empty()
    } else {
        reader.read(Some(&others.iter().map(String::as_str).collect::<Vec<_>>()), None).map_err(broken)?
    };
    if (!others.is_empty() && data.height() != total) || total as u64 > length {
        return Err(fault(format!("it announces {total} rows, which its {length} bytes do not hold; fetch it again")));
    }
    let stem = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let find = |wanted: &[&str]| wanted.iter().find_map(|name| others.iter().find(|other| other.eq_ignore_ascii_case(name)));
    let text = |name: Option<&String>| -> Option<Column> { data.column(name?).ok()?.cast(&DataType::String).ok() };
    let label = find(&["label", "labels", "class", "species", "scientific_name", "fine_label"]).cloned();
    let (labels, observations) = (text(label.as_ref()), text(find(&["observation_id", "observation", "obs_id"])));
    let (file_names, licences) =
        (text(find(&["file_name", "image_name", "filename", "id"])), text(find(&["license", "licence"])));
    let cell = |column: &Option<Column>, row: usize| -> Option<String> {
        let value = column.as_ref()?.str().ok()?.get(row)?;
        (!name::is_missing(value)).then(|| value.to_string())
    };
    let names_of = label.as_ref().and_then(|label| class_names.get(label));
    for row in 0..total {
        let truth = cell(&labels, row).map(|value| {
            let class = names_of.and_then(|names| value.parse::<usize>().ok().and_then(|index| names.get(index)));
            class.map_or_else(|| value.clone(), |name| truth_of_folder(name))
        });
        let image = cell(&file_names, row).map_or_else(|| format!("{stem}#{row}"), |name| format!("{stem}#{name}"));
        dataset.photographs.push(Photograph {
            image,
            path: file.to_path_buf(),
            truth_text: truth,
            observation: cell(&observations, row),
            split: split_of(&stem),
            licence: cell(&licences, row),
            inside: Some(Inside::Row { row, column: column.clone() }),
            ..Photograph::default()
        });
    }
    Ok(())
}

fn holds_bytes(kind: &ArrowDataType) -> bool {
    let is_binary =
        |kind: &ArrowDataType| matches!(kind, ArrowDataType::Binary | ArrowDataType::LargeBinary | ArrowDataType::BinaryView);
    match kind {
        ArrowDataType::Struct(fields) => fields.iter().any(|field| field.name == "bytes" && is_binary(&field.dtype)),
        kind => is_binary(kind),
    }
}

/// The names of class labels, which Hugging Face keeps as JSON in the metadata of the file.
fn class_names(reader: &mut Parquet<File>) -> BTreeMap<String, Vec<String>> {
    let mut names = BTreeMap::new();
    for value in reader.values_of("huggingface") {
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&value) else { continue };
        for (column, feature) in json["info"]["features"].as_object().into_iter().flatten() {
            if let Some(list) = feature["names"].as_array() {
                names.insert(column.clone(), list.iter().map(|name| name.as_str().unwrap_or_default().to_string()).collect());
            }
        }
    }
    names
}

/// A photograph (extension, first byte, length) and the texts of one key.
type Sample = (Option<(String, u64, u64)>, BTreeMap<String, String>);

/// Reads WebDataset tars: files of one key (all before the first dot) belong together.
pub(super) fn read_tars(path: &Path) -> Result<Dataset, DatasetError> {
    const NAMES: [&str; 6] = ["taxonomic_name.txt", "taxon.txt", "scientific_name.txt", "sci.txt", "cls", "txt"];
    let mut dataset = Dataset { root: path.to_path_buf(), layout: Layout::WebDataset, ..Dataset::default() };
    if path.is_file() {
        dataset.root = path.parent().unwrap_or(Path::new("")).to_path_buf();
    }
    let mut without_truth = 0;
    for file in files(path, "tar")? {
        let stem = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut samples: BTreeMap<String, Sample> = BTreeMap::new();
        each_entry(&file, &mut |name, start, length, reader| {
            let base = name.rsplit('/').next().unwrap_or(name);
            let Some((first, extension)) = base.split_once('.') else { return Ok(()) };
            let folder = name.strip_suffix(base).unwrap_or_default();
            let sample = samples.entry(format!("{folder}{first}")).or_default();
            let extension = extension.to_lowercase();
            if matches!(extension.as_str(), "jpg" | "jpeg" | "png" | "webp" | "gif" | "tif" | "tiff" | "bmp") {
                sample.0 = Some((extension, start, length));
            } else if length < 1 << 20 {
                let mut text = vec![];
                reader.read_to_end(&mut text)?;
                sample.1.insert(extension, String::from_utf8_lossy(&text).trim().to_string());
            }
            Ok(())
        })?;
        for (key, (photo, texts)) in samples {
            let Some((extension, start, length)) = photo else {
                *dataset.passed_over.entry("sample without photograph".to_string()).or_default() += 1;
                continue;
            };
            let json = texts.get("json").and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
            let from_json = || {
                let json = json.as_ref()?;
                ["scientific_name", "species", "label", "class"]
                    .iter()
                    .find_map(|field| json[*field].as_str().map(str::to_string))
            };
            let truth = NAMES.iter().find_map(|name| texts.get(*name).cloned()).or_else(from_json);
            without_truth += usize::from(truth.is_none());
            dataset.photographs.push(Photograph {
                image: format!("{stem}#{key}.{extension}"),
                path: file.clone(),
                truth_text: truth.as_deref().map(seven_names),
                split: split_of(&stem),
                inside: Some(Inside::Bytes { start, length }),
                ..Photograph::default()
            });
        }
    }
    if dataset.photographs.is_empty() {
        return Err(DatasetError::NoPhotographs { paths: vec![path.to_path_buf()], passed_over: dataset.passed_over });
    }
    if without_truth > 0 {
        dataset.notes.push(format!("{without_truth} samples have no text that names a taxon"));
    }
    dataset.sort();
    Ok(dataset)
}

/// TreeOfLife's names are seven words, the last the epithet: a lineage.
fn seven_names(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    match &words[..] {
        [above @ .., genus, epithet] if words.len() == 7 && above.iter().all(capital) && capital(genus) => {
            format!("{};{genus};{genus} {epithet}", above.join(";"))
        }
        _ => text.to_string(),
    }
}

type Entry<'a> = dyn FnMut(&str, u64, u64, &mut dyn std::io::Read) -> std::io::Result<()> + 'a;

fn each_entry(file: &Path, work: &mut Entry<'_>) -> Result<(), DatasetError> {
    let unreadable = |source: std::io::Error| DatasetError::Layout {
        path: file.to_path_buf(),
        what: format!("the tar is cut off or damaged ({source}); fetch it again"),
    };
    let reader =
        crate::files::regular_file::open(file).map_err(|source| DatasetError::Unreadable { path: file.to_path_buf(), source })?;
    let mut tar = tar::Archive::new(std::io::BufReader::new(reader));
    for entry in tar.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path().map_err(unreadable)?.to_string_lossy().trim_start_matches("./").to_string();
        let (start, length) = (entry.raw_file_position(), entry.size());
        work(&name, start, length, &mut entry).map_err(unreadable)?;
    }
    Ok(())
}
