//! Photographs in folders, as files and from lists of paths.

use super::class_folder::by_folders;
use super::collection::Dataset;
use super::error::DatasetError;
use super::photograph::Photograph;
use super::raw::is_raw;
use super::table::text;
use crate::files::path_text;
use crate::numbers::counted::{counted, form};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

const EXTENSIONS: [&str; 10] = ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "tif", "tiff", "gif"];

/// Photographs of phones and scanners that are not read: each is told as one that could not be read, for a survey without
/// them is another survey.
const NOT_READ: [&str; 8] = ["heic", "heif", "hif", "avif", "jxl", "jp2", "j2k", "jpx"];

impl Dataset {
    /// Finds photographs in folders (with all below them), as single files, and in lists of paths.
    ///
    /// A list is a `.txt` file, or any file with `@` before its name: one path per line, relative
    /// to the list; files that it names and that are absent are kept, to be reported as missing.
    /// A file is a photograph by its extension, or by its first bytes where it has none. A
    /// photograph that several arguments name is taken once. The root is the deepest folder above
    /// all arguments; the truth is the name of the folder a photograph is in, where that is below the root.
    ///
    /// # Errors
    ///
    /// [`DatasetError`] where an argument names nothing, cannot be read, or nothing is a photograph.
    pub fn from_paths(arguments: &[PathBuf]) -> Result<Dataset, DatasetError> {
        let mut found = Found::default();
        for argument in arguments {
            found.argument(argument)?;
        }
        if found.paths.is_empty() {
            return Err(DatasetError::NoPhotographs { paths: arguments.to_vec(), passed_over: found.passed_over });
        }
        let root = found.tops.iter().cloned().reduce(|a, b| common(&a, &b)).unwrap_or_default();
        let photographs = found.paths.iter().map(|path| photograph(path, &root)).collect();
        let mut dataset = Dataset { root, photographs, passed_over: found.passed_over, ..Dataset::default() };
        let absent = dataset.photographs.iter().filter(|photograph| !photograph.path.exists()).collect::<Vec<_>>();
        if let Some(first) = absent.first() {
            let absent = counted(absent.len(), "of the listed photographs is", "of the listed photographs are");
            dataset.notes.push(format!("{absent} absent, '{}' the first", first.image));
        }
        if let Some(first) = found.outside.first() {
            dataset.notes.push(format!(
                "{}, '{}' the first: what {} to is read, and no page shows it",
                counted(found.outside.len(), "link leads out of its folder", "links lead out of their folder"),
                first.display(),
                form(found.outside.len(), "it leads", "they lead")
            ));
        }
        dataset.sort();
        Ok(dataset)
    }
}

/// What the arguments have named so far.
#[derive(Default)]
struct Found {
    /// Absolute paths, each once, in order.
    paths: std::collections::BTreeSet<PathBuf>,
    /// The folders given, or those of the files given.
    tops: Vec<PathBuf>,
    passed_over: BTreeMap<String, usize>,
    /// Links that lead out of the folder they were found in.
    outside: Vec<PathBuf>,
}

impl Found {
    fn argument(&mut self, argument: &Path) -> Result<(), DatasetError> {
        if let Some(list) = argument.to_str().and_then(|text| text.strip_prefix('@')) {
            return self.list(Path::new(list));
        }
        if !argument.exists() {
            return Err(DatasetError::Missing(argument.to_path_buf()));
        }
        match extension(argument).as_deref() {
            _ if argument.is_dir() => self.folder(argument),
            Some("txt") => self.list(argument),
            Some("csv" | "tsv") => Err(DatasetError::Table(argument.to_path_buf())),
            _ => self.file(argument),
        }
    }

    fn file(&mut self, path: &Path) -> Result<(), DatasetError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = if folder.exists() { canonical(folder)? } else { absolute(folder)? };
        self.paths.insert(folder.join(path.file_name().unwrap_or_default()));
        self.tops.push(folder);
        Ok(())
    }

    fn list(&mut self, list: &Path) -> Result<(), DatasetError> {
        let bytes = crate::files::regular_file::read(list).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => DatasetError::Missing(list.to_path_buf()),
            _ => DatasetError::Unreadable { path: list.to_path_buf(), source },
        })?;
        let text = text(&bytes, list)?;
        let base = list.parent().unwrap_or(Path::new(""));
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let path = path_text::below(base, line);
            if path.is_dir() { self.folder(&path)? } else { self.file(&path)? }
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path) -> Result<(), DatasetError> {
        let top = canonical(folder)?;
        let mut entries = WalkDir::new(&top).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let (path, is_folder) = match entry {
                Ok(entry) => {
                    if entry.path_is_symlink() && leads_outside(entry.path(), &top) {
                        self.outside.push(entry.path().to_path_buf());
                    }
                    (entry.path().to_path_buf(), entry.file_type().is_dir())
                }
                Err(error) if error.loop_ancestor().is_some() => {
                    self.pass_over("link to a folder above");
                    continue;
                }
                Err(error) => (dangling(error)?, false),
            };
            let is_hidden = path != top && path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            match (is_hidden, is_folder) {
                (true, true) => {
                    self.pass_over("hidden folder");
                    entries.skip_current_dir();
                }
                (true, false) => self.pass_over("hidden file"),
                (false, true) => {}
                (false, false) => self.candidate(path),
            }
        }
        self.tops.push(top);
        Ok(())
    }

    fn candidate(&mut self, path: PathBuf) {
        match extension(&path) {
            Some(ending) if EXTENSIONS.contains(&&*ending) || NOT_READ.contains(&&*ending) || is_raw(&path) => {
                self.paths.insert(path);
            }
            Some(extension) => self.pass_over(&format!(".{extension}")),
            None if begins_like_an_image(&path) => _ = self.paths.insert(path),
            None => self.pass_over("no extension"),
        }
    }

    fn pass_over(&mut self, what: &str) {
        *self.passed_over.entry(what.to_string()).or_default() += 1;
    }
}

/// The path of a link that leads nowhere, to itself or to where the user may not go: taken like any other, to
/// be reported as missing or unreadable.
fn dangling(error: walkdir::Error) -> Result<PathBuf, DatasetError> {
    let path = error.path().map(Path::to_path_buf).unwrap_or_default();
    if path.is_symlink() {
        return Ok(path);
    }
    Err(DatasetError::Unreadable { path, source: error.into() })
}

/// Whether a link leads out of a folder.
fn leads_outside(link: &Path, folder: &Path) -> bool {
    link.canonicalize().is_ok_and(|target| !target.starts_with(folder))
}

fn canonical(path: &Path) -> Result<PathBuf, DatasetError> {
    path.canonicalize().map_err(|source| DatasetError::Unreadable { path: path.to_path_buf(), source })
}

fn absolute(path: &Path) -> Result<PathBuf, DatasetError> {
    std::path::absolute(path).map_err(|source| DatasetError::Unreadable { path: path.to_path_buf(), source })
}

fn extension(path: &Path) -> Option<String> {
    path.extension().and_then(OsStr::to_str).map(str::to_lowercase)
}

/// Whether the first bytes are those of a photograph; `false` where they cannot be read.
fn begins_like_an_image(path: &Path) -> bool {
    let mut first = [0; 12];
    let read = crate::files::regular_file::open(path).and_then(|mut file| file.read(&mut first)).unwrap_or(0);
    let first = &first[..read];
    let is_webp = first.len() == 12 && first.starts_with(b"RIFF") && first.ends_with(b"WEBP");
    let magic: [&[u8]; 7] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM"];
    is_webp || magic.iter().any(|magic| first.starts_with(magic))
}

/// The deepest folder above both.
fn common(a: &Path, b: &Path) -> PathBuf {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

fn photograph(path: &Path, root: &Path) -> Photograph {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<String> = relative.components().map(|part| path_text::of_part(part.as_os_str())).collect();
    let image = parts.join("/");
    let (truth_text, split) = by_folders(&image);
    Photograph { image, path: path.to_path_buf(), truth_text, split, ..Photograph::default() }
}
