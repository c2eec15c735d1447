//! The photographs of a run that pages may show: where they lie, and what their licences allow.

use super::photographs::{Photographs, Thumbnail};
use crate::files::path_text;
use crate::photographs::licence::allows_copies;
use crate::runs::directory::columns;
use crate::runs::directory::record::Record;
use polars::prelude::PolarsError;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Which photographs a page may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Thumbnails {
    /// Those whose licence allows it, and those of data sets that say nothing of licences.
    #[default]
    Licensed,
    /// All.
    All,
    /// None.
    None,
}

/// Why the licences of a run are not known.
#[derive(Debug, thiserror::Error)]
#[error("{path}: cannot read: {source}")]
pub struct LicencesError {
    path: PathBuf,
    source: PolarsError,
}

/// What a page may show of a run: the folder of its photographs, and those that must stay hidden.
#[derive(Debug, Clone)]
pub struct RunPhotographs {
    folder: Option<PathBuf>,
    hidden: HashSet<String>,
    /// Photographs whose licence was looked at.
    licences: usize,
}

/// Pictures of photographs.
const THUMBNAIL: Option<Thumbnail<'static>> = Some(&crate::photographs::photo::thumbnail);

impl RunPhotographs {
    /// Of a run or table; the folder is the one given, or where the run found its photographs.
    ///
    /// # Errors
    ///
    /// The licences of a run cannot be read.
    pub fn of(input: &Path, folder: Option<&Path>, thumbnails: Thumbnails) -> Result<RunPhotographs, LicencesError> {
        let folder = folder.map(Path::to_path_buf).or_else(|| photographs_of(input));
        let (hidden, licences) = if thumbnails == Thumbnails::Licensed { hidden(input)? } else { (HashSet::new(), 0) };
        Ok(RunPhotographs { folder: folder.filter(|_| thumbnails != Thumbnails::None), hidden, licences })
    }

    /// As pages want it.
    #[must_use]
    pub fn photographs(&self) -> Photographs<'_> {
        Photographs { folder: self.folder.as_deref(), thumbnail: THUMBNAIL, hidden: Some(&self.hidden) }
    }

    /// Whether there is a folder of photographs.
    #[must_use]
    pub fn has_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// How many are hidden, in a sentence; `None` where all are shown.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        let (count, total) = (self.hidden.len(), self.licences);
        (count > 0).then(|| {
            format!(
                "  {count} of {total} photographs are not shown, because their licence does not allow it; --thumbnails all shows them"
            )
        })
    }
}

/// Photographs of a run whose licence does not allow copies, and how many licences there are; none where the data set says
/// nothing of licences.
fn hidden(input: &Path) -> Result<(HashSet<String>, usize), LicencesError> {
    let table = input.join("images.parquet");
    if !table.is_file() {
        return Ok((HashSet::new(), 0));
    }
    let licences = columns::licences(&table).map_err(|source| LicencesError { path: table, source })?;
    if licences.values().all(Option::is_none) {
        return Ok((HashSet::new(), 0));
    }
    let total = licences.len();
    let allowed = |licence: &Option<String>| licence.as_deref().is_some_and(allows_copies);
    let hidden = licences.into_iter().filter(|(_, licence)| !allowed(licence)).map(|(image, _)| image).collect();
    Ok((hidden, total))
}

/// The photographs of a run lie where the run found them.
fn photographs_of(input: &Path) -> Option<PathBuf> {
    let record = Record::read(input).ok()?;
    Some(path_text::below(Path::new(""), &record.identity.dataset)).filter(|folder| folder.is_dir())
}
