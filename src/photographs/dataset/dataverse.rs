//! A download from a Dataverse (Recherche Data Gouv): is it whole?

use super::collection::Dataset;
use super::error::DatasetError;
use crate::numbers::counted::{counted, form};
use std::path::Path;

/// Verifies a download: files that the bundle skipped, and sizes and checksums where the exported
/// `dataverse_json` lies beside them. Does nothing for a folder without a `MANIFEST.TXT`.
pub(super) fn verify(path: &Path, dataset: &mut Dataset) -> Result<(), DatasetError> {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    let Some(manifest) =
        ["MANIFEST.TXT", "MANIFEST.txt", "manifest.txt"].map(|name| folder.join(name)).into_iter().find(|file| file.is_file())
    else {
        return Ok(());
    };
    let text = crate::files::regular_file::read(&manifest)
        .map_err(|source| DatasetError::Unreadable { path: manifest.clone(), source })?;
    let text = String::from_utf8_lossy(&text);
    let skipped: Vec<&str> = text.lines().filter(|line| line.contains("skipped")).collect();
    if !skipped.is_empty() {
        let names: Vec<String> =
            skipped.iter().take(5).map(|line| format!("'{}'", line.split(" (").next().unwrap_or(line).trim())).collect();
        let more = if skipped.len() > 5 { format!(" and {} more", skipped.len() - 5) } else { String::new() };
        let what = format!(
            "the download left out {} because the bundle was too large: {}{more}; fetch what is left out by itself, or the folders one \
             by one, and take its lines out of MANIFEST.TXT",
            counted(skipped.len(), "file", "files"),
            names.join(", ")
        );
        return Err(DatasetError::Layout { path: manifest, what });
    }
    dataset.notes.push("Dataverse download: its MANIFEST.TXT says that nothing was left out".to_string());
    verify_checksums(folder, dataset)
}

fn verify_checksums(folder: &Path, dataset: &mut Dataset) -> Result<(), DatasetError> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    files.sort();
    for file in files {
        let Ok(bytes) = crate::files::regular_file::read(&file) else { continue };
        let Ok(json) = serde_json::from_slice::<serde_json::Value>(&bytes) else { continue };
        let version = if json["datasetVersion"].is_object() { &json["datasetVersion"] } else { &json["data"]["latestVersion"] };
        let Some(items) = version["files"].as_array() else { continue };
        let mut wrong = vec![];
        let (mut verified, mut absent, mut originals, mut converted) = (0_usize, vec![], 0, 0_usize);
        for item in items {
            let data = &item["dataFile"];
            let directory = item["directoryLabel"].as_str().map_or_else(String::new, |directory| format!("{directory}/"));
            let label = item["label"].as_str().or_else(|| data["filename"].as_str()).unwrap_or_default();
            let original = data["originalFileName"].as_str().unwrap_or(label);
            let held =
                [label, original].into_iter().map(|name| folder.join(format!("{directory}{name}"))).find(|path| path.is_file());
            let Some(held) = held else {
                absent.push(format!("{directory}{label}"));
                continue;
            };
            originals += usize::from(label != original);
            // The checksum is that of the tab-separated file, or of what was uploaded: either may lie here.
            let ours = crate::files::regular_file::read(&held)
                .map_err(|source| DatasetError::Unreadable { path: held.clone(), source })?;
            let expected = data["checksum"]["value"].as_str().or_else(|| data["md5"].as_str());
            let is_md5 = data["checksum"]["type"].as_str().is_none_or(|kind| kind.eq_ignore_ascii_case("md5"));
            match expected {
                Some(expected) if is_md5 && md5(&ours) != expected.to_lowercase() => {
                    // What was uploaded as CSV and is kept as .tab has another sum.
                    if data["tabularData"].as_bool() == Some(true) {
                        converted += 1;
                    } else {
                        wrong.push(format!("{directory}{label}"));
                    }
                }
                Some(_) if is_md5 => verified += 1,
                _ => {}
            }
        }
        if !wrong.is_empty() {
            let differ = counted(wrong.len(), "file differs from its MD5", "files differ from their MD5");
            let what = format!("{differ}, '{}' the first; fetch {} again", wrong[0], form(wrong.len(), "it", "them"));
            return Err(DatasetError::Layout { path: file, what });
        }
        let json = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let parts = [
            Some(format!("{} the MD5 that {json} gives", counted(verified, "file has", "files have"))),
            (converted > 0).then(|| {
                let (tables, them) = (counted(converted, "table has", "tables have"), form(converted, "it", "them"));
                format!("{tables} another, because the repository converted {them}")
            }),
            (originals > 0).then(|| format!("{} converted to .tab", counted(originals, "table was", "tables were"))),
            absent.first().map(|first| format!("{} not here, '{first}' the first", counted(absent.len(), "is", "are"))),
        ];
        dataset.notes.push(parts.into_iter().flatten().collect::<Vec<_>>().join("; "));
    }
    Ok(())
}

fn md5(bytes: &[u8]) -> String {
    use md5::Digest;
    use std::fmt::Write;
    md5::Md5::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
