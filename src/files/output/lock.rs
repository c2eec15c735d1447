//! One writer per folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file that says who writes into a folder.
pub const FILE: &str = ".nearmiss-lock";

/// How often a lock that somebody holds is looked at before it is given up: who only asks whether it is held has it for a
/// moment, and a process that ends gives it back.
const LOOKS: u32 = 4;

/// How long it takes between two looks.
const BETWEEN: Duration = Duration::from_millis(50);

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
        /// ` (process 123)`, or ` (process 123 on node7)` of another machine, where that is known.
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

/// Whether a process writes into a folder, and which: its number and its machine (empty where the system says none), where
/// these are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// None does.
    Free,
    /// One does.
    By(Option<(u32, String)>),
    /// The file system knows no locks; this one began to write last.
    Unknown(Option<(u32, String)>),
}

/// The right to write into a folder, until it is dropped.
///
/// The system takes the lock back when its process ends, however that ends: a file that a killed process left behind
/// keeps nobody out. Where the file system knows no locks, nobody is kept out either.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    /// Whether the system keeps others out.
    is_kept: bool,
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
        let mut looks = LOOKS;
        loop {
            let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
            let mut file = open.map_err(failed(&path))?;
            let taken = file.try_lock();
            if matches!(taken, Err(TryLockError::WouldBlock)) {
                looks -= 1;
                if looks == 0 {
                    return Err(busy(directory, &mut file));
                }
                std::thread::sleep(BETWEEN);
                continue;
            }
            let process = process();
            let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(process.as_bytes()));
            written.map_err(failed(&path))?;
            // The one before may have removed the file after it was opened here: then another one is the lock.
            if std::fs::read(&path).is_ok_and(|found| found == process.as_bytes()) {
                return Ok(Lock { path, is_kept: taken.is_ok(), made, _file: file });
            }
        }
    }

    /// Whether the system keeps others out; the file system of some shared disks knows no locks.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// Whether a process writes into a folder now; the folder stays as it is.
    #[must_use]
    pub fn held(directory: &Path) -> Held {
        let path = directory.join(FILE);
        let open = OpenOptions::new().read(true).write(true).open(&path);
        // Folders of others can be looked at, too.
        let Ok(mut file) = open.or_else(|_| File::open(&path)) else { return Held::Free };
        match file.try_lock() {
            Ok(()) => Held::Free,
            Err(TryLockError::WouldBlock) => Held::By(holder(&mut file)),
            Err(TryLockError::Error(_)) => Held::Unknown(holder(&mut file)),
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

/// What the file of a lock says: the number of the process, and the machine where that has a name.
fn process() -> String {
    format!("{} {}", std::process::id(), machine()).trim_end().to_string()
}

/// The name of this machine; empty where the system does not say.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok());
    name.unwrap_or_default().trim().to_string()
}

fn busy(directory: &Path, file: &mut File) -> LockError {
    let process = match holder(file) {
        Some((number, other)) if other.is_empty() || other == machine() => format!(" (process {number})"),
        Some((number, other)) => format!(" (process {number} on {other})"),
        None => String::new(),
    };
    LockError::Busy { path: directory.to_path_buf(), process }
}

/// Number and machine of the process that has written a lock.
fn holder(file: &mut File) -> Option<(u32, String)> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    let (number, machine) = text.split_once(' ').unwrap_or((&text, ""));
    Some((number.parse().ok()?, machine.to_string()))
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
        assert_eq!(Lock::held(&directory), Held::Free);
        let lock = Lock::take(&directory).unwrap();
        assert!(lock.is_kept());
        let Held::By(Some((number, _))) = Lock::held(&directory) else { panic!("not held") };
        assert_eq!(number, std::process::id());
        let error = Lock::take(&directory).unwrap_err().to_string();
        let expected = format!("another nearmiss (process {}) is writing into this folder", std::process::id());
        assert!(error.contains(&expected), "{error}");
        // Of a machine with the same disk.
        std::fs::write(directory.join(FILE), "12 node7").unwrap();
        let error = Lock::take(&directory).unwrap_err().to_string();
        assert!(error.contains("another nearmiss (process 12 on node7) is writing"), "{error}");
        std::fs::write(directory.join(FILE), "").unwrap();
        assert!(Lock::take(&directory).unwrap_err().to_string().contains("another nearmiss is writing"));
        drop(lock);
        assert!(!directory.exists(), "a folder in which nothing was written goes with its lock");
        std::fs::create_dir(&directory).unwrap();
        // Longer than the number of any process.
        std::fs::write(directory.join(FILE), "12345678901234567890").unwrap();
        assert_eq!(Lock::held(&directory), Held::Free, "left behind");
        let lock = Lock::take(&directory).unwrap();
        assert_eq!(std::fs::read_to_string(directory.join(FILE)).unwrap(), process());
        drop(lock);
    }
}
