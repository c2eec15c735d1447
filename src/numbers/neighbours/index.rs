//! Rows made ready for a search.

use super::products::{Products, held};
use super::rows::Rows;
use super::similarity::Similarity;
use crate::numbers::rounding::GRAIN;
use crate::numbers::vector::{dot, norm, squared_distance};
use rayon::prelude::*;

/// Rows prepared for one kind of similarity.
pub struct Index<'a> {
    pub(super) rows: Rows<'a>,
    pub(super) similarity: Similarity,
    /// The rows in single precision.
    pub(super) single: Vec<f32>,
    /// Lengths in double precision.
    pub(super) lengths: Vec<f64>,
    /// The longest of them.
    longest: f64,
    /// The rows in single precision on a device that computes products.
    pub(super) held: Option<Box<dyn Products>>,
}

impl<'a> Index<'a> {
    /// Rounds rows to single precision, unit vectors of them for [`Similarity::Cosine`].
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "single precision is meant")]
    pub fn of(rows: Rows<'a>, similarity: Similarity) -> Self {
        let lengths: Vec<f64> = (0..rows.len()).into_par_iter().map(|index| norm(rows.row(index))).collect();
        let mut single = vec![0.0_f32; rows.values.len()];
        single.par_chunks_mut(rows.width.max(1)).enumerate().for_each(|(index, out)| {
            let factor = if similarity == Similarity::Cosine && lengths[index] > 0.0 { 1.0 / lengths[index] } else { 1.0 };
            out.iter_mut().zip(rows.row(index)).for_each(|(out, value)| *out = (value * factor) as f32);
        });
        let held = held(&single, rows.width);
        let longest = lengths.iter().copied().fold(0.0, f64::max);
        Index { rows, similarity, single, lengths, longest, held }
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> Rows<'a> {
        self.rows
    }

    /// Length of a row.
    #[must_use]
    pub fn length(&self, row: usize) -> f64 {
        self.lengths[row]
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// What similarities to documents of an index may differ by and be equal, for one query.
    #[must_use]
    pub fn grain(&self, query: usize, documents: &Index<'_>) -> f64 {
        GRAIN
            * match self.similarity {
                Similarity::Cosine => 1.0,
                Similarity::Inner => self.lengths[query] * documents.longest,
                Similarity::Euclidean => self.lengths[query] + documents.longest,
            }
    }

    /// Length of the longest row.
    #[must_use]
    pub fn longest(&self) -> f64 {
        self.longest
    }

    /// How near two rows are, in double precision.
    #[inline(always)]
    pub(super) fn exact(&self, query: usize, documents: &Index<'_>, document: usize) -> f64 {
        let (a, b) = (self.rows.row(query), documents.rows.row(document));
        match self.similarity {
            Similarity::Inner => dot(a, b),
            Similarity::Euclidean => -squared_distance(a, b).sqrt(),
            Similarity::Cosine => {
                let lengths = self.lengths[query] * documents.lengths[document];
                if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
            }
        }
    }
}
