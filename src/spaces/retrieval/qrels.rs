//! Judgements: which documents are relevant to a query, and how much.

use super::documents::Documents;
use super::file::{FileError, Kind, read};
use hashbrown::HashMap;
use std::path::Path;

/// Grades of documents, query by query.
#[derive(Debug, Clone, Default)]
pub struct Qrels {
    /// Names of the queries, in the order of the file.
    pub queries: Vec<String>,
    /// Grades by document for each query.
    pub grades: Vec<HashMap<u32, i32>>,
}

impl Qrels {
    /// Reads ranx JSON, TREC or Parquet, packed by gzip or not; the content says which.
    ///
    /// # Errors
    ///
    /// [`FileError`], with the place.
    pub fn read(path: &Path, documents: &mut Documents) -> Result<Qrels, FileError> {
        let rows = read(path, Kind::Qrels, documents)?;
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small while reading")]
        let grades =
            rows.scored.into_iter().map(|scored| scored.into_iter().map(|(document, grade)| (document, grade as i32)).collect());
        Ok(Qrels { queries: rows.queries, grades: grades.collect() })
    }
}
