//! Finished parts of an unfinished run, and how they become its tables.

use super::before::{Before, difference};
use super::changes::{changed, digest, sentence, stamps};
use super::existing::Existing;
use super::piece::Piece;
use super::record::{Identity, Record};
use super::restore::restore;
use super::sum::sums;
use super::tables::{stacked, write_batches};
use super::unfinished::{FOLDER, IDENTITY};
use super::{PART, RunError, remove_unfinished, write_whole};
use crate::files::output::lock::Lock;
use crate::files::output::sync_folder;
use crate::photographs::dataset::Photograph;
use polars::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A run directory being filled; nobody else writes into it meanwhile.
#[derive(Debug)]
pub struct Parts {
    directory: PathBuf,
    pieces: Vec<Piece>,
    notes: Vec<String>,
    _lock: Lock,
}

/// What a run directory held before.
#[derive(Debug)]
pub enum Opened {
    /// A complete run of the same identity over photographs that have not changed since: nothing is left to do.
    Complete(Box<Record>),
    /// A folder to fill; parts of the same run that exist already and are whole are kept.
    Open(Parts),
}

impl Parts {
    /// Opens a run directory for writing.
    ///
    /// What lies in it counts only as far as it is what was written: a part or table that is empty, cut off or altered
    /// is made again, as are those with `photographs` that have changed since; [`Parts::notes`] tell. Without
    /// photographs nothing is asked of them.
    ///
    /// # Errors
    ///
    /// [`RunError::NotEmpty`] for a folder of other files, [`RunError::Other`] for another run;
    /// with [`Existing::Replaced`] both are written over. [`RunError::Lock`] while another process writes into it.
    pub fn open(
        directory: &Path,
        identity: &Identity,
        existing: Existing,
        photographs: &[Photograph],
    ) -> Result<Opened, RunError> {
        let found_now = || Before::of(directory, identity, existing, photographs);
        let before = found_now()?;
        if let Before::Complete(record) = before {
            clear(directory);
            return Ok(Opened::Complete(record));
        }
        let lock = Lock::take(directory)?;
        // Another process may have finished the run before the lock was had.
        let before = if let Before::Open(None) = before { found_now()? } else { before };
        if let Before::Complete(record) = before {
            return Ok(Opened::Complete(record));
        }
        let notes = if lock.is_kept() { vec![] } else { vec![unlocked(directory)] };
        let mut parts = Parts { directory: directory.to_path_buf(), pieces: vec![], notes, _lock: lock };
        remove_unfinished(directory);
        parts.keep_or_restart(identity, existing, photographs)?;
        let unit = |place: usize| (place % PART).is_multiple_of(identity.batch.max(1));
        let fits = |range: &Range<usize>| {
            range.end <= identity.images && unit(range.start) && (range.end == identity.images || unit(range.end))
        };
        let found = Piece::all(&parts.folder(), fits)?;
        parts.pieces = found.pieces;
        parts.notes.extend(found.damaged);
        match before {
            Before::Open(note) => parts.notes.splice(0..0, note).for_each(drop),
            // What an attempt after the change has done is newer than the run.
            Before::Changed(record, changes) if parts.pieces.is_empty() => {
                parts.notes.push(format!("{changes}: classified again"));
                parts.pieces = restore(directory, &parts.folder(), &record, &changes)?;
            }
            Before::Changed(..) | Before::Complete(_) => {}
        }
        parts.drop_changed(photographs)?;
        Ok(Opened::Open(parts))
    }

    fn keep_or_restart(&mut self, identity: &Identity, existing: Existing, photographs: &[Photograph]) -> Result<(), RunError> {
        let folder = self.folder();
        let path = folder.join(IDENTITY);
        match std::fs::read(&path).map(|bytes| serde_json::from_slice::<Identity>(&bytes)) {
            Ok(Ok(known)) => match known.difference(identity) {
                None => return Ok(()),
                Some(what) if existing == Existing::Continued => {
                    let what = difference(&what, &known, identity, || None, photographs);
                    return Err(RunError::Other { path: self.directory.clone(), what });
                }
                Some(_) => {}
            },
            Ok(Err(error)) => {
                self.notes.push(format!(
                    "{}: damaged ({error}); nobody knows whose parts these are: the run begins anew",
                    path.display()
                ));
            }
            // None was begun.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(RunError::file(&path, "read")(error)),
        }
        if folder.is_dir() {
            std::fs::remove_dir_all(&folder).map_err(RunError::file(&folder, "remove"))?;
        }
        std::fs::create_dir_all(&folder).map_err(RunError::file(&folder, "create"))?;
        sync_folder(&self.directory);
        let json = serde_json::to_vec_pretty(identity).map_err(|source| RunError::Record { path: path.clone(), source })?;
        write_whole(&path, &json)
    }

    /// Drops the pieces with a photograph that is no longer what it was.
    fn drop_changed(&mut self, photographs: &[Photograph]) -> Result<(), RunError> {
        let folder = self.folder();
        let mut all = vec![];
        for piece in std::mem::take(&mut self.pieces) {
            let Some(own) = photographs.get(piece.range.clone()) else {
                self.pieces.push(piece);
                continue;
            };
            let now = stamps(own);
            let suspects: Vec<usize> = (0..own.len()).filter(|&index| piece.stamps.get(index) != Some(&now[index])).collect();
            if suspects.is_empty() {
                self.pieces.push(piece);
                continue;
            }
            let changed = changed(own, &suspects, &piece.image_texts(&folder, "sha256")?);
            if changed.is_empty() {
                self.pieces.push(piece);
            } else {
                all.extend(changed.into_iter().map(|index| piece.range.start + index));
                piece.remove(&folder)?;
            }
        }
        if !all.is_empty() {
            self.notes.push(format!("{}: classified again", sentence(photographs, &all)));
        }
        Ok(())
    }

    fn folder(&self) -> PathBuf {
        self.directory.join(FOLDER)
    }

    /// What of an earlier attempt does not count, and why; a sentence each, for the user.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many photographs are finished, in this or an earlier attempt.
    #[must_use]
    pub fn finished(&self) -> usize {
        self.pieces.iter().map(|piece| piece.range.len()).sum()
    }

    /// The places of the `images` photographs that are not finished, in this or an earlier attempt; no range goes
    /// beyond a part.
    #[must_use]
    pub fn missing(&self, images: usize) -> Vec<Range<usize>> {
        let (mut missing, mut from) = (vec![], 0);
        for done in self.pieces.iter().map(|piece| piece.range.clone()).chain(std::iter::once(images..images)) {
            while from < done.start {
                let until = ((from / PART + 1) * PART).min(done.start);
                missing.push(from..until);
                from = until;
            }
            from = from.max(done.end);
        }
        missing
    }

    /// Writes the rows of the photographs of a range: a part, or what there is of one. `stamps` are those of the
    /// photographs before they were read.
    ///
    /// # Errors
    ///
    /// [`RunError`].
    pub fn write(
        &mut self,
        range: Range<usize>,
        predictions: &mut DataFrame,
        images: &mut DataFrame,
        stamps: Vec<String>,
    ) -> Result<(), RunError> {
        let piece = Piece::write(&self.folder(), range, predictions, images, stamps)?;
        self.pieces.push(piece);
        self.pieces.sort_by_key(|piece| piece.range.start);
        Ok(())
    }

    /// Writes the table of labels, which comes in frames, joins the parts to the run's other tables, writes
    /// the record and removes the parts.
    ///
    /// # Errors
    ///
    /// [`RunError`].
    pub fn finish(self, labels: impl Iterator<Item = PolarsResult<DataFrame>>, record: &Record) -> Result<(), RunError> {
        let format = record.identity.format;
        let extension = format.extension();
        let of = |table: &str| self.directory.join(format!("{table}.{extension}"));
        // From here on the tables are no longer those of an earlier record.
        Record::remove(&self.directory)?;
        let path = of("labels");
        write_batches(&path, format, labels.map(|frame| Ok(vec![frame.map_err(RunError::table(&path))?])))?;
        for table in ["predictions", "images"] {
            write_batches(&of(table), format, self.frames(table))?;
        }
        let files = sums(&self.directory, format)?;
        let stamps = self.pieces.iter().flat_map(|piece| piece.stamps.iter().map(String::as_str));
        let photographs = self.pieces.iter().all(|piece| piece.stamps.len() == piece.range.len()).then(|| digest(stamps));
        Record { files, photographs, ..record.clone() }.write(&self.directory)?;
        let folder = self.folder();
        std::fs::remove_dir_all(&folder).map_err(RunError::file(&folder, "remove"))
    }

    /// Counts the images of each status.
    ///
    /// # Errors
    ///
    /// [`RunError`] when a part cannot be read.
    pub fn statuses(&self) -> Result<BTreeMap<String, usize>, RunError> {
        let mut statuses = BTreeMap::new();
        for piece in &self.pieces {
            for status in piece.image_texts(&self.folder(), "status")?.into_iter().flatten() {
                *statuses.entry(status).or_insert(0) += 1;
            }
        }
        Ok(statuses)
    }

    /// The frames of a table, one for each part, however many pieces it was written in.
    fn frames(&self, table: &'static str) -> impl Iterator<Item = Result<Vec<DataFrame>, RunError>> {
        let folder = self.folder();
        self.pieces.chunk_by(|one, next| one.range.start / PART == next.range.start / PART).map(move |pieces| {
            let frames = pieces.iter().map(|piece| piece.table(&folder, table)).collect::<Result<Vec<_>, _>>()?;
            Ok(stacked(frames).map_err(RunError::table(&folder))?.into_iter().collect())
        })
    }
}

/// What is said where nobody can be kept out.
fn unlocked(directory: &Path) -> String {
    format!("{}: the file system knows no locks; see to it that no other process writes into this folder", directory.display())
}

/// Removes what a process that was killed at the very end left beside a complete run.
fn clear(directory: &Path) {
    let folder = directory.join(FOLDER);
    if folder.is_dir()
        && let Ok(_lock) = Lock::take(directory)
    {
        // What cannot be removed is in nobody's way.
        let _ = std::fs::remove_dir_all(folder);
    }
}
