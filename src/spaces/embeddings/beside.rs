//! What stands beside vectors in a table, some of its columns and rows at a time.

use super::columns::texts;
use super::error::EmbeddingsError;
use crate::files::parquet::row_groups::RowGroups;
use polars::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a table in memory that are made texts at once.
const CHUNK: usize = 1 << 16;

/// A table with a row for each vector, or more.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    path: PathBuf,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Groups(Arc<RowGroups>),
    Held(DataFrame),
}

impl Beside {
    /// A Parquet file, of which a row group is read at a time.
    pub(super) fn of_groups(path: &Path, groups: Arc<RowGroups>) -> Beside {
        Beside { path: path.to_path_buf(), place: Place::Groups(groups) }
    }

    /// A table in memory.
    pub(super) fn held(path: &Path, data: DataFrame) -> Beside {
        Beside { path: path.to_path_buf(), place: Place::Held(data) }
    }

    /// Where it came from.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it has a column.
    pub(super) fn has(&self, column: &str) -> bool {
        match &self.place {
            Place::Groups(groups) => groups.schema().contains(column),
            Place::Held(data) => data.get_column_index(column).is_some(),
        }
    }

    /// What shows whether names are those of taxa: the column `name` of a file, all of a table in memory, which may have no other.
    pub(super) fn for_names(&self) -> Result<DataFrame, EmbeddingsError> {
        match &self.place {
            Place::Held(data) => Ok(data.clone()),
            Place::Groups(_) => {
                let mut whole: Option<DataFrame> = None;
                self.each(&["name"], &mut |_, rows| {
                    let texts = Column::new("name".into(), texts(rows, "name").unwrap_or_default());
                    let texts = DataFrame::new_infer_height(vec![texts]).map_err(self.broken())?;
                    match &mut whole {
                        None => whole = Some(texts),
                        Some(whole) => drop(whole.vstack_mut(&texts).map_err(self.broken())?),
                    }
                    Ok(())
                })?;
                Ok(whole.unwrap_or_default())
            }
        }
    }

    /// Hands over those of some columns that it has, with the number of the first row, a row group or some thousand rows at a
    /// time; nothing where it has none of them.
    pub(super) fn each(
        &self,
        columns: &[&str],
        work: &mut dyn FnMut(usize, &DataFrame) -> Result<(), EmbeddingsError>,
    ) -> Result<(), EmbeddingsError> {
        let columns: Vec<&str> = columns.iter().copied().filter(|column| self.has(column)).collect();
        if columns.is_empty() {
            return Ok(());
        }
        let mut first = 0;
        match &self.place {
            Place::Groups(groups) => {
                for group in 0..groups.len() {
                    let rows = groups.read(group, Some(&columns)).map_err(self.broken())?;
                    work(first, &rows)?;
                    first += groups.rows_of(group);
                }
            }
            Place::Held(data) => {
                let data = data.select(columns).map_err(self.broken())?;
                while first < data.height() {
                    work(first, &data.slice(i64::try_from(first).unwrap_or(i64::MAX), CHUNK))?;
                    first += CHUNK;
                }
            }
        }
        Ok(())
    }

    /// Some rows of those of some columns that it has; the numbers of the rows rise.
    pub(super) fn rows(&self, columns: &[&str], wanted: &[usize]) -> Result<DataFrame, EmbeddingsError> {
        let columns: Vec<&str> = columns.iter().copied().filter(|column| self.has(column)).collect();
        if columns.is_empty() {
            return Ok(DataFrame::default());
        }
        let some = |data: &DataFrame, first: usize, wanted: &[usize]| -> Result<DataFrame, EmbeddingsError> {
            let places = wanted.iter().map(|row| IdxSize::try_from(row - first).unwrap_or(IdxSize::MAX)).collect();
            data.take(&IdxCa::from_vec("rows".into(), places)).map_err(self.broken())
        };
        match &self.place {
            Place::Held(data) => some(&data.select(columns).map_err(self.broken())?, 0, wanted),
            Place::Groups(groups) => {
                let mut found = groups.read_none(Some(&columns)).map_err(self.broken())?;
                let (mut first, mut wanted) = (0, wanted);
                for group in 0..groups.len() {
                    let end = first + groups.rows_of(group);
                    let (of_group, rest) = wanted.split_at(wanted.partition_point(|row| *row < end));
                    if !of_group.is_empty() {
                        let rows = groups.read(group, Some(&columns)).map_err(self.broken())?;
                        found.vstack_mut(&some(&rows, first, of_group)?).map_err(self.broken())?;
                    }
                    (first, wanted) = (end, rest);
                }
                Ok(found)
            }
        }
    }

    fn broken(&self) -> impl Fn(PolarsError) -> EmbeddingsError + use<> {
        let path = self.path.clone();
        move |error| EmbeddingsError::File { path: path.clone(), what: format!("not readable as Parquet: {error}") }
    }
}
