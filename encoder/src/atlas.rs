//! The atlas: imaginary organisms whose looks evolved down an imaginary taxonomy.
//!
//! The truth about its hierarchy is known, so it is the positive control of every metric, and with
//! [`AtlasOptions::hierarchy`] 0 the negative one. It says nothing about real organisms.

pub mod miniature;
mod draw;
mod folder;
mod individual;
mod looks;
pub mod model;
mod names;
mod shots;
mod traits;
mod tree;

pub use folder::{AtlasError, PHOTOGRAPHS, Written, write};
pub use looks::{Individuals, Looks};
use nearmiss::taxonomy::rank::Rank;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Serialize;
use traits::{Traits, evolve};
use tree::Tree;

/// The file that says what an atlas was made from.
pub const RECORD: &str = "atlas.json";
/// The table of photographs.
pub const MANIFEST: &str = "manifest.csv";
/// The taxonomy, a rank table.
pub const TAXONOMY: &str = "taxonomy.csv";

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

/// The tree, and the looks of its species.
fn evolved(options: &AtlasOptions) -> (Tree, Vec<Traits>) {
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let tree = Tree::grow(options.species, &mut random);
    let traits = evolve(&tree, options.hierarchy, &mut random);
    (tree, traits)
}

/// `taxonomy.csv`.
fn taxonomy(tree: &Tree) -> String {
    let header = Rank::MAIN.map(Rank::name).join(",");
    let row = |species: usize| format!("A{species:04},{}\n", tree.lineage(species).join(","));
    format!("id,{header}\n{}", (0..tree.count(6)).map(row).collect::<Vec<_>>().concat())
}
