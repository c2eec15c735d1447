//! What a file held when it was written.

use super::{RunError, TableFormat};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Length and SHA-256 of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSum {
    /// Length.
    pub bytes: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
}

impl FileSum {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn of(path: &Path) -> std::io::Result<FileSum> {
        Ok(FileSum { bytes: std::fs::metadata(path)?.len(), sha256: crate::files::sha256::of_file(path)? })
    }

    /// Compares a file with what it held.
    ///
    /// # Errors
    ///
    /// How it differs, in some words.
    pub fn check(&self, path: &Path) -> Result<(), String> {
        self.check_length(path)?;
        match crate::files::sha256::of_file(path) {
            Err(error) => Err(error.to_string()),
            Ok(found) if found != self.sha256 => Err("as long as it was, but with other content".to_string()),
            Ok(_) => Ok(()),
        }
    }

    /// Compares the length alone, which is quick.
    ///
    /// # Errors
    ///
    /// How it differs, in some words.
    pub fn check_length(&self, path: &Path) -> Result<(), String> {
        match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err("missing".to_string()),
            Err(error) => Err(error.to_string()),
            Ok(found) if found.len() != self.bytes => Err(format!("{} bytes instead of {}", found.len(), self.bytes)),
            Ok(_) => Ok(()),
        }
    }
}

/// Sums of the tables of a run directory, by file name.
pub(super) fn sums(directory: &Path, format: TableFormat) -> Result<BTreeMap<String, FileSum>, RunError> {
    let of = |table: &str| {
        let name = format!("{table}.{}", format.extension());
        let path = directory.join(&name);
        Ok((name, FileSum::of(&path).map_err(RunError::file(&path, "read"))?))
    };
    ["images", "labels", "predictions"].into_iter().map(of).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_cut_or_altered_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("images.parquet");
        std::fs::write(&path, "abcd").unwrap();
        let sum = FileSum::of(&path).unwrap();
        assert_eq!(sum.check(&path), Ok(()));
        for (content, said) in
            [("abce", "as long as it was, but with other content"), ("abc", "3 bytes instead of 4"), ("", "0 bytes instead of 4")]
        {
            std::fs::write(&path, content).unwrap();
            assert_eq!(sum.check(&path), Err(said.to_string()));
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(sum.check(&path), Err("missing".to_string()));
    }
}
