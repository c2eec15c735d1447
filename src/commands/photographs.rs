//! Photographs that pages show.

use super::Console;
use crate::commands::cli::ThumbnailChoice;
use crate::report::Thumbnail;
use crate::report::photographs::Photographs;
use crate::runs::directory::columns;
use crate::runs::directory::record::Record;
use anyhow::Context;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What a page may show of a run: the folder of its photographs, and those that must stay hidden.
pub struct Shown {
    folder: Option<PathBuf>,
    hidden: HashSet<String>,
}

impl Shown {
    /// Of a run or table; the folder is the one given, or where the run found its photographs.
    ///
    /// # Errors
    ///
    /// The licences of a run cannot be read.
    pub fn of(input: &Path, folder: Option<&Path>, choice: ThumbnailChoice, console: Console) -> anyhow::Result<Shown> {
        let folder = folder.map(Path::to_path_buf).or_else(|| photographs_of(input));
        let hidden = if choice == ThumbnailChoice::Licensed { hidden(input, console)? } else { HashSet::new() };
        Ok(Shown { folder: folder.filter(|_| choice != ThumbnailChoice::None), hidden })
    }

    /// As pages want it.
    #[must_use]
    pub fn photographs(&self) -> Photographs<'_> {
        Photographs { folder: self.folder.as_deref(), thumbnail: THUMBNAIL, hidden: Some(&self.hidden) }
    }
}

/// A small picture of a photograph.
const THUMBNAIL: Option<Thumbnail<'static>> = Some(&|path| crate::photographs::photo::thumbnail(path, 240));

/// Photographs of a run whose licence does not allow copies; none where the data set says nothing of licences.
fn hidden(input: &Path, console: Console) -> anyhow::Result<HashSet<String>> {
    let table = input.join("images.parquet");
    if !table.is_file() {
        return Ok(HashSet::new());
    }
    let licences = columns::licences(&table).with_context(|| format!("{}: cannot read", table.display()))?;
    if licences.values().all(Option::is_none) {
        return Ok(HashSet::new());
    }
    let total = licences.len();
    let allowed = |licence: &Option<String>| licence.as_deref().is_some_and(crate::photographs::licence::allows_copies);
    let hidden: HashSet<String> = licences.into_iter().filter(|(_, licence)| !allowed(licence)).map(|(image, _)| image).collect();
    if !hidden.is_empty() {
        let count = hidden.len();
        console.remark(format!(
            "  {count} of {total} photographs are not shown, because their licence does not allow it; --thumbnails all shows them"
        ));
    }
    Ok(hidden)
}

/// The photographs of a run lie where the run found them.
fn photographs_of(input: &Path) -> Option<PathBuf> {
    let record = Record::read(input).ok()?;
    Some(PathBuf::from(record.identity.dataset)).filter(|folder| folder.is_dir())
}
