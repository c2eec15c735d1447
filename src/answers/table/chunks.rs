//! Tables that are read a chunk at a time, so that memory is needed for a chunk and for the distinct labels, not for all rows.
//!
//! ```text
//! sources ──folder, piece──▶ files with their groups of rows ──head──▶ columns ──survey──▶ all labels and scores
//!   ──placing──▶ taxa ──parts──▶ rows, chunk by chunk ──rows──▶ answers; what is said of all of them: told
//! ```
//!
//! What the reader decides by content it decides once, of all rows, and not again in a chunk:
//!
//! | what | decided by | where |
//! |---|---|---|
//! | which column is what | rows from all over the table | `head` |
//! | whether cells are names, lineages, dictionaries, classes with numbers | all distinct cells of the column | `survey`, `placing` |
//! | whether names are common ones, where capitals are epithets, which ranks lineages have | all distinct labels | `placing` |
//! | words for what is no taxon, genera that are called so, people as persons | all distinct labels | `placing` |
//! | truths cut at the genus, folders as truths | all distinct labels | `placing` |
//! | probabilities, percentages, scores that only rank, commas, scores that are all 0 | all scores of the column | `survey` |
//! | whether labels are whole distributions | [`Counts`](super::counts::Counts), once all chunks are read | `summed` |
//! | how times are written | each chunk, and all must agree | `tally` |
//!
//! What is counted adds up ([`Tally`]); so do tallies and labels of parts that other processes read, and where two parts were
//! read otherwise they are refused.

mod chunk;
mod folder;
mod piece;
mod head;
mod decisions;
mod survey;
mod placing;
mod parts;
mod tally;
mod label_lists;
mod told;
mod roles;
mod runs;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

pub use chunk::Chunk;
pub use label_lists::LabelLists;
pub use tally::Tally;
pub use told::{Told, ToldOfRun};

use super::columns::Roles;
use super::error::TableError;
use super::label::Labels;
use super::options::TableOptions;
use super::placed::Placed;
use super::source::TableSource;
use super::{dictionary, groups, rows, taken, truth};
use crate::taxonomy::Taxonomy;
use label_lists::Said;
use parts::{Part, Parts};
use piece::Piece;
use placing::TruthLabels;
use std::path::{Path, PathBuf};
use survey::Survey;

/// Whether a folder is a data set of Parquet files (`part-0.parquet`, `split=train/…`), and no run directory.
#[must_use]
pub fn is_folder_of_tables(path: &Path) -> bool {
    folder::is_of_tables(path)
}

/// The Parquet files of a folder of tables, in the order in which they are read.
///
/// # Errors
///
/// What the system says; folders that hold themselves, a folder without Parquet files or with run directories.
pub fn files_of(folder: &Path) -> Result<Vec<PathBuf>, TableError> {
    Ok(folder::files(folder)?.files.into_iter().map(|found| found.path).collect())
}

/// How much is held at once.
#[derive(Debug, Clone, Copy)]
struct Limits {
    rows_per_chunk: usize,
    /// Rows by which columns are recognised, where the table has more.
    recognised: usize,
    /// Rows of a table that is kept, so that it is not read twice.
    kept: usize,
}

/// Tables that are read a chunk at a time; an iterator over the chunks.
///
/// # Examples
///
/// ```
/// use nearmiss::answers::table::chunks::Chunks;
/// use nearmiss::answers::table::{TableOptions, TableSource};
/// use nearmiss::taxonomy::Taxonomy;
/// use polars::prelude::df;
///
/// let taxonomy = Taxonomy::from_bytes(b"genus,species\nFelis,Felis catus\nLynx,Lynx lynx\n", "cats.csv".as_ref())?;
/// let table = df!(
///     "image" => ["1", "2", "3"],
///     "truth" => ["Felis catus", "Lynx lynx", "Lynx lynx"],
///     "predicted" => ["Felis catus"; 3],
/// )?;
/// let source = TableSource::held("cats", table);
/// let mut chunks = Chunks::open(&[source], &taxonomy, &TableOptions::default(), 2)?;
/// let mut images = vec![];
/// for chunk in chunks.by_ref() {
///     images.extend(chunk?.runs.remove(0).images);
/// }
/// assert_eq!(images, ["1", "2", "3"]);
/// assert_eq!(chunks.told()?.understood.images, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Chunks<'a> {
    inner: Inner<'a>,
    /// What the sources are called, for messages.
    path: PathBuf,
    has_failed: bool,
}

enum Inner<'a> {
    Tables(Box<TableChunks<'a>>),
    Runs(Box<runs::RunChunks<'a>>),
}

impl<'a> Chunks<'a> {
    /// Opens Parquet files, folders of Parquet files, tables in memory, tables of other formats and run directories, and goes through
    /// the tables once. Parquet and tables in memory have chunks of about so many rows, where they have more than can be kept; a table of another format is one chunk, and
    /// so is a run directory.
    ///
    /// # Errors
    ///
    /// As [`read_tables`](super::read_tables); tables beside run directories; files of one table that have other columns; a second
    /// table with the truth beside more than one chunk.
    pub fn open(
        sources: &[TableSource],
        taxonomy: &'a Taxonomy,
        options: &TableOptions,
        rows_per_chunk: usize,
    ) -> Result<Chunks<'a>, TableError> {
        let limits = Limits { rows_per_chunk, recognised: 1 << 18, kept: 1 << 18 };
        Chunks::open_within(sources, taxonomy, options, limits)
    }

    fn open_within(
        sources: &[TableSource],
        taxonomy: &'a Taxonomy,
        options: &TableOptions,
        limits: Limits,
    ) -> Result<Chunks<'a>, TableError> {
        let path = sources.first().map_or_else(PathBuf::new, |source| source.name().to_path_buf());
        let inner = match runs::of_sources(sources)? {
            Some(folders) => Inner::Runs(Box::new(runs::RunChunks::new(folders, taxonomy, options.clone()))),
            None => Inner::Tables(Box::new(TableChunks::open(sources, (taxonomy, options), limits, &path)?)),
        };
        Ok(Chunks { inner, path, has_failed: false })
    }

    /// What the chunks that were read come to.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        match &self.inner {
            Inner::Tables(tables) => &tables.tally,
            Inner::Runs(runs) => runs.tally(),
        }
    }

    /// SHA-256 of how the tables are read, in hexadecimal: [`Tally::fingerprint`].
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.tally().fingerprint()
    }

    /// All rows, those of chunks that were not read yet too; `None` where they are not counted yet, as in run directories.
    #[must_use]
    pub fn rows(&self) -> Option<u64> {
        match &self.inner {
            Inner::Tables(tables) => Some(tables.all_rows),
            Inner::Runs(_) => None,
        }
    }

    /// What is said of all chunks, once they are read.
    ///
    /// # Errors
    ///
    /// [`TableError::NothingKnown`]: no answer of any run is a taxon.
    pub fn told(&self) -> Result<Told, TableError> {
        match &self.inner {
            Inner::Tables(tables) => told::of(&tables.tally, &tables.said, &self.path),
            Inner::Runs(runs) => told::of(runs.tally(), runs.said(), &self.path),
        }
    }

    /// What the chunks come to, and their labels: what is held against other parts of the same table. Run directories have labels
    /// of their own, and none here.
    #[must_use]
    pub fn into_parts(self) -> (Tally, LabelLists) {
        match self.inner {
            Inner::Tables(tables) => {
                let TableChunks { tally, labels, placed, truths, .. } = *tables;
                let lists = labels.dictionary.map(|dictionary| LabelLists::of(dictionary, &placed, truths));
                (tally, lists.unwrap_or_default())
            }
            Inner::Runs(runs) => (runs.into_tally(), LabelLists::default()),
        }
    }
}

impl Iterator for Chunks<'_> {
    type Item = Result<Chunk, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_failed {
            return None;
        }
        let next = match &mut self.inner {
            Inner::Tables(tables) => tables.next(),
            Inner::Runs(runs) => runs.next(),
        };
        self.has_failed = next.is_err();
        next.transpose()
    }
}

/// Tables that are no run directories.
struct TableChunks<'a> {
    options: TableOptions,
    roles: Roles,
    parts: Parts,
    labels: Labels,
    placed: Placed<'a>,
    truths: TruthLabels,
    said: Said,
    tally: Tally,
    /// What is said of files that were left aside.
    left_aside: Vec<String>,
    tells_events: bool,
    all_rows: u64,
    path: PathBuf,
}

impl<'a> TableChunks<'a> {
    fn open(
        sources: &[TableSource],
        (taxonomy, options): (&'a Taxonomy, &TableOptions),
        limits: Limits,
        path: &Path,
    ) -> Result<TableChunks<'a>, TableError> {
        let (mut pieces, left_aside) = pieces_of(sources, options, limits)?;
        let all: usize = pieces.iter().map(Piece::rows).sum();
        if all == 0 {
            return Err(TableError::Empty { path: path.to_path_buf() });
        }
        pieces.retain(|piece| piece.rows() > 0);
        let is_one = pieces.iter().map(|piece| piece.slices.len()).sum::<usize>() == 1;
        refuse_second_table(options, is_one, path)?;
        if is_one || all <= limits.kept {
            pieces.iter_mut().try_for_each(|piece| piece.keep(options))?;
        }
        let found = roles::of(&pieces, (taxonomy, options), (limits.recognised, path))?;
        if !is_one && all > limits.kept {
            pieces.iter_mut().for_each(Piece::forget);
        }
        roles::check(&pieces, &found)?;
        let roles = found.roles;
        let labels = Labels { dictionary: Some(dictionary::Dictionary::new(is_one)), ..Labels::default() };
        let columns = found.columns.as_deref();
        let Survey { mut labels, pins, mut decisions, truths: list } = Survey::of(&pieces, &roles, columns, options, labels)?;
        let truths = TruthLabels {
            list,
            are_bare: roles.bare_truth && options.truth_file.is_none(),
            are_folders: roles.truth.is_none() && options.truth_file.is_none() && list.is_some(),
        };
        let placed = placing::place(&mut labels, truths, (taxonomy, options), (path, &found.listed))?;
        roles::decide(&mut decisions, &roles, &placed.how, path)?;
        let mut tally = Tally::new(&roles, decisions, pins, options);
        tally.says_classes = placed.says_classes;
        let said = Said::of(&placed.placed, placed.cut);
        let parts = Parts::new(pieces, roles.image.clone(), found.columns);
        Ok(TableChunks {
            options: options.clone(),
            roles,
            parts,
            labels,
            placed: placed.placed,
            truths,
            said,
            tally,
            left_aside,
            tells_events: false,
            all_rows: all as u64,
            path: path.to_path_buf(),
        })
    }

    fn next(&mut self) -> Result<Option<Chunk>, TableError> {
        let Some(Part { frame, path, rows, before }) = self.parts.next(&self.options)? else { return self.end() };
        if let Some(dictionary) = &mut self.labels.dictionary {
            dictionary.begin();
        }
        let mut read = rows::read_part(&frame, &self.roles, &self.options, &mut self.labels, Some(&self.tally.pins))?;
        let is_named = self.roles.image.is_some();
        if !is_named {
            // As they would be called in one table of all rows.
            read.images = (before + rows.start + 1..=before + rows.end).map(|row| format!("row {row}")).collect();
        }
        let first = [&self.left_aside[..], &frame.notes, &self.roles.notes].concat();
        let first = if is_named { first } else { [first, vec![rows::NO_NAMES.to_string()]].concat() };
        let counted = usize::from(frame.len() > read.images.len());
        let behind = first.len() - self.left_aside.len() + counted;
        let read = truth::join(read, &frame, &self.roles, &self.options, &mut self.labels)?;
        groups::require(&read.groups, &frame, &self.options.group_columns)?;
        taken::require_columns(&read.taken, &frame, &self.options.taken)?;
        self.tells_events |= read.taken.tells_events();
        self.tally.take_columns(&read.columns).map_err(|differ| TableError::Differs {
            path: path.clone(),
            what: format!("{differ}, in rows {} to {}", rows.start + 1, rows.end),
            remedy: "write times as ISO 8601, 2021-05-03T14:22:10, or name another --time-column",
        })?;
        self.tally.before.add(&first);
        self.tally.behind.add(&read.notes[behind.min(read.notes.len())..]);
        self.tally.warnings.add(&read.warnings);
        let (runs, counts) = rows::finish_part(read, &self.labels, &self.placed, &self.options);
        let understood = counts.understood(self.tally.column_roles(), self.placed.built.words(), vec![]);
        self.tally.counts.add(&counts);
        Ok(Some(Chunk { runs, path, rows, named: is_named, understood }))
    }

    /// After the last chunk.
    fn end(&self) -> Result<Option<Chunk>, TableError> {
        if !self.options.taken.events || self.tells_events {
            return Ok(None);
        }
        let what = "no image has a time or a sequence, and events are made of them. Name another one with --time-column";
        Err(TableError::Format { path: self.path.clone(), line: None, what: what.to_string() })
    }
}

/// The pieces of sources, and what is said of files that were left aside.
fn pieces_of(sources: &[TableSource], options: &TableOptions, limits: Limits) -> Result<(Vec<Piece>, Vec<String>), TableError> {
    let (mut pieces, mut notes) = (vec![], vec![]);
    let rows = limits.rows_per_chunk;
    for source in sources {
        match (source.data(), source.folder(), source.file()) {
            (Some(data), ..) => pieces.push(Piece::of_held(source.name(), data, rows)),
            (None, Some(folder), _) => {
                let found = folder::files(folder)?;
                if found.others > 0 {
                    let folder = folder.display();
                    notes.push(format!("files of {folder} that are no Parquet were left aside: {}", found.others));
                }
                for file in found.files {
                    pieces.push(Piece::of_parquet(&file.path, file.partition, rows)?);
                }
            }
            (None, None, Some(file)) if piece::is_parquet(file) => pieces.push(Piece::of_parquet(file, vec![], rows)?),
            _ => pieces.push(Piece::of_text(source, options)?),
        }
    }
    Ok((pieces, notes))
}

/// A second table is joined to the images of all chunks at once.
fn refuse_second_table(options: &TableOptions, is_one: bool, path: &Path) -> Result<(), TableError> {
    if options.truth_file.is_none() || is_one {
        return Ok(());
    }
    let what = "its truths stand in another table (--truth), which is joined to all images at once, and these are read in chunks; \
                write the truth into a column of this table";
    Err(TableError::Format { path: path.to_path_buf(), line: None, what: what.to_string() })
}
