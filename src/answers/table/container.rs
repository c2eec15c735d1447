//! What a file holds, whatever it is packed in: text, a workbook or Parquet.

use super::error::TableError;
use super::foreign;
use crate::files::archive::limit::{Limited, TooMuch, most_held};
use crate::files::archive::zip_directory;
use crate::files::regular_file;
use flate2::read::MultiGzDecoder;
use std::collections::BTreeMap;
use std::io::{Cursor, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What is read of a table.
pub(super) enum Content {
    /// Text in some encoding.
    Text(Vec<u8>),
    Workbook(Vec<u8>, Workbook),
    Parquet(Vec<u8>),
    /// Parquet that lies in the file as it is, and need not be held.
    ParquetFile,
}

/// The kinds of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Workbook {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// So often may one thing be packed in another.
const DEPTH: usize = 4;

/// Reads and unpacks a file, or standard input where the path is `-`.
///
/// # Errors
///
/// What is no file, cannot be read or unpacked, or holds no table; a sentence says what it is.
pub(super) fn read(path: &Path) -> Result<Content, TableError> {
    refuse_other_places(path)?;
    let open = |source| TableError::Open { path: path.to_path_buf(), source };
    if let Some(bytes) = held(path) {
        let bytes = bytes.map_err(open)?;
        return Unpacking { path, packed: bytes.len() as u64 }.content(bytes.to_vec(), 0);
    }
    let mut magic = vec![];
    regular_file::open(path).map_err(open)?.take(4).read_to_end(&mut magic).map_err(open)?;
    if magic == b"PAR1" {
        return Ok(Content::ParquetFile);
    }
    let bytes = regular_file::read(path).map_err(open)?;
    Unpacking { path, packed: bytes.len() as u64 }.content(bytes, 0)
}

/// The bytes of standard input (`-`) and of other streams, which can be read only once; `None` for a file.
pub(crate) fn held(path: &Path) -> Option<std::io::Result<Arc<[u8]>>> {
    let is_stream =
        path == Path::new("-") || ["/dev/fd", "/dev/stdin", "/proc/self/fd"].iter().any(|place| path.starts_with(place));
    is_stream.then(|| stream(path))
}

/// The bytes of a stream, kept from the first time on.
fn stream(path: &Path) -> std::io::Result<Arc<[u8]>> {
    static STREAMS: Mutex<BTreeMap<PathBuf, Arc<[u8]>>> = Mutex::new(BTreeMap::new());
    let mut streams = STREAMS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = streams.get(path) {
        return Ok(Arc::clone(bytes));
    }
    let mut bytes = vec![];
    if path == Path::new("-") {
        let mut input = std::io::stdin().lock();
        if input.is_terminal() {
            return Err(std::io::Error::other("standard input is a terminal; pipe a table into it, or name a file"));
        }
        input.read_to_end(&mut bytes)?;
    } else {
        bytes = regular_file::read(path)?;
    }
    let bytes: Arc<[u8]> = bytes.into();
    streams.insert(path.to_path_buf(), Arc::clone(&bytes));
    Ok(bytes)
}

/// Addresses, and a `~` that the shell left as it was.
fn refuse_other_places(path: &Path) -> Result<(), TableError> {
    let text = path.to_string_lossy();
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let is_address = |scheme: &str| scheme.len() > 1 && scheme.chars().all(|letter| letter.is_ascii_alphanumeric());
    let what = if scheme.is_some_and(is_address) && text.contains(":/") {
        "an address and no file; download the table and give the file"
    } else if text.starts_with('~') {
        "no such file: the shell puts the home folder in the place of '~' only where it begins a word and stands outside \
         quotes; write the path in full"
    } else {
        return Ok(());
    };
    if path.exists() {
        return Ok(());
    }
    Err(TableError::Format { path: path.to_path_buf(), line: None, what: what.to_string() })
}

/// A file that is being unpacked.
struct Unpacking<'a> {
    path: &'a Path,
    /// Its length as it lies on the disk, which says how much may come out of it.
    packed: u64,
}

impl Unpacking<'_> {
    fn fault(&self, what: String) -> TableError {
        TableError::Format { path: self.path.to_path_buf(), line: None, what }
    }

    fn content(&self, bytes: Vec<u8>, depth: usize) -> Result<Content, TableError> {
        if depth > DEPTH {
            return Err(self.fault("archives in archives in archives; unpack the table and give it".to_string()));
        }
        match &bytes[..] {
            [b'P', b'A', b'R', b'1', ..] => Ok(Content::Parquet(bytes)),
            [0x1f, 0x8b, ..] => {
                let unpacked = self.unpacked(MultiGzDecoder::new(&bytes[..]));
                let unpacked = unpacked.map_err(|source| TableError::Open { path: self.path.to_path_buf(), source })?;
                self.content(unpacked, depth + 1)
            }
            [b'P', b'K', 3 | 5, 4 | 6, ..] => self.zipped(bytes, depth),
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Ok(Content::Workbook(bytes, Workbook::Xls)),
            _ => match foreign::kind(&bytes) {
                Some((what, remedy)) => {
                    let inside = if depth > 0 { ", packed" } else { "" };
                    Err(self.fault(format!("{what}{inside}, and no table of text; {remedy}")))
                }
                None => Ok(Content::Text(bytes)),
            },
        }
    }

    /// A member of a zip that stops in the middle, or does not stop.
    fn broken(&self, member: &str, error: &std::io::Error) -> TableError {
        let remedy = if TooMuch::is_in(error) { "" } else { "; the zip is damaged, fetch or make it again" };
        self.fault(format!("'{member}' in it: {error}{remedy}"))
    }

    fn unpacked(&self, packed: impl Read) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![];
        Limited::new(packed, most_held(self.packed)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A workbook, or the one table of an archive.
    fn zipped(&self, bytes: Vec<u8>, depth: usize) -> Result<Content, TableError> {
        let damaged = |what: &str| self.fault(format!("a damaged zip ({what}); fetch or make it again"));
        let mut zip = zip_directory::open(Cursor::new(&bytes[..])).map_err(|what| damaged(&what))?;
        let mut members = vec![];
        for place in 0..zip.len() {
            let member = zip.by_index_raw(place).map_err(|error| damaged(&error.to_string()))?;
            if member.is_file() {
                members.push((member.name().replace('\\', "/"), place));
            }
        }
        let has = |name: &str| members.iter().any(|(member, _)| member == name);
        let workbook = if has("xl/workbook.bin") {
            Some(Workbook::Xlsb)
        } else if has("xl/workbook.xml") {
            Some(Workbook::Xlsx)
        } else if has("content.xml") && has("mimetype") {
            Some(Workbook::Ods)
        } else {
            None
        };
        if let Some(workbook) = workbook {
            let mut left = most_held(self.packed);
            for (name, place) in &members {
                let member = zip.by_index(*place).map_err(|error| damaged(&format!("'{name}': {error}")))?;
                // Its parts together may hold as much as one file may.
                let length = std::io::copy(&mut Limited::new(member, left), &mut std::io::sink());
                left -= length.map_err(|error| self.broken(name, &error))?;
            }
            drop(zip);
            return Ok(Content::Workbook(bytes, workbook));
        }
        let (name, place) = one_table(&members).map_err(|what| self.fault(what))?;
        let member = zip.by_index(place).map_err(|error| damaged(&format!("'{name}': {error}")))?;
        let unpacked = self.unpacked(member).map_err(|error| self.broken(&name, &error))?;
        self.content(unpacked, depth + 1)
    }
}

/// The table among the files of a zip, or why it is not to be had.
fn one_table(members: &[(String, usize)]) -> Result<(String, usize), String> {
    let begins = |start: &str| members.iter().any(|(name, _)| name.starts_with(start));
    let ends = |end: &str| members.iter().any(|(name, _)| name.ends_with(end));
    let document = [("word/", "a Word document"), ("ppt/", "a PowerPoint presentation")];
    let foreign = [(".npy", "an archive of NumPy arrays (.npz)"), ("/data.pkl", "a PyTorch file")];
    let kind = document.iter().find(|(start, _)| begins(start)).or_else(|| foreign.iter().find(|(end, _)| ends(end)));
    if let Some((_, what)) = kind {
        return Err(format!("{what}, and no table; save the table as CSV"));
    }
    let tables: Vec<&(String, usize)> = members.iter().filter(|(name, _)| may_be_table(name)).collect();
    match tables[..] {
        [one] => Ok(one.clone()),
        [] => Err("a zip without a table in it; give the table".to_string()),
        _ => {
            let names: Vec<String> = tables.iter().take(5).map(|(name, _)| format!("'{name}'")).collect();
            let more = if tables.len() > 5 { format!(" and {} more", tables.len() - 5) } else { String::new() };
            Err(format!("a zip of {} files ({}{more}); unpack it and give the table alone", tables.len(), names.join(", ")))
        }
    }
}

/// Whether a file of an archive may be its table: what systems leave, what is read by people and what is seen is none.
fn may_be_table(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let stem = file.split('.').next().unwrap_or_default();
    let ending = file.rsplit('.').next().unwrap_or_default();
    let is_litter = name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX") || file == "thumbs.db";
    let is_read = ["readme", "license", "licence", "copying", "citation", "changelog", "notice"].contains(&stem);
    let is_seen =
        ["md", "pdf", "html", "htm", "doc", "docx", "rtf", "png", "jpg", "jpeg", "gif", "svg", "tif", "tiff"].contains(&ending);
    !(is_litter || is_read || is_seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(names: &[&str]) -> Result<String, String> {
        let members: Vec<(String, usize)> = names.iter().map(ToString::to_string).zip(0..).collect();
        one_table(&members).map(|(name, _)| name)
    }

    #[test]
    fn one_table_among_what_is_none() {
        let litter = ["__MACOSX/._table.csv", ".DS_Store", "README.md", "README", "a/LICENSE.txt", "figure.png", "a/table.csv"];
        assert_eq!(chosen(&litter), Ok("a/table.csv".to_string()));
        // A table that is only called like one of them.
        assert_eq!(chosen(&["readme_species.csv"]), Ok("readme_species.csv".to_string()));
        assert_eq!(
            chosen(&["a.csv", "b.csv"]),
            Err("a zip of 2 files ('a.csv', 'b.csv'); unpack it and give the table alone".to_string())
        );
        assert_eq!(chosen(&["a.jpg"]), Err("a zip without a table in it; give the table".to_string()));
        assert!(chosen(&["word/document.xml"]).is_err_and(|what| what.starts_with("a Word document")));
    }

    #[test]
    fn addresses_are_no_files() {
        for path in ["https://example.org/t.csv", "s3://bucket/t.csv", "hf://datasets/x", "~/t.csv", "~me/t.csv"] {
            assert!(refuse_other_places(Path::new(path)).is_err(), "{path}");
        }
        for path in ["a/t.csv", "C:/t.csv", "12:30/t.csv", "t~.csv"] {
            assert!(refuse_other_places(Path::new(path)).is_ok(), "{path}");
        }
    }
}
