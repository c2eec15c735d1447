//! Judgements: which documents are relevant to a query, and how much.

use super::documents::Documents;
use super::file::{FileError, Kind, Rows, held, read};
use crate::answers::table::TableSource;
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
        read(path, Kind::Qrels, documents).map(Qrels::of)
    }

    /// Takes a table with a row for each query and document, whose columns are called as those of Parquet; it may be in memory.
    ///
    /// # Errors
    ///
    /// [`FileError`], with the row.
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::answers::table::TableSource;
    /// use nearmiss::spaces::retrieval::{Documents, Qrels};
    /// use polars::prelude::df;
    ///
    /// let table = df!("q_id" => ["fox", "fox"], "doc_id" => ["1.jpg", "2.jpg"], "score" => [1, 0])?;
    /// let mut documents = Documents::default();
    /// let qrels = Qrels::held(&TableSource::held("qrels", table), &mut documents)?;
    /// assert_eq!(qrels.grades[0][&documents.number("1.jpg")], 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn held(source: &TableSource, documents: &mut Documents) -> Result<Qrels, FileError> {
        held(source, Kind::Qrels, documents).map(Qrels::of)
    }

    fn of(rows: Rows) -> Qrels {
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small while reading")]
        let grades =
            rows.scored.into_iter().map(|scored| scored.into_iter().map(|(document, grade)| (document, grade as i32)).collect());
        Qrels { queries: rows.queries, grades: grades.collect() }
    }
}
