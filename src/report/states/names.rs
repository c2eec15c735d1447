//! Whether an image is counted twice, told by fingerprints of names.
//!
//! Each name is kept as the first 64 bits of its SHA-256, sorted: 8 bytes an image, in memory up to four million of them and
//! then in a temporary file, and a pass over all of them in order. An image that is there twice is always found; two
//! different names are taken for one by chance once in 2⁶⁴ pairs, which of 214 million images is once in 800 such tables.

use super::error::StateError;
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Fingerprints that are held in memory.
const HELD: usize = 1 << 22;

/// Fingerprints of the names of some images.
#[derive(Debug, Default)]
pub struct Names {
    held: Vec<u64>,
    /// Where sorted ones lie in the file, and how many.
    spilled: Vec<(u64, u64)>,
    file: Option<File>,
    count: u64,
}

/// Sorted fingerprints that are read one by one.
pub type Sorted<'a> = Box<dyn Iterator<Item = Result<u64, StateError>> + 'a>;

/// The fingerprint of a name.
#[must_use]
pub fn fingerprint(name: &str) -> u64 {
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

impl Names {
    /// Adds names.
    ///
    /// # Errors
    ///
    /// What the system says of the temporary file.
    pub fn add<'n>(&mut self, names: impl IntoIterator<Item = &'n String>) -> std::io::Result<()> {
        for name in names {
            self.held.push(fingerprint(name));
            self.count += 1;
            if self.held.len() == HELD {
                self.spill()?;
            }
        }
        Ok(())
    }

    /// Number of names.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn spill(&mut self) -> std::io::Result<()> {
        self.held.sort_unstable();
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let start = file.seek(SeekFrom::End(0))?;
        let mut writer = BufWriter::new(file);
        for number in &self.held {
            writer.write_all(&number.to_le_bytes())?;
        }
        writer.flush()?;
        self.spilled.push((start, self.held.len() as u64));
        self.held.clear();
        Ok(())
    }

    /// All of them in order; one that is there twice comes twice.
    ///
    /// # Errors
    ///
    /// What the system says of the temporary file.
    pub fn sorted(&mut self) -> Result<Sorted<'_>, StateError> {
        self.held.sort_unstable();
        let failed = || StateError::file(Path::new("temporary file of fingerprints"), "read");
        let mut sources: Vec<Sorted<'_>> = vec![Box::new(self.held.iter().copied().map(Ok))];
        for &(start, count) in &self.spilled {
            let Some(file) = &self.file else { continue };
            let slice = Slice { file, at: start, end: start + 8 * count };
            let mut reader = BufReader::with_capacity(1 << 16, slice);
            let mut next = move || {
                let mut bytes = [0; 8];
                reader.read_exact(&mut bytes).map(|()| u64::from_le_bytes(bytes)).map_err(failed())
            };
            sources.push(Box::new((0..count).map(move |_| next())));
        }
        Ok(Box::new(Merged::of(sources).map(|found| found.map(|(number, _)| number))))
    }
}

/// A part of a file, read wherever others read theirs.
struct Slice<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl Read for Slice<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(bytes.len());
        let mut file = self.file;
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(&mut bytes[..left])?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Several sorted lists as one, each number with the list that it comes from.
pub struct Merged<'a> {
    sources: Vec<Sorted<'a>>,
    next: BinaryHeap<Reverse<(u64, usize)>>,
    fault: Option<StateError>,
}

impl<'a> Merged<'a> {
    /// Of sorted lists.
    #[must_use]
    pub fn of(sources: Vec<Sorted<'a>>) -> Self {
        let mut merged = Self { sources, next: BinaryHeap::new(), fault: None };
        (0..merged.sources.len()).for_each(|source| merged.advance(source));
        merged
    }

    fn advance(&mut self, source: usize) {
        match self.sources[source].next() {
            Some(Ok(number)) => self.next.push(Reverse((number, source))),
            Some(Err(fault)) => self.fault = Some(fault),
            None => {}
        }
    }
}

impl Iterator for Merged<'_> {
    type Item = Result<(u64, usize), StateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(fault) = self.fault.take() {
            self.next.clear();
            return Some(Err(fault));
        }
        let Reverse((number, source)) = self.next.pop()?;
        self.advance(source);
        Some(Ok((number, source)))
    }
}

/// Refuses parts that share images; SHA-256 of the fingerprints of all of them, in order.
///
/// # Errors
///
/// [`StateError::Twice`] with the parts, [`StateError::TwiceInOne`]; what cannot be read.
pub fn check_once(parts: Vec<(PathBuf, Sorted<'_>)>) -> Result<String, StateError> {
    let (paths, sources): (Vec<PathBuf>, Vec<Sorted<'_>>) = parts.into_iter().unzip();
    let mut twice: std::collections::BTreeMap<(usize, usize), u64> = std::collections::BTreeMap::new();
    let mut before: Option<(u64, usize)> = None;
    let mut sum = Sha256::new();
    for found in Merged::of(sources) {
        let (number, source) = found?;
        if let Some((_, other)) = before.filter(|(known, _)| *known == number) {
            *twice.entry((other.min(source), other.max(source))).or_default() += 1;
        }
        before = Some((number, source));
        sum.update(number.to_be_bytes());
    }
    match twice.into_iter().max_by_key(|(parts, images)| (*images, Reverse(*parts))) {
        None => Ok(hexadecimal(&sum.finalize())),
        Some(((one, other), images)) if one == other => Err(StateError::TwiceInOne { path: paths[one].clone(), images }),
        Some(((one, other), images)) => {
            Err(StateError::Twice { path: paths[other].clone(), other_path: paths[one].clone(), images })
        }
    }
}

/// Bytes in hexadecimal.
fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Names {
        let mut names = Names::default();
        names.add(&texts.iter().map(ToString::to_string).collect::<Vec<String>>()).unwrap();
        names
    }

    fn check(parts: &[&[&str]]) -> Result<String, String> {
        let mut all: Vec<Names> = parts.iter().map(|part| names(part)).collect();
        let named = all.iter_mut().enumerate().map(|(place, names)| (PathBuf::from(format!("{place}")), names.sorted().unwrap()));
        check_once(named.collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_image_in_two_parts_or_twice_in_one_is_found() {
        let together = check(&[&["a", "b", "c"]]).unwrap();
        assert_eq!(check(&[&["c", "b"], &["a"], &[]]), Ok(together));
        // Two of them in the second and the third, one in the first and the third.
        let said = check(&[&["x"], &["a", "b", "c"], &["c", "x", "a"]]).unwrap_err();
        assert!(said.starts_with("2: 2 of its images are in 1 too"), "{said}");
        assert!(check(&[&["a"], &["b", "b"]]).unwrap_err().starts_with("1: 1 of its images are in it twice"));
    }

    #[test]
    fn what_does_not_fit_into_memory_is_read_back_in_order() {
        let mut names = Names::default();
        for name in 0..100 {
            names.add([&name.to_string()]).unwrap();
            if name % 7 == 0 {
                names.spill().unwrap();
            }
        }
        let mut expected: Vec<u64> = (0..100).map(|name| fingerprint(&name.to_string())).collect();
        expected.sort_unstable();
        let found: Vec<u64> = names.sorted().unwrap().map(Result::unwrap).collect();
        assert_eq!((found, names.len()), (expected, 100));
        // SHA-256 of "abc" begins with ba7816bf8f01cfea (FIPS 180-2).
        assert_eq!(fingerprint("abc"), 0xba78_16bf_8f01_cfea);
    }
}
