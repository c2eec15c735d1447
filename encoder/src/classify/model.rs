//! What a model is called, and the directory that is.

use crate::atlas::model::{self, Unpacked};
use crate::classify::label_cache::user_cache;
use crate::encoder::hub::{Hub, HubError};
use std::path::PathBuf;

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
