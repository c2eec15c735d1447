//! Answers of some rows of a table.

use crate::answers::Answers;
use crate::answers::understood::Understood;
use std::ops::Range;
use std::path::PathBuf;

/// Answers of some rows.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The answers of every predicted column, as [`read_tables`](super::super::read_tables) gives them, but for what is said of the whole
    /// table. Where one chunk has no sums at a rank the table has none; see [`RunCounts::totals`](super::super::RunCounts::totals).
    pub runs: Vec<Answers>,
    /// The file or run directory, or what a table in memory is called.
    pub path: PathBuf,
    /// Which rows of it, from 0.
    pub rows: Range<u64>,
    /// Whether images have names of their own, and are not numbered by their rows.
    pub named: bool,
    /// What was understood of these rows; names are counted of the whole table alone.
    pub understood: Understood,
}
