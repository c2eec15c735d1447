//! One thing on disk that holds files: a file, a folder, a zip, a gzip or a tar.
//!
//! What Finder and friends leave in archives (`__MACOSX`, `._name`, `.DS_Store`) is not a member.

pub mod unpacked;

use crate::regular;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use unpacked::Unpacked;

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
    /// Its path inside, with `/` between the parts.
    pub name: String,
    /// Its length in bytes; of a gzip the compressed length.
    pub size: u64,
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
}

/// Magic bytes: a file's name may lie.
fn kind_of(path: &Path) -> std::io::Result<Kind> {
    if path.is_dir() {
        return Ok(Kind::Folder);
    }
    regular::check(path)?;
    let mut head = [0; 512];
    let length = read_up_to(&mut File::open(path)?, &mut head)?;
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
    name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX" || part == "Thumbs.db")
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
            Kind::Plain => vec![Member { name: own_name(), size: own_size() }],
            Kind::Gzip => {
                let name = own_name();
                let name = name.strip_suffix(".gz").unwrap_or(&name).to_string();
                vec![Member { name, size: own_size() }]
            }
            Kind::Folder => folder_members(path).map_err(open)?,
            Kind::Zip => zip_members(path)?,
            Kind::Tar | Kind::TarGzip => {
                let mut members = vec![];
                each_tar_entry(path, kind, &mut |name, size, _| {
                    members.push(Member { name, size });
                    Ok(true)
                })?;
                members
            }
        };
        members.retain(|member| !is_litter(&member.name) || kind == Kind::Plain);
        Ok(Archive { path: path.to_path_buf(), kind, members })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is one file as it is or compressed, not a collection.
    #[must_use]
    pub fn is_single(&self) -> bool {
        matches!(self.kind, Kind::Plain | Kind::Gzip)
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
            Kind::Folder => {
                let path = self.path.join(&member.name);
                let file = File::open(&path).map_err(|source| ArchiveError::Open { path, source })?;
                work(&mut BufReader::new(file))
            }
            Kind::Gzip => {
                let file = File::open(&self.path).map_err(open)?;
                let packed = file.metadata().map_err(open)?.len();
                work(&mut Unpacked::new(flate2::read::MultiGzDecoder::new(BufReader::new(file)), packed))
            }
            Kind::Zip => {
                let mut zip = open_zip(&self.path)?;
                let file = zip.by_name(&member.name).map_err(|error| self.damaged(&member.name, &error))?;
                let packed = file.compressed_size();
                work(&mut Unpacked::new(file, packed))
            }
            Kind::Tar | Kind::TarGzip => {
                let mut work = Some(work);
                let mut result = None;
                each_tar_entry(&self.path, self.kind, &mut |name, _, reader| {
                    if name != member.name {
                        return Ok(true);
                    }
                    let mut bytes = vec![];
                    reader.read_to_end(&mut bytes)?;
                    result = work.take().map(|work| work(&mut bytes.as_slice()));
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
        self.read(member, |reader| {
            let mut bytes = vec![];
            reader.read_to_end(&mut bytes).map_err(|error| self.damaged(&member.name, &error))?;
            Ok(bytes)
        })
    }

    /// A sentence about a member that stops in the middle.
    #[must_use]
    pub fn damaged(&self, member: &str, error: &dyn std::fmt::Display) -> ArchiveError {
        let what = if self.is_single() { error.to_string() } else { format!("'{member}' in it: {error}") };
        ArchiveError::Damaged { path: self.path.clone(), what }
    }
}

fn open_zip(path: &Path) -> Result<zip::ZipArchive<BufReader<File>>, ArchiveError> {
    let file = File::open(path).map_err(|source| ArchiveError::Open { path: path.to_path_buf(), source })?;
    zip::ZipArchive::new(BufReader::new(file))
        .map_err(|error| ArchiveError::Damaged { path: path.to_path_buf(), what: format!("not a whole zip ({error})") })
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
            members.push(Member { name: file.name().replace('\\', "/"), size: file.size() });
        }
    }
    Ok(members)
}

fn folder_members(folder: &Path) -> std::io::Result<Vec<Member>> {
    let mut members = vec![];
    for entry in walkdir::WalkDir::new(folder).follow_links(true).max_depth(3).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            members.push(Member { name: parts.join("/"), size: entry.metadata()?.len() });
        }
    }
    Ok(members)
}

type TarWork<'a> = dyn FnMut(String, u64, &mut dyn Read) -> std::io::Result<bool> + 'a;

/// Goes through the files of a tar until `work` says `false`.
fn each_tar_entry(path: &Path, kind: Kind, work: &mut TarWork<'_>) -> Result<(), ArchiveError> {
    let file = File::open(path).map_err(|source| ArchiveError::Open { path: path.to_path_buf(), source })?;
    let packed = file.metadata().map_or(0, |data| data.len());
    let file = BufReader::new(file);
    let reader: Box<dyn Read> = if kind == Kind::TarGzip {
        Box::new(Unpacked::new(flate2::read::MultiGzDecoder::new(file), packed))
    } else {
        Box::new(file)
    };
    let damaged = |error: std::io::Error| ArchiveError::Damaged { path: path.to_path_buf(), what: format!("the tar: {error}") };
    let mut tar = tar::Archive::new(reader);
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path().map_err(damaged)?.to_string_lossy().trim_start_matches("./").to_string();
        let size = entry.size();
        if !work(name, size, &mut entry).map_err(damaged)? {
            break;
        }
    }
    Ok(())
}
