//! How a space is looked at.

use serde::Serialize;

/// Points beyond which measures over all pairs of points are left out.
pub(super) const PAIRS: usize = 4_000;

/// How a space is looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LatentOptions {
    /// Whether vectors are divided by their lengths first.
    pub normalise: bool,
    /// Numbers of neighbours.
    pub ks: Vec<usize>,
    /// Permutations of labels.
    pub permutations: usize,
    /// Where chance starts.
    pub seed: u64,
    /// Whether a map that keeps neighbours is made.
    pub map: bool,
    /// Whether photographs of the same observation are no neighbours.
    pub across_observations: bool,
}

impl Default for LatentOptions {
    fn default() -> Self {
        Self { normalise: true, ks: vec![1, 3, 5, 10], permutations: 99, seed: 0, map: true, across_observations: false }
    }
}
