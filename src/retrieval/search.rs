//! Every embedding as a query against all others.

use super::classes::{ClassCosines, RankCosine, between, by_rank};
use super::flags::Flags;
use super::hard_negatives::HardNegative;
use super::measure::Measure;
use super::query::Query;
use super::relevance::{Holdings, Level, Relevance};
use super::triplets::{Setting, Triplets, triplets};
use crate::bootstrap::{self, Clusters};
use crate::compare::{CompareOptions, Comparison, Values};
use crate::embeddings::Embeddings;
use crate::latent::groups::Groups;
use crate::metric::Direction;
use crate::neighbours::{Neighbour, Rows, Similarity, dot, nearest, squared_distance};
use crate::statistics::to_f64;
use crate::taxonomy::TaxonId;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashMap;

/// Documents up to which rankings are whole unless asked otherwise.
pub const WHOLE: usize = 4_000;
/// Length of rankings of more documents.
pub const DEPTH: usize = 100;
/// Queries at once.
const BLOCK: usize = 1_024;
/// Taxa of the matrix of mean cosines.
const CLASSES: usize = 300;

/// How long rankings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// Whole up to [`WHOLE`] documents, else [`DEPTH`] or the largest cutoff.
    #[default]
    Usual,
    /// Whole.
    All,
    /// So many documents.
    At(usize),
}

/// How a search is done and what is measured.
#[derive(Debug, Clone)]
pub struct SearchOptions {
    /// Whether vectors are divided by their lengths first.
    pub normalise: bool,
    /// What is near.
    pub similarity: Similarity,
    /// Whether photographs of the query's observation are left out.
    pub across_observations: bool,
    /// How long rankings are.
    pub depth: Depth,
    /// The measures, each at its level.
    pub measures: Vec<Measure>,
    /// Numbers of first documents that are flagged.
    pub ks: Vec<usize>,
    /// Least grade that is yellow; 1 where `None`.
    pub yellow_from: Option<i32>,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Seed of draws.
    pub seed: u64,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            normalise: true,
            similarity: Similarity::Cosine,
            across_observations: false,
            depth: Depth::Usual,
            measures: vec![],
            ks: vec![1, 5, 10],
            yellow_from: None,
            draws: bootstrap::DRAWS,
            seed: 0,
        }
    }
}

/// A measure over all queries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Its name with level, `mrr@10-lspecies`.
    pub name: String,
    /// Its name without.
    pub measure: String,
    /// Rank from which on documents are relevant; `None` where there is no such rank.
    pub rank: Option<String>,
    /// Least relevant grade.
    pub level: Option<i32>,
    /// Queries that have a value: those with something to find.
    pub n: usize,
    /// Mean; `None` without queries.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Why there is no interval, where there is a value.
    pub no_interval: Option<String>,
}

/// Share of relevant and of other documents that are among the first k.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopShare {
    /// First documents.
    pub k: usize,
    /// Share of all pairs of a query and a document of its finest taxon with the document among the first k.
    pub positives: Option<f64>,
    /// The same for documents of other taxa.
    pub negatives: Option<f64>,
}

/// What came of a search.
#[derive(Debug, Clone, Serialize)]
pub struct Search {
    /// Vectors that were queries.
    pub queries: usize,
    /// Vectors that were documents.
    pub documents: usize,
    /// Query vectors without a taxon: left out.
    pub queries_without_taxon: usize,
    /// Document vectors without a taxon: left out.
    pub documents_without_taxon: usize,
    /// Length of vectors.
    pub width: usize,
    /// `l2` or `none`.
    pub norm: &'static str,
    /// What is near.
    pub similarity: Similarity,
    /// What decides between equally near documents.
    pub ties: &'static str,
    /// Whether photographs of the query's observation were left out.
    pub across_observations: bool,
    /// Length of rankings; `None` for whole ones.
    pub depth: Option<usize>,
    /// Observations that intervals draw; as many as queries where none repeats.
    pub clusters: usize,
    /// Grades and the ranks they stand for.
    pub levels: Vec<Level>,
    /// Least yellow grade.
    pub yellow_from: i32,
    /// Measures and flags.
    pub measured: Vec<Measured>,
    /// Triplets at the finest level.
    pub triplets: Option<Triplets>,
    /// Positives and negatives in the first k.
    pub top_shares: Vec<TopShare>,
    /// Mean cosines rank by rank, over pairs of documents.
    pub cosines: Vec<RankCosine>,
    /// Decisions, one sentence each.
    pub notes: Vec<String>,
    /// Rows of the queries.
    #[serde(skip)]
    pub query_rows: Vec<usize>,
    /// Rows of the documents.
    #[serde(skip)]
    pub document_rows: Vec<usize>,
    /// A value for each of [`Search::measured`] and query.
    #[serde(skip)]
    pub per_query: Vec<Vec<Option<f64>>>,
    /// The first document of each query, as a place in [`Search::document_rows`], with its similarity and grade.
    #[serde(skip)]
    pub first: Vec<Option<(usize, f64, i32)>>,
    /// Look-alikes.
    #[serde(skip)]
    pub hard_negatives: Vec<HardNegative>,
    /// Mean cosines of taxa, for the figure.
    #[serde(skip)]
    pub classes: ClassCosines,
}

/// Why there is no search.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum SearchError {
    #[error("the queries have vectors of length {queries}, the documents of length {documents}; embed both with the same model")]
    Width { queries: usize, documents: usize },
    #[error(
        "no {what} has a taxon: nothing can be relevant; give names with --labels, or the taxonomy they stand in with --taxonomy"
    )]
    NoTaxa { what: &'static str },
    #[error(
        "measure '{measure}' looks at whole rankings, and those of {documents} documents are cut at {depth}; give it a cutoff \
         (@{depth}), or rank all with --depth all"
    )]
    NotWhole { measure: String, documents: usize, depth: usize },
    #[error("measure '{measure}' looks at {k} documents, and rankings are cut at {depth}; give --depth {k}")]
    TooDeep { measure: String, k: usize, depth: usize },
}

/// What one query gave.
struct Found {
    values: Vec<Option<f64>>,
    first: Option<(usize, f64, i32)>,
    negative: Option<HardNegative>,
    tops: Vec<[u64; 2]>,
    judged: [u64; 2],
}

/// Ranks documents for every query and measures the rankings; without `queries` each row of the index is a
/// query against all other rows.
///
/// # Errors
///
/// [`SearchError`].
#[expect(clippy::too_many_lines, reason = "one way from vectors to numbers; each step is a function of its own")]
pub fn search(index: &Embeddings, queries: Option<&Embeddings>, options: &SearchOptions) -> Result<Search, SearchError> {
    let asked = queries.unwrap_or(index);
    if asked.width != index.width {
        return Err(SearchError::Width { queries: asked.width, documents: index.width });
    }
    let (query_rows, query_taxa) = with_taxon(asked);
    let (document_rows, document_taxa) = with_taxon(index);
    for (rows, what) in [(&query_rows, "query"), (&document_rows, "document")] {
        if rows.is_empty() {
            return Err(SearchError::NoTaxa { what });
        }
    }
    let relevance = Relevance::of(&index.taxonomy, document_taxa.iter().chain(&query_taxa).copied());
    let depth = depth(options, document_rows.len())?;
    let query_values = chosen(asked, &query_rows, options.normalise);
    let document_values = chosen(index, &document_rows, options.normalise);
    let query_matrix = Rows { values: &query_values, width: asked.width };
    let document_matrix = Rows { values: &document_values, width: index.width };
    let same = queries.is_none();
    let observation_of =
        |embeddings: &'_ Embeddings, row: usize| embeddings.observations.get(row).filter(|name| !name.is_empty()).cloned();
    let query_observations: Vec<Option<String>> = query_rows.iter().map(|&row| observation_of(asked, row)).collect();
    let document_observations: Vec<Option<String>> = document_rows.iter().map(|&row| observation_of(index, row)).collect();
    let allowed = |query: usize, document: usize| {
        let itself = same && query_rows[query] == document_rows[document];
        let observation = &query_observations[query];
        let together = observation.is_some() && *observation == document_observations[document];
        !(itself || (options.across_observations && together))
    };
    let mut of_observation: HashMap<&str, Vec<usize>> = HashMap::new();
    if options.across_observations {
        for (document, name) in document_observations.iter().enumerate() {
            if let Some(name) = name {
                of_observation.entry(name).or_default().push(document);
            }
        }
    }
    let left_out = |query: usize| -> Vec<TaxonId> {
        let together = query_observations[query].as_deref().and_then(|name| of_observation.get(name));
        match together {
            Some(documents) => documents.iter().map(|&document| document_taxa[document]).collect(),
            None if same => vec![query_taxa[query]],
            None => vec![],
        }
    };
    let holdings = Holdings::of(&relevance, document_taxa.iter().copied());
    let family =
        relevance.levels().iter().find(|level| level.rank == "family").or_else(|| relevance.levels().iter().rev().nth(1));
    let family = family.map_or(1, |level| level.grade);
    let yellow_from = options.yellow_from.unwrap_or(1);
    let look = |query: usize, ranked: &[Neighbour]| -> Found {
        let taxon = query_taxa[query];
        let own = relevance.own(taxon);
        let grades: Vec<i32> =
            ranked.iter().map(|(document, _)| relevance.grade(taxon, document_taxa[*document as usize])).collect();
        let judged = holdings.judged(taxon, &left_out(query));
        let known: Vec<Option<i32>> = grades.iter().copied().map(Some).collect();
        let asked = Query { ranked: &known, judged: &judged };
        // A query without anything to find has no value.
        let value = |measure: &Measure| (asked.relevant(measure.level) > 0).then(|| measure.of(&asked));
        let mut values: Vec<Option<f64>> = options.measures.iter().map(value).collect();
        for &k in &options.ks {
            let flags = Flags::of(&grades, k, own, yellow_from);
            let red = flags.map(|flags| f64::from(flags.red > 0.0));
            values.extend(flags.map_or([None; 4], |flags| [flags.green, flags.yellow, flags.red, flags.height].map(Some)));
            values.push(red);
        }
        let finest = relevance.finest();
        let positives = asked.relevant(finest);
        let count = |k: usize| grades.iter().take(k).filter(|grade| **grade >= finest).count() as u64;
        let top = |k: &usize| [count(*k), grades.len().min(*k) as u64 - count(*k)];
        let all: u64 = judged.iter().map(|(_, count)| count).sum();
        let counted = own >= finest;
        Found {
            values,
            first: ranked.first().map(|(document, similarity)| (*document as usize, *similarity, grades[0])),
            negative: HardNegative::of(query, ranked, &grades, family, own).filter(|_| counted),
            tops: options.ks.iter().map(top).map(|top| if counted { top } else { [0; 2] }).collect(),
            judged: if counted { [positives, all - positives] } else { [0; 2] },
        }
    };
    let mut found: Vec<Found> = Vec::with_capacity(query_rows.len());
    for start in (0..query_rows.len()).step_by(BLOCK) {
        let end = (start + BLOCK).min(query_rows.len());
        let block = Rows { values: &query_values[start * asked.width..end * asked.width], width: asked.width };
        let k = depth.unwrap_or(document_rows.len());
        let ranked = nearest(block, document_matrix, options.similarity, k, &|query, document| allowed(start + query, document));
        found.par_extend(ranked.par_iter().enumerate().map(|(query, ranked)| look(start + query, ranked)));
    }
    let per_query: Vec<Vec<Option<f64>>> = (0..options.measures.len() + 5 * options.ks.len())
        .map(|place| found.iter().map(|found| found.values[place]).collect())
        .collect();
    let clusters = if query_observations.iter().any(Option::is_some) {
        let alone: Vec<String> = (0..query_rows.len()).map(|query| format!("\u{0}{query}")).collect();
        Clusters::by_name(query_observations.iter().zip(&alone).map(|(name, alone)| name.as_ref().unwrap_or(alone).as_str()))
    } else {
        Clusters::single(query_rows.len())
    };
    let measured = measured(options, relevance.levels(), &per_query, &clusters);
    let levels = relevance.levels().to_vec();
    let taxa_at =
        |level: &Level| Groups::of(&document_taxa.iter().map(|&taxon| relevance.group(taxon, level)).collect::<Vec<_>>());
    let cosines = levels.iter().map(|level| by_rank(&level.rank, document_matrix, &taxa_at(level))).collect();
    let finest = levels.last();
    let classes =
        finest.map_or(ClassCosines { taxa: vec![], means: vec![] }, |level| between(document_matrix, &taxa_at(level), CLASSES));
    let class_of = |taxa: &[TaxonId]| -> Vec<Option<usize>> {
        taxa.iter().map(|&taxon| finest.and_then(|level| relevance.group(taxon, level)).map(TaxonId::index)).collect()
    };
    let (query_classes, document_classes) = (class_of(&query_taxa), class_of(&document_taxa));
    let near =
        |query: usize, document: usize| similarity(options.similarity, query_matrix.row(query), document_matrix.row(document));
    let setting = Setting { queries: &query_classes, documents: &document_classes, similarity: &near, allowed: &allowed };
    let triplets = triplets(&setting, options.seed);
    let mut notes = index.notes.clone();
    if let Some(queries) = queries {
        notes.extend(queries.notes.iter().map(|note| format!("queries: {note}")));
    }
    let sum = |of: &dyn Fn(&Found) -> u64| found.iter().map(of).sum::<u64>();
    let top_shares = options
        .ks
        .iter()
        .enumerate()
        .map(|(place, &k)| TopShare {
            k,
            positives: crate::statistics::share(sum(&|found| found.tops[place][0]), sum(&|found| found.judged[0])),
            negatives: crate::statistics::share(sum(&|found| found.tops[place][1]), sum(&|found| found.judged[1])),
        })
        .collect();
    Ok(Search {
        queries: query_rows.len(),
        documents: document_rows.len(),
        queries_without_taxon: asked.len() - query_rows.len(),
        documents_without_taxon: index.len() - document_rows.len(),
        width: index.width,
        norm: if options.normalise { "l2" } else { "none" },
        similarity: options.similarity,
        ties: "the smaller row first",
        across_observations: options.across_observations,
        depth,
        clusters: clusters.len(),
        levels,
        yellow_from,
        measured,
        triplets,
        top_shares,
        cosines,
        notes,
        per_query,
        first: found.iter().map(|found| found.first).collect(),
        hard_negatives: found.iter().filter_map(|found| found.negative).collect(),
        classes,
        query_rows,
        document_rows,
    })
}

/// Rows that have a taxon, with these.
fn with_taxon(embeddings: &Embeddings) -> (Vec<usize>, Vec<TaxonId>) {
    embeddings.taxa.iter().enumerate().filter_map(|(row, taxon)| Some((row, (*taxon)?))).unzip()
}

fn chosen(embeddings: &Embeddings, rows: &[usize], normalise: bool) -> Vec<f64> {
    let normalised;
    let values = if normalise {
        normalised = embeddings.normalised();
        &normalised
    } else {
        &embeddings.values
    };
    let width = embeddings.width;
    rows.iter().flat_map(|&row| &values[row * width..(row + 1) * width]).copied().collect()
}

/// Length of rankings, `None` for whole ones.
fn depth(options: &SearchOptions, documents: usize) -> Result<Option<usize>, SearchError> {
    let largest = options.measures.iter().filter_map(|measure| measure.k).chain(options.ks.iter().copied()).max().unwrap_or(0);
    let depth = match options.depth {
        Depth::All => return Ok(None),
        Depth::Usual if documents <= WHOLE => return Ok(None),
        Depth::Usual => DEPTH.max(largest),
        Depth::At(depth) => depth,
    };
    for measure in &options.measures {
        match measure.k {
            None => return Err(SearchError::NotWhole { measure: measure.name(), documents, depth }),
            Some(k) if k > depth => return Err(SearchError::TooDeep { measure: measure.name(), k, depth }),
            Some(_) => {}
        }
    }
    Ok(Some(depth))
}

fn similarity(similarity: Similarity, a: &[f64], b: &[f64]) -> f64 {
    match similarity {
        Similarity::Inner => dot(a, b),
        Similarity::Euclidean => -squared_distance(a, b).sqrt(),
        Similarity::Cosine => crate::latent::groups::cosine(a, b),
    }
}

/// Names, means and intervals of all values.
fn measured(options: &SearchOptions, levels: &[Level], per_query: &[Vec<Option<f64>>], clusters: &Clusters) -> Vec<Measured> {
    let rank_of = |level: i32| levels.iter().find(|known| known.grade == level).map(|known| known.rank.clone());
    let mut named: Vec<(String, String, Option<i32>, Direction)> = options
        .measures
        .iter()
        .map(|measure| (measure.name(), measure.base_name(), Some(measure.level), Direction::Higher))
        .collect();
    for k in &options.ks {
        let flags = [
            ("green", Direction::Higher),
            ("yellow", Direction::Neither),
            ("red", Direction::Lower),
            ("mean_height", Direction::Lower),
            ("queries_with_red", Direction::Lower),
        ];
        named.extend(flags.map(|(name, direction)| (format!("{name}@{k}"), format!("{name}@{k}"), None, direction)));
    }
    // Of what is no measure only heights are no shares.
    let of_flag = |(name, ..): &(String, String, Option<i32>, Direction)| (!name.starts_with("mean_height")).then_some((0.0, 1.0));
    let ranges: Vec<Option<(f64, f64)>> =
        options.measures.iter().map(Measure::range).chain(named.iter().skip(options.measures.len()).map(of_flag)).collect();
    let values: Vec<Values> = named
        .iter()
        .zip(per_query)
        .zip(ranges)
        .map(|(((name, .., direction), values), range)| Values {
            name: name.clone(),
            label: name.clone(),
            direction: *direction,
            binary: is_binary(values.iter().flatten().copied()),
            range,
            runs: vec![values.clone()],
        })
        .collect();
    let noun = if clusters.repeat() { "observations" } else { "queries" };
    let compared = CompareOptions { draws: options.draws, seed: options.seed, noun, ..CompareOptions::default() };
    let comparison = Comparison::of(&["embeddings".to_string()], &values, clusters, &compared);
    named
        .into_iter()
        .zip(comparison.metrics)
        .map(|((name, measure, level, _), of)| Measured {
            name,
            measure,
            rank: level.and_then(rank_of),
            level,
            n: of.n,
            value: of.means[0],
            low: of.intervals[0].map(|interval| interval.low),
            high: of.intervals[0].map(|interval| interval.high),
            no_interval: of.no_interval[0].clone().filter(|_| of.n > 0),
        })
        .collect()
}

/// Whether values are 0 and 1 only.
#[must_use]
pub fn is_binary(mut values: impl Iterator<Item = f64>) -> bool {
    values.all(|value| value.abs() <= 0.0 || (value - 1.0).abs() <= 0.0)
}

impl Search {
    /// A value by name: a measure, a flag, `triplets.accuracy`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<f64> {
        self.measured.iter().find(|measured| measured.name == name).and_then(|measured| measured.value)
    }

    /// Share of queries that have nothing to find at a level.
    #[must_use]
    pub fn without_relevant(&self, level: i32) -> Option<f64> {
        let n = self.measured.iter().find(|measured| measured.level == Some(level))?.n;
        Some(1.0 - to_f64(n as u64) / to_f64(self.queries as u64))
    }
}
