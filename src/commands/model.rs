//! What `--model` names.

use crate::atlas::model;
use crate::hub::Hub;
use crate::label_cache::user_cache;
use anyhow::Context;
use std::path::PathBuf;

/// The directory of a model: the built-in `atlas`, a folder, a file in one, or one from the hub.
///
/// # Errors
///
/// No such model; no room for the built-in one.
pub(super) fn model_directory(name: &str) -> anyhow::Result<PathBuf> {
    if name != model::NAME {
        return Ok(Hub::from_env().resolve(name)?);
    }
    let cache = user_cache().unwrap_or_else(std::env::temp_dir);
    model::unpack(&cache).with_context(|| format!("{}: cannot unpack the built-in model; set NEARMISS_CACHE", cache.display()))
}
