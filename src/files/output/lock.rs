//! One writer per folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The file that says who writes into a folder.
pub const FILE: &str = ".nearmiss-lock";

/// Why a folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process is writing into the folder.
    #[error(
        "{path}: another nearmiss{process} is writing into this folder; wait until it has ended, or name another folder with -o"
    )]
    Busy {
        /// The folder.
        path: PathBuf,
        /// ` (process 123)`, where that is known.
        process: String,
    },
    /// The folder cannot be made or written to.
    #[error("{path}: cannot write: {source}")]
    Folder {
        /// The folder or the file in it.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The right to write into a folder, until it is dropped.
///
/// The system takes the lock back when its process ends, however that ends: a file that a killed process left behind
/// keeps nobody out. Where the file system knows no locks, nobody is kept out either.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    /// The folder, where it was made for the lock: it goes with it if nothing came into it.
    made: Option<PathBuf>,
    // Holds the lock of the system while it is open.
    _file: File,
}

impl Lock {
    /// Takes the lock of a folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`LockError`]: another process holds it, or the folder cannot be written to.
    pub fn take(directory: &Path) -> Result<Lock, LockError> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source| LockError::Folder { path, source }
        };
        let made = (!directory.exists()).then(|| directory.to_path_buf());
        std::fs::create_dir_all(directory).map_err(failed(directory))?;
        let path = directory.join(FILE);
        loop {
            let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
            let mut file = open.map_err(failed(&path))?;
            if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                return Err(busy(directory, &mut file));
            }
            let process = std::process::id().to_string();
            let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(process.as_bytes()));
            written.map_err(failed(&path))?;
            // The one before may have removed the file after it was opened here: then another one is the lock.
            if std::fs::read(&path).is_ok_and(|found| found == process.as_bytes()) {
                return Ok(Lock { path, made, _file: file });
            }
        }
    }

    /// Whether a folder has the lock of a process that is no more; `None` where it has no lock, or nobody can tell.
    pub(super) fn is_left_behind(directory: &Path) -> Option<bool> {
        let file = OpenOptions::new().read(true).write(true).open(directory.join(FILE)).ok()?;
        match file.try_lock() {
            Ok(()) => Some(true),
            Err(TryLockError::WouldBlock) => Some(false),
            Err(TryLockError::Error(_)) => None,
        }
    }
}

fn busy(directory: &Path, file: &mut File) -> LockError {
    let mut process = String::new();
    let known = file.read_to_string(&mut process).is_ok() && process.parse::<u32>().is_ok();
    let process = if known { format!(" (process {process})") } else { String::new() };
    LockError::Busy { path: directory.to_path_buf(), process }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // One that stays is no obstacle, and a folder with something in it stays.
        let _ = std::fs::remove_file(&self.path);
        if let Some(made) = &self.made {
            let _ = std::fs::remove_dir(made);
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_a_file_left_behind_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("run");
        let lock = Lock::take(&directory).unwrap();
        let error = Lock::take(&directory).unwrap_err().to_string();
        let expected = format!("another nearmiss (process {}) is writing into this folder", std::process::id());
        assert!(error.contains(&expected), "{error}");
        drop(lock);
        assert!(!directory.exists(), "a folder in which nothing was written goes with its lock");
        std::fs::create_dir(&directory).unwrap();
        // Longer than the number of any process.
        std::fs::write(directory.join(FILE), "12345678901234567890").unwrap();
        let lock = Lock::take(&directory).unwrap();
        assert_eq!(std::fs::read_to_string(directory.join(FILE)).unwrap(), std::process::id().to_string());
        drop(lock);
    }
}
