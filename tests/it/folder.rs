//! Folders of small files that a test writes for itself.

use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder with texts in it, in folders of their own where their names say so.
pub(crate) fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    folder_with_bytes(&files)
}

/// A folder with files that need not be text.
pub(crate) fn folder_with_bytes(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// A file alone in a folder, which lasts as long as the first of the two.
pub(crate) fn saved(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}
