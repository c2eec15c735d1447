//! Where texts lie.

use super::collection::TextCollection;
use super::columns::Columns;
use super::error::TextsError;
use super::folder::{TextFolder, holds_texts};
use super::{corpus, pairs_table};
use crate::taxonomy::Taxonomy;
use std::path::{Path, PathBuf};

/// Where documents, queries and judgements lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextSource {
    /// A folder as BEIR has it, or a table: of pairs, or of texts with taxa, each of which asks for the others.
    One(PathBuf),
    /// Documents and queries from a file each, with judgements, or without where both have taxa.
    Files {
        /// The documents.
        corpus: PathBuf,
        /// The queries.
        queries: PathBuf,
        /// What is relevant to them.
        judgements: Option<PathBuf>,
    },
}

/// What is wanted of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// The taxonomy that taxa are of; one made of their lineages where none is given.
    pub taxonomy: Option<&'a Taxonomy>,
    /// The split to be measured.
    pub part: Option<&'a str>,
    /// Whether queries to tune on are wanted as well.
    pub tuning: bool,
}

impl TextSource {
    /// Reads documents, queries and judgements. Where taxa judge, the judgements are still to be made:
    /// [`TextCollection::judge_by_taxa`].
    ///
    /// # Errors
    ///
    /// [`TextsError`]: whatever cannot be read or does not belong together.
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::spaces::retrieval::texts::{TextSource, Wanted};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("pairs.csv");
    /// std::fs::write(&path, "query,positive,negative\nblack ant,Lasius niger,Apis mellifera\nbee,Apis mellifera,\n")?;
    /// let texts = TextSource::One(path).read(&Wanted::default())?;
    /// assert_eq!((texts.queries.len(), texts.documents.len(), texts.triplets.len()), (2, 2, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(&self, wanted: &Wanted<'_>) -> Result<TextCollection, TextsError> {
        match self {
            TextSource::One(path) if path.is_dir() => {
                let folder = TextFolder::of(path, wanted.part, wanted.tuning)?;
                corpus::judged(&folder.corpus, &folder.queries, &folder.judgements)
            }
            TextSource::One(path) => {
                let columns = Columns::read(path)?;
                if pairs_table::is_of_pairs(&columns)? { pairs_table::read(&columns) } else { table(path, &columns, wanted) }
            }
            TextSource::Files { corpus, queries, judgements: Some(judgements) } => {
                corpus::judged(corpus, queries, &[(None, judgements.clone())])
            }
            TextSource::Files { corpus, queries, judgements: None } => corpus::by_taxa(corpus, queries, wanted.taxonomy),
        }
    }

    /// The files and folders.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        match self {
            TextSource::One(path) => vec![path.clone()],
            TextSource::Files { corpus, queries, judgements } => judgements.iter().chain([corpus, queries]).cloned().collect(),
        }
    }

    /// Whether a path is surely one of texts: a folder as BEIR has it.
    #[must_use]
    pub fn is_at(path: &Path) -> bool {
        holds_texts(path)
    }
}

/// A table that is not one of pairs: of texts with taxa, or else one that lacks a column of pairs.
fn table(path: &Path, columns: &Columns, wanted: &Wanted<'_>) -> Result<TextCollection, TextsError> {
    match corpus::own(path, wanted.taxonomy) {
        // What it lacks to be one of pairs is the more likely remedy.
        Err(TextsError::NoColumn { .. } | TextsError::NoTaxa { .. }) => pairs_table::read(columns),
        found => found,
    }
}
