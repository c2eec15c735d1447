//! How an atlas came to be: a tree grew, and looks drifted down it.

use super::options::AtlasOptions;
use super::traits::{Traits, evolve};
use super::tree::Tree;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The tree, and the looks of its species.
#[must_use]
pub fn evolved(options: &AtlasOptions) -> (Tree, Vec<Traits>) {
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let tree = Tree::grow(options.species, &mut random);
    let traits = evolve(&tree, options.hierarchy, &mut random);
    (tree, traits)
}
