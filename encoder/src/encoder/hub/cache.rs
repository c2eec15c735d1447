//! The folder of a model in the cache, as Hugging Face's own tools lay it out: `blobs` by content, `refs` from names to
//! commits, `snapshots` with a folder of links for each commit.

use super::etag::{Etag, is_plain};
use std::io::Result;
use std::path::{Path, PathBuf};

/// One revision of a model in the cache.
#[derive(Debug, Clone)]
pub(super) struct Revision {
    folder: PathBuf,
    name: String,
}

impl Revision {
    /// `model` is `OWNER/NAME`.
    pub(super) fn new(cache: &Path, model: &str, revision: &str) -> Revision {
        Revision { folder: cache.join(format!("models--{}", model.replace('/', "--"))), name: revision.to_string() }
    }

    /// The commit that the revision stands for, as far as the cache knows.
    fn commit(&self) -> Option<String> {
        let named = std::fs::read_to_string(self.folder.join("refs").join(&self.name)).ok();
        let commit = named.map(|text| text.trim().to_string());
        // A commit is its own name.
        commit.filter(|commit| is_plain(commit)).or_else(|| self.snapshot(&self.name).is_dir().then(|| self.name.clone()))
    }

    fn snapshot(&self, commit: &str) -> PathBuf {
        self.folder.join("snapshots").join(commit)
    }

    /// A file of the revision, if it is there.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        Some(self.snapshot(&self.commit()?).join(name)).filter(|path| path.is_file())
    }

    /// Where the content of a file is kept.
    pub(super) fn blob(&self, etag: &Etag) -> PathBuf {
        self.folder.join("blobs").join(etag.name())
    }

    /// What there is of it until it is whole.
    pub(super) fn part(&self, etag: &Etag) -> PathBuf {
        self.folder.join("blobs").join(format!("{}.part", etag.name()))
    }

    /// Makes a content the file `name` of a commit, and the commit that of the revision; `commit` is a plain name.
    pub(super) fn link(&self, name: &str, commit: &str, etag: &Etag) -> Result<PathBuf> {
        let path = self.snapshot(commit).join(name);
        std::fs::create_dir_all(self.snapshot(commit))?;
        let draft = self.snapshot(commit).join(format!(".{name}.{}.part", std::process::id()));
        // One that a killed process of the same number left.
        let _ = std::fs::remove_file(&draft);
        link(&Path::new("../../blobs").join(etag.name()), &self.blob(etag), &draft)?;
        std::fs::rename(&draft, &path)?;
        if self.name != commit {
            std::fs::create_dir_all(self.folder.join("refs"))?;
            nearmiss::files::output::write_whole(&self.folder.join("refs").join(&self.name), commit.as_bytes())?;
        }
        Ok(path)
    }
}

#[cfg(unix)]
fn link(target: &Path, _file: &Path, path: &Path) -> Result<()> {
    std::os::unix::fs::symlink(target, path)
}

/// Systems where links need a right that few have get a copy.
#[cfg(not(unix))]
fn link(_target: &Path, file: &Path, path: &Path) -> Result<()> {
    std::fs::hard_link(file, path).or_else(|_| std::fs::copy(file, path).map(|_| ()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_name_and_by_commit() {
        let cache = tempfile::tempdir().unwrap();
        let (main, pinned) = (Revision::new(cache.path(), "a/b", "main"), Revision::new(cache.path(), "a/b", "0123abc"));
        let etag = Etag::parse("00ff").unwrap();
        assert_eq!(main.file("f"), None);
        std::fs::create_dir_all(main.blob(&etag).parent().unwrap()).unwrap();
        std::fs::write(main.blob(&etag), "content").unwrap();
        let path = main.link("f", "0123abc", &etag).unwrap();
        assert_eq!(path, cache.path().join("models--a--b/snapshots/0123abc/f"));
        assert_eq!((main.file("f"), pinned.file("f")), (Some(path.clone()), Some(path.clone())));
        assert_eq!(std::fs::read_to_string(path).unwrap(), "content");
        // A name that leads elsewhere counts for nothing.
        std::fs::write(cache.path().join("models--a--b/refs/main"), "../../../b").unwrap();
        assert_eq!(main.file("f"), None);
    }
}
