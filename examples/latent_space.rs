//! Holds a few labelled vectors against the tree: do neighbours share a taxon, does distance grow with the tree's?
//!
//! ```console
//! cargo run --example latent_space
//! ```

#![expect(clippy::print_stdout, reason = "an example")]

use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::spaces::latent::{LatentOptions, measure};
use nearmiss::taxonomy::Taxonomy;
use std::error::Error;

/// Two photographs of each species, as an encoder might see them.
const POINTS: [(&str, [f64; 3]); 12] = [
    ("Apis mellifera", [1.0, 0.1, 0.0]),
    ("Apis mellifera", [0.95, 0.15, 0.05]),
    ("Bombus terrestris", [0.8, 0.5, 0.0]),
    ("Bombus terrestris", [0.75, 0.55, 0.05]),
    ("Bombus lapidarius", [0.8, 0.45, 0.15]),
    ("Bombus lapidarius", [0.7, 0.5, 0.2]),
    ("Vanessa cardui", [-0.2, 0.1, 1.0]),
    ("Vanessa cardui", [-0.15, 0.2, 0.95]),
    ("Vanessa atalanta", [-0.3, 0.0, 0.9]),
    ("Vanessa atalanta", [-0.25, 0.05, 1.0]),
    ("Episyrphus balteatus", [0.2, -0.9, 0.3]),
    ("Episyrphus balteatus", [0.25, -1.0, 0.2]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let taxonomy = Taxonomy::named("pollinators-france")?;
    // `Embeddings::read` takes a run directory, Parquet, .npy, .npz or .safetensors.
    let embeddings = Embeddings {
        values: POINTS.iter().flat_map(|(_, vector)| *vector).collect(),
        width: 3,
        names: (1..=POINTS.len()).map(|number| format!("{number}.jpg")).collect(),
        taxa: POINTS.iter().map(|(name, _)| taxonomy.resolve(name).taxon()).collect(),
        observations: vec![String::new(); POINTS.len()],
        taxonomy,
        labels: None,
        notes: vec![],
    };
    let latent = measure(&embeddings, &LatentOptions { ks: vec![1, 3], map: false, ..LatentOptions::default() });
    println!("{} vectors of length {}", latent.n, latent.width);
    for space in &latent.ranks {
        let Some(nearest) = space.agreement.first() else { continue };
        println!(
            "  {:<8} {} taxa: the nearest is of the same taxon {}, by chance {}; silhouette {}",
            space.rank.name(),
            space.taxa,
            shown(nearest.agreement),
            shown(nearest.chance),
            shown(space.silhouette_cosine)
        );
    }
    for space in &latent.tree {
        let (mantel, triplets) = (space.mantel, space.triplets);
        println!(
            "  {} distance: Mantel's r {} (p {}), triplets that agree with the tree {}",
            space.distance,
            shown(mantel.r),
            shown(mantel.p),
            shown(triplets.agreement)
        );
    }
    Ok(())
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "undefined".to_string(), |value| format!("{value:.3}"))
}
