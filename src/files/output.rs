//! Files and folders that are there whole or not at all, also after a power cut, and written by one process at a time.

pub mod draft;
pub mod lock;
pub mod staging;

use std::fs::File;
use std::io::{Result, Write};
use std::path::{Path, PathBuf};

/// Writes a file whole or not at all: to a temporary name beside it, then to the disk, then renamed.
///
/// # Errors
///
/// What the system says.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    // Several processes may write the same file of a cache.
    let temporary = with_ending(path, &format!(".{}.part", std::process::id()));
    let written = File::create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        publish(&file, &temporary, path)
    });
    if written.is_err() {
        // The reason why it could not be written is the one to tell.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

/// The name a file has until it is whole.
#[must_use]
pub fn temporary_name(path: &Path) -> PathBuf {
    with_ending(path, ".part")
}

/// Whether a file has the name of one that is not whole yet.
#[must_use]
pub fn is_part(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "part")
}

/// Gives a file that is written its name: its bytes reach the disk before the name does, and both before this returns.
///
/// # Errors
///
/// What the system says.
pub fn publish(file: &File, temporary: &Path, path: &Path) -> Result<()> {
    file.sync_all()?;
    std::fs::rename(temporary, path)?;
    sync_folder(path.parent().unwrap_or(Path::new("")));
    Ok(())
}

/// Brings the names in a folder to the disk, where the system has a way to do that.
pub(crate) fn sync_folder(folder: &Path) {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // A name that is lost all the same is noticed by those that look for it.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(ending);
    path.with_file_name(name)
}
