//! Tables of predictions that other software wrote, read into [`Answers`].
//!
//! ```text
//! file ──frame──▶ columns of text ──columns──▶ which column is what
//!   ──label──▶ distinct labels as lineages ──tree──▶ taxa ──rows──▶ answers, image by image
//! ```
//!
//! Nothing is dropped in silence: what cannot be used is an error or a note.

mod columns;
mod dict;
mod error;
mod frame;
mod groups;
mod images;
mod interned;
mod json;
mod label;
mod lineage;
mod recorded;
mod repeats;
mod rows;
mod run;
mod score;
mod strict;
mod summed;
mod text;
mod tree;
mod truth;
mod words;

pub use error::TableError;
pub use run::read_run;
pub use truth::read_manifest;

use crate::answers::Answers;
use crate::taxonomy::Taxonomy;
use columns::Roles;
use frame::Frame;
use label::Labels;
use regex::Regex;
use rows::Rows;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// What becomes of images whose truth is blank (`NA`, `Unknown`, ...).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingTruth {
    /// They are counted and left out of every score.
    #[default]
    LeaveOut,
    /// They are scored as mistakes of full height, as are truths outside the taxonomy.
    Wrong,
    /// The blank is a class of its own, which a blank prediction matches.
    Taxon,
}

/// How to read a table; everything is optional.
#[derive(Debug, Clone, Default)]
pub struct TableOptions {
    /// The column with image names.
    pub image_column: Option<String>,
    /// The column with the truth.
    pub truth_column: Option<String>,
    /// The columns with predictions; each is one run.
    pub predicted_columns: Vec<String>,
    /// The column with scores or probabilities.
    pub score_column: Option<String>,
    /// What separates the steps of a lineage; guessed among `;` and `|` otherwise.
    pub lineage_separator: Option<char>,
    /// A second table with the truth, joined by image name.
    pub truth_file: Option<PathBuf>,
    /// For predictions in free text: the first group (or the whole match) is the name.
    pub predicted_pattern: Option<Regex>,
    /// What becomes of blank truths.
    pub missing_truth: MissingTruth,
    /// Columns that sort images into groups, of the table or of the second one.
    pub group_columns: Vec<String>,
    /// Lineage put above every name that comes without one: `Animalia;...;Carabidae` from the
    /// kingdom down, or with rank prefixes (`f__Carabidae`).
    pub clade: Option<String>,
}

/// Where the taxonomy of the answers comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Built {
    /// It was given.
    Given,
    /// It is the one that the run names, unchanged since.
    Recorded,
    /// From lineages in the table (names without one stand where the lineages have them).
    Lineages,
    /// From names alone: genera and species.
    Binomials {
        /// Whether a lineage was given to put above them.
        clade: bool,
    },
}

/// What a table of predictions says.
#[derive(Debug)]
pub struct Tables<'a> {
    /// The given taxonomy, or one built from the table; all answers refer to it.
    pub taxonomy: Cow<'a, Taxonomy>,
    /// Where the taxonomy comes from.
    pub built: Built,
    /// One per predicted column, in the order of the columns.
    pub runs: Vec<Answers>,
    /// Decisions that concern all runs, one sentence each.
    pub notes: Vec<String>,
}

/// Reads a table of predictions; a directory is read as a run by [`read_run`].
///
/// CSV, TSV, `;`- and `|`-separated text, Parquet, JSON Lines and JSON are told apart by their
/// content. Columns are recognised by their usual names unless `options` name them.
///
/// # Errors
///
/// [`TableError`]; its messages name the file, the columns and the option that helps.
pub fn read_tables<'a>(path: &Path, taxonomy: Option<&'a Taxonomy>, options: &TableOptions) -> Result<Tables<'a>, TableError> {
    if path.is_dir() {
        return run::read_run_tables(path, taxonomy, options);
    }
    let frame = Frame::from_path(path, &columns::answer_columns(options))?;
    if let Some(folder) = run::folder_of_predictions(path, &frame) {
        return run::read_run_tables(folder, taxonomy, options);
    }
    let mut labels = Labels::default();
    let table = read_rows(&frame, options, &mut labels)?;
    let placed = tree::place(&mut labels, &table.truths, taxonomy, options, path)?;
    Ok(rows::finish(table, &labels, placed, options))
}

/// A table as it is, told by its content: columns of text, or of Parquet's own types.
///
/// # Errors
///
/// [`TableError`]: unreadable, or without rows.
pub(crate) fn columns_of(path: &Path) -> Result<polars::frame::DataFrame, TableError> {
    Ok(Frame::from_path(path, &[])?.data)
}

fn read_rows(frame: &Frame, options: &TableOptions, labels: &mut Labels) -> Result<Rows, TableError> {
    let roles = Roles::recognise(frame, options)?;
    let table = rows::read(frame, &roles, options, labels)?;
    let table = truth::join(table, frame, &roles, options, labels)?;
    groups::require(&table, frame, &options.group_columns)?;
    Ok(table)
}

/// Tables read over one taxonomy that is built from all of them.
#[derive(Debug)]
pub struct Together {
    /// The taxonomy built from the labels of all tables.
    pub taxonomy: Taxonomy,
    /// Where it comes from.
    pub built: Built,
    /// What concerns the taxonomy, one sentence each.
    pub notes: Vec<String>,
    /// One per table: a run per predicted column, and the notes that concern the table.
    pub tables: Vec<(Vec<Answers>, Vec<String>)>,
}

/// Reads several tables that bring their own names; `None` where one of them is a run directory.
///
/// # Errors
///
/// As [`read_tables`].
pub fn read_together(paths: &[PathBuf], options: &TableOptions) -> Result<Option<Together>, TableError> {
    let mut labels = Labels::default();
    let mut read = vec![];
    for path in paths {
        if path.is_dir() {
            return Ok(None);
        }
        let frame = Frame::from_path(path, &columns::answer_columns(options))?;
        if run::folder_of_predictions(path, &frame).is_some() {
            return Ok(None);
        }
        read.push(read_rows(&frame, options, &mut labels)?);
    }
    let truths: Vec<label::LabelId> = read.iter().flat_map(|table| table.truths.iter().copied()).collect();
    let first = paths.first().map_or(Path::new(""), PathBuf::as_path);
    let placed = tree::place(&mut labels, &truths, None, options, first)?;
    let (built, notes, taxonomy) = (placed.built, placed.notes.clone(), placed.taxonomy.clone().into_owned());
    let tables = read.into_iter().map(|table| {
        let placed = tree::Placed { taxonomy: Cow::Borrowed(&taxonomy), notes: vec![], ..placed.clone() };
        let tables = rows::finish(table, &labels, placed, options);
        (tables.runs, tables.notes)
    });
    let tables = tables.collect();
    Ok(Some(Together { taxonomy, built, notes, tables }))
}
