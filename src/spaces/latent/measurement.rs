//! The way from points to numbers.

use super::agreement::{self, Hubness};
use super::dendrogram::{Dendrogram, Linkage, level_distances};
use super::draws::{Draws, reasons};
use super::findings::Latent;
use super::groups::Groups;
use super::map::{self, Map};
use super::options::{LatentOptions, PAIRS};
use super::rank_space::{Given, RankSpace, rank_space};
use super::silhouette::{self, Silhouette};
use super::tree_space::{self, Centroids, Modalities, TreeSpace};
use super::{by_row, health, nested, similarities, staircase, suspects};
use crate::numbers::bootstrap::DRAWS;
use crate::numbers::counted::{counted, form};
use crate::numbers::neighbours::{Index, Neighbour, Rows, Similarity, nearest, within};
use crate::numbers::vector::squared_distance;
use crate::spaces::embeddings::Embeddings;
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use rayon::prelude::*;

/// Values that are of the whole space at once: what says how sure they are instead of an interval.
const WHOLE: [(&str, &str); 9] = [
    ("tree", "pairs and triplets of taxa are not independent; the p of Mantel's test and of the clades are their uncertainty"),
    ("pairs", "pairs and triplets of points are not independent; Mantel's test of the means of taxa is their uncertainty"),
    ("similarities", "a distribution of pairs: its quantiles say how far it spreads, and pairs are not independent"),
    ("nested", "sums over all points at once; permanova of each rank says how sure they are"),
    ("health", "of the spectrum and the distances of all points at once; points drawn twice would lie at distance 0"),
    ("alignment", "over pairs of points, which are not independent"),
    ("inside_span", "of the directions of all taxa at once"),
    ("hubness", "counts of all points at once, which depend on each other"),
    ("modalities", "of two means; the p of Mantel's test says how sure the labels' numbers are"),
];

/// A space, with what several measures look at.
struct Space<'a> {
    embeddings: &'a Embeddings,
    options: &'a LatentOptions,
    /// Vectors of length 1.
    units: Rows<'a>,
    /// Vectors as they are looked at.
    rows: Rows<'a>,
    by_rank: Vec<(Rank, Groups)>,
    cosine: Index<'a>,
    euclidean: Index<'a>,
    neighbours: Vec<Vec<Neighbour>>,
}

impl<'a> Space<'a> {
    /// `unit` are the vectors divided by their lengths.
    fn of(embeddings: &'a Embeddings, unit: &'a [f64], options: &'a LatentOptions) -> Space<'a> {
        let units = Rows { values: unit, width: embeddings.width };
        let rows = if options.normalise { units } else { embeddings.rows() };
        let by_rank = groups_of_ranks(embeddings);
        let cosine = Index::of(rows, Similarity::Cosine);
        let neighbours = neighbours(embeddings, &cosine, &by_rank, options);
        Space { embeddings, options, units, rows, by_rank, cosine, euclidean: Index::of(rows, Similarity::Euclidean), neighbours }
    }

    /// Points of the finest rank.
    fn finest(&self) -> Option<&Groups> {
        self.by_rank.last().map(|(_, groups)| groups)
    }

    /// Whether all pairs of points can be looked at.
    fn is_small(&self) -> bool {
        self.rows.len() <= PAIRS
    }

    /// Silhouettes of each rank by cosine.
    fn silhouettes(&self) -> Vec<Silhouette> {
        let units = Index::of(self.units, Similarity::Inner);
        self.by_rank.iter().map(|(_, groups)| silhouette::of_units(&units, groups)).collect()
    }

    /// Measures each rank.
    fn ranks(&self, silhouettes: &[Silhouette], centroids: Option<&Centroids>) -> Vec<RankSpace> {
        let (n, rows) = (self.rows.len(), self.rows);
        let apart = |a: usize, b: usize| squared_distance(rows.row(a), rows.row(b)).sqrt();
        let distances = self.is_small().then(|| level_distances(n, self.euclidean.longest(), apart));
        let dendrogram = distances.as_ref().map(|distances| Dendrogram::of(n, distances, Linkage::Average));
        let draws = Draws::of(&self.embeddings.observations, "points", DRAWS, self.options.seed);
        let known: Vec<bool> = self.embeddings.taxa.iter().map(Option::is_some).collect();
        let given = Given {
            cosine: &self.cosine,
            euclidean: &self.euclidean,
            neighbours: &self.neighbours,
            dendrogram: dendrogram.as_ref(),
            distances: distances.as_deref(),
            centroids,
            known: &known,
            draws: &draws,
            options: self.options,
        };
        let of_rank = |index: usize| {
            let parent = index.checked_sub(1).map(|above| &self.by_rank[above].1);
            rank_space(self.by_rank[index].0, &self.by_rank[index].1, parent, &silhouettes[index], &given)
        };
        (0..self.by_rank.len()).map(of_rank).collect()
    }
}

/// Measures a space: the same numbers in whatever order its points stand, and whatever they are called.
///
/// Points are looked at in the order of [`Embeddings::order`], which also says who comes first of equally near ones, what
/// is drawn and where k-means and maps begin. What is given point by point stands in the order of the rows all the same.
#[must_use]
pub fn measure(embeddings: &Embeddings, options: &LatentOptions) -> Latent {
    let order = embeddings.order();
    measured(&embeddings.ordered(&order), &order, options)
}

/// Measures points that stand in their order; `order` has the row of each.
fn measured(embeddings: &Embeddings, order: &[usize], options: &LatentOptions) -> Latent {
    let unit = embeddings.normalised();
    let space = Space::of(embeddings, &unit, options);
    let (rows, units, taxa, taxonomy) = (space.rows, space.units, &embeddings.taxa[..], &embeddings.taxonomy);
    let finest = space.finest();
    let mut silhouettes = space.silhouettes();
    let centroids = finest.map(|groups| Centroids::of(rows, groups, taxonomy, options.seed));
    let ranks = space.ranks(&silhouettes, centroids.as_ref());
    let silhouettes = finest.cloned().zip(silhouettes.pop());
    let (taxon_rows, suspects) = match &silhouettes {
        Some((groups, silhouette)) => suspects::rows(&space.cosine, groups, silhouette, embeddings),
        None => (vec![], vec![]),
    };
    let (eigenvalues, components, centre) = health::principal(rows);
    let near = euclidean_neighbours(rows, &space.neighbours, options);
    let of_finest = |groups: &Groups| TreeSpace::of(rows, groups, taxonomy, centroids.as_ref(), options);
    let mut latent = Latent {
        n: rows.len(),
        width: embeddings.width,
        sample: None,
        options: options.clone(),
        among_all: None,
        nested: nested::shares(rows, &space.by_rank),
        staircase: staircase::stairs(units, taxa, taxonomy, options.seed),
        similarities: similarities::similarities(units, taxa, taxonomy, similarities::MOST, options.seed),
        tree: finest.map(of_finest).unwrap_or_default(),
        pairs: if space.is_small() { tree_space::pairs(rows, taxa, taxonomy, options) } else { vec![] },
        health: health::health(embeddings.rows(), rows, &eigenvalues, &near, space.euclidean.longest()),
        alignment: finest.and_then(|groups| health::alignment(units, &groups.members)),
        inside_span: finest.map(|groups| nested::inside_span(rows, groups)).unwrap_or_default(),
        hubness: hubs(&space.neighbours, options),
        modalities: Modalities::of(embeddings, units, options),
        notes: notes(embeddings, &ranks),
        nearest: space.neighbours.iter().map(|near| near.first().map(|&(nearest, _)| nearest as usize)).collect(),
        ranks,
        taxa: taxon_rows,
        suspects,
        maps: maps(rows, map::project(rows, &components, &centre), options),
        centroids,
        silhouettes,
        no_interval: reasons(&WHOLE),
    };
    by_row::back(&mut latent, order, &space.by_rank);
    latent
}

/// Ranks that points have two taxa of, from the top.
fn groups_of_ranks(embeddings: &Embeddings) -> Vec<(Rank, Groups)> {
    let at = |rank: Rank| -> Vec<Option<TaxonId>> {
        embeddings.taxa.iter().map(|taxon| taxon.and_then(|taxon| embeddings.taxonomy.ancestor_at(taxon, rank))).collect()
    };
    Rank::MAIN.iter().map(|&rank| (rank, Groups::of(&at(rank)))).filter(|(_, groups)| groups.taxa.len() > 1).collect()
}

/// The nearest of every point by cosine: all where there are few points, else as many as are counted, and
/// four times as many where some points lack a rank, for these are no neighbours at it.
fn neighbours(
    embeddings: &Embeddings,
    index: &Index<'_>,
    by_rank: &[(Rank, Groups)],
    options: &LatentOptions,
) -> Vec<Vec<Neighbour>> {
    let n = embeddings.len();
    let others = n.saturating_sub(1);
    let longest = options.ks.iter().copied().max().unwrap_or(10);
    let complete = by_rank.iter().all(|(_, groups)| groups.len() == n);
    let depth = match (n <= PAIRS, complete) {
        (true, _) => others,
        // One more, to see whether it is as near as the last.
        (false, true) => (longest + 1).min(others),
        (false, false) => (4 * longest).min(others),
    };
    let allowed = |a: usize, b: usize| {
        let (x, y) = (&embeddings.observations[a], &embeddings.observations[b]);
        a != b && !(options.across_observations && !x.is_empty() && x == y)
    };
    within(index, depth, &allowed)
}

/// Hubs for each number of neighbours; counts of single points where there are few.
fn hubs(neighbours: &[Vec<Neighbour>], options: &LatentOptions) -> Vec<Hubness> {
    const LISTED: usize = 200;
    let of = |k: usize| {
        let mut hubs = agreement::hubness(neighbours, k);
        if neighbours.len() > LISTED {
            hubs.counts.clear();
        }
        hubs
    };
    options.ks.iter().filter(|&&k| k < neighbours.len()).map(|&k| of(k)).collect()
}

fn notes(embeddings: &Embeddings, ranks: &[RankSpace]) -> Vec<String> {
    let n = embeddings.len();
    let mut notes = embeddings.notes.clone();
    if ranks.is_empty() {
        notes.push("fewer than two taxa of any rank: nothing can be compared with the taxonomy".to_string());
    }
    if n > PAIRS {
        notes.push(format!(
            "{n} points: measures over all pairs of points (Euclidean silhouettes, ANOSIM, dendrogram of points, R-precision) are \
             left out above {PAIRS}, and uniformity is that of evenly taken points"
        ));
    }
    for space in ranks {
        if let Some(short) = space.agreement.last().filter(|agreement| agreement.short > 0) {
            notes.push(format!(
                "{}: {} of {} {} fewer than {} of the rank among those looked at; {} share is of the fewer",
                space.rank.name(),
                short.short,
                counted(short.n, "point", "points"),
                form(short.short, "has", "have"),
                counted(short.k, "neighbour", "neighbours"),
                form(short.short, "its", "their")
            ));
        }
    }
    notes
}

/// The nearest by Euclidean distance, for the dimension.
fn euclidean_neighbours(rows: Rows<'_>, cosine: &[Vec<Neighbour>], options: &LatentOptions) -> Vec<Vec<Neighbour>> {
    // A vector of zeros has the same cosine with everything, and no distance to another one.
    let no_zeros = || (0..rows.len()).all(|row| rows.row(row).iter().any(|value| value.abs() > 0.0));
    if options.normalise && !options.across_observations && no_zeros() {
        // Of unit vectors the nearest are the same; the distances are worked out again, for cosines near 1 are coarse, and
        // neighbours that these take for equally near need not be so.
        let of_row = |(a, near): (usize, &Vec<Neighbour>)| -> Vec<Neighbour> {
            let apart = |b: u32| -squared_distance(rows.row(a), rows.row(b as usize)).sqrt();
            let mut near: Vec<Neighbour> = near.iter().take(health::DEEPEST).map(|&(b, _)| (b, apart(b))).collect();
            near.sort_by(|one, other| other.1.total_cmp(&one.1));
            near
        };
        return cosine.par_iter().enumerate().map(of_row).collect();
    }
    let step = rows.len().div_ceil(10_000).max(1);
    let taken: Vec<usize> = (0..rows.len()).step_by(step).collect();
    let values: Vec<f64> = taken.iter().flat_map(|&row| rows.row(row).iter().copied()).collect();
    let some = Rows { values: &values, width: rows.width };
    nearest(some, rows, Similarity::Euclidean, health::DEEPEST, &|a, b| taken[a] != b)
}

fn maps(rows: Rows<'_>, components: Vec<[f64; 2]>, options: &LatentOptions) -> Vec<Map> {
    const MOST: usize = 20_000;
    let k = 15.min(rows.len().saturating_sub(1) / 3).max(2);
    if rows.len() < 4 {
        return vec![];
    }
    let neighbours = (options.map && rows.len() <= MOST).then(|| Map::judged("tsne", rows, map::tsne(rows, &components), k));
    [Some(Map::judged("pca", rows, components, k)), neighbours].into_iter().flatten().collect()
}
