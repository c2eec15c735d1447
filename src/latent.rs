//! The latent space against the tree of life: numbers first.
//!
//! Points are embeddings with taxa; every rank has its groups. What is measured, and where each formula
//! comes from, stands with each function.

pub mod agreement;
pub mod anosim;
pub mod clusters;
pub mod dendrogram;
pub mod groups;
pub mod health;
pub mod map;
pub mod nested;
pub mod partition;
pub mod silhouette;
pub mod staircase;
pub mod suspects;
pub mod tree;

use crate::embeddings::Embeddings;
use crate::neighbours::{Neighbour, Rows, Similarity, nearest, squared_distance};
use crate::rank::Rank;
use crate::statistics::to_f64;
use crate::taxonomy::{TaxonId, Taxonomy};
use agreement::{Agreement, Hubness, WholeRanking};
use anosim::{Anosim, PermutationTest};
use dendrogram::{CladeRecovery, Dendrogram, Linkage, clade_recovery, condensed};
use groups::{Groups, Variance};
use health::Health;
use map::Map;
use nested::Share;
use partition::Partition;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::Serialize;
use silhouette::Silhouette;
use staircase::Stair;
use std::collections::{BTreeMap, BTreeSet};
use suspects::{Suspect, TaxonRow};
use tree::{Gromov, Mantel, Triplets};

/// Points beyond which measures over all pairs of points are left out.
const PAIRS: usize = 4_000;
/// Taxa beyond which their pairs are drawn.
const CENTROIDS: usize = 1_500;

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

/// One rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankSpace {
    /// The rank.
    pub rank: Rank,
    /// Points that have a taxon of it.
    pub n: usize,
    /// Its taxa.
    pub taxa: usize,
    /// Silhouettes by cosine distance.
    pub silhouette_cosine: Option<f64>,
    /// The mean over taxa.
    pub silhouette_cosine_macro: Option<f64>,
    /// By Euclidean distance; `None` above some thousand points.
    pub silhouette_euclidean: Option<f64>,
    /// The mean over taxa.
    pub silhouette_euclidean_macro: Option<f64>,
    /// One per point, by Euclidean distance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silhouette_euclidean_points: Vec<f64>,
    /// By distances to centroids.
    pub silhouette_simplified: Option<f64>,
    /// Davies–Bouldin index.
    pub davies_bouldin: Option<f64>,
    /// Shares of variance; `f` is PERMANOVA's F and the Calinski–Harabasz index.
    pub variance: Variance,
    /// `tr(S_W⁻¹ S_B)`, where the scatter within can be inverted.
    pub trace_ratio: Option<f64>,
    /// Labels shuffled between all points: p of R².
    pub permanova: Option<PermutationTest>,
    /// Labels shuffled within the taxa of the rank above.
    pub permanova_within_parent: Option<PermutationTest>,
    /// ANOSIM; `None` above some thousand points.
    pub anosim: Option<Anosim>,
    /// Neighbours of the same taxon, for each `k`.
    pub agreement: Vec<Agreement>,
    /// The largest `k` under shuffled labels.
    pub agreement_test: Option<PermutationTest>,
    /// R-precision and MAP@R; `None` above some thousand points.
    pub ranking: Option<WholeRanking>,
    /// The dendrogram of points (average linkage, Euclidean) cut into as many clusters as taxa; above some
    /// thousand points that of species centroids.
    pub dendrogram_cut: Option<Partition>,
    /// Purity of that dendrogram.
    pub dendrogram_purity: Option<f64>,
    /// k-means with as many clusters as taxa.
    pub k_means: Option<Partition>,
    /// Clades of this rank among those of the species centroids.
    pub clades: Option<CladeRecovery>,
}

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
    /// Clades of the taxonomy among those of the dendrogram.
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
}

/// The rungs that the lineages of points really have: a ladder without the missing ones, so that species,
/// family and order are one step apart where nothing stands between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder([u8; 8]);

impl Ladder {
    /// Of the lineages of some taxa.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, taxa: impl Iterator<Item = TaxonId>) -> Ladder {
        let mut occurs = [false; 8];
        for taxon in taxa {
            for (index, rung) in (0..7).zip((0..7).rev()) {
                occurs[rung] |= taxonomy.main_ancestor(taxon, index).is_some();
            }
        }
        occurs[7] = true;
        let mut steps = [0; 8];
        let mut step = 0;
        for (rung, occurs) in occurs.into_iter().enumerate() {
            // A rung that does not occur is that of the next one above.
            steps[rung] = step;
            step += u8::from(occurs);
        }
        Ladder(steps)
    }

    /// The ranks that occur, from the top, each with how many of them there are down to it.
    #[must_use]
    pub fn levels(&self) -> Vec<(Rank, u8)> {
        let ranks = Rank::MAIN.iter().zip((0..7).rev());
        ranks.filter(|(_, rung)| self.0[rung + 1] > self.0[*rung]).map(|(rank, rung)| (*rank, self.0[7] - self.0[rung])).collect()
    }

    /// How many of the ranks that occur two taxa of a tree with ranks share, 0 where they meet at the root.
    #[must_use]
    pub fn shared(&self, taxonomy: &Taxonomy, a: TaxonId, b: TaxonId) -> u8 {
        let top = if a == b { a } else { taxonomy.lca(a, b) };
        self.0[7] - self.0[usize::from(taxonomy.rung(top))]
    }

    /// Steps from the finer of two taxa up to where both meet, 0 for a taxon and itself; edges in a tree without ranks.
    #[must_use]
    pub fn distance(&self, taxonomy: &Taxonomy, a: TaxonId, b: TaxonId) -> f64 {
        if a == b {
            return 0.0;
        }
        let top = taxonomy.lca(a, b);
        if taxonomy.has_ranks() {
            let step = |taxon: TaxonId| self.0[usize::from(taxonomy.rung(taxon))];
            f64::from(step(top).saturating_sub(step(a).min(step(b))))
        } else {
            f64::from(taxonomy.depth(a).max(taxonomy.depth(b)) - taxonomy.depth(top))
        }
    }
}

/// Measures a space.
#[must_use]
pub fn measure(embeddings: &Embeddings, options: &LatentOptions) -> Latent {
    let owned;
    let rows = if options.normalise {
        owned = embeddings.normalised();
        Rows { values: &owned, width: embeddings.width }
    } else {
        embeddings.rows()
    };
    let taxonomy = &embeddings.taxonomy;
    let n = rows.len();
    let at = |rank: Rank| -> Vec<Option<TaxonId>> {
        embeddings.taxa.iter().map(|taxon| taxon.and_then(|taxon| taxonomy.ancestor_at(taxon, rank))).collect()
    };
    let by_rank: Vec<(Rank, Groups)> =
        Rank::MAIN.iter().map(|&rank| (rank, Groups::of(&at(rank)))).filter(|(_, groups)| groups.taxa.len() > 1).collect();
    let longest = options.ks.iter().copied().max().unwrap_or(10).min(n.saturating_sub(1));
    // Rankings of all points, where a rank leaves points out, need more than k.
    let complete = by_rank.iter().all(|(_, groups)| groups.len() == n);
    let depth = if n <= PAIRS {
        n.saturating_sub(1)
    } else if complete {
        longest
    } else {
        (4 * longest).min(n - 1)
    };
    let allowed = |a: usize, b: usize| {
        let (x, y) = (&embeddings.observations[a], &embeddings.observations[b]);
        a != b && !(options.across_observations && !x.is_empty() && x == y)
    };
    let neighbours = nearest(rows, rows, Similarity::Cosine, depth, &allowed);
    let parents: Vec<Option<&Groups>> =
        (0..by_rank.len()).map(|index| index.checked_sub(1).map(|above| &by_rank[above].1)).collect();
    let small = n <= PAIRS;
    let euclidean = small.then(|| condensed(n, |a, b| squared_distance(rows.row(a), rows.row(b)).sqrt()));
    let dendrogram = euclidean.as_ref().map(|distances| Dendrogram::of(n, distances, Linkage::Average));
    let finest = by_rank.last().map(|(_, groups)| groups);
    let mut notes = embeddings.notes.clone();
    if by_rank.is_empty() {
        notes.push("fewer than two taxa of any rank: nothing can be compared with the taxonomy".to_string());
    }
    if !small {
        notes.push(format!("{n} points: measures over all pairs of points (Euclidean silhouettes, ANOSIM, dendrogram of points) are left out above {PAIRS}"));
    }
    let centroids = finest.map(|groups| centroids(rows, groups, taxonomy, options.seed));
    let ranks: Vec<RankSpace> = by_rank
        .iter()
        .zip(&parents)
        .map(|((rank, groups), parent)| {
            let given = Given {
                rows,
                neighbours: &neighbours,
                dendrogram: dendrogram.as_ref(),
                distances: euclidean.as_deref(),
                options,
            };
            rank_space(*rank, groups, *parent, &given)
        })
        .collect();
    let euclidean_neighbours = euclidean_neighbours(rows, &neighbours, options, n);
    let taxa_of: Vec<Option<TaxonId>> = embeddings.taxa.clone();
    let mut tree = vec![];
    if let Some(groups) = finest {
        for distance in ["euclidean", "cosine"] {
            tree.push(tree_space(rows, groups, taxonomy, distance, options));
        }
    }
    let pairs = if small { pair_spaces(rows, &taxa_of, taxonomy, options) } else { vec![] };
    let silhouettes = finest.map(|groups| (groups.clone(), silhouette::cosine(rows, groups)));
    let (taxa, suspects) = match (&silhouettes, finest) {
        (Some((_, silhouette)), Some(groups)) => suspects::rows(rows, groups, silhouette, embeddings),
        _ => (vec![], vec![]),
    };
    let units = embeddings.normalised();
    let units = Rows { values: &units, width: embeddings.width };
    let (eigenvalues, components, centre) = health::principal(rows);
    let maps = maps(rows, map::project(rows, &components, &centre), options);
    Latent {
        n,
        width: embeddings.width,
        options: options.clone(),
        nested: nested::shares(rows, &by_rank),
        staircase: staircase::stairs(units, &taxa_of, taxonomy, options.seed),
        tree,
        pairs,
        health: health::health(embeddings.rows(), rows, &eigenvalues, &euclidean_neighbours),
        alignment: finest.and_then(|groups| health::alignment(units, &groups.members)),
        inside_span: finest.map(|groups| nested::inside_span(rows, groups)).unwrap_or_default(),
        hubness: options
            .ks
            .iter()
            .filter(|&&k| k < n)
            .map(|&k| {
                let mut hubs = agreement::hubness(&neighbours, k);
                if n > 200 {
                    hubs.counts.clear();
                }
                hubs
            })
            .collect(),
        modalities: modalities(embeddings, units, options),
        ranks,
        taxa,
        suspects,
        maps,
        notes,
        centroids,
        silhouettes,
    }
}

/// What all ranks share.
struct Given<'a> {
    rows: Rows<'a>,
    neighbours: &'a [Vec<Neighbour>],
    dendrogram: Option<&'a Dendrogram>,
    distances: Option<&'a [f64]>,
    options: &'a LatentOptions,
}

fn rank_space(rank: Rank, groups: &Groups, parent: Option<&Groups>, given: &Given<'_>) -> RankSpace {
    let (rows, options) = (given.rows, given.options);
    let n = rows.len();
    let mut group_of: Vec<Option<usize>> = vec![None; n];
    groups.points.iter().zip(&groups.of).for_each(|(&point, &group)| group_of[point] = Some(group));
    let cosine = silhouette::cosine(rows, groups);
    let euclidean = given.distances.map(|_| silhouette::euclidean(rows, groups));
    let agreement: Vec<Agreement> =
        options.ks.iter().map(|&k| agreement::agreement(groups, &group_of, given.neighbours, k)).collect();
    let whole = groups.len() == n;
    let cut =
        given.dendrogram.filter(|_| whole).map(|dendrogram| partition::partition(&groups.of, &dendrogram.cut(groups.taxa.len())));
    let clustered = (groups.len() <= 20_000 && groups.taxa.len() <= 1_000).then(|| {
        let values: Vec<f64> = groups.points.iter().flat_map(|&point| rows.row(point).iter().copied()).collect();
        let found = clusters::seeded(Rows { values: &values, width: rows.width }, groups.taxa.len(), options.seed);
        partition::partition(&groups.of, &found.of)
    });
    let kmax = options.ks.iter().copied().max().unwrap_or(10);
    RankSpace {
        rank,
        n: groups.len(),
        taxa: groups.taxa.len(),
        silhouette_cosine: cosine.mean,
        silhouette_cosine_macro: cosine.macro_mean,
        silhouette_euclidean: euclidean.as_ref().and_then(|silhouette| silhouette.mean),
        silhouette_euclidean_macro: euclidean.as_ref().and_then(|silhouette| silhouette.macro_mean),
        silhouette_euclidean_points: euclidean
            .map(|silhouette| silhouette.points)
            .filter(|points| points.len() <= 200)
            .unwrap_or_default(),
        silhouette_simplified: silhouette::simplified(rows, groups),
        davies_bouldin: silhouette::davies_bouldin(rows, groups),
        variance: groups::variance(rows, groups),
        trace_ratio: nested::trace_ratio(rows, groups),
        permanova: anosim::permanova(rows, groups, None, options.permutations, options.seed),
        permanova_within_parent: parent
            .and_then(|parent| anosim::permanova(rows, groups, Some(parent), options.permutations, options.seed)),
        anosim: given.distances.filter(|_| whole).and_then(|distances| anosim::anosim(n, distances, &groups.of)),
        agreement_test: anosim::agreement_test(groups, &group_of, given.neighbours, kmax, options.permutations, options.seed),
        agreement,
        ranking: (n <= PAIRS).then(|| agreement::whole_ranking(groups, &group_of, given.neighbours)),
        dendrogram_cut: cut,
        dendrogram_purity: given.dendrogram.filter(|_| whole).and_then(|dendrogram| dendrogram.purity(&groups.of)),
        k_means: clustered,
        clades: None,
    }
}

/// The two nearest by Euclidean distance.
fn euclidean_neighbours(rows: Rows<'_>, cosine: &[Vec<Neighbour>], options: &LatentOptions, n: usize) -> Vec<Vec<Neighbour>> {
    if options.normalise && !options.across_observations {
        // Of unit vectors the nearest are the same; the distance is worked out again, for cosines near 1 are coarse.
        return cosine
            .par_iter()
            .enumerate()
            .map(|(a, near)| {
                near.iter().take(2).map(|&(b, _)| (b, -squared_distance(rows.row(a), rows.row(b as usize)).sqrt())).collect()
            })
            .collect();
    }
    let step = n.div_ceil(10_000).max(1);
    let taken: Vec<usize> = (0..n).step_by(step).collect();
    let values: Vec<f64> = taken.iter().flat_map(|&row| rows.row(row).iter().copied()).collect();
    let some = Rows { values: &values, width: rows.width };
    nearest(some, rows, Similarity::Euclidean, 2, &|a, b| taken[a] != b)
}

fn unit_centroids(rows: Rows<'_>, groups: &Groups) -> Vec<f64> {
    groups.centroids(rows)
}

fn centroids(rows: Rows<'_>, groups: &Groups, _taxonomy: &Taxonomy, seed: u64) -> Centroids {
    let (means, taxa) = some_centroids(rows, groups, seed);
    let means = Rows { values: &means, width: rows.width };
    let distances = condensed(taxa.len(), |a, b| 1.0 - groups::cosine(means.row(a), means.row(b)));
    let dendrogram = Dendrogram::of(taxa.len(), &distances, Linkage::Average);
    Centroids { taxa, distances, dendrogram }
}

/// Centroids of all taxa, or of a seeded sample in the order of the taxonomy.
fn some_centroids(rows: Rows<'_>, groups: &Groups, seed: u64) -> (Vec<f64>, Vec<TaxonId>) {
    let means = unit_centroids(rows, groups);
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

fn tree_space(
    rows: Rows<'_>,
    groups: &Groups,
    taxonomy: &Taxonomy,
    distance: &'static str,
    options: &LatentOptions,
) -> TreeSpace {
    let (means, taxa) = some_centroids(rows, groups, options.seed);
    of_vectors(Rows { values: &means, width: rows.width }, &taxa, taxonomy, distance, options)
}

fn of_vectors(
    means: Rows<'_>,
    taxa: &[TaxonId],
    taxonomy: &Taxonomy,
    distance: &'static str,
    options: &LatentOptions,
) -> TreeSpace {
    let n = taxa.len();
    let apart = |a: usize, b: usize| {
        if distance == "cosine" {
            1.0 - groups::cosine(means.row(a), means.row(b))
        } else {
            squared_distance(means.row(a), means.row(b)).sqrt()
        }
    };
    let latent = condensed(n, apart);
    let ladder = Ladder::of(taxonomy, taxa.iter().copied());
    let tree = condensed(n, |a, b| ladder.distance(taxonomy, taxa[a], taxa[b]));
    let dendrogram = Dendrogram::of(n, &latent, Linkage::Average);
    let heights = dendrogram.cophenetic();
    // A permutation costs a pass over all pairs.
    let draws = (200_000_000 / latent.len().max(1)).clamp(19, 999);
    let of = |values: &[f64], a: usize, b: usize| if a == b { 0.0 } else { values[tree::place(n, a, b)] };
    TreeSpace {
        distance,
        n,
        mantel: tree::mantel(n, &latent, &tree, draws, options.seed),
        triplets: tree::triplets(n, &|a, b| of(&latent, a, b), &|a, b| of(&tree, a, b), options.seed),
        cophenetic: tree::pearson(&latent, &heights),
        cophenetic_with_taxonomy: tree::pearson(&heights, &tree),
        clades: clade_recovery(&dendrogram.clades(), &clades_of(taxonomy, taxa)),
        gromov: (n > 3 && n <= 100).then(|| tree::gromov(n, &latent)),
    }
}

/// Sets of places among `taxa` that clades of the taxonomy hold: two at least, but not all.
#[must_use]
pub fn clades_of(taxonomy: &Taxonomy, taxa: &[TaxonId]) -> BTreeSet<Vec<usize>> {
    let mut clades: BTreeMap<TaxonId, Vec<usize>> = BTreeMap::new();
    for (place, &taxon) in taxa.iter().enumerate() {
        for ancestor in taxonomy.lineage(taxon).skip(1) {
            clades.entry(ancestor).or_default().push(place);
        }
    }
    clades.into_values().filter(|members| members.len() > 1 && members.len() < taxa.len()).collect()
}

fn pair_spaces(rows: Rows<'_>, taxa: &[Option<TaxonId>], taxonomy: &Taxonomy, options: &LatentOptions) -> Vec<PairSpace> {
    // All pairs of some points; evenly taken ones where there are many.
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
    ["euclidean", "cosine"]
        .into_iter()
        .map(|distance| {
            let apart = |a: usize, b: usize| {
                let (a, b) = (rows.row(taken[a]), rows.row(taken[b]));
                if distance == "cosine" { 1.0 - groups::cosine(a, b) } else { squared_distance(a, b).sqrt() }
            };
            let latent = condensed(n, apart);
            PairSpace {
                distance,
                pearson: tree::pearson(&latent, &tree),
                spearman: tree::spearman(&latent, &tree),
                kendall: tree::kendall(&latent, &tree),
                triplets: tree::triplets(n, &|a, b| of(&latent, a, b), &|a, b| of(&tree, a, b), options.seed),
                cophenetic: tree::pearson(&latent, &Dendrogram::of(n, &latent, Linkage::Average).cophenetic()),
                gromov: (n > 3 && n <= 100).then(|| tree::gromov(n, &latent)),
            }
        })
        .collect()
}

fn modalities(embeddings: &Embeddings, units: Rows<'_>, options: &LatentOptions) -> Option<Modalities> {
    let labels = embeddings.labels.as_ref()?;
    let width = embeddings.width;
    let rows = Rows { values: &labels.values, width };
    let unit: Vec<f64> = (0..rows.len())
        .flat_map(|index| {
            let row = rows.row(index);
            let length = crate::neighbours::dot(row, row).sqrt();
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
        .then(|| Box::new(of_vectors(Rows { values: &values, width }, &taxa, &embeddings.taxonomy, "cosine", options)));
    Some(Modalities { gap, labels: space })
}

fn maps(rows: Rows<'_>, components: Vec<[f64; 2]>, options: &LatentOptions) -> Vec<Map> {
    const MOST: usize = 20_000;
    let k = 15.min(rows.len().saturating_sub(1) / 3).max(2);
    if rows.len() < 4 {
        return vec![];
    }
    let mut maps = vec![Map::judged("pca", rows, components.clone(), k)];
    if options.map && rows.len() <= MOST {
        let points = map::tsne(rows, &components);
        maps.push(Map::judged("tsne", rows, points, k));
    }
    maps
}

/// Mean of numbers that are there.
#[must_use]
pub fn mean_of(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / to_f64(values.len() as u64))
}
