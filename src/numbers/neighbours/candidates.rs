//! What may be among the nearest of a query.

use super::index::Index;
use super::neighbour::Allowed;
use super::similarity::Similarity;
use crate::numbers::simd::Work;

/// Documents that may be among the `k` nearest, by their scores in single precision.
pub(super) struct Candidates {
    kept: Vec<(f32, u32)>,
    k: usize,
    margin: f64,
    /// What a score must reach to be among the nearest after all.
    least: f32,
    limit: usize,
}

impl Candidates {
    pub fn new(k: usize, margin: f64) -> Self {
        Candidates { kept: vec![], k, margin, least: f32::NEG_INFINITY, limit: Self::room(k) }
    }

    /// How many are held before the worst are dropped.
    pub fn room(k: usize) -> usize {
        4 * k + 64
    }

    fn push(&mut self, document: usize, score: f32) {
        self.kept.push((score, u32::try_from(document).unwrap_or(u32::MAX)));
        if self.kept.len() >= self.limit {
            self.shrink();
            self.limit = Self::room(self.k).max(2 * self.kept.len());
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "rounded down, so that none is lost")]
    fn shrink(&mut self) {
        if self.kept.len() > self.k && self.k > 0 {
            let (_, &mut (edge, _), _) = self.kept.select_nth_unstable_by(self.k - 1, |a, b| b.0.total_cmp(&a.0));
            self.least = ((f64::from(edge) - self.margin) as f32).next_down();
            let least = self.least;
            self.kept.retain(|&(score, _)| score >= least);
        }
    }

    /// The documents, in no order.
    pub fn finish(mut self) -> Vec<u32> {
        self.shrink();
        if self.k == 0 {
            return vec![];
        }
        self.kept.into_iter().map(|(_, document)| document).collect()
    }
}

/// One query's scores with the documents from `start` on.
pub(super) struct Scan<'a> {
    pub scores: &'a [f32],
    pub start: usize,
    pub query: usize,
    pub documents: &'a Index<'a>,
    pub candidates: &'a mut Candidates,
    pub allowed: Allowed<'a>,
}

impl Work for Scan<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the margin allows for it")]
    fn run(self) {
        const STEP: usize = 64;
        let by_distance = self.documents.similarity == Similarity::Euclidean;
        for (step, scores) in self.scores.chunks(STEP).enumerate() {
            let least = self.candidates.least;
            // Most steps hold nothing near. A score that is no number is never near.
            if !by_distance && scores.iter().map(|&score| u32::from(score >= least)).sum::<u32>() == 0 {
                continue;
            }
            for (document, &score) in (self.start + step * STEP..).zip(scores) {
                let score =
                    if by_distance { (2.0 * f64::from(score) - self.documents.lengths[document].powi(2)) as f32 } else { score };
                if score >= self.candidates.least && (self.allowed)(self.query, document) {
                    self.candidates.push(document, score);
                }
            }
        }
    }
}
