//! Importing: a source of any format to a table of ours, as `nearmiss taxonomy import` does it.

use super::import::{Import, ImportError, ImportOptions};
use super::read::{ReadError, check_there};
use super::shipped::SHIPPED;
use std::path::{Path, PathBuf};

/// What may be written over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overwrite {
    /// Nothing.
    #[default]
    Nothing,
    /// The table, if it is there.
    Table,
}

/// A source to be imported, and how.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::Taxonomy;
/// use nearmiss::taxonomy::importing::Importing;
///
/// let folder = tempfile::tempdir()?;
/// let [source, table] = ["list.csv", "taxonomy.csv"].map(|name| folder.path().join(name));
/// std::fs::write(&source, "id,parent,name,rank\n1,,Animalia,kingdom\n2,1,Felis,genus\n3,2,Felis catus,species\n")?;
/// let importing = Importing::of(&source, &table);
/// let import = importing.run()?;
/// let parts = import.accounting();
/// assert!(parts.is_whole());
/// assert_eq!(parts.line(), "3 rows = 3 taxa");
/// importing.write(&import)?;
/// assert!(Taxonomy::from_path(&table)?.resolve("Felis catus").taxon().is_some());
///
/// let again = importing.run().unwrap_err().to_string();
/// assert!(again.ends_with("is there already; give --force to replace it, or another name"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Importing {
    /// A file, folder or archive.
    pub source: PathBuf,
    /// How it is read and what is kept of it; its names come on top of those of the file.
    pub options: ImportOptions,
    /// A file of names or ids, one per line: only these taxa and what leads to them are kept.
    pub names: Option<PathBuf>,
    /// The table to write: `.parquet`, or `.csv`.
    pub output: PathBuf,
    /// What may be written over.
    pub overwrite: Overwrite,
    /// A CSV to write every finding to.
    pub findings: Option<PathBuf>,
}

/// Why a source cannot be imported.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ImportingError {
    #[error("{}: is there already; give --force to replace it, or another name", .0.display())]
    Exists(PathBuf),
    #[error("{}: cannot read the names", path.display())]
    Names { path: PathBuf, source: std::io::Error },
    #[error("{}: it holds no name", .0.display())]
    NoName(PathBuf),
    #[error("'{0}' is shipped with the program and needs no import: name it with --taxonomy")]
    Shipped(String),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl Importing {
    /// All of a source into a table that is not there yet.
    #[must_use]
    pub fn of(source: &Path, output: &Path) -> Importing {
        Importing {
            source: source.to_path_buf(),
            options: ImportOptions::default(),
            names: None,
            output: output.to_path_buf(),
            overwrite: Overwrite::default(),
            findings: None,
        }
    }

    /// Reads the source; nothing is written yet.
    ///
    /// # Errors
    ///
    /// [`ImportingError`]: a table that is there already, a source that is not there or is shipped, a source or names that
    /// cannot be read.
    pub fn run(&self) -> Result<Import, ImportingError> {
        if self.output.exists() && self.overwrite == Overwrite::Nothing {
            return Err(ImportingError::Exists(self.output.clone()));
        }
        self.check_there()?;
        let Some(path) = &self.names else { return Ok(Import::open(&self.source, &self.options)?) };
        let mut names = names(path)?;
        names.extend(self.options.names.iter().flatten().cloned());
        Ok(Import::open(&self.source, &ImportOptions { names: Some(names), ..self.options.clone() })?)
    }

    /// Whether there is a source.
    fn check_there(&self) -> Result<(), ImportingError> {
        let source = self.source.display().to_string();
        if !self.source.exists() && SHIPPED.iter().any(|shipped| shipped.name == source) {
            return Err(ImportingError::Shipped(source));
        }
        Ok(check_there(&source)?)
    }

    /// Writes the table, and the findings where they are wanted.
    ///
    /// # Errors
    ///
    /// [`ImportError::Write`].
    pub fn write(&self, import: &Import) -> Result<(), ImportError> {
        import.write(&self.output)?;
        if let Some(path) = &self.findings {
            import.write_findings(path)?;
        }
        Ok(())
    }
}

/// The names of a file, one per line; blank lines and those that begin with `#` are none.
fn names(path: &Path) -> Result<Vec<String>, ImportingError> {
    let text = crate::files::regular_file::read_to_string(path)
        .map_err(|source| ImportingError::Names { path: path.to_path_buf(), source })?;
    let names: Vec<String> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_string)
        .collect();
    if names.is_empty() { Err(ImportingError::NoName(path.to_path_buf())) } else { Ok(names) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn only_the_taxa_of_a_file_of_names_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let [source, wanted, table] = ["list.csv", "names.txt", "taxonomy.csv"].map(|name| folder.path().join(name));
        std::fs::write(&source, "id,parent,name,rank\n1,,Animalia,kingdom\n2,1,Felis,genus\n3,1,Lynx,genus\n").unwrap();
        let importing = Importing { names: Some(wanted.clone()), ..Importing::of(&source, &table) };
        std::fs::write(&wanted, "\u{feff}# cats\n\n Lynx \n").unwrap();
        let parts = importing.run().unwrap().accounting();
        assert_eq!((parts.taxa, parts.pruned), (2, 1));
        std::fs::write(&wanted, "# none\n").unwrap();
        assert_eq!(importing.run().unwrap_err().to_string(), format!("{}: it holds no name", wanted.display()));
    }
}
