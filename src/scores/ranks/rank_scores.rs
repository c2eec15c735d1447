//! What is said about one rank.

use crate::numbers::interval::MetricIntervals;
use crate::taxonomy::rank::Rank;

/// Accuracy at one rank; fractions in `[0, 1]`, `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each field is described in metric::all, under its own name")]
pub struct RankScores {
    /// The rank.
    pub rank: Rank,
    pub n: u64,
    pub path_top1: Option<f64>,
    pub path_top1_least: Option<f64>,
    pub path_top1_most: Option<f64>,
    pub path_top5: Option<f64>,
    pub path_macro: Option<f64>,
    pub summed_top1: Option<f64>,
    pub summed_top1_least: Option<f64>,
    pub summed_top1_most: Option<f64>,
    pub summed_top5: Option<f64>,
    pub summed_macro: Option<f64>,
    pub ece: Option<f64>,
    pub chance: Option<f64>,
    pub classes: u64,
    pub path_mrr: Option<f64>,
    pub path_macro_precision: Option<f64>,
    pub path_macro_f1: Option<f64>,
    pub path_weighted_precision: Option<f64>,
    pub path_weighted_f1: Option<f64>,
    pub summed_macro_precision: Option<f64>,
    pub summed_macro_f1: Option<f64>,
    pub summed_weighted_precision: Option<f64>,
    pub summed_weighted_f1: Option<f64>,
    pub disagree: Option<f64>,
    pub tied: u64,
    pub summed_tied: Option<u64>,
    /// The intervals of the others, or why they have none.
    pub intervals: MetricIntervals,
}
