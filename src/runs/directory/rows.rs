//! The rows of a table of a run directory, one row group after the other.

use super::RunError;
use crate::files::parquet::row_groups::RowGroups;
use polars::prelude::*;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The rows of a Parquet table in their order; of these a row group is in memory.
pub(super) struct Rows {
    path: PathBuf,
    groups: RowGroups,
    columns: Option<&'static [&'static str]>,
    /// The next group, and what is left of the one before.
    next: usize,
    left: DataFrame,
    taken: usize,
}

impl Rows {
    /// All columns of a table, or some.
    pub(super) fn of(path: &Path, columns: Option<&'static [&'static str]>) -> Result<Rows, RunError> {
        let file = File::open(path).map_err(RunError::file(path, "open"))?;
        let groups = RowGroups::new(file).map_err(RunError::table(path))?;
        let left = groups.read_none(columns).map_err(RunError::table(path))?;
        Ok(Rows { path: path.to_path_buf(), groups, columns, next: 0, left, taken: 0 })
    }

    /// The table.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Rows that were taken.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// What is left of a row group, of the next one where nothing is; no row at the end of the table.
    pub(super) fn left(&mut self) -> Result<&DataFrame, RunError> {
        while self.left.height() == 0 && self.next < self.groups.len() {
            self.left = self.groups.read(self.next, self.columns).map_err(RunError::table(&self.path))?;
            self.next += 1;
        }
        Ok(&self.left)
    }

    /// Takes the next rows, at most so many and no more than are left of a row group.
    pub(super) fn take(&mut self, most: usize) -> Result<DataFrame, RunError> {
        let left = self.left()?;
        let count = most.min(left.height());
        let rest = left.slice(i64::try_from(count).unwrap_or(i64::MAX), left.height() - count);
        let taken = std::mem::replace(&mut self.left, rest).head(Some(count));
        self.taken += count;
        Ok(taken)
    }
}

/// What is said of a row of `predictions`, counted from 1, that does not stand among those of its image.
pub(super) fn out_of_place(row: usize, name: &str) -> PolarsError {
    polars_err!(ComputeError: "row {row} is of '{name}', which 'images' does not hold in its place")
}
