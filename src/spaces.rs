//! The latent space: vectors with their labels, held against the tree, searched and probed.
//!
//! Read in this order: [`embeddings`] are vectors and what is known of each, from whatever file holds them; [`latent`]
//! asks how far nearness among them follows the taxonomy; [`retrieval`] measures rankings, those of other programs or
//! those where every vector is a query; [`probe`] answers by a few labelled vectors, without training an encoder. Every
//! number of the two in the middle is described in [`metric`].
//!
//! # Vectors against the tree
//!
//! Two photographs each of two species of *Felis* and of a fox, as an encoder might see them.
//!
//! ```
//! use nearmiss::spaces::embeddings::Embeddings;
//! use nearmiss::spaces::latent::{LatentOptions, measure};
//! use nearmiss::taxonomy::Taxonomy;
//! use nearmiss::taxonomy::rank::Rank;
//! use std::path::Path;
//!
//! let table = "kingdom,phylum,class,order,family,genus,species
//! Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
//! Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris
//! Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
//! ";
//! let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("carnivores.csv"))?;
//! let points = [
//!     ("Felis catus", [1.0, 0.0]),
//!     ("Felis catus", [0.96, 0.28]),
//!     ("Felis silvestris", [0.8, 0.6]),
//!     ("Felis silvestris", [0.28, 0.96]),
//!     ("Vulpes vulpes", [-0.28, 0.96]),
//!     ("Vulpes vulpes", [-0.6, 0.8]),
//! ];
//! let embeddings = Embeddings {
//!     values: points.iter().flat_map(|(_, vector)| *vector).collect(),
//!     width: 2,
//!     names: (1..=points.len()).map(|number| format!("{number}.jpg")).collect(),
//!     taxa: points.iter().map(|(name, _)| taxonomy.resolve(name).taxon()).collect(),
//!     observations: vec![String::new(); points.len()],
//!     taxonomy,
//!     labels: None,
//!     notes: vec![],
//! };
//! let latent = measure(&embeddings, &LatentOptions { ks: vec![1], map: false, ..LatentOptions::default() });
//!
//! // The nearest of the third is a Felis of the other species, that of the fourth a fox.
//! let agreement = |rank: Rank| {
//!     let space = latent.ranks.iter().find(|space| space.rank == rank);
//!     space.and_then(|space| space.agreement[0].agreement)
//! };
//! assert_eq!(agreement(Rank::Species), Some(4.0 / 6.0));
//! assert_eq!(agreement(Rank::Genus), Some(5.0 / 6.0));
//!
//! // Mean cosine distance by the rank at which two photographs meet: the further up the tree, the further apart.
//! let stairs: Vec<String> = latent.staircase.iter().map(|stair| format!("{} {:.3}", stair.rank, stair.distance)).collect();
//! assert_eq!(stairs, ["species 0.101", "genus 0.362", "order 0.930"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Measures of a ranking
//!
//! Four documents were found: the second and the fourth are relevant, and a third relevant one is not among them.
//!
//! ```
//! use nearmiss::spaces::retrieval::query::counted;
//! use nearmiss::spaces::retrieval::{Measure, MeasureError, Query};
//!
//! // Grades, best document first; nobody judged the third. All that was judged: 2, 1, 1 and 0.
//! let ranked = [Some(0), Some(2), None, Some(1)];
//! let judged = counted([2, 1, 1, 0]);
//! let query = Query { ranked: &ranked, judged: &judged };
//! let of = |name: &str| -> Result<f64, MeasureError> { Ok(Measure::parse(name, &[])?[0].of(&query)) };
//!
//! assert_eq!(of("mrr")?, 1.0 / 2.0);
//! assert_eq!(of("precision@2")?, 1.0 / 2.0);
//! // Precision 1/2 at the second place and 2/4 at the fourth, over three relevant ones.
//! assert_eq!(of("map")?, (1.0 / 2.0 + 2.0 / 4.0) / 3.0);
//! // (2 / log₂ 3 + 1 / log₂ 5) / (2 / log₂ 2 + 1 / log₂ 3 + 1 / log₂ 4)
//! assert_eq!(format!("{:.3}", of("ndcg")?), "0.541");
//! # Ok::<(), MeasureError>(())
//! ```

pub mod embeddings;
pub mod latent;
pub mod retrieval;
pub mod probe;
pub mod metric;
