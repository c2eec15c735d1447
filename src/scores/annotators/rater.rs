//! How often an annotator or a classifier says what the others say.

use crate::numbers::interval::MetricIntervals;
use crate::taxonomy::rank::Rank;

/// A rater.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::annotators, under its own name")]
pub struct RaterScores {
    pub name: String,
    pub is_classifier: bool,
    pub labels: u64,
    pub outside: u64,
    pub n: u64,
    pub mean_height: Option<f64>,
    pub consensus_n: u64,
    pub consensus_height: Option<f64>,
    pub intervals: MetricIntervals,
    /// Main ranks that a reference reaches, kingdom first.
    pub ranks: Vec<RaterRank>,
}

/// A rater at a rank.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::annotators, under its own name")]
pub struct RaterRank {
    pub rank: Rank,
    pub n: u64,
    pub accuracy: Option<f64>,
    pub place: Option<u64>,
    pub consensus_n: u64,
    pub consensus_accuracy: Option<f64>,
    pub compared: u64,
    pub difference: Option<f64>,
    pub intervals: MetricIntervals,
}

/// How well people do at a rank.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::annotators, under its own name")]
pub struct HumanRank {
    pub rank: Rank,
    pub n: u64,
    pub mean: Option<f64>,
    pub best: Option<f64>,
    /// Who is best.
    pub best_name: Option<String>,
    pub intervals: MetricIntervals,
}
