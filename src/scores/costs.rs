//! What the mistakes of a run cost.

use super::similarity::Counted;
use crate::cost::{CostMatrix, Entry, OTHER};
use crate::statistics::to_f64;
use crate::taxonomy::{TaxonId, Taxonomy};
use serde::Serialize;

/// Costs of a run; `None` without images.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct Costs {
    pub n: u64,
    pub mean: Option<f64>,
    pub total: f64,
    /// Images by entry of the matrix, in its order.
    pub entries: Vec<EntryCost>,
    /// Mistakes that no entry covers.
    pub other: u64,
    /// What each of them costs.
    pub other_cost: f64,
}

/// What the images of one entry cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntryCost {
    /// The clade of the truth.
    pub truth: String,
    /// The clade of the answer.
    pub answer: String,
    /// What one image costs.
    pub cost: f64,
    /// Images.
    pub images: u64,
}

impl Costs {
    pub(super) fn of(taxonomy: &Taxonomy, counted: &[Counted], matrix: &CostMatrix) -> Self {
        let mut images = vec![0; matrix.entries().len()];
        let (mut n, mut other) = (0, 0);
        for pair in counted {
            n += pair.count;
            let truth = match pair.outcome {
                Some(outcome) if outcome.is_right() => continue,
                Some(outcome) => outcome.truth,
                None => TaxonId::ROOT,
            };
            match matrix.entry(taxonomy, truth, pair.answer) {
                Some(entry) => images[entry] += pair.count,
                None => other += pair.count,
            }
        }
        let row = |(entry, &images): (&Entry, &u64)| EntryCost {
            truth: taxonomy.name(entry.truth).to_string(),
            answer: taxonomy.name(entry.answer).to_string(),
            cost: entry.cost,
            images,
        };
        let entries: Vec<EntryCost> = matrix.entries().iter().zip(&images).map(row).collect();
        let total = entries.iter().map(|entry| entry.cost * to_f64(entry.images)).sum::<f64>() + OTHER * to_f64(other);
        Self { n, mean: (n > 0).then(|| total / to_f64(n)), total, entries, other, other_cost: OTHER }
    }
}
