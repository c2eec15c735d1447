//! The folder of a model in the cache, as Hugging Face's own tools lay it out: `blobs` by content, `refs` from names to
//! commits, `snapshots` with a folder of links for each commit, `.no_exist` with an empty file for each that a commit lacks.

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

    /// Whether the hub was asked for a file of the revision before, and has none.
    pub(super) fn lacks(&self, name: &str) -> bool {
        self.commit().is_some_and(|commit| self.absent(&commit, name).is_file())
    }

    /// Remembers that the revision has no such file, once its commit is known; that it cannot be written is no reason to stop.
    pub(super) fn remember_absent(&self, name: &str) {
        let Some(path) = self.commit().map(|commit| self.absent(&commit, name)) else { return };
        let _ = path.parent().map(std::fs::create_dir_all);
        let _ = std::fs::File::create(path);
    }

    fn absent(&self, commit: &str, name: &str) -> PathBuf {
        self.folder.join(".no_exist").join(commit).join(name)
    }

    /// Where the content of a file is kept.
    pub(super) fn blob(&self, etag: &Etag) -> PathBuf {
        self.folder.join("blobs").join(etag.name())
    }

    /// What there is of it until it is whole.
    pub(super) fn part(&self, etag: &Etag) -> PathBuf {
        self.folder.join("blobs").join(format!("{}.part", etag.name()))
    }

    /// Makes a content the file `name` of a commit, and the commit that of the revision; `commit` is a plain name, and
    /// `name` one or several plain names with slashes between.
    pub(super) fn link(&self, name: &str, commit: &str, etag: &Etag) -> Result<PathBuf> {
        let path = self.snapshot(commit).join(name);
        let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
        let folder = self.snapshot(commit).join(folders);
        std::fs::create_dir_all(&folder)?;
        let draft = folder.join(format!(".{file}.{}.part", std::process::id()));
        // One that a killed process of the same number left.
        let _ = std::fs::remove_file(&draft);
        let up = "../".repeat(2 + name.matches('/').count());
        link(&Path::new(&up).join("blobs").join(etag.name()), &self.blob(etag), &draft)?;
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
        let below = main.link("1_Pooling/f", "0123abc", &etag).unwrap();
        assert_eq!(std::fs::read_to_string(below).unwrap(), "content");
        assert!(!main.lacks("g"));
        main.remember_absent("1_Pooling/g");
        main.remember_absent("g");
        assert!(main.lacks("g") && pinned.lacks("1_Pooling/g") && !main.lacks("f"));
        assert_eq!(main.file("g"), None);
        // A name that leads elsewhere counts for nothing.
        std::fs::write(cache.path().join("models--a--b/refs/main"), "../../../b").unwrap();
        assert_eq!(main.file("f"), None);
    }
}
