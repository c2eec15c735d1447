//! Whether a photograph is still the one that was seen before.

use super::photograph::Photograph;
use std::fs::Metadata;

impl Photograph {
    /// What the file system says of its file: size, times and inode, `absent` where there is none. While the stamp
    /// stays, so do the bytes; another stamp may be that of a copy, which [`Photograph::sha256`] tells.
    #[must_use]
    pub fn stamp(&self) -> String {
        std::fs::metadata(&self.path).map_or_else(|_| "absent".to_string(), |metadata| of_metadata(&metadata))
    }

    /// SHA-256 of its bytes, wherever they lie; `None` where they cannot be read.
    #[must_use]
    pub fn sha256(&self) -> Option<String> {
        Some(crate::files::sha256::hex([self.bytes().ok()?.as_slice()]))
    }
}

#[cfg(unix)]
fn of_metadata(metadata: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    // The time of the last change of the inode is there because tools that copy set the other one back.
    format!(
        "{} {}.{:09} {}.{:09} {}",
        metadata.len(),
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
        metadata.ino()
    )
}

#[cfg(not(unix))]
fn of_metadata(metadata: &Metadata) -> String {
    let since = |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).ok();
    let time = metadata.modified().ok().and_then(since).unwrap_or_default();
    format!("{} {}.{:09}", metadata.len(), time.as_secs(), time.subsec_nanos())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_written_over_has_another_stamp_and_a_copy_the_same_content() {
        let folder = tempfile::tempdir().unwrap();
        let photograph = Photograph { path: folder.path().join("a.bmp"), ..Photograph::default() };
        assert_eq!((photograph.stamp().as_str(), photograph.sha256()), ("absent", None));
        std::fs::write(&photograph.path, "one").unwrap();
        let (stamp, content) = (photograph.stamp(), photograph.sha256());
        assert_eq!((photograph.stamp(), photograph.sha256()), (stamp.clone(), content.clone()));
        // As long as before, and with its time set back.
        let modified = std::fs::metadata(&photograph.path).unwrap().modified().unwrap();
        std::fs::remove_file(&photograph.path).unwrap();
        std::fs::write(&photograph.path, "two").unwrap();
        std::fs::File::options().write(true).open(&photograph.path).unwrap().set_modified(modified).unwrap();
        assert_ne!(photograph.sha256(), content);
        assert!(photograph.stamp() != stamp || cfg!(not(unix)));
        std::fs::write(&photograph.path, "one").unwrap();
        assert_eq!(photograph.sha256(), content);
    }
}
