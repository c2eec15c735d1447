//! Checkpoints that `torch.save` wrote: a zip of a pickle and of the storages it refers to.

use super::pickle::LONGEST_PROGRAM;
use super::state::{self, TensorView};
use crate::files::archive::zip_directory;
use std::collections::HashMap;
use std::io::{Read, Seek};
use std::path::Path;

/// The end of the name of the pickle in the archive.
const PROGRAM_FILE: &str = "data.pkl";

/// A tensor inside a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTensor {
    /// Its name in the state dictionary.
    pub name: String,
    /// How it lies in its storage.
    pub view: TensorView,
    /// Place of the storage in the file, in bytes.
    pub start: u64,
    /// Length of the storage in the file, in bytes.
    pub length: u64,
}

/// Finds the tensors of the state dictionary in a file.
///
/// The dictionary is the file's own, or its `state_dict`, as training writes it.
///
/// # Errors
///
/// Says in a few words what the file is instead.
pub fn find_tensors(path: &Path) -> Result<Vec<StoredTensor>, String> {
    let file = crate::files::regular_file::open(path).map_err(|error| error.to_string())?;
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    tensors_in(file, length)
}

/// Finds the tensors of the state dictionary in the `length` bytes of a file.
///
/// # Errors
///
/// As [`find_tensors`].
pub fn tensors_in(file: impl Read + Seek, length: u64) -> Result<Vec<StoredTensor>, String> {
    let mut archive = zip_directory::open(file).map_err(|what| format!("no whole zip archive: {what}"))?;
    let mut records: HashMap<String, (u64, u64)> = HashMap::new();
    let mut program = None;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| error.to_string())?;
        let name = entry.name().to_string();
        if name == PROGRAM_FILE || name.ends_with(&format!("/{PROGRAM_FILE}")) {
            if program.replace((index, name.len() - PROGRAM_FILE.len())).is_some() {
                return Err(format!("two files {PROGRAM_FILE} in the archive"));
            }
        } else if entry.compression() == zip::CompressionMethod::Stored {
            records.insert(name, (entry.data_start(), entry.size()));
        }
    }
    let (program, prefix) = program.ok_or_else(|| format!("no {PROGRAM_FILE} in the archive"))?;
    let bytes = read_entry(&mut archive, program, LONGEST_PROGRAM.min(length))?;
    let prefix = archive.by_index_raw(program).map_err(|error| error.to_string())?.name()[..prefix].to_string();
    if let Some(index) = (0..archive.len()).find(|&index| is_order(&mut archive, index, &prefix)) {
        let order = read_entry(&mut archive, index, 16)?;
        if order.trim_ascii() != b"little" {
            return Err(format!("byte order '{}'", String::from_utf8_lossy(&order).trim()));
        }
    }
    let folder = format!("{prefix}data/");
    let records: HashMap<&str, (u64, u64)> =
        records.iter().filter_map(|(name, &record)| Some((name.strip_prefix(&folder)?, record))).collect();
    state::tensors(&bytes)?.into_iter().map(|(name, view)| locate(name, view, &records, length)).collect()
}

fn is_order<R: Read + Seek>(archive: &mut zip::ZipArchive<R>, index: usize, prefix: &str) -> bool {
    archive.by_index_raw(index).is_ok_and(|entry| entry.name().strip_prefix(prefix) == Some("byteorder"))
}

/// The bytes of an entry that may have at most `most`.
fn read_entry<R: Read + Seek>(archive: &mut zip::ZipArchive<R>, index: usize, most: u64) -> Result<Vec<u8>, String> {
    let mut entry = archive.by_index(index).map_err(|error| error.to_string())?;
    let mut bytes = vec![];
    (&mut entry).take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most {
        return Err(format!("'{}' in the archive has more than the {most} bytes that are read", entry.name()));
    }
    Ok(bytes)
}

fn locate(name: String, view: TensorView, records: &HashMap<&str, (u64, u64)>, file: u64) -> Result<StoredTensor, String> {
    let key = &view.key;
    let &(start, length) = records
        .get(key.as_str())
        .ok_or_else(|| format!("storage '{key}' of tensor '{name}' is missing, or compressed, which PyTorch never does"))?;
    if start.checked_add(length).is_none_or(|end| end > file) {
        return Err(format!("storage '{key}' of tensor '{name}' goes on behind the end of the file"));
    }
    let stored = length / view.number.size();
    match view.extent() {
        // A tensor of more elements than its stretch of the storage has repeats them: memory for nothing.
        Some((count, reach)) if reach <= stored && count <= reach - view.offset.min(reach) => {
            Ok(StoredTensor { name, view, start, length })
        }
        _ => Err(format!("tensor '{name}' does not lie in its storage")),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::super::Number;
    use super::super::state::tests::PROGRAM;
    use super::*;
    use std::io::{Cursor, Write as _};

    fn zipped(files: &[(&str, &[u8], zip::CompressionMethod)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
        for (name, bytes, method) in files {
            writer.start_file(*name, zip::write::FileOptions::default().compression_method(*method)).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn read(bytes: &[u8]) -> Result<Vec<StoredTensor>, String> {
        tensors_in(Cursor::new(bytes), bytes.len() as u64)
    }

    #[test]
    fn a_tensor_must_lie_in_its_storage() {
        use zip::CompressionMethod::{Deflated, Stored};
        // Elements 1 and 4 of two bytes each: five elements, ten bytes.
        let good = zipped(&[("x/data.pkl", PROGRAM, Stored), ("x/byteorder", b"little", Stored), ("x/data/0", &[7; 10], Stored)]);
        let found = read(&good).unwrap();
        assert_eq!((found[0].name.as_str(), found[0].view.number, found[0].length), ("a", Number::F16, 10));
        let start = usize::try_from(found[0].start).unwrap();
        assert_eq!(good[start..start + 10], [7; 10]);
        let short = zipped(&[("x/data.pkl", PROGRAM, Stored), ("x/data/0", &[7; 9], Stored)]);
        assert_eq!(read(&short).unwrap_err(), "tensor 'a' does not lie in its storage");
        let packed = zipped(&[("x/data.pkl", PROGRAM, Stored), ("x/data/0", &[7; 10], Deflated)]);
        assert!(read(&packed).unwrap_err().contains("storage '0' of tensor 'a' is missing, or compressed"));
        let big = zipped(&[("x/data.pkl", PROGRAM, Stored), ("x/byteorder", b"big", Stored), ("x/data/0", &[7; 10], Stored)]);
        assert_eq!(read(&big).unwrap_err(), "byte order 'big'");
        let twice = zipped(&[("x/data.pkl", PROGRAM, Stored), ("y/data.pkl", PROGRAM, Stored)]);
        assert_eq!(read(&twice).unwrap_err(), "two files data.pkl in the archive");
    }

    #[test]
    fn a_tensor_that_repeats_its_storage_is_refused() {
        // Size [2], stride [0]: one element, taken twice.
        let at = PROGRAM.windows(3).position(|window| window == b"K\x03\x85").unwrap();
        let repeated = [&PROGRAM[..at], b"K\x00\x85", &PROGRAM[at + 3..]].concat();
        let file = zipped(&[
            ("x/data.pkl", &repeated, zip::CompressionMethod::Stored),
            ("x/data/0", &[0; 64], zip::CompressionMethod::Stored),
        ]);
        assert_eq!(read(&file).unwrap_err(), "tensor 'a' does not lie in its storage");
    }

    #[test]
    fn a_pickle_that_unpacks_beyond_its_file_is_refused() {
        let bomb = vec![0; 8 << 20];
        let file = zipped(&[("x/data.pkl", &bomb, zip::CompressionMethod::Deflated)]);
        assert!(file.len() < 100_000);
        let sentence = read(&file).unwrap_err();
        assert!(sentence.starts_with("'x/data.pkl' in the archive has more than the"), "{sentence}");
    }

    #[test]
    fn every_shorter_file_is_an_error() {
        let stored = zip::CompressionMethod::Stored;
        let good = zipped(&[("x/data.pkl", PROGRAM, stored), ("x/data/0", &[7; 10], stored)]);
        assert!((0..good.len()).all(|length| read(&good[..length]).is_err()));
    }
}
