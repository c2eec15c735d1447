//! Reads a taxonomy that is to be scored against, in any format that [`import`](super::import) knows.

use super::Taxonomy;
use super::import::{Import, ImportError, ImportOptions};
use super::shipped::{MOST_LEVELS, SHIPPED, Shipped};
use crate::numbers::nearest::did_you_mean;
use std::path::{Path, PathBuf};

/// Why a taxonomy could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is unreadable, of no known format, empty, or a table that does not form a tree as it stands.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Neither a file nor a taxonomy that is shipped.
    #[error("{name}: there is no such file, and no taxonomy of this name is shipped{nearest}; shipped are {}", shipped())]
    NoSuchTaxonomy {
        /// What was given.
        name: String,
        /// The shipped one that may be meant.
        nearest: String,
    },
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

fn shipped() -> String {
    SHIPPED.map(|shipped| shipped.name).join(", ")
}

impl ReadError {
    /// The same error; of a taxonomy that there is none of with the word of an option that may be meant instead.
    #[must_use]
    pub fn or_meant(self, words: &[&str]) -> ReadError {
        match self {
            ReadError::NoSuchTaxonomy { name, nearest } if nearest.is_empty() => {
                let nearest = did_you_mean(&name, words.iter().copied());
                ReadError::NoSuchTaxonomy { name, nearest }
            }
            other => other,
        }
    }
}

/// Whether there is something at a path; an address is left to what reads it.
///
/// # Errors
///
/// [`ReadError::NoSuchTaxonomy`] with the shipped one that may be meant: by the name, or by that of the file.
pub(super) fn check_there(name: &str) -> Result<(), ReadError> {
    let path = Path::new(name);
    if path.exists() || name.contains("://") {
        return Ok(());
    }
    let word = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
    let nearest = did_you_mean(word, SHIPPED.iter().map(|shipped| shipped.name));
    Err(ReadError::NoSuchTaxonomy { name: name.to_string(), nearest })
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
    /// As [`Taxonomy::from_path`]; [`ReadError::TooDeep`]; [`ReadError::NoSuchTaxonomy`].
    pub fn named(name: &str) -> Result<Taxonomy, ReadError> {
        Taxonomy::named_with(name, &ImportOptions::default())
    }

    /// As [`Taxonomy::named`], of that part of it which the options keep.
    ///
    /// # Errors
    ///
    /// As [`Taxonomy::named`]; options that name what the source does not have.
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::taxonomy::Taxonomy;
    /// use nearmiss::taxonomy::import::ImportOptions;
    ///
    /// let poppies = ImportOptions { within: vec!["Papaveraceae".to_string()], ..ImportOptions::default() };
    /// let part = Taxonomy::named_with("arable-france", &poppies)?;
    /// // The family with what leads to it, and nothing beside it.
    /// assert!(part.resolve("Papaver rhoeas").taxon().is_some() && part.resolve("Plantae").taxon().is_some());
    /// assert_eq!(part.resolve("Poaceae").taxon(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn named_with(name: &str, options: &ImportOptions) -> Result<Taxonomy, ReadError> {
        let path = Path::new(name);
        let import = if let Some(shipped) = SHIPPED.iter().find(|shipped| shipped.name == name) {
            Import::from_bytes(shipped.bytes, Path::new(shipped.file), options)?
        } else {
            check_there(name)?;
            Import::open(path, options)?
        };
        let taxonomy = import.strictly()?.taxonomy()?;
        let levels = taxonomy.taxa().map(|taxon| taxonomy.depth(taxon)).max().unwrap_or(0);
        if levels > MOST_LEVELS { Err(ReadError::TooDeep { path: path.to_path_buf(), levels }) } else { Ok(taxonomy) }
    }
}
