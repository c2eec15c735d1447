//! What a run directory held before a run begins.

use super::RunError;
use super::changes::{Changes, digest, of_names, stamps};
use super::existing::Existing;
use super::record::{FILE, Identity, Record};
use super::tables::{image_names, read_columns, texts};
use super::unfinished::FOLDER;
use crate::files::output::lock;
use crate::photographs::dataset::Photograph;
use std::collections::HashMap;
use std::path::Path;

/// What there is to do in a run directory.
pub(super) enum Before {
    /// Nothing: the run is complete, and its photographs are still those that it saw.
    Complete(Box<Record>),
    /// A complete run, some of whose photographs have changed since.
    Changed(Box<Record>, Changes),
    /// The run, or what is left of it; with what is the matter with what lies there.
    Open(Option<String>),
}

impl Before {
    /// Looks at a run directory without changing anything.
    pub(super) fn of(
        directory: &Path,
        identity: &Identity,
        existing: Existing,
        photographs: &[Photograph],
    ) -> Result<Before, RunError> {
        let begun = directory.join(FOLDER).is_dir();
        let path = directory.join(FILE);
        if !path.is_file() {
            return match foreign_entry(directory) {
                Some(example) if existing == Existing::Continued && !begun => {
                    Err(RunError::NotEmpty { path: directory.to_path_buf(), example })
                }
                _ => Ok(Before::Open(None)),
            };
        }
        let record = match Record::read(directory) {
            Ok(record) => record,
            Err(error) if existing == Existing::Replaced || begun => {
                return Ok(Before::Open(Some(format!("{error}; the run is finished anew"))));
            }
            Err(RunError::Record { path, source }) => return Err(RunError::Damaged { path, what: source.to_string() }),
            Err(error) => return Err(error),
        };
        match record.identity.difference(identity) {
            Some(what) if existing == Existing::Continued => {
                let names = || {
                    let format = record.identity.format;
                    image_names(&directory.join(format!("images.{}", format.extension())), format).ok()
                };
                let what = difference(&what, &record.identity, identity, names, photographs);
                Err(RunError::Other { path: directory.to_path_buf(), what })
            }
            None if record.complete => complete(directory, record, photographs),
            _ => Ok(Before::Open(None)),
        }
    }
}

/// What differs between two runs as a clause, told more exactly where it is their photographs.
pub(super) fn difference(
    what: &str,
    before: &Identity,
    now: &Identity,
    names: impl FnOnce() -> Option<Vec<String>>,
    photographs: &[Photograph],
) -> String {
    if photographs.is_empty() || !["images", "dataset sha256"].contains(&what) {
        return format!("{what} differs");
    }
    match names() {
        Some(names) if now.shard.is_none() => format!("of other photographs: {}", of_names(&names, photographs)),
        _ if before.images != now.images => format!("of {} photographs, now there are {}", before.images, now.images),
        _ => format!("{what} differs"),
    }
}

/// Whether a complete run is what its command would give now.
fn complete(directory: &Path, record: Record, photographs: &[Photograph]) -> Result<Before, RunError> {
    let extension = record.identity.format.extension();
    let tables = ["images", "predictions", "labels"].map(|table| format!("{table}.{extension}"));
    for name in &tables {
        let path = directory.join(name);
        // Records of version 0.1 know no sums.
        let fault = match record.files.get(name) {
            Some(sum) => sum.check(&path).err(),
            None => (!path.is_file()).then(|| "missing".to_string()),
        };
        if let Some(fault) = fault {
            return Ok(Before::Open(Some(format!("{} is damaged ({fault}): the run is made again", path.display()))));
        }
    }
    let unchanged = || record.photographs == Some(digest(stamps(photographs).iter().map(String::as_str)));
    if photographs.is_empty() || unchanged() {
        return Ok(Before::Complete(Box::new(record)));
    }
    let frame = read_columns(&directory.join(&tables[0]), record.identity.format, &["image", "sha256"])?;
    let (images, hashes) = (texts(&frame, "image").unwrap_or_default(), texts(&frame, "sha256").unwrap_or_default());
    let known: HashMap<String, String> =
        images.into_iter().zip(hashes).filter_map(|(image, hash)| Some((image?, hash?))).collect();
    Ok(match record.changes(photographs, |image| known.get(image).cloned()) {
        None => Before::Complete(Box::new(record)),
        Some(changes) => Before::Changed(Box::new(record), changes),
    })
}

/// A file of somebody else in an output folder.
pub(super) fn foreign_entry(directory: &Path) -> Option<String> {
    let entries = std::fs::read_dir(directory).ok()?.flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name != lock::FILE);
    names.sort();
    names.into_iter().next()
}
