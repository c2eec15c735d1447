//! What `--model` names.

use std::path::PathBuf;

/// The directory of a model: the built-in `atlas`, a folder, a file in one, or one from the hub.
///
/// # Errors
///
/// No such model; no room for the built-in one.
pub(super) fn model_directory(name: &str) -> anyhow::Result<PathBuf> {
    Ok(crate::model::directory(name)?)
}
