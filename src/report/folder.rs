//! A report in the making: files appear in the report folder whole, or not at all.

use super::{Overwrite, ReportError};
use crate::output::staging::Staging;
use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Every file a report can have, in the order in which they are moved into place.
const FILES: [&str; 31] = [
    "metrics.json",
    "ranks.csv",
    "taxa.csv",
    "mistakes.csv",
    "confusions.csv",
    "compare.json",
    "table.txt",
    "table.tex",
    "clades.csv",
    "only_one_right.csv",
    "compare.md",
    "latent.json",
    "latent_ranks.csv",
    "latent_taxa.csv",
    "suspects.csv",
    "map.csv",
    "latent.md",
    "spaces.json",
    "spaces.csv",
    "spaces.md",
    "retrieval.json",
    "measures.csv",
    "queries.csv",
    "hard_negatives.csv",
    "retrieval.md",
    "leaderboard.json",
    "leaderboard.csv",
    "leaderboard.tex",
    "leaderboard.md",
    "report.md",
    "index.html",
];

/// Figures that a report may hold in its folder `figures`, with `-2` and so on for the runs of a
/// report on several.
const FIGURES: [&str; 8] = [
    "leaderboard",
    "accuracy_per_rank",
    "error_depth",
    "icicle",
    "confusion_matrix",
    "decision_rules",
    "reliability",
    "operating_curve",
];

/// Figures whose names go on with a map and a rank, or stand alone.
const LATENT_FIGURES: [&str; 8] =
    ["map_", "staircase", "similarities", "centroids", "tanglegram", "silhouettes", "agreement", "similarity"];

/// Whether a file of the folder `figures` is one that a report writes.
fn is_figure(file: &str) -> bool {
    let Some(stem) = file.strip_suffix(".svg") else { return false };
    let numbered = |rest: &str| rest.strip_prefix('-').is_some_and(|number| number.parse::<u32>().is_ok());
    if LATENT_FIGURES.iter().any(|name| if name.ends_with('_') { stem.starts_with(name) } else { stem == *name }) {
        return true;
    }
    FIGURES.iter().any(|name| stem.strip_prefix(name).is_some_and(|rest| rest.is_empty() || numbered(rest)))
}

/// Files of a report, in a temporary folder beside it.
pub(super) struct Draft {
    folder: PathBuf,
    temporary: Staging,
    written: RefCell<Vec<String>>,
}

impl Draft {
    /// Checks that the folder may be written to, and opens a temporary one beside it.
    pub fn beside(folder: &Path, overwrite: Overwrite) -> Result<Self, ReportError> {
        check(folder, overwrite)?;
        let absolute = std::path::absolute(folder).map_err(|source| file_error("find", folder, source))?;
        let parent = absolute.parent().unwrap_or(&absolute);
        fs::create_dir_all(parent).map_err(|source| file_error("create", parent, source))?;
        let temporary =
            Staging::new_in(parent, "report").map_err(|source| file_error("create a temporary folder in", parent, source))?;
        Ok(Self { folder: folder.to_path_buf(), temporary, written: RefCell::default() })
    }

    /// Opens a new file of the report.
    pub fn create(&self, name: &str) -> Result<BufWriter<File>, ReportError> {
        let path = self.temporary.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| file_error("create", parent, source))?;
        }
        let file = File::create(&path).map_err(|source| file_error("create", &path, source))?;
        self.written.borrow_mut().push(name.to_string());
        Ok(BufWriter::with_capacity(1 << 20, file))
    }

    /// Writes a whole file of the report.
    pub fn write(&self, name: &str, text: &str) -> Result<(), ReportError> {
        let mut file = self.create(name)?;
        file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(|error| self.failed(name, error))
    }

    /// The error of a file that could not be written.
    pub fn failed(&self, name: &str, source: io::Error) -> ReportError {
        file_error("write", &self.folder.join(name), source)
    }

    /// Moves the files into the report folder, and removes those of an earlier report that this
    /// one does not have.
    pub fn publish(self) -> Result<Vec<PathBuf>, ReportError> {
        let written = self.written.borrow();
        let mut paths = vec![];
        for name in written.iter() {
            let path = self.folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|source| file_error("create", parent, source))?;
            }
            fs::rename(self.temporary.path().join(name), &path).map_err(|source| file_error("write", &path, source))?;
            paths.push(path);
        }
        let in_figures = fs::read_dir(self.folder.join("figures")).into_iter().flatten().flatten();
        let figures = in_figures.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(|name| is_figure(name));
        let known = FILES.iter().map(ToString::to_string).chain(figures.map(|name| format!("figures/{name}")));
        for stale in known.filter(|name| !written.contains(name)) {
            let path = self.folder.join(stale);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound && error.kind() != io::ErrorKind::NotADirectory => {
                    return Err(file_error("remove", &path, error));
                }
                _ => {}
            }
        }
        Ok(paths)
    }
}

fn file_error(action: &'static str, path: &Path, source: io::Error) -> ReportError {
    ReportError::File { action, path: path.to_path_buf(), source }
}

fn check(folder: &Path, overwrite: Overwrite) -> Result<(), ReportError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(ReportError::NotAFolder { folder: folder.to_path_buf() });
        }
        Err(error) => return Err(file_error("read", folder, error)),
    };
    let mut names = vec![];
    for entry in entries {
        let entry = entry.map_err(|error| file_error("read", folder, error))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    match names.into_iter().next() {
        Some(found) if overwrite == Overwrite::OwnReport && !is_own_report(folder) => {
            Err(ReportError::NotEmpty { folder: folder.to_path_buf(), found })
        }
        _ => Ok(()),
    }
}

/// Whether the folder's `metrics.json`, `latent.json`, `retrieval.json`, `leaderboard.json` or `compare.json` says that this program wrote it.
fn is_own_report(folder: &Path) -> bool {
    let read =
        |name: &str| -> Option<serde_json::Value> { serde_json::from_str(&fs::read_to_string(folder.join(name)).ok()?).ok() };
    let program = env!("CARGO_PKG_NAME");
    read("metrics.json").is_some_and(|metrics| metrics["provenance"]["program"] == program)
        || read("latent.json").is_some_and(|latent| latent["provenance"]["program"] == program)
        || read("retrieval.json").is_some_and(|retrieval| retrieval["provenance"]["program"] == program)
        || read("spaces.json").is_some_and(|spaces| spaces["nearmiss"]["provenance"]["program"] == program)
        || read("leaderboard.json").is_some_and(|board| board["provenance"]["program"] == program)
        || read("compare.json").is_some_and(|compared| compared["nearmiss"]["provenance"]["program"] == program)
}
