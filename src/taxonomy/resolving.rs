//! Resolving: lists of names to a table of taxa, as `nearmiss taxonomy resolve` does it.

use super::Taxonomy;
use super::name_list::{NameList, NameListError};
use super::read::ReadError;
use super::resolution::Resolution;
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Names to be resolved, and how.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::resolving::Resolving;
///
/// let folder = tempfile::tempdir()?;
/// let [taxonomy, names, table] = ["taxonomy.csv", "names.csv", "resolved/table.csv"].map(|name| folder.path().join(name));
/// std::fs::write(&taxonomy, "id,parent,name,rank\n1,,Animalia,kingdom\n2,1,Lynx,genus\n3,2,Lynx lynx,species\n")?;
/// std::fs::write(&names, "photograph,name\n1.jpg,Lynx lynx\n2.jpg,Lynx rufus\n")?;
/// // Files of names, and names themselves.
/// let given = vec![names.display().to_string(), "Lynx".to_string()];
/// let resolved = Resolving::of(given, &taxonomy.display().to_string()).run()?;
/// assert_eq!(resolved.notes, ["names.csv: names from the column 'name'"]);
/// assert_eq!(resolved.resolution.rows.len(), 3);
/// assert!(!resolved.resolution.is_complete());
/// resolved.write(&table)?;
/// assert_eq!(std::fs::read(&table)?, resolved.csv()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Resolving {
    /// Files of names (a name per line, or a table with a column of names), or names themselves.
    pub names: Vec<String>,
    /// A taxonomy file of any format, or the name of a shipped one.
    pub taxonomy: String,
    /// The column of names; the best of those that are known where none is given.
    pub column: Option<String>,
}

/// Names that were resolved.
#[derive(Debug, Clone)]
pub struct ResolvedNames {
    /// All taxa are of it.
    pub taxonomy: Taxonomy,
    /// Decisions on the files of names, one sentence each.
    pub notes: Vec<String>,
    /// Every name with what it means.
    pub resolution: Resolution,
    /// How long it took to resolve them, in seconds, without reading.
    pub seconds: f64,
}

/// Why names cannot be resolved, or their table not be written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ResolvingError {
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Names(#[from] NameListError),
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error("{}: cannot be written", path.display())]
    Write { path: PathBuf, source: Box<dyn Error + Send + Sync> },
}

impl Resolving {
    /// By the columns that are known.
    #[must_use]
    pub fn of(names: Vec<String>, taxonomy: &str) -> Resolving {
        Resolving { names, taxonomy: taxonomy.to_string(), column: None }
    }

    /// Reads the names and resolves them.
    ///
    /// # Errors
    ///
    /// [`ResolvingError`]: a taxonomy or names that cannot be read.
    pub fn run(&self) -> Result<ResolvedNames, ResolvingError> {
        let taxonomy = Taxonomy::named(&self.taxonomy)?;
        let mut list = NameList::default();
        for name in &self.names {
            let path = Path::new(name);
            if path.is_file() { list.read(path, self.column.as_deref())? } else { list.push(name) }
        }
        let start = Instant::now();
        let resolution = Resolution::of(&taxonomy, &list);
        let seconds = start.elapsed().as_secs_f64();
        Ok(ResolvedNames { taxonomy, notes: list.notes, resolution, seconds })
    }
}

impl ResolvedNames {
    /// The table, as [`Resolution::csv`] has it.
    ///
    /// # Errors
    ///
    /// [`ResolvingError::Csv`].
    pub fn csv(&self) -> Result<Vec<u8>, ResolvingError> {
        Ok(self.resolution.csv(&self.taxonomy)?)
    }

    /// Writes the table, whole or not at all; its folder is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`ResolvingError`].
    pub fn write(&self, path: &Path) -> Result<(), ResolvingError> {
        let csv = self.csv()?;
        write_whole(path, &csv).map_err(|source| ResolvingError::Write { path: path.to_path_buf(), source })
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = crate::files::output::draft::file_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
