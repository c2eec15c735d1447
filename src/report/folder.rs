//! A report in the making: files appear in the report folder whole, or not at all.

use super::error::ReportError;
use super::overwrite::Overwrite;
use crate::files::output::staging::Staging;
use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

/// What this program wrote into a report folder: the next report there removes what it does not have itself.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Written {
    program: String,
    version: String,
    /// Paths from the folder, with `/` between the parts, in the order in which they were moved into place.
    files: Vec<String>,
    /// What it is the report of, as given; nothing where nobody said it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<String>,
}

impl Written {
    /// The file that holds it.
    const FILE: &str = ".nearmiss.json";

    fn of(files: impl Iterator<Item = String>) -> Written {
        Written {
            program: PROGRAM.to_string(),
            version: env!("CARGO_PKG_VERSION").to_string(),
            files: files.collect(),
            inputs: vec![],
        }
    }

    /// Writes it, whole.
    fn write(&self, folder: &Path) -> Result<(), ReportError> {
        let path = folder.join(Self::FILE);
        let write = || -> io::Result<()> {
            let mut file = crate::files::output::draft::file_in(folder)?;
            writeln!(file, "{}", serde_json::to_string_pretty(self)?)?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|source| file_error("write", &path, source))
    }

    /// What an earlier report of this program left in a folder.
    fn read(folder: &Path) -> Option<Written> {
        let text = fs::read_to_string(folder.join(Self::FILE)).ok()?;
        serde_json::from_str(&text).ok().filter(|written: &Written| written.program == PROGRAM)
    }

    /// Its files, but for names that lead out of the folder: this program writes none.
    fn files(&self) -> impl Iterator<Item = &str> {
        let is_inside = |file: &&str| Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
        self.files.iter().map(String::as_str).filter(is_inside)
    }
}

const PROGRAM: &str = env!("CARGO_PKG_NAME");

/// Keeps in the list of a report folder what it is the report of.
///
/// # Errors
///
/// [`ReportError::File`] where the list cannot be written.
pub fn keep_inputs(folder: &Path, inputs: &[PathBuf]) -> Result<(), ReportError> {
    let Some(written) = Written::read(folder) else { return Ok(()) };
    let inputs = inputs.iter().map(|input| input.display().to_string()).collect();
    Written { inputs, ..written }.write(folder)
}

/// What a folder is the report of; `None` where it is none, or does not say so.
#[must_use]
pub fn inputs(folder: &Path) -> Option<Vec<String>> {
    Written::read(folder).map(|written| written.inputs).filter(|inputs| !inputs.is_empty())
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
        let temporary = Staging::new_in(parent, "report").map_err(|source| file_error("write into", parent, source))?;
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
        self.write_bytes(name, text.as_bytes())
    }

    /// The same of a file that is no text.
    pub fn write_bytes(&self, name: &str, bytes: &[u8]) -> Result<(), ReportError> {
        let mut file = self.create(name)?;
        file.write_all(bytes).and_then(|()| file.flush()).map_err(|error| self.failed(name, error))
    }

    /// The error of a file that could not be written.
    pub fn failed(&self, name: &str, source: io::Error) -> ReportError {
        file_error("write", &self.folder.join(name), source)
    }

    /// Moves the files into the report folder, and removes those of an earlier report that this
    /// one does not have.
    pub fn publish(self) -> Result<Vec<PathBuf>, ReportError> {
        let written = self.written.borrow();
        let earlier = Written::read(&self.folder);
        let stale: Vec<String> = earlier
            .iter()
            .flat_map(Written::files)
            .filter(|name| !written.iter().any(|other| other == name))
            .map(str::to_string)
            .collect();
        fs::create_dir_all(&self.folder).map_err(|source| file_error("create", &self.folder, source))?;
        // Both, until the files of the earlier one are gone: one that is cut off leaves nothing that no list has.
        Written::of(written.iter().chain(&stale).cloned()).write(&self.folder)?;
        let mut paths = vec![];
        for name in written.iter() {
            let path = self.folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|source| file_error("create", parent, source))?;
            }
            fs::rename(self.temporary.path().join(name), &path).map_err(|source| file_error("write", &path, source))?;
            paths.push(path);
        }
        for name in &stale {
            remove(&self.folder, name)?;
        }
        Written::of(written.iter().cloned()).write(&self.folder)?;
        Ok(paths)
    }
}

/// Removes a file of an earlier report, and the folder that it was the last one in.
fn remove(folder: &Path, name: &str) -> Result<(), ReportError> {
    let path = folder.join(name);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound && error.kind() != io::ErrorKind::NotADirectory => {
            return Err(file_error("remove", &path, error));
        }
        _ => {}
    }
    if let Some(parent) = path.parent().filter(|parent| *parent != folder) {
        // One that holds something of somebody else's stays.
        let _ = fs::remove_dir(parent);
    }
    Ok(())
}

fn file_error(action: &'static str, path: &Path, source: io::Error) -> ReportError {
    ReportError::File { action, path: path.to_path_buf(), source }
}

fn check(folder: &Path, overwrite: Overwrite) -> Result<(), ReportError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            // It is the folder itself, or one that it lies in.
            let file = folder.ancestors().find(|above| above.is_file()).unwrap_or(folder);
            return Err(ReportError::NotAFolder { folder: file.to_path_buf() });
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

/// Whether this program wrote a report there: it says so.
fn is_own_report(folder: &Path) -> bool {
    Written::read(folder).is_some()
}
