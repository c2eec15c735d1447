//! A run held against judgements.

use super::documents::Documents;
use super::measure::Measure;
use super::qrels::Qrels;
use super::query::{Query, counted};
use super::run::Run;
use super::ties::{Tied, Ties};
use hashbrown::HashMap;
use rayon::prelude::*;
use serde::Serialize;

/// What a run is worth for every query that was judged.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// A value for each measure and query, queries in the order of the judgements.
    pub values: Vec<Vec<f64>>,
    /// What had to be decided.
    pub accounting: QueryAccounting,
}

/// Queries and documents that do not fit each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct QueryAccounting {
    /// Judged queries, over which means are taken.
    pub queries: usize,
    /// Judged queries that the run does not have: each counts 0.
    pub missing: usize,
    /// Queries of the run that nobody judged: left out.
    pub extra: usize,
    /// Judged queries without a relevant document: each counts 0, as in ranx.
    pub without_relevant: usize,
    /// What equal scores concern.
    pub tied: Tied,
}

/// Why a run cannot be held against judgements.
#[derive(Debug, thiserror::Error)]
#[error("run '{run}' and the judgements have no query in common: the run's first is '{of_run}', the judgements' '{of_qrels}'")]
pub struct NothingInCommon {
    run: String,
    of_run: String,
    of_qrels: String,
}

/// Evaluates a run: means are over all judged queries, a missing one counting 0.
///
/// # Errors
///
/// [`NothingInCommon`].
pub fn evaluate(
    qrels: &Qrels,
    run: &Run,
    measures: &[Measure],
    ties: Ties,
    documents: &Documents,
) -> Result<Evaluation, NothingInCommon> {
    let places: HashMap<&str, usize> = run.queries.iter().enumerate().map(|(place, query)| (query.as_str(), place)).collect();
    let found: Vec<Option<usize>> = qrels.queries.iter().map(|query| places.get(query.as_str()).copied()).collect();
    let common = found.iter().flatten().count();
    if common == 0 {
        let first = |queries: &[String]| queries.first().cloned().unwrap_or_default();
        return Err(NothingInCommon { run: run.name.clone(), of_run: first(&run.queries), of_qrels: first(&qrels.queries) });
    }
    let one = |(place, grades): (&Option<usize>, &HashMap<u32, i32>)| {
        let mut scored = place.map(|place| run.scored[place].clone()).unwrap_or_default();
        let equal = ties.sort(&mut scored, documents);
        let ranked: Vec<Option<i32>> = scored.iter().map(|(document, _)| grades.get(document).copied()).collect();
        let judged = counted(grades.values().copied());
        let query = Query { ranked: &ranked, judged: &judged };
        (equal, query.relevant(1) == 0, measures.iter().map(|measure| measure.of(&query)).collect::<Vec<f64>>())
    };
    let of_query: Vec<(usize, bool, Vec<f64>)> = found.par_iter().zip(&qrels.grades).map(one).collect();
    let values = (0..measures.len()).map(|measure| of_query.iter().map(|(.., values)| values[measure]).collect()).collect();
    let accounting = QueryAccounting {
        queries: found.len(),
        missing: found.len() - common,
        extra: run.queries.len() - common,
        without_relevant: of_query.iter().filter(|(_, nothing, _)| *nothing).count(),
        tied: Tied {
            documents: of_query.iter().map(|(equal, ..)| equal).sum(),
            queries: of_query.iter().filter(|(equal, ..)| *equal > 0).count(),
        },
    };
    Ok(Evaluation { values, accounting })
}
