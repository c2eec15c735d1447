//! The model that travels inside the program: trained on the atlas of seed 0, and on nothing else.
//!
//! Its card is the README of `src/atlas/model`, which also holds the configuration it was trained with.

use crate::encoder::config::CONFIG_FILE;
use crate::encoder::weights::WEIGHTS_FILES;
use flate2::read::GzDecoder;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What `--model` calls it, and `--taxonomy` its taxonomy.
pub const NAME: &str = "atlas";

const CONFIG: &[u8] = include_bytes!("model/open_clip_config.json");
const WEIGHTS: &[u8] = include_bytes!("model/open_clip_model.safetensors.gz");

/// Writes the model into a cache, once, and returns its directory.
///
/// # Errors
///
/// What the file system says.
pub fn unpack(cache: &Path) -> std::io::Result<PathBuf> {
    let digest = crate::sha256::hex([CONFIG, WEIGHTS]);
    let directory = cache.join(format!("atlas-model-{}", &digest[..16]));
    if directory.join(WEIGHTS_FILES[0]).is_file() {
        return Ok(directory);
    }
    std::fs::create_dir_all(cache)?;
    let draft = tempfile::Builder::new().prefix(".atlas-model-").tempdir_in(cache)?;
    let mut weights = vec![];
    GzDecoder::new(WEIGHTS).read_to_end(&mut weights)?;
    std::fs::write(draft.path().join(CONFIG_FILE), CONFIG)?;
    std::fs::write(draft.path().join(WEIGHTS_FILES[0]), weights)?;
    match std::fs::rename(draft.path(), &directory) {
        Ok(()) => {
            // It has moved: there is nothing left to remove.
            let _ = draft.keep();
            Ok(directory)
        }
        // Another process was faster.
        Err(_) if directory.join(WEIGHTS_FILES[0]).is_file() => Ok(directory),
        Err(error) => Err(error),
    }
}
