//! What is asked of a retrieval: searches among vectors, and runs held against judgements.

use super::judged::{Kind, Source};
use crate::asked::{Arguments, counts, given, rank};
use crate::error::{OrRefused, refusal};
use crate::options;
use crate::running::Say;
use crate::vectors::{Vectors, path};
use nearmiss::numbers::counted::counted;
use nearmiss::numbers::neighbours::Similarity;
use nearmiss::report::Overwrite;
use nearmiss::report::retrieval::ranking::Ranking;
use nearmiss::report::retrieval::searching::{Searching, SearchingError};
use nearmiss::report::retrieval::{Ranked, Searched};
use nearmiss::scores::gate::Gate;
use nearmiss::spaces::retrieval::fusion::Fusion;
use nearmiss::spaces::retrieval::measure::Labels;
use nearmiss::spaces::retrieval::search::Depth;
use nearmiss::spaces::retrieval::{Documents, Ties};
use nearmiss::taxonomy::source::TaxonomySource;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::{Path, PathBuf};

const SEARCHING: [&str; 17] = [
    "labels",
    "observations",
    "queries",
    "query_names",
    "query_labels",
    "query_observations",
    "taxonomy",
    "measures",
    "gates",
    "norm",
    "similarity",
    "across_observations",
    "depth",
    "k",
    "yellow_from",
    "draws",
    "seed",
];

const RANKING: [&str; 10] = ["measures", "gates", "ties", "fuse", "fused", "force", "ranx_labels", "alpha", "draws", "seed"];

/// Vectors, each of which is a query, and how they are searched.
pub(super) struct Search {
    index: Vectors,
    queries: Option<Vectors>,
    taxonomy: Option<TaxonomySource>,
    searching: Searching,
}

impl Search {
    pub(super) fn of(vectors: &Bound<'_, PyAny>, names: Option<Vec<String>>, options: &Bound<'_, PyDict>) -> PyResult<Search> {
        options::known(options, &SEARCHING)?;
        let arguments = Arguments { labels: "labels", observations: "observations", names };
        let index = Vectors::of(vectors, ["embeddings", "labels"], arguments.said(options)?)?;
        let queries = given(options, "queries")?;
        let names = given(options, "query_names")?.map(|_| options::names(options, "query_names")).transpose()?;
        let said = Arguments { labels: "query_labels", observations: "query_observations", names }.said(options)?;
        if let (None, Some(_)) = (&queries, &said.table) {
            return Err(refusal("query_labels= says what the vectors of queries= show, and there are none"));
        }
        let queries = queries.map(|queries| Vectors::of(&queries, ["queries", "query_labels"], said)).transpose()?;
        let searching = searching(index.name(), options)?;
        Ok(Search { index, queries, taxonomy: options::taxonomy(options)?, searching })
    }

    /// Where the vectors lie, if they are in files.
    pub(super) fn inputs(&self) -> Vec<PathBuf> {
        let all = std::iter::once(&self.index).chain(&self.queries).map(Vectors::path);
        all.collect::<Option<Vec<PathBuf>>>().unwrap_or_default()
    }

    pub(super) fn run(self, say: Say<'_>) -> Result<Searched, SearchingError> {
        let given = self.taxonomy.as_ref().map(TaxonomySource::read).transpose()?;
        let index = self.index.read(given.as_deref())?;
        say(format!("{} of length {}", counted(index.len(), "vector", "vectors"), index.width));
        let queries = self.queries.map(|queries| queries.read(Some(&index.taxonomy))).transpose()?;
        self.searching.held(index, queries)?.search()
    }
}

fn searching(index: &Path, options: &Bound<'_, PyDict>) -> PyResult<Searching> {
    let usual = Searching::of(index);
    let near = [("cosine", Similarity::Cosine), ("inner", Similarity::Inner), ("euclidean", Similarity::Euclidean)];
    let ks = counts(options, "k")?.unwrap_or_else(|| usual.ks.clone());
    if ks.contains(&0) {
        return Err(refusal("k=0: a number of documents is 1 or more"));
    }
    let (gates_file, gates) = gates(options)?;
    Ok(Searching {
        measures: measures(options)?,
        gates_file,
        gates,
        normalise: options::choice(options, "norm", &[("l2", true), ("none", false)])?.unwrap_or(usual.normalise),
        similarity: options::choice(options, "similarity", &near)?.unwrap_or(usual.similarity),
        across_observations: options::flag(options, "across_observations")?,
        depth: depth(options)?,
        ks,
        yellow_from: rank(options, "yellow_from")?,
        draws: options::count(options, "draws", 100)?.unwrap_or(usual.draws),
        seed: options::number(options, "seed")?.unwrap_or(usual.seed),
        ..usual
    })
}

/// Runs to be held against judgements, and how.
pub(super) struct Judging {
    judgements: Source,
    runs: Vec<(String, Source)>,
    ranking: Ranking,
    fused: Option<(PathBuf, Overwrite)>,
}

impl Judging {
    pub(super) fn of(
        qrels: &Bound<'_, PyAny>,
        runs: Vec<(String, Bound<'_, PyAny>)>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Judging> {
        options::known(options, &RANKING)?;
        let judgements = Source::of(qrels, Kind::Judgements, "qrels")?;
        let run = |(name, run): (String, Bound<'_, PyAny>)| {
            let source = Source::of(&run, Kind::Run, if name.is_empty() { "run" } else { &name })?;
            Ok((name, source))
        };
        let runs = runs.into_iter().map(run).collect::<PyResult<Vec<(String, Source)>>>()?;
        let ranking = ranking(judgements.path().map_or(Path::new("qrels"), PathBuf::as_path), options)?;
        let overwrite = if options::flag(options, "force")? { Overwrite::Anything } else { Overwrite::OwnReport };
        let fused = options::path(options, "fused")?.map(|path| (path, overwrite));
        if fused.is_some() && ranking.fusion.is_none() {
            return Err(refusal(
                "fused= is where the fused run is written; say with fuse= how runs are fused: 'rrf', 'sum', 'mnz'",
            ));
        }
        Ok(Judging { judgements, runs, ranking, fused })
    }

    /// Where judgements and runs lie, if all of them are files.
    pub(super) fn inputs(&self) -> Vec<PathBuf> {
        let all = std::iter::once(&self.judgements).chain(self.runs.iter().map(|(_, run)| run));
        all.map(|source| source.path().cloned()).collect::<Option<Vec<PathBuf>>>().unwrap_or_default()
    }

    pub(super) fn run(self) -> Result<Ranked, String> {
        let Judging { judgements, runs, ranking, fused } = self;
        let mut documents = Documents::default();
        let qrels = judgements.judgements(&mut documents).map_err(|error| error.to_string())?;
        let read = |(name, run): (String, Source)| run.run(name, &mut documents).map_err(|error| error.to_string());
        let runs = runs.into_iter().map(read).collect::<Result<Vec<_>, String>>()?;
        let rankings = ranking.held(documents, qrels, runs).map_err(|error| error.to_string())?;
        if let Some((path, overwrite)) = fused {
            rankings.write_fused(&path, overwrite).map_err(|error| error.to_string())?;
        }
        let judged = rankings.judge().map_err(|error| error.to_string())?;
        judged.compare().map_err(|error| error.to_string())
    }
}

fn ranking(judgements: &Path, options: &Bound<'_, PyDict>) -> PyResult<Ranking> {
    let usual = Ranking::of(judgements, vec![]);
    let ties = [("trec", Ties::Trec), ("input", Ties::Input), ("docid-asc", Ties::DocidAsc)];
    let fusions = [("rrf", Fusion::Rrf), ("sum", Fusion::Sum), ("mnz", Fusion::Mnz)];
    let labels = [("current", Labels::Current), ("legacy", Labels::Legacy)];
    let (gates_file, gates) = gates(options)?;
    Ok(Ranking {
        measures: measures(options)?,
        gates_file,
        gates,
        ties: options::choice(options, "ties", &ties)?.unwrap_or_default(),
        fusion: options::choice(options, "fuse", &fusions)?,
        labels: options::choice(options, "ranx_labels", &labels)?.unwrap_or_default(),
        alpha: options::share(options, "alpha")?.unwrap_or(usual.alpha),
        draws: options::count(options, "draws", 100)?.unwrap_or(usual.draws),
        seed: options::number(options, "seed")?.unwrap_or(usual.seed),
        ..usual
    })
}

/// Measures by their names; several may stand in one text, as on the command line.
fn measures(options: &Bound<'_, PyDict>) -> PyResult<Vec<String>> {
    let names = options::names(options, "measures")?;
    Ok(names.iter().flat_map(|name| name.split(',')).map(|name| name.trim().to_string()).collect())
}

/// A file of gates, or lines that measures must reach.
fn gates(options: &Bound<'_, PyDict>) -> PyResult<(Option<PathBuf>, Vec<Gate>)> {
    let Some(value) = given(options, "gates")? else { return Ok((None, vec![])) };
    if let Some(path) = path(&value)?.filter(|path| !path.to_string_lossy().contains(['<', '>'])) {
        return Ok((Some(path), vec![]));
    }
    let lines = options::names(options, "gates")?;
    let gates = lines.iter().map(|line| Gate::parse_measure(line)).collect::<Result<Vec<Gate>, _>>();
    Ok((None, gates.or_refused()?))
}

/// Documents that are ranked for each query.
fn depth(options: &Bound<'_, PyDict>) -> PyResult<Depth> {
    let Some(value) = given(options, "depth")? else { return Ok(Depth::Usual) };
    if value.extract::<String>().is_ok_and(|word| word == "all") {
        return Ok(Depth::All);
    }
    let depth = value.extract::<usize>().ok().filter(|depth| *depth > 0).map(Depth::At);
    depth.ok_or_else(|| refusal("depth= is a number of documents from 1 on, or 'all'"))
}
