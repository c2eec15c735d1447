//! Every embedding as a query against all others.

mod options;
mod measured;
mod side;
mod look;

pub use measured::{Measured, TopShare};
pub use options::{DEPTH, Depth, SearchError, SearchOptions, WHOLE};

use super::classes::{ClassCosines, RankCosine, between, by_rank};
use super::hard_negatives::HardNegative;
use super::relevance::{Level, Relevance};
use super::ties::Tied;
use super::triplets::Triplets;
use crate::numbers::counted::{counted, form};
use crate::numbers::neighbours::Similarity;
use crate::numbers::statistics::to_f64;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Reasons;
use crate::spaces::latent::draws::{Draws, reasons};
use crate::spaces::latent::groups::Groups;
use crate::spaces::metric::retrieval::flags::FLAGS;
use crate::taxonomy::rank::Rank;
use look::{Found, Look};
use serde::Serialize;
use side::{Allowed, Side};

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
    let documents = Side::of(index, options, if queries.is_none() { "query" } else { "document" })?;
    let of_queries = queries.map(|queries| Side::of(queries, options, "query")).transpose()?;
    let asked = of_queries.as_ref().unwrap_or(&documents);
    let relevance = Relevance::of(&index.taxonomy, documents.taxa.iter().chain(&asked.taxa).copied());
    let depth = options::depth(options, documents.len())?;
    let allowed = Allowed::of(of_queries.as_ref(), &documents, options);
    let look = Look::of(options, &relevance, &allowed);
    let found = look.at_all(depth);
    let draws = Draws::of(&asked.observations, "queries", options.draws, options.seed);
    let (measured, per_query) =
        measured::measured(options, relevance.levels(), by_value(&found, options), look.yellow_from, &draws);
    let tied = tied(&found);
    let tops: Vec<(&[[u64; 2]], [u64; 2])> = found.iter().map(|found| (&found.tops[..], found.judged)).collect();
    let by_row = asked.by_row();
    let document_places = documents.places();
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
        notes: notes(index, queries, tied, &look),
        levels: relevance.levels().to_vec(),
        yellow_from: look.yellow_from,
        measured,
        triplets: look.triplets(&draws),
        top_shares: measured::top_shares(&options.ks, &tops, &draws),
        cosines: cosines(&documents, &relevance),
        no_interval: reasons(&WITHOUT),
        per_query: per_query.iter().map(|values| by_row.iter().map(|&place| values[place]).collect()).collect(),
        first: by_row.iter().map(|&place| found[place].first.map(in_rows)).collect(),
        look_alikes_within: look.family.map(|level| level.rank.clone()),
        hard_negatives: hard_negatives(&found, &asked.places(), &document_places),
        classes: classes(&documents, &relevance),
        query_rows: asked.rows_in_order(),
        document_rows: documents.rows_in_order(),
    })
}

/// The values of all queries for each measure, then for each flag at each cutoff.
fn by_value(found: &[Found], options: &SearchOptions) -> Vec<Vec<Option<f64>>> {
    let count = options.measures.len() + FLAGS.len() * options.ks.len();
    (0..count).map(|place| found.iter().map(|found| found.values[place]).collect()).collect()
}

/// What equally near documents concern.
fn tied(found: &[Found]) -> Tied {
    Tied { documents: found.iter().map(|found| found.tied).sum(), queries: found.iter().filter(|found| found.tied > 0).count() }
}

/// Documents by the taxa that share a level.
fn groups_at(documents: &Side, relevance: &Relevance<'_>, level: &Level) -> Groups {
    Groups::of(&documents.taxa.iter().map(|&taxon| relevance.group(taxon, level)).collect::<Vec<_>>())
}

/// Mean cosines level by level.
fn cosines(documents: &Side, relevance: &Relevance<'_>) -> Vec<RankCosine> {
    let at = |level: &Level| by_rank(&level.rank, documents.matrix(), &groups_at(documents, relevance, level));
    relevance.levels().iter().map(at).collect()
}

/// Mean cosines of the taxa of the finest level.
fn classes(documents: &Side, relevance: &Relevance<'_>) -> ClassCosines {
    let at = |level: &Level| between(documents.matrix(), &groups_at(documents, relevance, level), CLASSES);
    relevance.levels().last().map_or(ClassCosines { taxa: vec![], means: vec![] }, at)
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
fn notes(index: &Embeddings, queries: Option<&Embeddings>, tied: Tied, look: &Look<'_>) -> Vec<String> {
    let mut notes = index.notes.clone();
    notes.extend(queries.iter().flat_map(|queries| &queries.notes).map(|note| format!("queries: {note}")));
    if tied.documents > 0 {
        notes.push(format!(
            "{} of {} {} as near as another one; they stand by {TIES}",
            counted(tied.documents, "document", "documents"),
            counted(tied.queries, "query", "queries"),
            form(tied.documents, "is", "are")
        ));
    }
    notes.extend(look.without_yellow());
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
