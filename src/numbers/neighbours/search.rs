//! A search: who is asked, among whom, and for how many.

use super::candidates::{Candidates, Scan};
use super::index::Index;
use super::neighbour::{Allowed, Neighbour, order};
use super::similarity::Similarity;
use crate::numbers::simd;
use crate::numbers::statistics::to_f64;

/// A search for the `k` nearest documents of every query; both are of one similarity.
pub(super) struct Search<'a> {
    pub queries: &'a Index<'a>,
    pub documents: &'a Index<'a>,
    k: usize,
    allowed: Allowed<'a>,
    /// What single precision may be off by, for the candidates.
    margin: f64,
}

impl<'a> Search<'a> {
    pub fn of(queries: &'a Index<'a>, documents: &'a Index<'a>, k: usize, allowed: Allowed<'a>) -> Self {
        Search { queries, documents, k, allowed, margin: margin(queries, documents) }
    }

    /// Candidates of so many queries: none yet.
    pub fn candidates(&self, queries: usize) -> Vec<Candidates> {
        (0..queries).map(|_| Candidates::new(self.k, self.margin)).collect()
    }

    /// Looks through a query's scores with the documents from `start` on.
    pub fn scan(&self, query: usize, start: usize, scores: &[f32], candidates: &mut Candidates) {
        simd::run(Scan { scores, start, query, documents: self.documents, candidates, allowed: self.allowed });
    }

    /// Candidates of queries from `first` on, scored in double precision and ranked.
    pub fn ranked(&self, first: usize, candidates: Vec<Candidates>) -> std::vec::IntoIter<Vec<Neighbour>> {
        let mut pairs: Vec<(u32, u32)> = vec![];
        let mut ranked: Vec<Vec<Neighbour>> = vec![];
        for (query, candidates) in (0..).zip(candidates) {
            let kept = candidates.finish();
            ranked.push(Vec::with_capacity(kept.len()));
            pairs.extend(kept.into_iter().map(|document| (document, query)));
        }
        // By document: a row that is read stays at hand for all queries that want it.
        pairs.sort_unstable();
        simd::run(Rescore { pairs: &pairs, queries: self.queries, first, documents: self.documents, ranked: &mut ranked });
        for (query, near) in (first..).zip(&mut ranked) {
            order(near, self.queries.grain(query, self.documents));
            near.truncate(self.k);
        }
        ranked.into_iter()
    }
}

/// What single precision may be off by, for the candidates of an index.
fn margin(queries: &Index<'_>, documents: &Index<'_>) -> f64 {
    let scale = match queries.similarity {
        Similarity::Cosine => 1.0,
        Similarity::Inner => queries.longest() * documents.longest(),
        // The score is 2 q·d − |d|², where the lengths are exact.
        Similarity::Euclidean => 2.0 * queries.longest() * documents.longest() + documents.longest().powi(2),
    };
    // Two more for the rounding of the score itself.
    2.0 * (to_f64(queries.rows.width as u64) + 4.0) * f64::from(f32::EPSILON) * scale
}

/// Scores of pairs in double precision.
struct Rescore<'a> {
    /// Documents and queries, these counted from `first`.
    pairs: &'a [(u32, u32)],
    queries: &'a Index<'a>,
    first: usize,
    documents: &'a Index<'a>,
    ranked: &'a mut [Vec<Neighbour>],
}

impl simd::Work for Rescore<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for &(document, query) in self.pairs {
            let score = self.queries.exact(self.first + query as usize, self.documents, document as usize);
            self.ranked[query as usize].push((document, score));
        }
    }
}
