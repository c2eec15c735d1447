//! Reads a taxonomy that is to be scored against, in any format that [`import`](super::import) knows.

use super::Taxonomy;
use super::import::{Import, ImportError, ImportOptions};
use super::shipped::{MOST_LEVELS, SHIPPED, Shipped};
use std::path::{Path, PathBuf};

/// Why a taxonomy could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is unreadable, of no known format, empty, or a table that does not form a tree as it stands.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Too many levels to be scored against.
    #[error(
        "{path}: the tree has {levels} levels below its root; at most {MOST_LEVELS} are scored against: \
         leave out inner nodes that are no taxa"
    )]
    TooDeep {
        /// The file.
        path: PathBuf,
        /// How many it has.
        levels: u32,
    },
}

impl Shipped {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the file in the repository is faulty, which a test excludes.
    pub fn read(&self) -> Result<Taxonomy, ReadError> {
        Taxonomy::from_bytes(self.bytes, Path::new(self.file))
    }
}

impl Taxonomy {
    /// Reads a taxonomy, [strictly](Import::strictly) where it is a table that people can mend.
    ///
    /// # Errors
    ///
    /// [`ReadError::Import`]; of a faulty table with all problems and their lines.
    pub fn from_path(path: &Path) -> Result<Taxonomy, ReadError> {
        Ok(Import::open(path, &ImportOptions::default())?.strictly()?.taxonomy()?)
    }

    /// Reads a taxonomy from the bytes of a file; `path` is for messages.
    ///
    /// # Errors
    ///
    /// As [`Taxonomy::from_path`].
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Taxonomy, ReadError> {
        Ok(Import::from_bytes(bytes, path, &ImportOptions::default())?.strictly()?.taxonomy()?)
    }

    /// Reads a shipped taxonomy by its name, or else a file, to be scored against: scores go up the lineages of
    /// every image and every candidate, so that they take at most [`MOST_LEVELS`] levels.
    ///
    /// # Errors
    ///
    /// As [`Taxonomy::from_path`]; [`ReadError::TooDeep`].
    pub fn named(name: &str) -> Result<Taxonomy, ReadError> {
        let path = Path::new(name);
        let taxonomy = match SHIPPED.iter().find(|shipped| shipped.name == name) {
            Some(shipped) => shipped.read()?,
            None => Taxonomy::from_path(path)?,
        };
        let levels = taxonomy.taxa().map(|taxon| taxonomy.depth(taxon)).max().unwrap_or(0);
        if levels > MOST_LEVELS { Err(ReadError::TooDeep { path: path.to_path_buf(), levels }) } else { Ok(taxonomy) }
    }
}
