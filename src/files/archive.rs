//! One thing on disk that holds files: a file, a folder, a zip, a gzip or a tar.
//!
//! What Finder and friends leave in archives (`__MACOSX`, `._name`, `.DS_Store`) is not a member.

pub mod limit;
pub mod zip_directory;

use crate::files::regular_file;
use limit::{Limited, TooMuch};
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why an archive or a file in it could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file or folder is missing or unreadable.
    #[error("{path}: cannot be read: {source}")]
    Open {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The archive or a file in it is cut off or damaged.
    #[error("{path}: {what}; the file is cut off or damaged, fetch it again")]
    Damaged {
        /// The archive.
        path: PathBuf,
        /// Where, and what the decoder said.
        what: String,
    },
    /// It unpacks without end.
    #[error("{path}: {what}")]
    TooMuch {
        /// The archive.
        path: PathBuf,
        /// Where, and how much.
        what: String,
    },
    /// Two members have one name.
    #[error("{path}: two files in it are called '{name}', and which of them is meant cannot be told; pack it again with one")]
    Twice {
        /// The archive.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// No member has the name.
    #[error("{path}: no file '{name}' in it")]
    NoMember {
        /// The archive.
        path: PathBuf,
        /// The name.
        name: String,
    },
}

/// A file inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path inside, with `/` between the parts. It is a name and no place: nothing is ever written there.
    pub name: String,
    /// Its length in bytes; of a gzip the compressed length.
    pub size: u64,
    /// Which of a zip's entries it is.
    place: usize,
}

impl Member {
    /// The last part of the name.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// The file name in lower case, without extension, hyphens and underscores: how ColDP compares names.
    #[must_use]
    pub fn stem(&self) -> String {
        let name = self.file_name().to_lowercase();
        name.split('.').next().unwrap_or_default().replace(['-', '_'], "")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Held,
    Folder,
    Gzip,
    Zip,
    Tar,
    TarGzip,
}

/// One thing on disk that holds files.
#[derive(Debug, Clone)]
pub struct Archive {
    path: PathBuf,
    kind: Kind,
    members: Vec<Member>,
    /// The bytes of one that is held.
    held: Arc<[u8]>,
}

/// Magic bytes: a file's name may lie.
fn kind_of(path: &Path) -> std::io::Result<Kind> {
    if path.is_dir() {
        return Ok(Kind::Folder);
    }
    let mut head = [0; 512];
    let length = read_up_to(&mut regular_file::open(path)?, &mut head)?;
    Ok(match &head[..length] {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Kind::Zip,
        [0x1f, 0x8b, ..] => {
            let mut inner = [0; 512];
            let length = read_up_to(&mut flate2::read::MultiGzDecoder::new(File::open(path)?), &mut inner).unwrap_or(0);
            if is_tar(&inner[..length]) { Kind::TarGzip } else { Kind::Gzip }
        }
        head if is_tar(head) => Kind::Tar,
        _ => Kind::Plain,
    })
}

fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

fn read_up_to(reader: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..])? {
            0 => break,
            count => length += count,
        }
    }
    Ok(length)
}

fn is_litter(name: &str) -> bool {
    name.split('/').any(|part| (part.starts_with('.') && part != "..") || part == "__MACOSX" || part == "Thumbs.db")
}

impl Archive {
    /// Opens a file, folder, zip, gzip, tar or tar.gz, by its first bytes and not by its name.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`]: missing, unreadable, or a damaged archive.
    pub fn open(path: &Path) -> Result<Archive, ArchiveError> {
        let open = |source| ArchiveError::Open { path: path.to_path_buf(), source };
        let kind = kind_of(path).map_err(open)?;
        let own_name = || path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let own_size = || std::fs::metadata(path).map_or(0, |data| data.len());
        let mut members = match kind {
            Kind::Plain | Kind::Held => vec![Member { name: own_name(), size: own_size(), place: 0 }],
            Kind::Gzip => {
                let name = own_name();
                let name = name.strip_suffix(".gz").unwrap_or(&name).to_string();
                vec![Member { name, size: own_size(), place: 0 }]
            }
            Kind::Folder => folder_members(path).map_err(open)?,
            Kind::Zip => zip_members(path)?,
            Kind::Tar | Kind::TarGzip => {
                let mut members = vec![];
                each_tar_entry(path, kind, &mut |name, size, _| {
                    members.push(Member { name, size, place: 0 });
                    Ok(true)
                })?;
                members
            }
        };
        members.retain(|member| !is_litter(&member.name) || kind == Kind::Plain);
        let mut names: std::collections::HashSet<&str> = std::collections::HashSet::new();
        if let Some(twice) = members.iter().find(|member| !names.insert(&member.name)) {
            return Err(ArchiveError::Twice { path: path.to_path_buf(), name: twice.name.clone() });
        }
        Ok(Archive { path: path.to_path_buf(), kind, members, held: Arc::default() })
    }

    /// A file whose bytes are here already; `path` is what it is called, and the folder that other files lie beside it in.
    #[must_use]
    pub fn held(path: &Path, bytes: &[u8]) -> Archive {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let member = Member { name, size: bytes.len() as u64, place: 0 };
        Archive { path: path.to_path_buf(), kind: Kind::Held, members: vec![member], held: bytes.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is one file as it is or compressed, not a collection.
    #[must_use]
    pub fn is_single(&self) -> bool {
        matches!(self.kind, Kind::Plain | Kind::Held | Kind::Gzip)
    }

    /// The files inside, as stored.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The member whose file name is `name`, case not regarded.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.file_name().eq_ignore_ascii_case(name))
    }

    /// Reads a member from its beginning, as far as `work` wants.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`], and whatever `work` returns.
    pub fn read<T, E: From<ArchiveError>>(
        &self,
        member: &Member,
        work: impl FnOnce(&mut dyn Read) -> Result<T, E>,
    ) -> Result<T, E> {
        let open = |source| ArchiveError::Open { path: self.path.clone(), source };
        match self.kind {
            Kind::Plain => work(&mut BufReader::new(File::open(&self.path).map_err(open)?)),
            Kind::Held => work(&mut &self.held[..]),
            Kind::Folder => {
                let path = self.path.join(&member.name);
                let file = File::open(&path).map_err(|source| ArchiveError::Open { path, source })?;
                work(&mut BufReader::new(file))
            }
            Kind::Gzip => {
                let file = BufReader::new(File::open(&self.path).map_err(open)?);
                work(&mut Limited::new(flate2::read::MultiGzDecoder::new(file), limit::most(member.size)))
            }
            Kind::Zip => {
                let mut zip = open_zip(&self.path)?;
                let file = zip.by_index(member.place).map_err(|error| self.damaged(&member.name, &error))?;
                let packed = file.compressed_size().min(self.length());
                work(&mut Limited::new(file, limit::most(packed)))
            }
            Kind::Tar | Kind::TarGzip => {
                let mut work = Some(work);
                let mut result = None;
                each_tar_entry(&self.path, self.kind, &mut |name, _, reader| {
                    if name != member.name {
                        return Ok(true);
                    }
                    result = work.take().map(|work| work(reader));
                    Ok(false)
                })?;
                let missing = || ArchiveError::NoMember { path: self.path.clone(), name: member.name.clone() };
                result.ok_or_else(missing)?
            }
        }
    }

    /// The first bytes of a member, at most `length`.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn head(&self, member: &Member, length: usize) -> Result<Vec<u8>, ArchiveError> {
        self.read(member, |reader| {
            let mut bytes = vec![];
            reader.take(length as u64).read_to_end(&mut bytes).map_err(|error| self.damaged(&member.name, &error))?;
            Ok(bytes)
        })
    }

    /// All bytes of a member.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn bytes(&self, member: &Member) -> Result<Vec<u8>, ArchiveError> {
        let most = match self.kind {
            Kind::Plain | Kind::Held | Kind::Folder => u64::MAX,
            Kind::Gzip | Kind::Zip | Kind::Tar | Kind::TarGzip => limit::most_held(self.length()),
        };
        self.read(member, |reader| {
            let mut bytes = vec![];
            Limited::new(reader, most).read_to_end(&mut bytes).map_err(|error| self.damaged(&member.name, &error))?;
            Ok(bytes)
        })
    }

    /// Length of the file, packed.
    fn length(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |data| data.len())
    }

    /// A sentence about a member that stops in the middle, or that does not stop.
    #[must_use]
    pub fn damaged(&self, member: &str, error: &(dyn Error + 'static)) -> ArchiveError {
        let what = if self.is_single() { error.to_string() } else { format!("'{member}' in it: {error}") };
        let path = self.path.clone();
        if TooMuch::is_in(error) { ArchiveError::TooMuch { path, what } } else { ArchiveError::Damaged { path, what } }
    }
}

fn open_zip(path: &Path) -> Result<zip::ZipArchive<BufReader<File>>, ArchiveError> {
    let file = File::open(path).map_err(|source| ArchiveError::Open { path: path.to_path_buf(), source })?;
    zip_directory::open(file)
        .map_err(|what| ArchiveError::Damaged { path: path.to_path_buf(), what: format!("not a whole zip ({what})") })
}

fn zip_members(path: &Path) -> Result<Vec<Member>, ArchiveError> {
    let mut zip = open_zip(path)?;
    let mut members = vec![];
    for index in 0..zip.len() {
        let file = zip.by_index_raw(index).map_err(|error| ArchiveError::Damaged {
            path: path.to_path_buf(),
            what: format!("entry {index} of the zip: {error}"),
        })?;
        if file.is_file() {
            members.push(Member { name: inside(&file.name().replace('\\', "/")), size: file.size(), place: index });
        }
    }
    Ok(members)
}

fn folder_members(folder: &Path) -> std::io::Result<Vec<Member>> {
    let mut members = vec![];
    let whole = folder.canonicalize()?;
    // A link to a file may lead anywhere, one to a folder not out of this one: it would be searched.
    let is_inside = |entry: &walkdir::DirEntry| {
        entry.depth() == 0
            || !(entry.path_is_symlink() && entry.file_type().is_dir())
            || entry.path().canonicalize().is_ok_and(|path| path.starts_with(&whole))
    };
    let entries = walkdir::WalkDir::new(folder).follow_links(true).max_depth(3).sort_by_file_name();
    for entry in entries.into_iter().filter_entry(is_inside) {
        let entry = match entry {
            Ok(entry) => entry,
            // A link that leads nowhere, or to itself or a folder above, is no file.
            Err(error) if error.loop_ancestor().is_some() || error.path().is_some_and(Path::is_symlink) => continue,
            Err(error) => return Err(error.into()),
        };
        if entry.file_type().is_file() {
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            members.push(Member { name: parts.join("/"), size: entry.metadata()?.len(), place: 0 });
        }
    }
    Ok(members)
}

/// A name without `./` before it.
fn inside(name: &str) -> String {
    name.trim_start_matches("./").to_string()
}

type TarWork<'a> = dyn FnMut(String, u64, &mut dyn Read) -> std::io::Result<bool> + 'a;

/// Goes through the files of a tar until `work` says `false`.
fn each_tar_entry(path: &Path, kind: Kind, work: &mut TarWork<'_>) -> Result<(), ArchiveError> {
    let file = File::open(path).map_err(|source| ArchiveError::Open { path: path.to_path_buf(), source })?;
    let most = limit::most(file.metadata().map_or(0, |data| data.len()));
    let file = BufReader::new(file);
    let reader: Box<dyn Read> =
        if kind == Kind::TarGzip { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    // A tar by itself may hold long stretches of nothing as well.
    let reader = Limited::new(reader, most);
    let damaged = |error: std::io::Error| {
        let (path, what) = (path.to_path_buf(), format!("the tar: {error}"));
        if TooMuch::is_in(&error) { ArchiveError::TooMuch { path, what } } else { ArchiveError::Damaged { path, what } }
    };
    let mut tar = tar::Archive::new(reader);
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = inside(&entry.path().map_err(damaged)?.to_string_lossy());
        let size = entry.size();
        if !work(name, size, &mut Limited::new(&mut entry, most)).map_err(damaged)? {
            break;
        }
    }
    Ok(())
}
