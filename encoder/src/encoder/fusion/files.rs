//! The files of a fusion encoder: `config.json`, and weights under transformers' names or a state dictionary of VL-T5's.

use super::error::FusionError;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::files::{FilesError, ModelFiles};
use crate::encoder::weights::ADAPTERS_FILE;
use std::path::{Path, PathBuf};

/// How the names of VL-T5's state dictionaries end (`LAST.pth`, `Epoch30.pth`).
const STATE: &str = "pth";

/// The files of a folder, or of the folder of a file of weights.
///
/// # Errors
///
/// [`FusionError`] with what is missing, or what there is too much of.
pub(super) fn find(path: &Path) -> Result<ModelFiles, FusionError> {
    let files = match ModelFiles::find(path) {
        Err(missing @ FilesError::Directory { .. }) if path.is_dir() => match &states(path)?[..] {
            [] => return Err(missing.into()),
            [only] => ModelFiles::find(only)?,
            several => {
                let names: Vec<String> =
                    several.iter().filter_map(|path| path.file_name()).map(|name| name.display().to_string()).collect();
                return Err(FusionError::SeveralWeights { path: path.to_path_buf(), names: names.join(", ") });
            }
        },
        found => found?,
    };
    let beside = files.folder.join(ADAPTERS_FILE);
    if beside.exists() { Err(FusionError::Beside { path: beside }) } else { Ok(files) }
}

/// The state dictionaries of a folder, by name.
///
/// # Errors
///
/// [`ConfigError::Open`]: one that is not seen may be the second of two.
fn states(folder: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let open = |source| ConfigError::Open { path: folder.to_path_buf(), source };
    let mut states = vec![];
    for entry in std::fs::read_dir(folder).map_err(open)? {
        let path = entry.map_err(open)?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == STATE) {
            states.push(path);
        }
    }
    states.sort();
    Ok(states)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn found(files: &[&str]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            std::fs::write(folder.path().join(name), r#"{"model_type": "t5"}"#).unwrap();
        }
        let files = find(folder.path()).map_err(|error| error.to_string())?;
        Ok(files.name_of(&files.weights[0].1))
    }

    #[test]
    fn transformers_names_come_before_the_only_state_dictionary() {
        assert_eq!(found(&["config.json", "LAST.pth"]), Ok("LAST.pth".to_string()));
        assert_eq!(found(&["config.json", "LAST.pth", "model.safetensors"]), Ok("model.safetensors".to_string()));
        let several = found(&["config.json", "LAST.pth", "BEST.pth"]).unwrap_err();
        assert!(several.ends_with("there are several files of weights: BEST.pth, LAST.pth; name one of them"), "{several}");
        assert!(found(&["config.json"]).unwrap_err().contains("model.safetensors or pytorch_model.bin is missing"));
        let beside = found(&["config.json", "LAST.pth", "adapters.safetensors"]).unwrap_err();
        assert!(
            beside.contains("adapters.safetensors: a fusion encoder's bottlenecks and prompt lie in its own weights"),
            "{beside}"
        );
    }
}
