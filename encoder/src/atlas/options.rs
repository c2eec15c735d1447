//! What to draw.

use serde::Serialize;

/// What to draw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtlasOptions {
    /// Where chance starts.
    pub seed: u64,
    /// Species, at least six.
    pub species: usize,
    /// Pictures in all, at least one per species.
    pub pictures: usize,
    /// How much of a species' looks comes from its ancestors, 0 to 1.
    pub hierarchy: f64,
    /// Which individuals are drawn: another number draws others, of the same species.
    pub sample: u64,
}

impl Default for AtlasOptions {
    fn default() -> Self {
        Self { seed: 0, species: 120, pictures: 5_000, hierarchy: 1.0, sample: 0 }
    }
}
