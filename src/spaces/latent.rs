//! The latent space against the tree of life: numbers first.
//!
//! Points are embeddings with taxa; every rank has its groups. What is measured, and where each formula
//! comes from, stands with each function; [`measure`] puts it all into one [`Latent`].

mod options;
mod ladder;
mod distance;
pub mod groups;
pub(crate) mod draws;
pub mod tree;
pub mod dendrogram;
pub mod clades;
pub mod silhouette;
pub mod suspects;
pub mod agreement;
pub mod whole_ranking;
pub mod nearest_mean;
pub mod clusters;
pub mod partition;
pub mod anosim;
pub mod health;
pub mod nested;
pub mod map;
pub mod staircase;
pub mod similarities;
mod tree_space;
mod rank_space;
mod findings;
mod by_row;
mod weighted;
pub mod among_all;
mod measurement;

pub use draws::Reasons;
pub use findings::Latent;
pub use ladder::Ladder;
pub use measurement::measure;
pub use options::LatentOptions;
pub use rank_space::RankSpace;
pub use tree_space::{Centroids, Modalities, PairSpace, TreeSpace};
