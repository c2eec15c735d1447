//! What `--model` names.

use nearmiss::commands::Console;
use std::path::PathBuf;

/// The directory of a model: the built-in `atlas`, a folder, a file in one, or one from the hub. That the built-in one
/// had to be mended is said.
///
/// # Errors
///
/// No such model; no room for the built-in one.
pub(super) fn model_directory(name: &str, console: Console) -> anyhow::Result<PathBuf> {
    let found = crate::classify::model::directory(name)?;
    found.note.iter().for_each(|note| console.warn(note));
    Ok(found.directory)
}
