//! A source while it is read: where it lies, and what was found in it so far.

use super::checklist::Checklist;
use super::error::ImportError;
use super::options::ImportOptions;
use super::rows::{self, Dialect, Row};
use crate::files::archive::{Archive, Member};

/// A source being poured.
pub(super) struct Source<'a> {
    pub(super) archive: Archive,
    pub(super) encoding: Option<&'static encoding_rs::Encoding>,
    pub(super) options: &'a ImportOptions,
    pub(super) list: Checklist,
    pub(super) files: Vec<String>,
    pub(super) notes: Vec<String>,
    /// Entries that the filter of a source does not let through.
    pub(super) fails: Vec<u32>,
    /// Whether its faults are mended wherever it is read: not those of small tables, which people can mend themselves.
    pub(super) mends: bool,
}

impl Source<'_> {
    /// The error of a source as a whole.
    pub(super) fn content(&self, what: String) -> ImportError {
        ImportError::Content { file: self.archive.path().display().to_string(), what }
    }

    /// A file beside this one (in the archive, or in the folder of a single file) whose name differs in one word.
    pub(super) fn beside(&self, member: &Member, word: &str, other: &str) -> Option<(Archive, Member)> {
        let name = member.file_name().replace(word, other);
        if name == member.file_name() {
            return None;
        }
        if let Some(found) = self.archive.named(&name) {
            return Some((self.archive.clone(), found.clone()));
        }
        let path = self.archive.path().parent()?.join(&name);
        let archive = path.is_file().then(|| Archive::open(&path).ok()).flatten()?;
        let member = archive.members().first()?.clone();
        Some((archive, member))
    }

    /// Gives every row of a member to `work`, with the checklist.
    pub(super) fn each(
        &mut self,
        member: &Member,
        dialect: Dialect,
        work: &mut (dyn FnMut(&mut Checklist, &Row<'_>) -> Result<(), ImportError> + Send),
    ) -> Result<(), ImportError> {
        let list = &mut self.list;
        rows::each(&self.archive, member, dialect, self.encoding, &mut |row| work(list, row))
    }
}
