//! Embeddings and what is known of each.

use crate::numbers::neighbours::{Rows, normalised};
use crate::taxonomy::{TaxonId, Taxonomy};

/// Embeddings of `N` things.
#[derive(Debug, Clone)]
pub struct Embeddings {
    /// `N × D` values as read.
    pub values: Vec<f64>,
    /// `D`.
    pub width: usize,
    /// `N` names.
    pub names: Vec<String>,
    /// `N` taxa; `None` where nobody says, or where the taxonomy does not have it.
    pub taxa: Vec<Option<TaxonId>>,
    /// `N` observations; blank where there is none.
    pub observations: Vec<String>,
    /// The taxonomy.
    pub taxonomy: Taxonomy,
    /// Vectors of candidate labels, where a run has them.
    pub labels: Option<Labels>,
    /// Decisions made while reading, one sentence each.
    pub notes: Vec<String>,
}

/// Vectors of labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// `C × D` values.
    pub values: Vec<f64>,
    /// `C` taxa.
    pub taxa: Vec<Option<TaxonId>>,
}

impl Embeddings {
    /// `N`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The vectors.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows { values: &self.values, width: self.width }
    }

    /// Vectors divided by their lengths; a vector of zeros stays.
    #[must_use]
    pub fn normalised(&self) -> Vec<f64> {
        normalised(self.rows())
    }
}
