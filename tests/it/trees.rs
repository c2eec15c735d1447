//! Random taxonomies for oracles: missing ranks, mixed depths, unary chains and homonyms.

use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use nearmiss::taxonomy::rank::Rank;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// A generator for a test, the same on every machine.
pub fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// A random taxonomy of about `leaves` leaves.
pub fn random(rng: &mut ChaCha8Rng, leaves: usize) -> Taxonomy {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "random".into(), line: 0 };
    for _ in 0..leaves {
        let mut lineage = vec![];
        for (step, rank) in Rank::MAIN.into_iter().enumerate() {
            // Few names, so that lineages share prefixes and names come back under other parents.
            let choices = [2, 3, 3, 3, 4, 4, 6][step];
            if rank != Rank::Kingdom && rng.random_bool(0.15) {
                continue;
            }
            lineage.push((rank, format!("{}{}", rank.name(), rng.random_range(0..choices))));
            if rank != Rank::Kingdom && rng.random_bool(0.05) {
                break;
            }
        }
        builder.add_lineage(lineage.iter().map(|(rank, name)| (*rank, name.as_str())), &place);
    }
    builder.freeze().unwrap()
}
