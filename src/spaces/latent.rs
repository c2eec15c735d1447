//! The latent space against the tree of life: numbers first.
//!
//! Points are embeddings with taxa; every rank has its groups. What is measured, and where each formula
//! comes from, stands with each function.

pub mod agreement;
pub mod anosim;
mod by_row;
pub mod clades;
pub mod clusters;
pub mod dendrogram;
mod distance;
pub(crate) mod draws;
pub mod groups;
pub mod health;
mod ladder;
pub mod map;
mod measurement;
pub mod nearest_mean;
pub mod nested;
pub mod partition;
mod rank_space;
pub mod silhouette;
pub mod similarities;
pub mod staircase;
pub mod suspects;
pub mod tree;
mod tree_space;
pub mod whole_ranking;

use crate::spaces::embeddings::Embeddings;
use agreement::Hubness;
pub use draws::Reasons;
use groups::Groups;
use health::Health;
pub use ladder::Ladder;
use map::Map;
use nested::Share;
pub use rank_space::RankSpace;
use serde::Serialize;
use silhouette::Silhouette;
use similarities::Similarities;
use staircase::Stair;
use suspects::{Suspect, TaxonRow};
pub use tree_space::{Centroids, Modalities, PairSpace, TreeSpace};

/// Points beyond which measures over all pairs of points are left out.
const PAIRS: usize = 4_000;

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

/// Everything that is measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Latent {
    /// Vectors.
    pub n: usize,
    /// Their length.
    pub width: usize,
    /// How they were looked at.
    pub options: LatentOptions,
    /// Ranks that two taxa of have points, from the top.
    pub ranks: Vec<RankSpace>,
    /// Shares of variance between nested ranks.
    pub nested: Vec<Share>,
    /// Distance by the rank of the common ancestor.
    pub staircase: Vec<Stair>,
    /// Distributions of cosine similarity by the rank of the common ancestor.
    pub similarities: Vec<Similarities>,
    /// By Euclidean distance, then by cosine.
    pub tree: Vec<TreeSpace>,
    /// The same for points.
    pub pairs: Vec<PairSpace>,
    /// Spectrum, dimension, norms.
    pub health: Health,
    /// Mean squared distance of unit vectors of one species.
    pub alignment: Option<f64>,
    /// Share of what varies within species that lies in the span of species' means.
    pub inside_span: Vec<nested::InsideSpan>,
    /// Hubs for each `k`.
    pub hubness: Vec<Hubness>,
    /// Images against labels.
    pub modalities: Option<Modalities>,
    /// Taxa of the finest rank.
    pub taxa: Vec<TaxonRow>,
    /// Points nearer to another taxon than to their own.
    pub suspects: Vec<Suspect>,
    /// The maps.
    pub maps: Vec<Map>,
    /// Decisions, one sentence each.
    pub notes: Vec<String>,
    /// Centroids of the finest rank in the order of the taxonomy, for figures.
    #[serde(skip)]
    pub centroids: Option<Centroids>,
    /// Silhouettes of the finest rank, for figures.
    #[serde(skip)]
    pub silhouettes: Option<(Groups, Silhouette)>,
    /// Why blocks have no intervals.
    pub no_interval: Reasons,
}

/// Measures a space: the same numbers in whatever order its points stand, and whatever they are called.
///
/// Points are looked at in the order of [`Embeddings::order`], which also says who comes first of equally near ones, what
/// is drawn and where k-means and maps begin. What is given point by point stands in the order of the rows all the same.
#[must_use]
pub fn measure(embeddings: &Embeddings, options: &LatentOptions) -> Latent {
    let order = embeddings.order();
    measurement::measured(&embeddings.ordered(&order), &order, options)
}
