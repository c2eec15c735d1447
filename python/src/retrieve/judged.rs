//! Judgements and runs of other programs as Python has them: a path, a table, or a dict of dicts.

use crate::error::refusal;
use crate::frame::Frame;
use crate::options;
use crate::vectors::path;
use nearmiss::answers::table::TableSource;
use nearmiss::spaces::retrieval::file::FileError;
use nearmiss::spaces::retrieval::{Documents, Qrels, Run};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;

/// Documents with their numbers, query by query.
type Listed = Vec<(String, Vec<(String, f64)>)>;

/// The largest grade.
const MOST: f64 = 1e6;

/// Where judgements, or a run, are.
pub(super) enum Source {
    /// ranx JSON, TREC lines, Parquet.
    File(PathBuf),
    /// A table in memory: q_id, doc_id, score.
    Table(TableSource),
    /// `{query: {document: number}}`.
    Listed(Listed),
}

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Judgements,
    Run,
}

impl Kind {
    fn number(self) -> &'static str {
        if self == Kind::Judgements { "grade" } else { "score" }
    }

    /// What is wrong with a number; nothing with one that can stand there.
    fn fault(self, number: f64) -> Option<&'static str> {
        match self {
            _ if number.is_nan() => Some("is no number that can be ranked by"),
            Kind::Judgements if number.fract() != 0.0 || number.abs() > MOST => Some("is no whole number"),
            _ => None,
        }
    }
}

impl Source {
    /// Of a value that was given under a name.
    pub(super) fn of(given: &Bound<'_, PyAny>, kind: Kind, name: &str) -> PyResult<Source> {
        if let Some(path) = path(given)? {
            return Ok(Source::File(path));
        }
        if given.is_instance_of::<Frame>() {
            return options::source(given).map(Source::Table);
        }
        let Ok(queries) = given.cast::<PyDict>() else {
            let form = format!("{{query: {{document: {}}}}}", kind.number());
            return Err(refusal(&format!(
                "{name}: a path, a table with the columns q_id, doc_id and score, or a dict {form} is wanted"
            )));
        };
        let listed =
            queries.iter().map(|(query, documents)| listed(&query, &documents, kind, name)).collect::<PyResult<Listed>>()?;
        if listed.is_empty() { Err(refusal(&format!("{name}: it holds no query"))) } else { Ok(Source::Listed(listed)) }
    }

    /// The path, where it is one.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        if let Source::File(path) = self { Some(path) } else { None }
    }

    /// As judgements.
    pub(super) fn judgements(self, documents: &mut Documents) -> Result<Qrels, FileError> {
        match self {
            Source::File(path) => Qrels::read(&path, documents),
            Source::Table(table) => Qrels::held(&table, documents),
            Source::Listed(listed) => Ok(graded(listed, documents)),
        }
    }

    /// As a run; a name that is given stands before the one that a file has.
    pub(super) fn run(self, name: String, documents: &mut Documents) -> Result<Run, FileError> {
        let run = match self {
            Source::File(path) => Run::read(&path, documents)?,
            Source::Table(table) => Run::held(&table, documents)?,
            Source::Listed(listed) => scored(listed, documents),
        };
        Ok(if name.is_empty() { run } else { Run { name, ..run } })
    }
}

/// One query with its documents.
fn listed(
    query: &Bound<'_, PyAny>,
    documents: &Bound<'_, PyAny>,
    kind: Kind,
    name: &str,
) -> PyResult<(String, Vec<(String, f64)>)> {
    let query = query.str()?.to_string();
    let Ok(documents) = documents.cast::<PyDict>() else {
        return Err(refusal(&format!("{name}: query '{query}' has no dict of documents with a {} each", kind.number())));
    };
    let mut numbers = Vec::with_capacity(documents.len());
    for (document, number) in documents {
        let document = document.str()?.to_string();
        let of = |shown: &str| format!("{name}: the {} {shown} of document '{document}' for query '{query}'", kind.number());
        let value = number.extract::<f64>().map_err(|_| {
            let shown = number.repr().map_or_else(|_| "...".to_string(), |shown| shown.to_string());
            refusal(&format!("{} is no number", of(&shown)))
        })?;
        if let Some(what) = kind.fault(value) {
            return Err(refusal(&format!("{} {what}", of(&value.to_string()))));
        }
        numbers.push((document, value));
    }
    Ok((query, numbers))
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small when they were taken")]
fn graded(listed: Listed, documents: &mut Documents) -> Qrels {
    let mut qrels = Qrels::default();
    for (query, grades) in listed {
        qrels.queries.push(query);
        qrels.grades.push(grades.iter().map(|(document, grade)| (documents.number(document), *grade as i32)).collect());
    }
    qrels
}

fn scored(listed: Listed, documents: &mut Documents) -> Run {
    let mut run = Run::default();
    for (query, scores) in listed {
        run.queries.push(query);
        run.scored.push(scores.iter().map(|(document, score)| (documents.number(document), *score)).collect());
    }
    run
}
