//! Files that take their place whole: made beside it, under another name, and renamed.
//!
//! They get the permissions of any file the user makes (the umask's), not those of a private temporary file.

use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// Read and write for everyone, before the umask.
#[cfg(unix)]
const FILE: u32 = 0o666;

/// An empty file in a folder, to be written and then persisted under its name.
///
/// # Errors
///
/// What the system says.
pub fn file_in(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".draft-");
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(FILE);
    #[cfg(unix)]
    builder.permissions(permissions);
    // The name of the draft is nobody's business: what the system says, without it.
    builder.tempfile_in(folder).map_err(|error| std::io::Error::from(error.kind()))
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn drafts_have_the_permissions_of_files_made_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let draft = file_in(folder.path()).unwrap();
        assert_eq!(mode(draft.path()), mode(&file));
        assert_eq!(mode(&draft.persist(folder.path().join("kept")).map(|_| folder.path().join("kept")).unwrap()), mode(&file));
    }
}
