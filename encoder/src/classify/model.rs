//! What a model is called, and the directory that is.

use super::label_cache::user_cache;
use super::listener::Listener;
use crate::atlas;
use crate::atlas::model::{self, Unpacked};
use crate::encoder::hub::{Hub, HubError};
use std::path::{Path, PathBuf};

/// Why a model is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Neither here nor on the hub.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// No room for the built-in one.
    #[error("{path}: cannot unpack the built-in model; set NEARMISS_CACHE: {source}")]
    Unpack {
        /// The cache.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The directory of a model: the built-in `atlas`, a folder, a file in one, or one from the hub; with a note where the
/// built-in one had to be mended.
///
/// # Errors
///
/// [`ModelError`]: no such model; no room for the built-in one.
pub fn directory(name: &str) -> Result<Unpacked, ModelError> {
    if name != model::NAME {
        return Ok(Unpacked { directory: Hub::from_env().resolve(name)?, note: None });
    }
    let cache = user_cache().unwrap_or_else(std::env::temp_dir);
    model::unpack(&cache).map_err(|source| ModelError::Unpack { path: cache, source })
}

/// Says so where the built-in model, which knows imaginary organisms alone, is asked about photographs that the atlas
/// did not draw: those in a folder that has no record of it, and lies in none that has.
pub(super) fn warn_of_imaginary(name: &str, photographs: &Path, listener: &dyn Listener) {
    let photographs = photographs.canonicalize().unwrap_or_else(|_| photographs.to_path_buf());
    if name == model::NAME && !photographs.ancestors().any(|folder| folder.join(atlas::RECORD).is_file()) {
        listener.warn(
            "the built-in model 'atlas' knows no real organism: it was trained on the drawings of `nearmiss atlas`, and its \
             answers about other photographs mean nothing; give another --model, such as hf-hub:imageomics/bioclip-2",
        );
    }
}
