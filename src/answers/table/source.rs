//! Where a table lies: in a file, or in memory under a name.

use crate::files::sha256;
use polars::frame::DataFrame;
use polars::prelude::{Column, DataType};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::path::{Path, PathBuf};

/// A table of predictions or truths that is to be read: a file, a run directory, or a table that is in memory.
///
/// # Examples
///
/// ```
/// use nearmiss::answers::table::{TableOptions, TableSource, read_tables};
/// use polars::prelude::df;
///
/// let table = df!("image" => ["1", "2"], "truth" => ["Felis catus", "Lynx lynx"], "predicted" => ["Felis catus"; 2])?;
/// let source = TableSource::held("cats", table);
/// // What is in memory is no file, whatever lies in this folder.
/// assert_eq!(source.file(), None);
/// assert_eq!(read_tables(source, None, &TableOptions::default())?.runs[0].images, ["1", "2"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TableSource {
    /// A path, or what a table in memory is called.
    name: PathBuf,
    held: Option<DataFrame>,
}

impl TableSource {
    /// A table in memory; the name is for messages and for runs that have none.
    #[must_use]
    pub fn held(name: &str, data: DataFrame) -> TableSource {
        TableSource { name: PathBuf::from(name), held: Some(data) }
    }

    /// The path, or the name of a table in memory: for messages.
    #[must_use]
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// The file or folder; `None` for a table in memory.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.held.is_none().then_some(self.name.as_path())
    }

    /// The run directory, where it is a folder.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.file().filter(|path| path.is_dir())
    }

    /// The table, where it is in memory.
    pub(super) fn data(&self) -> Option<&DataFrame> {
        self.held.as_ref()
    }

    /// SHA-256 of a table in memory, in hexadecimal: of the names of its columns and, column by column, its cells as text, each
    /// with its length before it. `None` for a file.
    #[must_use]
    pub fn sha256(&self) -> Option<String> {
        let bytes: Vec<Vec<u8>> = self.held.as_ref()?.columns().par_iter().map(column_bytes).collect();
        Some(sha256::hex(bytes.iter().map(Vec::as_slice)))
    }
}

/// The name of a column and its cells as text, each with its length before it.
fn column_bytes(column: &Column) -> Vec<u8> {
    let mut bytes = vec![];
    let mut add = |text: Option<&str>| match text {
        Some(text) => {
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        None => bytes.extend(u64::MAX.to_le_bytes()),
    };
    add(Some(column.name()));
    // What cannot be written as text cannot be read as answers either.
    if let Ok(texts) = column.cast(&DataType::String)
        && let Ok(texts) = texts.str()
    {
        texts.iter().for_each(add);
    }
    bytes
}

impl From<PathBuf> for TableSource {
    fn from(name: PathBuf) -> Self {
        TableSource { name, held: None }
    }
}

impl From<&PathBuf> for TableSource {
    fn from(name: &PathBuf) -> Self {
        name.clone().into()
    }
}

impl From<&Path> for TableSource {
    fn from(name: &Path) -> Self {
        name.to_path_buf().into()
    }
}

impl From<&TableSource> for TableSource {
    fn from(source: &TableSource) -> Self {
        source.clone()
    }
}
