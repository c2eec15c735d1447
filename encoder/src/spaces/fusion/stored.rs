//! The arrays of a file by name, and the reading of some of their elements.

use super::array::{Array, Held, npy, singles, texts, wholes};
use nearmiss::files::archive::Archive;
use nearmiss::files::checkpoint::safetensors;
use nearmiss::files::regular_file;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Result as IoResult, Seek as _, SeekFrom};
use std::path::Path;

/// An array and its bytes.
#[derive(Debug)]
pub(super) struct Stored {
    pub array: Array,
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    /// Those of a member of an archive, which was unpacked.
    Held(Vec<u8>),
    /// Those of a file that holds several arrays.
    In(File),
}

/// What an array of labels holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Labels {
    /// Texts.
    Texts(Vec<String>),
    /// Whole numbers.
    Numbers(Vec<i64>),
}

/// The arrays of a file.
#[derive(Debug)]
pub(super) struct Arrays {
    /// Those that were asked for.
    found: BTreeMap<String, Stored>,
    /// The names of all.
    names: Vec<String>,
}

impl Arrays {
    /// The arrays of those names in a `.safetensors` or `.npz` file; others are passed over.
    pub fn open(path: &Path, wanted: &[&str]) -> Result<Arrays, String> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
        match &*extension {
            "safetensors" => in_safetensors(path, wanted),
            "npz" => in_archive(path, wanted),
            _ => Err("regions of photographs are read of .safetensors and .npz files".to_string()),
        }
    }

    /// Takes an array that must be there.
    pub fn take(&mut self, name: &str) -> Result<Stored, String> {
        let known = self.names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        self.take_if_there(name).ok_or_else(|| format!("no array '{name}' in it; there are {known}"))
    }

    /// Takes an array, if it is there.
    pub fn take_if_there(&mut self, name: &str) -> Option<Stored> {
        self.found.remove(name)
    }
}

fn in_safetensors(path: &Path, wanted: &[&str]) -> Result<Arrays, String> {
    let told = |error: Error| error.to_string();
    let mut file = regular_file::open(path).map_err(told)?;
    let length = file.metadata().map_err(told)?.len();
    let header = safetensors::header(&mut file, length)?;
    let mut found = BTreeMap::new();
    for (name, tensor) in header.tensors.iter().filter(|(name, _)| wanted.contains(&name.as_str())) {
        let array = Array::of(&tensor.dtype, &tensor.shape, header.start + tensor.place[0]);
        let array = array.map_err(|what| format!("'{name}': {what}"))?;
        found.insert(name.clone(), Stored { array, bytes: Bytes::In(file.try_clone().map_err(told)?) });
    }
    Ok(Arrays { found, names: header.tensors.into_keys().collect() })
}

fn in_archive(path: &Path, wanted: &[&str]) -> Result<Arrays, String> {
    let archive = Archive::open(path).map_err(|error| error.to_string())?;
    let (mut found, mut names) = (BTreeMap::new(), vec![]);
    for member in archive.members() {
        let name = member.name.strip_suffix(".npy").unwrap_or(&member.name).to_string();
        if wanted.contains(&name.as_str()) {
            // What unpacks to more than a stated multiple of the file is refused.
            let bytes = archive.bytes(member).map_err(|error| error.to_string())?;
            let array = npy(&bytes).map_err(|what| format!("'{name}': {what}"))?;
            found.insert(name.clone(), Stored { array, bytes: Bytes::Held(bytes) });
        }
        names.push(name);
    }
    Ok(Arrays { found, names })
}

impl Stored {
    /// So many numbers from the first one on, as f32.
    pub fn singles(&self, first: usize, count: usize) -> IoResult<Vec<f32>> {
        match self.array.held {
            Held::Numbers(number) => Ok(singles(&self.read(first, count)?, number)),
            Held::Texts(_) => Err(Error::new(ErrorKind::InvalidData, "texts where numbers were expected")),
        }
    }

    /// All elements of a list of labels; `None` for numbers with a fraction.
    pub fn labels(&self) -> IoResult<Option<Labels>> {
        let bytes = self.read(0, usize::try_from(self.array.elements()).unwrap_or(usize::MAX))?;
        Ok(match self.array.held {
            Held::Texts(characters) => Some(Labels::Texts(texts(&bytes, characters))),
            Held::Numbers(number) => wholes(&bytes, number).map(Labels::Numbers),
        })
    }

    /// The bytes of so many elements.
    fn read(&self, first: usize, count: usize) -> IoResult<Vec<u8>> {
        let end = || Error::from(ErrorKind::UnexpectedEof);
        let size = self.array.size();
        // Within what the header announces, which was held against the bytes that are there.
        let last = (first as u64).checked_add(count as u64).filter(|&last| last <= self.array.elements()).ok_or_else(end)?;
        let [start, stop] = [first as u64, last].map(|place| self.array.start + place * size);
        match &self.bytes {
            Bytes::Held(bytes) => {
                let place = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
                Ok(bytes.get(place(start)..place(stop)).ok_or_else(end)?.to_vec())
            }
            Bytes::In(file) => {
                let mut file: &File = file;
                let mut bytes = vec![0; usize::try_from(stop - start).map_err(|_| end())?];
                file.seek(SeekFrom::Start(start))?;
                file.read_exact(&mut bytes)?;
                Ok(bytes)
            }
        }
    }
}
