//! Tables of predictions that other software wrote, and our own runs, as [`Answers`].
//!
//! Columns are recognised by their usual names or named by the user; `truth` and `predicted` are
//! never guessed from the order of columns. Every row is accounted for.

mod assemble;
mod file;
mod lineage;
mod roles;
pub mod run_directory;

use crate::answers::Answers;
use crate::taxonomy::Taxonomy;
use std::path::{Path, PathBuf};

/// What to do with an image whose truth is blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BlankTruth {
    /// Counted as without truth, not scored.
    #[default]
    LeaveOut,
    /// Scored as a mistake at every rank.
    Wrong,
    /// A class of its own, which a blank answer meets.
    Taxon,
}

/// How to read a table.
#[derive(Debug, Clone, Default)]
pub struct TableOptions {
    /// Column of image names.
    pub image_column: Option<String>,
    /// Column of true names.
    pub truth_column: Option<String>,
    /// Columns of predicted names; each is one run.
    pub predicted_columns: Vec<String>,
    /// Column of scores.
    pub score_column: Option<String>,
    /// What separates the ranks of a lineage in one cell.
    pub lineage_separator: Option<String>,
    /// A second table with the truth.
    pub truth_file: Option<PathBuf>,
    /// First group = the name inside a free-text answer.
    pub predicted_pattern: Option<regex::Regex>,
    /// What a blank truth is.
    pub blank_truth: BlankTruth,
    /// Lineage above every name, kingdom first, `;` between.
    pub clade: Option<String>,
}

/// Where the taxonomy of the scores comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Given by the user, or recorded by the run.
    Given,
    /// The lineages of the table.
    Lineages,
    /// Binomials: genus and species, below a clade if one was named.
    Binomials,
}

/// What a table holds.
#[derive(Debug)]
pub struct Tables {
    /// The taxonomy all ids belong to.
    pub taxonomy: Taxonomy,
    /// Where it comes from.
    pub origin: Origin,
    /// One run per predicted column.
    pub runs: Vec<Answers>,
}

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum TableError {
    #[error("{path}: cannot read the table: {what}")]
    Unreadable { path: PathBuf, what: String },
    #[error("{path}: the table has no rows")]
    Empty { path: PathBuf },
    #[error("{path}: no column '{column}'{nearest}; columns: {columns}")]
    Column { path: PathBuf, column: String, nearest: String, columns: String },
    #[error("{path}: cannot tell which column holds the {role}; name it with {option}; columns: {columns}")]
    Role { path: PathBuf, role: &'static str, option: &'static str, columns: String },
    #[error(
        "{path}: {count} images occur more than once, for example {examples}; give one row per image, or a score column for ranked answers"
    )]
    Duplicates { path: PathBuf, count: usize, examples: String },
    #[error("{path}: image '{image}' has two truths, '{first}' and '{second}'")]
    TwoTruths { path: PathBuf, image: String, first: String, second: String },
    #[error(
        "{path}: none of its {images} images occurs in {truth}; both must name images alike (first names: '{example}' and '{other}')"
    )]
    NothingJoined { path: PathBuf, truth: PathBuf, images: usize, example: String, other: String },
    #[error("{path}: {what}")]
    Invalid { path: PathBuf, what: String },
}

/// Reads a table of predictions, with the truth in the same or a second table.
///
/// Without `taxonomy` the tree is built from the table's own lineages, or from binomials.
///
/// # Errors
///
/// [`TableError`]: what cannot be read or told apart, with the remedy.
pub fn read(path: &Path, taxonomy: Option<&Taxonomy>, options: &TableOptions) -> Result<Tables, TableError> {
    let table = file::Table::read(path)?;
    let roles = roles::Roles::of(&table, options)?;
    assemble::assemble(&table, &roles, taxonomy, options)
}
