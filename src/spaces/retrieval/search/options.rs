//! How a search is done, and what cannot be.

use crate::numbers::bootstrap;
use crate::numbers::neighbours::Similarity;
use crate::scores::flags::Acceptable;
use crate::spaces::retrieval::measure::Measure;
use crate::taxonomy::rank::Rank;

/// Documents up to which rankings are whole unless asked otherwise.
pub const WHOLE: usize = 4_000;
/// Length of rankings of more documents.
pub const DEPTH: usize = 100;
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
    /// The rank at which a document of another taxon must meet the query to be yellow, as in `report`.
    pub yellow_from: Rank,
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
            yellow_from: Acceptable::default().rank,
            draws: bootstrap::DRAWS,
            seed: 0,
        }
    }
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

/// Length of rankings, `None` for whole ones.
pub(super) fn depth(options: &SearchOptions, documents: usize) -> Result<Option<usize>, SearchError> {
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
