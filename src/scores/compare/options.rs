//! What to compare by, and how.

use crate::numbers::bootstrap;
use serde::Serialize;

/// Which pairs of runs are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PairsOf {
    /// Every two.
    #[default]
    All,
    /// The first run with every other.
    First,
}

/// What to compare by, and how.
#[derive(Debug, Clone)]
pub struct CompareOptions {
    /// Significance level.
    pub alpha: f64,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Seed of all chance.
    pub seed: u64,
    /// Which pairs of runs are compared.
    pub pairs: PairsOf,
    /// What counts by itself, for reasons: images, observations, queries.
    pub noun: &'static str,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self { alpha: 0.05, draws: bootstrap::DRAWS, seed: 0, pairs: PairsOf::All, noun: "images" }
    }
}

/// Which images are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Images {
    /// All; runs over different images are refused.
    #[default]
    Same,
    /// Those that all runs have.
    Common,
}
