//! Queries or documents: the points of a space that have a taxon, in an order that does not depend on their rows.

use super::options::{SearchError, SearchOptions};
use crate::numbers::neighbours::{Rows, Similarity};
use crate::numbers::rounding::GRAIN;
use crate::numbers::vector::{cosine, dot, norm, squared_distance};
use crate::spaces::embeddings::Embeddings;
use crate::taxonomy::TaxonId;
use std::collections::HashMap;

/// Points with a taxon, in the order of [`Embeddings::order`].
pub(super) struct Side {
    /// The row of each.
    rows: Vec<usize>,
    /// Its taxon.
    pub taxa: Vec<TaxonId>,
    /// Its observation; blank where there is none.
    pub observations: Vec<String>,
    /// `N × D` values.
    pub values: Vec<f64>,
    /// `D`.
    pub width: usize,
}

impl Side {
    /// `what` they are, for the message where none has a taxon.
    pub fn of(embeddings: &Embeddings, options: &SearchOptions, what: &'static str) -> Result<Side, SearchError> {
        let with_taxon = |row: usize| Some((row, embeddings.taxa[row]?));
        let (rows, taxa): (Vec<usize>, Vec<TaxonId>) = embeddings.order().into_iter().filter_map(with_taxon).unzip();
        if rows.is_empty() {
            return Err(SearchError::NoTaxa { what });
        }
        let normalised;
        let values = if options.normalise {
            normalised = embeddings.normalised();
            &normalised
        } else {
            &embeddings.values
        };
        let width = embeddings.width;
        Ok(Side {
            observations: rows.iter().map(|&row| embeddings.observations.get(row).cloned().unwrap_or_default()).collect(),
            values: rows.iter().flat_map(|&row| &values[row * width..(row + 1) * width]).copied().collect(),
            taxa,
            rows,
            width,
        })
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn matrix(&self) -> Rows<'_> {
        Rows { values: &self.values, width: self.width }
    }

    pub fn row(&self, place: usize) -> &[f64] {
        self.matrix().row(place)
    }

    /// Length of the longest vector.
    pub fn longest(&self) -> f64 {
        self.matrix().longest()
    }

    /// Places in the order of rows.
    pub fn by_row(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.len()).collect();
        places.sort_by_key(|&place| self.rows[place]);
        places
    }

    /// Rows in their order.
    pub fn rows_in_order(&self) -> Vec<usize> {
        let mut rows = self.rows.clone();
        rows.sort_unstable();
        rows
    }

    /// For each place, that among the rows in their order.
    pub fn places(&self) -> Vec<usize> {
        let mut places = vec![0; self.len()];
        self.by_row().into_iter().enumerate().for_each(|(rank, place)| places[place] = rank);
        places
    }
}

/// Which documents a query may find.
pub(super) struct Allowed<'a> {
    pub queries: &'a Side,
    pub documents: &'a Side,
    /// Whether queries are the documents.
    same: bool,
    /// Documents of each observation, where those of the query's own are left out.
    together: Option<HashMap<&'a str, Vec<usize>>>,
}

impl<'a> Allowed<'a> {
    /// Without `queries` these are the documents.
    pub fn of(queries: Option<&'a Side>, documents: &'a Side, options: &SearchOptions) -> Allowed<'a> {
        let together = options.across_observations.then(|| {
            let mut together: HashMap<&str, Vec<usize>> = HashMap::new();
            for (document, name) in documents.observations.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
                together.entry(name).or_default().push(document);
            }
            together
        });
        Allowed { queries: queries.unwrap_or(documents), documents, same: queries.is_none(), together }
    }

    /// Whether a query may find a document: not itself, nor its own observation where that is left out.
    pub fn may(&self, query: usize, document: usize) -> bool {
        let itself = self.same && query == document;
        let observation = &self.queries.observations[query];
        let left_out =
            self.together.is_some() && !observation.is_empty() && *observation == self.documents.observations[document];
        !(itself || left_out)
    }

    /// The documents that a query may not find.
    pub fn hidden(&self, query: usize) -> Vec<usize> {
        let of = self.together.as_ref().and_then(|together| together.get(self.queries.observations[query].as_str()));
        match of {
            Some(documents) => documents.clone(),
            None if self.same => vec![query],
            None => vec![],
        }
    }

    /// Taxa of the documents that a query may not find.
    pub fn left_out(&self, query: usize) -> Vec<TaxonId> {
        self.hidden(query).into_iter().map(|document| self.documents.taxa[document]).collect()
    }
}

/// How near two vectors are; larger is nearer.
pub(super) fn similarity(similarity: Similarity, a: &[f64], b: &[f64]) -> f64 {
    match similarity {
        Similarity::Inner => dot(a, b),
        Similarity::Euclidean => -squared_distance(a, b).sqrt(),
        Similarity::Cosine => cosine(a, b),
    }
}

/// What similarities of a vector to documents, the longest so long, may differ by and be equal but for rounding; that of
/// [`Index::grain`](crate::numbers::neighbours::Index::grain).
pub(super) fn grain(similarity: Similarity, query: &[f64], longest: f64) -> f64 {
    let length = || norm(query);
    match similarity {
        Similarity::Cosine => GRAIN,
        Similarity::Inner => GRAIN * length() * longest,
        Similarity::Euclidean => GRAIN * (length() + longest),
    }
}
