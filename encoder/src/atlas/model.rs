//! The model that travels inside the program: trained on the atlas of seed 0, and on nothing else.
//!
//! Its card is the README of `encoder/src/atlas/model`, which also holds the configuration it was trained with.

use crate::encoder::layouts::open_clip::CONFIG_FILE;
use flate2::read::GzDecoder;
use nearmiss::files::output::{is_part, write_whole};
use std::io::Read;
use std::path::{Path, PathBuf};

/// What `--model` calls it, and `--taxonomy` its taxonomy.
pub const NAME: &str = "atlas";

const CONFIG: &[u8] = include_bytes!("model/open_clip_config.json");
const WEIGHTS: &[u8] = include_bytes!("model/open_clip_model.safetensors.gz");

/// The name of its weights.
const WEIGHTS_FILE: &str = "open_clip_model.safetensors";

/// The built-in model on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// Its directory.
    pub directory: PathBuf,
    /// What was the matter with the files that lay there, a sentence; `None` where nothing was.
    pub note: Option<String>,
}

/// Writes the model into a cache, unless it is there byte for byte, and returns its directory.
///
/// # Errors
///
/// What the file system says.
pub fn unpack(cache: &Path) -> std::io::Result<Unpacked> {
    let digest = nearmiss::files::sha256::hex([CONFIG, WEIGHTS]);
    let directory = cache.join(format!("atlas-model-{}", &digest[..16]));
    let mut weights = vec![];
    GzDecoder::new(WEIGHTS).read_to_end(&mut weights)?;
    let files = [(CONFIG_FILE, CONFIG), (WEIGHTS_FILE, weights.as_slice())];
    let is_new = !directory.exists();
    std::fs::create_dir_all(&directory)?;
    let mut wrong = vec![];
    // A file beside them, such as another vocabulary, would make another model of it.
    for entry in std::fs::read_dir(&directory)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !is_part(&name) && files.iter().all(|(known, _)| name != *known) {
            let path = directory.join(&name);
            if path.is_dir() {
                std::fs::remove_dir_all(path)?;
            } else {
                std::fs::remove_file(path)?;
            }
            wrong.push(format!("'{name}' is no file of it and was removed"));
        }
    }
    for (name, bytes) in files {
        let path = directory.join(name);
        if std::fs::read(&path).is_ok_and(|found| found == bytes) {
            continue;
        }
        write_whole(&path, bytes)?;
        wrong.push(format!("'{name}' was not as it is in the program and was unpacked again"));
    }
    let note = format!("the built-in model in {}: {}", directory.display(), wrong.join("; "));
    Ok(Unpacked { directory, note: (!is_new && !wrong.is_empty()).then_some(note) })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_not_those_of_the_program_are_unpacked_again_and_told() {
        let cache = tempfile::tempdir().unwrap();
        let first = unpack(cache.path()).unwrap();
        assert_eq!(first.note, None);
        assert_eq!(unpack(cache.path()).unwrap(), first);
        let weights = first.directory.join(WEIGHTS_FILE);
        let whole = std::fs::read(&weights).unwrap();
        let mut altered = whole.clone();
        altered[whole.len() / 2] ^= 1;
        for bytes in [altered, whole[..1000].to_vec(), vec![]] {
            std::fs::write(&weights, bytes).unwrap();
            let note = unpack(cache.path()).unwrap().note.unwrap();
            assert!(note.contains("was not as it is in the program and was unpacked again"), "{note}");
            assert!(std::fs::read(&weights).unwrap() == whole);
        }
        std::fs::write(first.directory.join("tokenizer.json"), "{}").unwrap();
        std::fs::remove_file(&weights).unwrap();
        let note = unpack(cache.path()).unwrap().note.unwrap();
        assert!(note.contains("'tokenizer.json' is no file of it and was removed"), "{note}");
        assert_eq!(unpack(cache.path()).unwrap(), first);
    }
}
