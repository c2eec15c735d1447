//! Opens files that are files: a named pipe, a socket or a device would be waited for without end.

use std::fs::{File, FileType};
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

/// What stands where a file was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is {0} and no file")]
pub struct NoFile(pub &'static str);

impl NoFile {
    /// Whether an error of the system is this one.
    #[must_use]
    pub fn of(error: &Error) -> Option<NoFile> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// Opens a file, links followed.
///
/// # Errors
///
/// What the system says; [`NoFile`] for a folder, a pipe, a socket or a device.
pub fn open(path: &Path) -> Result<File> {
    match NoFile::of_type(std::fs::metadata(path)?.file_type()) {
        None => File::open(path),
        Some(other) => Err(Error::new(ErrorKind::InvalidInput, other)),
    }
}

/// All bytes of a file, links followed. What the shell makes of `<(…)` and of standard input is read too:
/// it has somebody at its other end.
///
/// # Errors
///
/// As [`open`].
pub fn read(path: &Path) -> Result<Vec<u8>> {
    if path.starts_with("/dev/fd") || path == Path::new("/dev/stdin") || path.starts_with("/proc/self/fd") {
        return std::fs::read(path);
    }
    let mut file = open(path)?;
    let length = file.metadata()?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    std::io::Read::read_to_end(&mut file, &mut bytes)?;
    Ok(bytes)
}

/// All text of a file, as [`read`] finds it.
///
/// # Errors
///
/// As [`open`]; text that is not UTF-8.
pub fn read_to_string(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?).map_err(|_| Error::new(ErrorKind::InvalidData, "the text is not UTF-8"))
}

impl NoFile {
    fn of_type(kind: FileType) -> Option<NoFile> {
        if kind.is_file() {
            return None;
        }
        if kind.is_dir() {
            return Some(NoFile("a folder"));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt as _;
            if kind.is_fifo() {
                return Some(NoFile("a named pipe"));
            }
            if kind.is_socket() {
                return Some(NoFile("a socket"));
            }
        }
        Some(NoFile("a device"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn what_is_no_file_is_named_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let cases = [
            (pipe.as_path(), "a named pipe"),
            (&socket, "a socket"),
            (folder.path(), "a folder"),
            (Path::new("/dev/zero"), "a device"),
        ];
        for (path, what) in cases {
            let error = read(path).unwrap_err();
            assert_eq!((NoFile::of(&error), error.to_string()), (Some(NoFile(what)), format!("it is {what} and no file")));
        }
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        assert_eq!(NoFile::of(&read(&link).unwrap_err()), Some(NoFile("a named pipe")));
        std::fs::write(folder.path().join("file"), "x").unwrap();
        assert_eq!(read(&folder.path().join("file")).unwrap(), b"x");
    }
}
