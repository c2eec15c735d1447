//! The space against the whole tree: centroids of taxa, pairs of points, labels.

use super::clades::{CladeRecovery, Recovery, recovery};
use super::dendrogram::{Dendrogram, Linkage, Merge, condensed, level_distances};
use super::distance::Distance;
use super::groups::{self, Groups};
use super::ladder::Ladder;
use super::options::LatentOptions;
use super::tree::{self, Gromov, Mantel, Triplets};
use crate::numbers::correlation::{kendall, pearson, spearman};
use crate::numbers::neighbours::Rows;
use crate::numbers::vector::{cosine, norm, squared_distance};
use crate::spaces::embeddings::Embeddings;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Serialize;
use std::collections::BTreeMap;

/// Taxa beyond which their pairs are drawn.
const CENTROIDS: usize = 1_500;
/// Permutations of taxa at most; fewer where taxa are many.
const PERMUTATIONS: usize = 999;

/// The space against the whole tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TreeSpace {
    /// Euclidean or cosine distance.
    pub distance: &'static str,
    /// Taxa whose centroids are compared.
    pub n: usize,
    /// Centroids' distance against rungs up to their common ancestor.
    pub mantel: Mantel,
    /// Triplets of centroids.
    pub triplets: Triplets,
    /// Correlation of distances with the heights at which average linkage merges centroids.
    pub cophenetic: Option<f64>,
    /// Correlation of these heights with the taxonomy's.
    pub cophenetic_with_taxonomy: Option<f64>,
    /// Clades of the taxonomy among the branches of the dendrogram.
    pub clades: CladeRecovery,
    /// Gromov's δ of centroids; `None` above a hundred.
    pub gromov: Option<Gromov>,
}

/// Points against the tree, pair by pair; for some thousand points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairSpace {
    /// Euclidean or cosine distance.
    pub distance: &'static str,
    /// Correlation of distances and rungs.
    pub pearson: Option<f64>,
    /// By ranks.
    pub spearman: Option<f64>,
    /// Kendall's τ-b.
    pub kendall: Option<f64>,
    /// Triplets of points.
    pub triplets: Triplets,
    /// Correlation of distances with average linkage's heights.
    pub cophenetic: Option<f64>,
    /// The same for other linkages (`complete`, `single`, `ward`).
    pub cophenetic_of: BTreeMap<&'static str, Option<f64>>,
    /// Merges of average linkage, for some dozen points.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merges: Vec<Merge>,
    /// Gromov's δ; `None` above a hundred points.
    pub gromov: Option<Gromov>,
}

/// Images and labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Modalities {
    /// Length of the difference of the means of unit vectors of images and labels.
    pub gap: f64,
    /// The same numbers about the labels' own space.
    pub labels: Option<Box<TreeSpace>>,
}

/// Means of the taxa of the finest rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Centroids {
    /// The taxa.
    pub taxa: Vec<TaxonId>,
    /// Condensed cosine distances.
    pub distances: Vec<f64>,
    /// The dendrogram of these.
    pub dendrogram: Dendrogram,
    /// How the taxonomy's clades are found among its branches.
    pub recovery: Recovery,
}

impl Centroids {
    /// Of the groups of a rank.
    pub(super) fn of(rows: Rows<'_>, groups: &Groups, taxonomy: &Taxonomy, seed: u64) -> Centroids {
        let (means, taxa) = some_centroids(rows, groups, seed);
        let means = Rows { values: &means, width: rows.width };
        let distances = level_distances(taxa.len(), 1.0, |a, b| 1.0 - cosine(means.row(a), means.row(b)));
        let dendrogram = Dendrogram::of(taxa.len(), &distances, Linkage::Average);
        let recovery = recovery(&dendrogram, taxonomy, &taxa, PERMUTATIONS, seed);
        Centroids { taxa, distances, dendrogram, recovery }
    }

    /// How the taxa of a rank are recovered; `None` where no taxon of it holds two, but not all.
    pub(super) fn clades_at(&self, rank: Rank) -> Option<CladeRecovery> {
        self.recovery.ranks.iter().find(|(of, _)| *of == rank).map(|(_, clades)| *clades)
    }
}

/// Centroids of all taxa, or of a seeded sample in the order of the taxonomy.
fn some_centroids(rows: Rows<'_>, groups: &Groups, seed: u64) -> (Vec<f64>, Vec<TaxonId>) {
    let means = groups.centroids(rows);
    if groups.taxa.len() <= CENTROIDS {
        return (means, groups.taxa.clone());
    }
    let mut order: Vec<usize> = (0..groups.taxa.len()).collect();
    tree::shuffle(&mut order, &mut ChaCha8Rng::seed_from_u64(seed));
    order.truncate(CENTROIDS);
    order.sort_unstable();
    let width = rows.width;
    (
        order.iter().flat_map(|&group| means[group * width..(group + 1) * width].iter().copied()).collect(),
        order.iter().map(|&group| groups.taxa[group]).collect(),
    )
}

/// Vectors of taxa.
struct Placed<'a> {
    rows: Rows<'a>,
    /// The taxon of each.
    taxa: &'a [TaxonId],
    taxonomy: &'a Taxonomy,
}

impl TreeSpace {
    /// Of the means of the groups of a rank, by each distance; what is known of the cosine is taken over.
    pub(super) fn of(
        rows: Rows<'_>,
        groups: &Groups,
        taxonomy: &Taxonomy,
        centroids: Option<&Centroids>,
        options: &LatentOptions,
    ) -> Vec<TreeSpace> {
        let (means, taxa) = some_centroids(rows, groups, options.seed);
        let placed = Placed { rows: Rows { values: &means, width: rows.width }, taxa: &taxa, taxonomy };
        let by = |distance: Distance| {
            // Those of the dendrogram by cosine are known.
            let known = centroids.filter(|_| distance == Distance::Cosine).map(|centroids| centroids.recovery.all);
            of_vectors(&placed, distance, known, options)
        };
        Distance::ALL.map(by).into()
    }
}

fn of_vectors(placed: &Placed<'_>, distance: Distance, known: Option<CladeRecovery>, options: &LatentOptions) -> TreeSpace {
    let Placed { rows, taxa, taxonomy } = *placed;
    let n = taxa.len();
    let apart = |a: usize, b: usize| distance.between(rows.row(a), rows.row(b));
    let latent = level_distances(n, distance.scale(rows), apart);
    let ladder = Ladder::of(taxonomy, taxa.iter().copied());
    let tree = condensed(n, |a, b| ladder.distance(taxonomy, taxa[a], taxa[b]));
    let dendrogram = Dendrogram::of(n, &latent, Linkage::Average);
    let heights = dendrogram.cophenetic();
    // A permutation costs a pass over all pairs.
    let draws = (200_000_000 / latent.len().max(1)).clamp(19, PERMUTATIONS);
    let of = |values: &[f64], a: usize, b: usize| if a == b { 0.0 } else { values[tree::place(n, a, b)] };
    TreeSpace {
        distance: distance.name(),
        n,
        mantel: tree::mantel(n, &latent, &tree, draws, options.seed),
        triplets: tree::triplets(n, &|a, b| of(&latent, a, b), &|a, b| of(&tree, a, b), options.seed),
        cophenetic: pearson(&latent, &heights),
        cophenetic_with_taxonomy: pearson(&heights, &tree),
        clades: known.unwrap_or_else(|| recovery(&dendrogram, taxonomy, taxa, PERMUTATIONS, options.seed).all),
        gromov: (n > 3 && n <= 100).then(|| tree::gromov(n, &latent)),
    }
}

/// Points against the tree by both distances: all pairs of some points, evenly taken where there are many.
pub(super) fn pairs(rows: Rows<'_>, taxa: &[Option<TaxonId>], taxonomy: &Taxonomy, options: &LatentOptions) -> Vec<PairSpace> {
    const POINTS: usize = 1_200;
    let known: Vec<usize> = (0..taxa.len()).filter(|&row| taxa[row].is_some()).collect();
    let step = known.len().div_ceil(POINTS).max(1);
    let taken: Vec<usize> = known.into_iter().step_by(step).collect();
    let n = taken.len();
    if n < 3 {
        return vec![];
    }
    let taxon = |place: usize| taxa[taken[place]].unwrap_or(TaxonId::ROOT);
    let ladder = Ladder::of(taxonomy, (0..n).map(taxon));
    let tree = condensed(n, |a, b| ladder.distance(taxonomy, taxon(a), taxon(b)));
    let of = |values: &[f64], a: usize, b: usize| if a == b { 0.0 } else { values[tree::place(n, a, b)] };
    Distance::ALL
        .into_iter()
        .map(|distance| {
            let apart = |a: usize, b: usize| distance.between(rows.row(taken[a]), rows.row(taken[b]));
            let latent = level_distances(n, distance.scale(rows), apart);
            let average = Dendrogram::of(n, &latent, Linkage::Average);
            let fit = |dendrogram: &Dendrogram| pearson(&latent, &dendrogram.cophenetic());
            PairSpace {
                distance: distance.name(),
                pearson: pearson(&latent, &tree),
                spearman: spearman(&latent, &tree),
                kendall: kendall(&latent, &tree),
                triplets: tree::triplets(n, &|a, b| of(&latent, a, b), &|a, b| of(&tree, a, b), options.seed),
                cophenetic: fit(&average),
                cophenetic_of: [("complete", Linkage::Complete), ("single", Linkage::Single), ("ward", Linkage::Ward)]
                    .map(|(name, linkage)| (name, fit(&Dendrogram::of(n, &latent, linkage))))
                    .into(),
                merges: if n <= 100 { average.merges } else { vec![] },
                gromov: (n > 3 && n <= 100).then(|| tree::gromov(n, &latent)),
            }
        })
        .collect()
}

impl Modalities {
    /// Of a run's images and labels; `None` without vectors of labels.
    pub(super) fn of(embeddings: &Embeddings, units: Rows<'_>, options: &LatentOptions) -> Option<Modalities> {
        let labels = embeddings.labels.as_ref()?;
        let width = embeddings.width;
        let rows = Rows { values: &labels.values, width };
        let unit: Vec<f64> = (0..rows.len())
            .flat_map(|index| {
                let row = rows.row(index);
                let length = norm(row);
                row.iter().map(move |value| if length > 0.0 { value / length } else { 0.0 })
            })
            .collect();
        let label_units = Rows { values: &unit, width };
        let all = |rows: Rows<'_>| groups::mean(rows, &(0..rows.len()).collect::<Vec<_>>());
        let gap = squared_distance(&all(units), &all(label_units)).sqrt();
        let known: Vec<usize> = (0..labels.taxa.len()).filter(|&label| labels.taxa[label].is_some()).collect();
        let step = known.len().div_ceil(CENTROIDS).max(1);
        let taken: Vec<usize> = known.into_iter().step_by(step).collect();
        let values: Vec<f64> = taken.iter().flat_map(|&label| label_units.row(label).iter().copied()).collect();
        let taxa: Vec<TaxonId> = taken.iter().filter_map(|&label| labels.taxa[label]).collect();
        let space = (taxa.len() > 3)
            .then(|| Placed { rows: Rows { values: &values, width }, taxa: &taxa, taxonomy: &embeddings.taxonomy })
            .map(|placed| Box::new(of_vectors(&placed, Distance::Cosine, None, options)));
        Some(Modalities { gap, labels: space })
    }
}
