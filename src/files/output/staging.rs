//! Temporary folders that do not stay when their process is killed.

use super::lock::Lock;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A folder without a lock is somebody's that begins or ends, unless it is older.
const YOUNG: Duration = Duration::from_mins(1);

/// A folder in the making: removed when it is dropped, or, where the process was killed, by the next one that makes such
/// a folder in the same place.
#[derive(Debug)]
pub struct Staging {
    path: PathBuf,
    lock: Option<Lock>,
}

impl Staging {
    /// Makes an empty folder `.nearmiss-KIND-…` in another one, and removes those of processes that are no more.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn new_in(parent: &Path, kind: &str) -> std::io::Result<Staging> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let prefix = format!(".nearmiss-{kind}-");
        remove_left_behind(parent, &prefix);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("{prefix}{}-{number}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            }
            let mut staging = Staging { path, lock: None };
            staging.lock = Some(Lock::take(&staging.path).map_err(std::io::Error::other)?);
            return Ok(staging);
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the folder its name, under which there is nothing or an empty folder.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn publish(mut self, folder: &Path) -> std::io::Result<()> {
        self.lock = None;
        std::fs::rename(&self.path, folder)?;
        super::sync_folder(folder.parent().unwrap_or(Path::new("")));
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After it was published there is none; one that cannot be removed is left to the next.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

fn remove_left_behind(parent: &Path, prefix: &str) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || !entry.file_name().to_string_lossy().starts_with(prefix) {
            continue;
        }
        let old = || {
            let modified = entry.metadata().and_then(|metadata| metadata.modified()).ok()?;
            Some(modified.elapsed().is_ok_and(|age| age > YOUNG))
        };
        let locked = entry.path().join(super::lock::FILE).exists();
        let left = if locked { Lock::is_left_behind(&entry.path()) } else { old() };
        if left == Some(true) {
            // What cannot be removed is in nobody's way.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn folders_of_processes_that_are_no_more_are_removed_and_others_stay() {
        let parent = tempfile::tempdir().unwrap();
        let mine = Staging::new_in(parent.path(), "test").unwrap();
        let left = parent.path().join(".nearmiss-test-1-0");
        let young = parent.path().join(".nearmiss-test-2-0");
        let other = parent.path().join(".nearmiss-other-1-0");
        for folder in [&left, &young, &other] {
            std::fs::create_dir(folder).unwrap();
        }
        std::fs::write(left.join(super::super::lock::FILE), "1").unwrap();
        std::fs::write(other.join(super::super::lock::FILE), "1").unwrap();
        let second = Staging::new_in(parent.path(), "test").unwrap();
        assert!(mine.path().is_dir() && second.path().is_dir() && young.is_dir() && other.is_dir() && !left.exists());
        std::fs::write(second.path().join("file"), "x").unwrap();
        second.publish(&parent.path().join("whole")).unwrap();
        let names: Vec<_> =
            std::fs::read_dir(parent.path().join("whole")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["file"]);
        let path = mine.path().to_path_buf();
        drop(mine);
        assert!(!path.exists());
    }
}
