//! COCO JSON as iNaturalist 2021 and FathomNet write it: images, annotations, categories.

use super::collection::{ClassTaxon, Dataset};
use super::error::DatasetError;
use super::layout::Layout;
use super::photograph::Photograph;
use super::region::{BoxForm, Region};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The JSON of annotations in a folder, or in `annotations` below it; `None` where none or several are.
pub(super) fn file_in(folder: &Path) -> Option<PathBuf> {
    let in_folder = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "json") && is_coco(path)).collect()
    };
    let mut files = in_folder(folder);
    files.extend(in_folder(&folder.join("annotations")));
    files.sort();
    if let [only] = &files[..] { Some(only.clone()) } else { None }
}

/// Whether a JSON begins like one of annotations.
fn is_coco(path: &Path) -> bool {
    use std::io::Read;
    let mut head = vec![];
    let read = crate::files::regular_file::open(path).and_then(|file| file.take(1 << 20).read_to_end(&mut head));
    let text = String::from_utf8_lossy(&head);
    read.is_ok() && text.trim_start().starts_with('{') && (text.contains("\"images\"") || text.contains("\"annotations\""))
}

fn layout(path: &Path, what: String) -> DatasetError {
    DatasetError::Layout { path: path.to_path_buf(), what }
}

/// Reads a JSON file, or the only one of a folder; photographs lie in `images` or in the folder itself.
pub(super) fn read(path: &Path, root: Option<&Path>) -> Result<Dataset, DatasetError> {
    let file = if path.is_dir() {
        file_in(path).ok_or_else(|| layout(path, "not one JSON of annotations; give the file itself".to_string()))?
    } else {
        path.to_path_buf()
    };
    let bytes =
        crate::files::regular_file::read(&file).map_err(|source| DatasetError::Unreadable { path: file.clone(), source })?;
    let json: Value = serde_json::from_slice(&bytes).map_err(|error| layout(&file, format!("not readable as JSON: {error}")))?;
    let images = json["images"].as_array();
    let images = images.ok_or_else(|| layout(&file, "no list 'images'; it is no COCO file".to_string()))?;
    let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
    let above = folder.parent().unwrap_or(Path::new("")).to_path_buf();
    let root = root.map_or_else(|| root_of(&folder, &above, images), Path::to_path_buf);
    let annotations = Annotations::of(&json, &file, &root);
    let mut dataset = Dataset { root: root.clone(), layout: Layout::Coco, ..Dataset::default() };
    let mut unlabelled = 0;
    for image in images {
        let own = annotations.of_image(image);
        unlabelled += own.iter().filter(|annotation| key(&annotation["category_id"]).is_empty()).count();
        dataset.photographs.extend(annotations.photographs(image, own)?);
    }
    if unlabelled > 0 {
        dataset.notes.push(format!("{unlabelled} annotations or images have no category: they are without truth"));
    }
    if dataset.photographs.iter().any(|photograph| photograph.region.is_some()) {
        dataset.notes.push("boxes are known; --crop cuts them out".to_string());
    }
    dataset.classes = annotations.classes.into_values().collect();
    dataset.note_absent();
    dataset.sort();
    Ok(dataset)
}

/// An id, which may be a number; empty where there is none.
fn key(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

static NOTHING: Value = Value::Null;
/// What is said of an image that nobody annotated.
static UNANNOTATED: [&Value; 1] = [&NOTHING];

/// What a file says of its images.
struct Annotations<'a> {
    file: &'a Path,
    /// The folder of the photographs.
    root: &'a Path,
    /// The categories by their ids.
    classes: BTreeMap<String, ClassTaxon>,
    /// The names of licences by their ids.
    licences: BTreeMap<String, String>,
    /// Annotations by the ids of their images.
    by_image: BTreeMap<String, Vec<&'a Value>>,
}

impl<'a> Annotations<'a> {
    fn of(json: &'a Value, file: &'a Path, root: &'a Path) -> Self {
        let list = |name: &str| json[name].as_array().into_iter().flatten();
        let class = |category: &Value| {
            let id = key(&category["id"]);
            (id.clone(), class(category, &id))
        };
        let licence = |licence: &Value| {
            Some((key(&licence["id"]), licence["name"].as_str().or_else(|| licence["url"].as_str())?.to_string()))
        };
        let mut by_image: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for annotation in list("annotations") {
            by_image.entry(key(&annotation["image_id"])).or_default().push(annotation);
        }
        let classes = list("categories").map(class).collect();
        Self { file, root, classes, licences: list("licenses").filter_map(licence).collect(), by_image }
    }

    /// The annotations of an image; a blank one where it has none.
    fn of_image(&self, image: &Value) -> &[&'a Value] {
        self.by_image.get(&key(&image["id"])).map_or(&UNANNOTATED[..], Vec::as_slice)
    }

    /// A photograph per annotation of an image.
    fn photographs(&self, image: &Value, annotations: &[&Value]) -> Result<Vec<Photograph>, DatasetError> {
        let id = key(&image["id"]);
        let name = file_name(image, &id, self.root);
        let name = name.ok_or_else(|| layout(self.file, format!("image {id} has neither file_name nor coco_url")))?;
        let licence = self.licences.get(&key(&image["license"])).cloned();
        let licence = licence.or_else(|| image["license"].as_str().map(str::to_string));
        let photograph = |annotation: &&Value| -> Result<Photograph, DatasetError> {
            let crop = if annotations.len() > 1 { format!("#{}", key(&annotation["id"])) } else { String::new() };
            Ok(Photograph {
                image: format!("{name}{crop}"),
                path: self.root.join(&name),
                truth_text: self.classes.get(&key(&annotation["category_id"])).map(truth),
                observation: image["observation_id"].as_str().map(str::to_string),
                region: self.region(annotation)?,
                licence: licence.clone(),
                ..Photograph::default()
            })
        };
        annotations.iter().map(photograph).collect()
    }

    /// The box of an annotation, where it has one.
    fn region(&self, annotation: &Value) -> Result<Option<Region>, DatasetError> {
        let Some(numbers) = annotation["bbox"].as_array() else { return Ok(None) };
        let text = numbers.iter().map(Value::to_string).collect::<Vec<_>>().join(",");
        let fault = |what: String| layout(self.file, format!("annotation {}: {what}", key(&annotation["id"])));
        Region::parse(&text, BoxForm::Coco).map(Some).map_err(fault)
    }
}

/// The lineage where the categories have ranks, else the name.
fn truth(class: &ClassTaxon) -> String {
    if class.lineage.len() > 1 {
        class.lineage.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(";")
    } else {
        class.name.clone()
    }
}

fn class(category: &Value, id: &str) -> ClassTaxon {
    let text = |field: &str| category[field].as_str().unwrap_or_default();
    let mut lineage: Vec<(Rank, String)> = vec![];
    for rank in &Rank::MAIN[..6] {
        if !name::is_missing(text(rank.name())) {
            lineage.push((*rank, text(rank.name()).to_string()));
        }
    }
    let (genus, epithet) = (text("genus"), text("specific_epithet"));
    if !genus.is_empty() && !epithet.is_empty() {
        lineage.push((Rank::Species, format!("{genus} {epithet}")));
    }
    ClassTaxon { id: id.to_string(), name: text("name").to_string(), lineage }
}

/// FathomNet's files are called by the id of the image and the extension of its address.
fn file_name(image: &Value, id: &str, root: &Path) -> Option<String> {
    let listed = image["file_name"].as_str().filter(|name| !name.is_empty());
    let address = image["coco_url"].as_str().or_else(|| image["flickr_url"].as_str());
    let extension =
        address.and_then(|address| address.rsplit('/').next()?.rsplit_once('.')).map_or("jpg", |(_, extension)| extension);
    let by_id = format!("{id}.{extension}");
    match listed {
        Some(name) if root.join(name).is_file() || !root.join(&by_id).is_file() => Some(name.to_string()),
        _ => (address.is_some() || root.join(&by_id).is_file()).then_some(by_id),
    }
}

fn root_of(folder: &Path, above: &Path, images: &[Value]) -> PathBuf {
    let first = images.first().and_then(|image| image["file_name"].as_str()).unwrap_or_default();
    let candidates = [folder.to_path_buf(), folder.join("images"), above.to_path_buf(), above.join("images")];
    let holds = |root: &&PathBuf| !first.is_empty() && root.join(first).is_file();
    let has_folder = |root: &&PathBuf| root.ends_with("images") && root.is_dir();
    candidates.iter().find(holds).or_else(|| candidates.iter().find(has_folder)).cloned().unwrap_or_else(|| folder.to_path_buf())
}
