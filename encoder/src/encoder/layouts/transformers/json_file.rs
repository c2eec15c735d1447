//! Files of JSON beside a model.

use crate::encoder::layouts::error::ConfigError;
use nearmiss::files::regular_file;
use serde::de::DeserializeOwned;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// What a file says; `None` where there is no such file.
pub fn read_if_there<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ConfigError> {
    let bytes = match regular_file::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ConfigError::Open { path: path.to_path_buf(), source }),
    };
    let wrong = |error: serde_json::Error| ConfigError::Json { path: path.to_path_buf(), reason: error.to_string() };
    serde_json::from_slice(&bytes).map(Some).map_err(wrong)
}

/// What a file says that must be there.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let missing = || ConfigError::Open { path: path.to_path_buf(), source: Error::from(ErrorKind::NotFound) };
    read_if_there(path)?.ok_or_else(missing)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_file_is_read_and_one_that_is_missing_or_broken_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        assert!(read_if_there::<Value>(&path).unwrap().is_none());
        let error = read::<Value>(&path).unwrap_err().to_string();
        assert!(error.contains("a.json: cannot read the model's configuration"), "{error}");
        std::fs::write(&path, "{\"a\": 1}").unwrap();
        assert_eq!(read::<Value>(&path).unwrap(), json!({"a": 1}));
        std::fs::write(&path, "{").unwrap();
        let error = read::<Value>(&path).unwrap_err().to_string();
        assert!(error.contains("a.json: not a model's configuration: EOF"), "{error}");
    }
}
