//! Judgements of texts: those of TREC and ranx, or a table with a header as BEIR has it.

use super::columns::Columns;
use super::error::TextsError;
use crate::answers::table::TableSource;
use crate::spaces::retrieval::documents::Documents;
use crate::spaces::retrieval::file::is_judgements;
use crate::spaces::retrieval::qrels::Qrels;
use polars::prelude::{Column, DataFrame};
use std::path::Path;

const QUERIES: [&str; 4] = ["queryid", "qid", "query", "topic"];
const DOCUMENTS: [&str; 6] = ["corpusid", "docid", "documentid", "document", "docno", "passageid"];
const GRADES: [&str; 5] = ["score", "relevance", "rel", "grade", "label"];

/// Reads judgements of any kind; documents get the numbers of their names.
///
/// # Errors
///
/// [`TextsError`]: no judgements, a column that is missing, a grade that is none.
pub(super) fn read(path: &Path, names: &mut Documents) -> Result<Qrels, TextsError> {
    if is_judgements(path) {
        return Ok(Qrels::read(path, names)?);
    }
    let columns = Columns::read(path)?;
    let cells = |words: &[&str], wanted| columns.texts(columns.required(words, wanted)?);
    let (queries, documents) = (cells(&QUERIES, "ids of queries")?, cells(&DOCUMENTS, "ids of documents")?);
    let grades = cells(&GRADES, "grades")?;
    let columns =
        vec![Column::new("q_id".into(), queries), Column::new("doc_id".into(), documents), Column::new("score".into(), grades)];
    let fault = |error: polars::prelude::PolarsError| TextsError::Column {
        path: path.to_path_buf(),
        column: GRADES[0].to_string(),
        what: error.to_string(),
    };
    let table = TableSource::held(&path.display().to_string(), DataFrame::new_infer_height(columns).map_err(fault)?);
    Ok(Qrels::held(&table, names)?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn grades(text: &str) -> Result<Vec<(String, String, i32)>, TextsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.tsv");
        std::fs::write(&path, text).unwrap();
        let mut names = Documents::default();
        let qrels = read(&path, &mut names)?;
        let of = |(query, grades): (&String, &hashbrown::HashMap<u32, i32>)| -> Vec<(String, String, i32)> {
            grades.iter().map(|(document, grade)| (query.clone(), names.name(*document).to_string(), *grade)).collect()
        };
        let mut all: Vec<_> = qrels.queries.iter().zip(&qrels.grades).flat_map(of).collect();
        all.sort();
        Ok(all)
    }

    #[test]
    fn judgements_of_beir_and_of_trec_say_the_same() {
        let expected = [("q1", "d1", 2), ("q1", "d2", 0), ("q2", "d2", 1)].map(|(q, d, g)| (q.to_string(), d.to_string(), g));
        assert_eq!(grades("query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\n").unwrap(), expected);
        assert_eq!(grades("q1 0 d1 2\nq1 0 d2 0\nq2 0 d2 1\n").unwrap(), expected);
        assert_eq!(grades("{\"q1\": {\"d1\": 2, \"d2\": 0}, \"q2\": {\"d2\": 1}}").unwrap(), expected);
        let half = grades("query-id\tcorpus-id\tscore\nq1\td1\t0.5\nq1\td2\t0\n").unwrap_err().to_string();
        assert!(half.contains("the grade '0.5' of document 'd1' for query 'q1' is no whole number"), "{half}");
        let without = grades("query-id\tcorpus-id\nq1\td1\nq1\td2\n").unwrap_err().to_string();
        assert!(without.contains("no column of grades"), "{without}");
    }
}
