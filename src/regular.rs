//! Files that end: pipes and devices, which need not, are refused before they are opened.

use std::io::{self, Error};
use std::path::Path;

/// Whether the path is a file or a folder; `Ok` for both.
///
/// # Errors
///
/// A path that is missing, and a pipe, socket or device: opening one may wait for ever.
pub fn check(path: &Path) -> io::Result<()> {
    let kind = std::fs::metadata(path)?.file_type();
    if kind.is_file() || kind.is_dir() {
        return Ok(());
    }
    Err(Error::other("it is a pipe or a device and no file; write its contents to a file first"))
}

/// All bytes of a file.
///
/// # Errors
///
/// As [`check`], and where the file cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    check(path)?;
    std::fs::read(path)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_and_devices_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "text").unwrap();
        assert_eq!(read(&file).unwrap(), b"text");
        assert!(read(&folder.path().join("none")).is_err());
        #[cfg(unix)]
        assert!(read(Path::new("/dev/zero")).unwrap_err().to_string().contains("device"));
    }
}
