//! What a space is found to be.

use super::agreement::Hubness;
use super::among_all::AmongAll;
use super::draws::Reasons;
use super::groups::Groups;
use super::health::Health;
use super::map::Map;
use super::nested::{InsideSpan, Share};
use super::options::LatentOptions;
use super::rank_space::RankSpace;
use super::silhouette::Silhouette;
use super::similarities::Similarities;
use super::staircase::Stair;
use super::suspects::{Suspect, TaxonRow};
use super::tree_space::{Centroids, Modalities, PairSpace, TreeSpace};
use crate::spaces::embeddings::Sample;
use serde::Serialize;

/// Everything that is measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Latent {
    /// Vectors.
    pub n: usize,
    /// Their length.
    pub width: usize,
    /// How they were drawn, where they are a sample: all numbers but those among all vectors are those of the sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// How they were looked at.
    pub options: LatentOptions,
    /// Ranks that two taxa of have points, from the top.
    pub ranks: Vec<RankSpace>,
    /// Of a sample: its neighbours among all vectors, if these were looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub among_all: Option<AmongAll>,
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
    pub inside_span: Vec<InsideSpan>,
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
    /// The nearest point to each by cosine, of those that it may find; `None` where it may find none.
    #[serde(skip)]
    pub nearest: Vec<Option<usize>>,
    /// Centroids of the finest rank in the order of the taxonomy, for figures.
    #[serde(skip)]
    pub centroids: Option<Centroids>,
    /// Silhouettes of the finest rank, for figures.
    #[serde(skip)]
    pub silhouettes: Option<(Groups, Silhouette)>,
    /// Why blocks have no intervals.
    pub no_interval: Reasons,
}
