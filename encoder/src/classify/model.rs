//! What a model is called, and the directory that is.

use super::label_cache::user_cache;
use super::listener::Listener;
use crate::atlas;
use crate::atlas::model::{self, Unpacked};
use crate::encoder::hub::{HUB_PREFIX, Hub, HubError};
use nearmiss::numbers::nearest::nearest;
use std::path::{Path, PathBuf};

/// Those who keep models of photographs of organisms on the hub.
const OWNERS: [&str; 3] = ["imageomics", "laion", "timm"];

/// Why a model is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Nothing here, but something is called nearly so.
    #[error(
        "model '{model}' is no folder or file here (did you mean '{meant}'?); give a model directory, '{HUB_PREFIX}OWNER/NAME' for a \
         model of the hub, or '{}' for the built-in one",
        model::NAME
    )]
    Misspelt {
        /// What was given.
        model: String,
        /// What may be meant.
        meant: String,
    },
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
        let directory = Hub::from_env().resolve(name).map_err(|error| match (error, meant(name)) {
            (HubError::Unknown { model }, Some(meant)) => ModelError::Misspelt { model, meant },
            (error, _) => ModelError::Hub(error),
        })?;
        return Ok(Unpacked { directory, note: None });
    }
    let cache = user_cache().unwrap_or_else(std::env::temp_dir);
    model::unpack(&cache).map_err(|source| ModelError::Unpack { path: cache, source })
}

/// The model that is called nearly so: the built-in one, or one of the hub without what stands before its name.
fn meant(name: &str) -> Option<String> {
    if let Some(built_in) = nearest(name, [model::NAME]) {
        return Some(built_in.to_string());
    }
    let (prefix, name) = name.split_once(':').unwrap_or(("", name));
    let (owner, model) = name.split_once('/')?;
    // Any other name with a slash is as likely a folder that is not there.
    let is_of_hub = OWNERS.contains(&owner) || nearest(prefix, ["hf-hub"]).is_some();
    (is_of_hub && !model.is_empty() && !model.contains('/')).then(|| format!("{HUB_PREFIX}{name}"))
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
