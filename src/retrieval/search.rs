//! Every embedding as a query against all others.

mod measured;
mod options;
mod side;

pub use measured::{Measured, TopShare};
pub use options::{DEPTH, Depth, SearchError, SearchOptions, WHOLE};

use super::classes::{ClassCosines, RankCosine, between, by_rank};
use super::flags::Flags;
use super::hard_negatives::HardNegative;
use super::query::Query;
use super::relevance::{Holdings, Level, Relevance};
use super::ties::Tied;
use super::triplets::{Setting, Triplets, triplets};
use crate::embeddings::Embeddings;
use crate::latent::Reasons;
use crate::latent::draws::{Draws, reasons};
use crate::latent::groups::Groups;
use crate::neighbours::{Neighbour, Rows, Similarity, nearest};
use crate::rank::Rank;
use crate::scores::flags::is_near;
use crate::statistics::to_f64;
use crate::taxonomy::TaxonId;
use rayon::prelude::*;
use serde::Serialize;
use side::{Allowed, Side};

/// Queries at once.
const BLOCK: usize = 1_024;
/// Taxa of the matrix of mean cosines.
const CLASSES: usize = 300;
/// What decides between equally near documents, as [`Embeddings::order`] has it.
const TIES: &str = "taxa in the order of the taxonomy, then vectors number by number";
/// Values without intervals.
const WITHOUT: [(&str, &str); 2] = [
    ("cosines", "means over pairs of documents, which are not independent"),
    ("margin_quantiles", "a distribution of triplets: its quantiles say how far it spreads, and triplets are not independent"),
];

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
    /// What equally near documents concern.
    pub tied: Tied,
    /// Whether photographs of the query's observation were left out.
    pub across_observations: bool,
    /// Length of rankings; `None` for whole ones.
    pub depth: Option<usize>,
    /// Observations that intervals draw; as many as queries where none repeats.
    pub clusters: usize,
    /// Grades and the ranks they stand for.
    pub levels: Vec<Level>,
    /// The rank at which documents of other taxa must meet the query to be yellow; `None` where it does not occur, and
    /// yellow and red are left out.
    pub yellow_from: Option<Rank>,
    /// Measures and flags.
    pub measured: Vec<Measured>,
    /// Triplets at the finest level.
    pub triplets: Option<Triplets>,
    /// Positives and negatives in the first k.
    pub top_shares: Vec<TopShare>,
    /// Mean cosines rank by rank, over pairs of documents.
    pub cosines: Vec<RankCosine>,
    /// Why blocks have no intervals.
    pub no_interval: Reasons,
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
    /// The rank that look-alikes share with the query: family where it occurs, else the one above the finest.
    pub look_alikes_within: Option<String>,
    /// Look-alikes.
    #[serde(skip)]
    pub hard_negatives: Vec<HardNegative>,
    /// Mean cosines of taxa, for the figure.
    #[serde(skip)]
    pub classes: ClassCosines,
}

/// What one query gave.
struct Found {
    values: Vec<Option<f64>>,
    first: Option<(usize, f64, i32)>,
    negative: Option<HardNegative>,
    tops: Vec<[u64; 2]>,
    judged: [u64; 2],
    tied: usize,
}

/// What queries are looked at with.
struct Look<'a> {
    options: &'a SearchOptions,
    relevance: &'a Relevance<'a>,
    holdings: Holdings<'a>,
    queries: &'a Side,
    documents: &'a Side,
    allowed: &'a Allowed<'a>,
    /// Length of the longest document.
    longest: f64,
    /// Least grade of documents that look alike.
    family: i32,
    /// The rank of yellow, where it occurs.
    yellow_from: Option<Rank>,
}

impl Look<'_> {
    fn at(&self, query: usize, ranked: &[Neighbour]) -> Found {
        let (relevance, options) = (self.relevance, self.options);
        let taxon = self.queries.taxa[query];
        let own = relevance.own(taxon);
        let taxon_of = |document: u32| self.documents.taxa[document as usize];
        let grades: Vec<i32> = ranked.iter().map(|&(document, _)| relevance.grade(taxon, taxon_of(document))).collect();
        let judged = self.holdings.judged(taxon, &self.allowed.left_out(query));
        let known: Vec<Option<i32>> = grades.iter().copied().map(Some).collect();
        let asked = Query { ranked: &known, judged: &judged };
        // A query without anything to find has no value, nor one whose lineage does not have the rank.
        let at_level = |level: i32| relevance.level(level).is_none_or(|level| relevance.group(taxon, level).is_some());
        let is_asked = |level: i32| asked.relevant(level) > 0 && at_level(level);
        let mut values: Vec<Option<f64>> =
            options.measures.iter().map(|measure| is_asked(measure.level).then(|| measure.of(&asked))).collect();
        let longest = options.ks.iter().copied().max().unwrap_or(0);
        let near = self.yellow_from.map(|rank| -> Vec<bool> {
            let is_near =
                |document: u32| is_near(relevance.taxonomy(), relevance.taxonomy().lca(taxon, taxon_of(document)), rank);
            ranked.iter().take(longest).map(|&(document, _)| is_near(document)).collect()
        });
        for &k in &options.ks {
            values.extend(Flags::of(&grades, near.as_deref(), k, own).map_or([None; 5], Flags::values));
        }
        let finest = relevance.finest();
        let positives = asked.relevant(finest);
        let count = |k: usize| grades.iter().take(k).filter(|grade| **grade >= finest).count() as u64;
        let top = |k: &usize| [count(*k), grades.len().min(*k) as u64 - count(*k)];
        let all: u64 = judged.iter().map(|(_, count)| count).sum();
        let counted = own >= finest;
        let grain = side::grain(options.similarity, self.queries.row(query), self.longest);
        let equal = ranked.chunk_by(|a, b| (a.1 - b.1).abs() <= grain);
        Found {
            values,
            first: ranked.first().map(|&(document, similarity)| (document as usize, similarity, grades[0])),
            negative: HardNegative::of(query, ranked, &grades, self.family, own).filter(|_| counted),
            tops: options.ks.iter().map(top).map(|top| if counted { top } else { [0; 2] }).collect(),
            judged: if counted { [positives, all - positives] } else { [0; 2] },
            tied: equal.map(<[_]>::len).filter(|count| *count > 1).sum(),
        }
    }
}

/// Ranks documents for every query and measures the rankings; without `queries` each row of the index is a
/// query against all other rows.
///
/// Equally near documents stand in the order of [`Embeddings::order`], which depends neither on the order of rows nor on
/// their names; so does everything that is drawn.
///
/// # Errors
///
/// [`SearchError`].
pub fn search(index: &Embeddings, queries: Option<&Embeddings>, options: &SearchOptions) -> Result<Search, SearchError> {
    let asked_of = queries.unwrap_or(index);
    if asked_of.width != index.width {
        return Err(SearchError::Width { queries: asked_of.width, documents: index.width });
    }
    let documents = Side::of(index, options.normalise, if queries.is_none() { "query" } else { "document" })?;
    let of_queries = queries.map(|queries| Side::of(queries, options.normalise, "query")).transpose()?;
    let asked = of_queries.as_ref().unwrap_or(&documents);
    let relevance = Relevance::of(&index.taxonomy, documents.taxa.iter().chain(&asked.taxa).copied());
    let depth = options::depth(options, documents.len())?;
    let allowed = Allowed::of(asked, &documents, queries.is_none(), options.across_observations);
    let levels = relevance.levels().to_vec();
    let family = levels.iter().find(|level| level.rank == "family").or_else(|| levels.iter().rev().nth(1));
    let yellow_from = Some(options.yellow_from).filter(|rank| levels.iter().any(|level| level.rank == rank.name()));
    let look = Look {
        options,
        relevance: &relevance,
        holdings: Holdings::of(&relevance, documents.taxa.iter().copied()),
        queries: asked,
        documents: &documents,
        allowed: &allowed,
        longest: documents.longest(),
        family: family.map_or(1, |level| level.grade),
        yellow_from,
    };
    let mut found: Vec<Found> = Vec::with_capacity(asked.len());
    for start in (0..asked.len()).step_by(BLOCK) {
        let end = (start + BLOCK).min(asked.len());
        let block = Rows { values: &asked.values[start * asked.width..end * asked.width], width: asked.width };
        let k = depth.unwrap_or(documents.len());
        let may = |query: usize, document: usize| allowed.may(start + query, document);
        let ranked = nearest(block, documents.matrix(), options.similarity, k, &may);
        found.par_extend(ranked.par_iter().enumerate().map(|(query, ranked)| look.at(start + query, ranked)));
    }
    let draws = Draws::of(&asked.observations, "queries", options.draws, options.seed);
    let per_query: Vec<Vec<Option<f64>>> = (0..options.measures.len() + Flags::NAMES.len() * options.ks.len())
        .map(|place| found.iter().map(|found| found.values[place]).collect())
        .collect();
    let (measured, per_query) = measured::measured(options, &levels, per_query, yellow_from.is_some(), &draws);
    let taxa_at =
        |level: &Level| Groups::of(&documents.taxa.iter().map(|&taxon| relevance.group(taxon, level)).collect::<Vec<_>>());
    let cosines = levels.iter().map(|level| by_rank(&level.rank, documents.matrix(), &taxa_at(level))).collect();
    let finest = levels.last();
    let classes = finest
        .map_or(ClassCosines { taxa: vec![], means: vec![] }, |level| between(documents.matrix(), &taxa_at(level), CLASSES));
    let class_of = |side: &Side| -> Vec<Option<usize>> {
        let class = |&taxon: &TaxonId| finest.and_then(|level| relevance.group(taxon, level)).map(TaxonId::index);
        side.taxa.iter().map(class).collect()
    };
    let (query_classes, document_classes) = (class_of(asked), class_of(&documents));
    let near = |query: usize, document: usize| side::similarity(options.similarity, asked.row(query), documents.row(document));
    let may = |query: usize, document: usize| allowed.may(query, document);
    let grain = |query: usize| side::grain(options.similarity, asked.row(query), look.longest);
    let setting = Setting {
        queries: &query_classes,
        documents: &document_classes,
        similarity: &near,
        grain: &grain,
        allowed: &may,
        left_out: &|query| allowed.hidden(query),
    };
    let triplets = triplets(&setting, options.seed).map(|triplets| triplets.with_intervals(&draws));
    let tied = Tied {
        documents: found.iter().map(|found| found.tied).sum(),
        queries: found.iter().filter(|found| found.tied > 0).count(),
    };
    let tops: Vec<(&[[u64; 2]], [u64; 2])> = found.iter().map(|found| (&found.tops[..], found.judged)).collect();
    let by_row = asked.by_row();
    let document_places = documents.places();
    let hard_negatives = hard_negatives(&found, &asked.places(), &document_places);
    let in_rows = |(document, similarity, grade): (usize, f64, i32)| (document_places[document], similarity, grade);
    Ok(Search {
        queries: asked.len(),
        documents: documents.len(),
        queries_without_taxon: asked_of.len() - asked.len(),
        documents_without_taxon: index.len() - documents.len(),
        width: index.width,
        norm: if options.normalise { "l2" } else { "none" },
        similarity: options.similarity,
        ties: TIES,
        tied,
        across_observations: options.across_observations,
        depth,
        clusters: draws.clusters(),
        notes: notes(index, queries, tied, &levels, options, yellow_from),
        levels: levels.clone(),
        yellow_from,
        measured,
        triplets,
        top_shares: measured::top_shares(&options.ks, &tops, &draws),
        cosines,
        no_interval: reasons(&WITHOUT),
        per_query: per_query.iter().map(|values| by_row.iter().map(|&place| values[place]).collect()).collect(),
        first: by_row.iter().map(|&place| found[place].first.map(in_rows)).collect(),
        look_alikes_within: family.map(|level| level.rank.clone()),
        hard_negatives,
        classes,
        query_rows: asked.rows_in_order(),
        document_rows: documents.rows_in_order(),
    })
}

/// The hard negatives of all queries that have one, by the places of queries and documents in their files.
fn hard_negatives(found: &[Found], query_places: &[usize], document_places: &[usize]) -> Vec<HardNegative> {
    let mut hard_negatives: Vec<HardNegative> = found.iter().filter_map(|found| found.negative).collect();
    for hard in &mut hard_negatives {
        (hard.query, hard.document) = (query_places[hard.query], document_places[hard.document]);
    }
    hard_negatives.sort_by_key(|hard| hard.query);
    hard_negatives
}

/// What was decided while reading and searching.
fn notes(
    index: &Embeddings,
    queries: Option<&Embeddings>,
    tied: Tied,
    levels: &[Level],
    options: &SearchOptions,
    yellow_from: Option<Rank>,
) -> Vec<String> {
    let mut notes = index.notes.clone();
    notes.extend(queries.iter().flat_map(|queries| &queries.notes).map(|note| format!("queries: {note}")));
    if tied.documents > 0 {
        notes.push(format!(
            "{} documents of {} queries are as near as another one; they stand by {TIES}",
            tied.documents, tied.queries
        ));
    }
    if yellow_from.is_none() {
        let ranks: Vec<&str> = levels.iter().map(|level| level.rank.as_str()).collect();
        notes.push(format!(
            "no {} occurs: yellow and red are left out; --yellow-from says from which rank on another taxon is acceptable ({})",
            options.yellow_from.name(),
            ranks.join(", ")
        ));
    }
    notes
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
