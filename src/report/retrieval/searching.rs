//! Searching: embeddings, read, each a query against all others and held to gates, as `nearmiss retrieve` does it.

use super::gates::{HoldError, gates, hold};
use super::searched::Searched;
use super::values::blocks;
use crate::numbers::neighbours::Similarity;
use crate::scores::gate::{Gate, Verdict};
use crate::spaces::embeddings::{Embeddings, EmbeddingsError};
use crate::spaces::retrieval::relevance::Relevance;
use crate::spaces::retrieval::search::{Depth, Search, SearchError, SearchOptions, WHOLE, search};
use crate::spaces::retrieval::{Measure, MeasureError};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::read::ReadError;
use std::path::{Path, PathBuf};

/// What is measured at every rank unless asked otherwise.
const MEASURES: [&str; 9] =
    ["mrr@10", "precision@1", "precision@5", "precision@10", "recall@10", "map@10", "ndcg@10", "r-precision", "map@r"];

/// Embeddings to be searched, and how.
#[derive(Debug, Clone)]
pub struct Searching {
    /// A run directory or a file of vectors: the documents, and the queries where there are no others.
    pub index: PathBuf,
    /// A CSV with a row per vector, for arrays.
    pub labels: Option<PathBuf>,
    /// Other embeddings as queries.
    pub queries: Option<PathBuf>,
    /// The CSV of their array.
    pub query_labels: Option<PathBuf>,
    /// A taxonomy file or the name of a shipped one; what the embeddings themselves say where there is none.
    pub taxonomy: Option<String>,
    /// Measures by their names, each at every rank unless it names one; the usual ones where there is none.
    pub measures: Vec<String>,
    /// A TOML file of gates, which come before those of `gates`.
    pub gates_file: Option<PathBuf>,
    /// Lines that measures must reach.
    pub gates: Vec<Gate>,
    /// Whether vectors are divided by their lengths first.
    pub normalise: bool,
    /// What is near.
    pub similarity: Similarity,
    /// Whether photographs of the query's own observation are left out.
    pub across_observations: bool,
    /// How long rankings are.
    pub depth: Depth,
    /// Numbers of first documents that are flagged.
    pub ks: Vec<usize>,
    /// Rank at which query and document must meet for a wrong document to be acceptable, which then must occur; genus
    /// where none is given, whether it occurs or not.
    pub yellow_from: Option<Rank>,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Seed of draws.
    pub seed: u64,
}

/// Why embeddings could not be searched.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum SearchingError {
    #[error(transparent)]
    Gate(#[from] HoldError),
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Embeddings(#[from] EmbeddingsError),
    #[error(transparent)]
    Measure(#[from] MeasureError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error("gate '{metric}': there is one value for each rank; say which, such as {metric}-l{finest}")]
    WithoutRank { metric: String, finest: String },
    #[error("--yellow-from '{rank}': that rank does not occur; there are {known}")]
    YellowFrom { rank: Rank, known: String },
}

/// Embeddings that were read and can be searched.
#[derive(Debug)]
pub struct Vectors<'a> {
    searching: &'a Searching,
    gates: Vec<Gate>,
    /// The documents.
    pub index: Embeddings,
    /// The queries, where they are others.
    pub queries: Option<Embeddings>,
}

impl Searching {
    /// Of a run directory or a file of vectors, everything else as `nearmiss retrieve` does it unless told otherwise.
    #[must_use]
    pub fn of(index: &Path) -> Searching {
        let SearchOptions { normalise, similarity, across_observations, depth, ks, draws, seed, .. } = SearchOptions::default();
        Searching {
            index: index.to_path_buf(),
            labels: None,
            queries: None,
            query_labels: None,
            taxonomy: None,
            measures: vec![],
            gates_file: None,
            gates: vec![],
            normalise,
            similarity,
            across_observations,
            depth,
            ks,
            yellow_from: None,
            draws,
            seed,
        }
    }

    /// Reads and searches.
    ///
    /// # Errors
    ///
    /// [`SearchingError`]: whatever cannot be read or measured.
    pub fn run(&self) -> Result<Searched, SearchingError> {
        self.read()?.search()
    }

    /// Reads: the first half of [`Searching::run`].
    ///
    /// # Errors
    ///
    /// [`SearchingError`]: whatever cannot be read.
    pub fn read(&self) -> Result<Vectors<'_>, SearchingError> {
        let gates = gates(self.gates_file.as_deref(), &self.gates)?;
        let given = self.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
        let index = Embeddings::read(&self.index, self.labels.as_deref(), given.as_ref())?;
        let queries = match &self.queries {
            Some(path) => Some(Embeddings::read(path, self.query_labels.as_deref(), Some(&index.taxonomy))?),
            None => None,
        };
        Ok(Vectors { searching: self, gates, index, queries })
    }

    /// Takes embeddings that have been read, in place of what the paths name: else as [`Searching::read`].
    ///
    /// # Errors
    ///
    /// [`SearchingError::Gate`]: gates that cannot be read.
    pub fn held(&self, index: Embeddings, queries: Option<Embeddings>) -> Result<Vectors<'_>, SearchingError> {
        let gates = gates(self.gates_file.as_deref(), &self.gates)?;
        Ok(Vectors { searching: self, gates, index, queries })
    }

    /// How is searched, and what is measured at which ranks.
    fn options(&self, measures: Vec<Measure>, levels: &[(&str, i32)]) -> Result<SearchOptions, SearchingError> {
        Ok(SearchOptions {
            normalise: self.normalise,
            similarity: self.similarity,
            across_observations: self.across_observations,
            depth: self.depth,
            measures,
            ks: self.ks.clone(),
            yellow_from: self.yellow_from.map_or(Ok(SearchOptions::default().yellow_from), |rank| yellow_from(rank, levels))?,
            draws: self.draws,
            seed: self.seed,
        })
    }

    /// The measures asked for at their ranks, and whether r-precision was left out because rankings are cut.
    fn measures(&self, gates: &mut [Gate], levels: &[(&str, i32)], whole: bool) -> Result<(Vec<Measure>, bool), SearchingError> {
        let usual = self.measures.is_empty();
        let asked: Vec<&str> = if usual { MEASURES.to_vec() } else { self.measures.iter().map(String::as_str).collect() };
        let mut measures: Vec<Measure> = vec![];
        let mut left_out = false;
        let mut add = |measure: Measure| {
            if measures.iter().all(|known| known.name() != measure.name()) {
                measures.push(measure);
            }
        };
        for text in asked {
            for measure in Measure::parse(text, levels)? {
                if usual && !whole && measure.needs_whole_rankings() {
                    left_out = true;
                    continue;
                }
                if measure.level_name.is_empty() {
                    for (rank, level) in levels {
                        add(measure.at_level(*level, rank));
                    }
                } else {
                    add(at_rank(&measure, levels));
                }
            }
        }
        for gate in gates {
            for measure in of_gate(gate, levels)? {
                gate.metric = measure.name();
                add(measure);
            }
        }
        Ok((measures, left_out))
    }
}

impl Vectors<'_> {
    /// Searches: the second half of [`Searching::run`].
    ///
    /// # Errors
    ///
    /// [`SearchingError`]: what cannot be measured.
    pub fn search(mut self) -> Result<Searched, SearchingError> {
        let search = self.measured()?;
        let values = blocks(&search);
        let verdicts =
            self.gates.iter().map(|gate| hold(gate, "embeddings", &values)).collect::<Result<Vec<Verdict>, HoldError>>()?;
        Ok(Searched { index: self.index, queries: self.queries, search, verdicts })
    }

    /// The search with all its notes; gates get the names of their measures.
    fn measured(&mut self) -> Result<Search, SearchingError> {
        let (index, queries) = (&self.index, self.queries.as_ref());
        let taxa = index.taxa.iter().chain(queries.iter().flat_map(|queries| &queries.taxa));
        let relevance = Relevance::of(&index.taxonomy, taxa.flatten().copied());
        let levels: Vec<(&str, i32)> = relevance.levels().iter().map(|level| (level.rank.as_str(), level.grade)).collect();
        let documents = index.taxa.iter().flatten().count();
        let depth = self.searching.depth;
        let whole = depth == Depth::All || (depth == Depth::Usual && documents <= WHOLE);
        let (measures, left_out) = self.searching.measures(&mut self.gates, &levels, whole)?;
        let mut search = search(index, queries, &self.searching.options(measures, &levels)?)?;
        let more = notes(&search, left_out);
        search.notes.extend(more);
        Ok(search)
    }
}

/// What the search itself does not say.
fn notes(search: &Search, left_out: bool) -> Vec<String> {
    let mut notes = vec![];
    if left_out {
        notes.push(format!(
            "r-precision and map@r look at whole rankings and are left out for more than {WHOLE} documents; --depth all ranks them all"
        ));
    }
    if search.notes.iter().all(|note| !note.contains("no taxon")) && search.documents_without_taxon > 0 {
        notes.push(format!("{} vectors without a taxon are no documents", search.documents_without_taxon));
    }
    notes
}

fn yellow_from(rank: Rank, levels: &[(&str, i32)]) -> Result<Rank, SearchingError> {
    if levels.iter().any(|(known, _)| *known == rank.name()) {
        return Ok(rank);
    }
    let known = levels.iter().map(|(rank, _)| *rank).collect::<Vec<_>>().join(", ");
    Err(SearchingError::YellowFrom { rank, known })
}

/// The measures that a gate names; none for flags and triplets, which gates may name as well.
fn of_gate(gate: &Gate, levels: &[(&str, i32)]) -> Result<Vec<Measure>, SearchingError> {
    match Measure::parse(&gate.metric, levels) {
        Ok(parsed) if parsed.iter().any(|measure| measure.level_name.is_empty()) => {
            let finest = levels.last().map_or("species", |(rank, _)| rank).to_string();
            Err(SearchingError::WithoutRank { metric: gate.metric.clone(), finest })
        }
        Ok(parsed) => Ok(parsed.iter().map(|measure| at_rank(measure, levels)).collect()),
        Err(MeasureError::Unknown { .. }) => Ok(vec![]),
        Err(error) => Err(error.into()),
    }
}

/// A measure whose level is called by its rank.
fn at_rank(measure: &Measure, levels: &[(&str, i32)]) -> Measure {
    match levels.iter().find(|(_, level)| *level == measure.level) {
        Some((rank, level)) => measure.at_level(*level, rank),
        None => measure.clone(),
    }
}
