//! Every decoder and reader of files, as something that takes bytes nobody vouches for.
//!
//! The tests feed each of them its seeds and thousands of damaged copies; `make fuzz` looks for worse, from the
//! same seeds. A reader may refuse any bytes; it may not panic, hang, or take memory beyond what it states.

mod archives;
mod checkpoints;
mod configurations;
mod lists;
mod parquets;
mod photographs;
mod tables;
mod taxonomies;
mod trees;
mod vectors;

use std::path::{Path, PathBuf};

/// A reader of files under attack.
#[derive(Clone, Copy)]
pub struct Reader {
    /// The name of its fuzz target.
    pub name: &'static str,
    /// The longest input that the fuzzer tries, in bytes.
    pub longest: usize,
    /// The most memory that it may take at once, in bytes for each byte of input, beyond [`Reader::base`].
    pub multiple: usize,
    /// The memory that any input may take, in bytes.
    pub base: usize,
    /// Reads the bytes, in a folder of its own where it reads files only, and panics where the result contradicts itself.
    pub read: fn(&Path, &[u8]),
    /// Small files of its kind: valid ones, and some that were faulty once.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of its grammar, which the fuzzer puts in.
    pub words: &'static [&'static str],
}

/// All readers, by name.
pub fn readers() -> Vec<Reader> {
    let mut readers: Vec<Reader> = vec![];
    readers.extend(configurations::READERS);
    readers.extend(taxonomies::READERS);
    readers.extend(photographs::READERS);
    for some in [
        archives::READERS,
        checkpoints::READERS,
        lists::READERS,
        parquets::READERS,
        tables::READERS,
        trees::READERS,
        vectors::READERS,
    ] {
        readers.extend(some);
    }
    readers.sort_by_key(|reader| reader.name);
    readers
}

/// The root of the checkout, from its own tests and from the fuzz targets.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().filter(|_| own.ends_with("fuzz")).unwrap_or(own).to_path_buf()
}

/// Puts the bytes where a reader of files finds them.
fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    assert!(std::fs::write(&path, bytes).is_ok(), "{} cannot be written", path.display());
    path
}

/// Texts as seeds.
fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
