//! The tree that average linkage makes of points, and how it fits the taxonomy.

use super::tree::place;
use crate::numbers::rounding::{GRAIN, level};
use crate::numbers::statistics::to_f64;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A merge of two nodes; points are `0..n`, the merge of step `s` is node `n + s`.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Merge {
    /// The node of smaller number.
    pub left: usize,
    /// The other.
    pub right: usize,
    /// Height of the merge.
    pub height: f64,
    /// Points below.
    pub size: usize,
}

/// A dendrogram of `n` points.
#[derive(Debug, Clone, PartialEq)]
pub struct Dendrogram {
    /// Points.
    pub n: usize,
    /// `n − 1` merges, the lowest first.
    pub merges: Vec<Merge>,
}

/// The points of a cluster by taxon.
#[derive(Debug, Default)]
struct Counts {
    points: HashMap<usize, u64>,
    /// Pairs of points of a taxon that meet at the cluster's height.
    met: BTreeMap<usize, u64>,
}

impl Counts {
    /// Two clusters as one.
    fn with(self, other: Counts) -> Counts {
        let (small, mut large) = if self.points.len() < other.points.len() { (self, other) } else { (other, self) };
        for (taxon, count) in small.points {
            let own = large.points.entry(taxon).or_default();
            if *own > 0 {
                *large.met.entry(taxon).or_default() += count * *own;
            }
            *own += count;
        }
        for (taxon, met) in small.met {
            *large.met.entry(taxon).or_default() += met;
        }
        large
    }
}

/// How clusters' distance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linkage {
    /// Mean distance (UPGMA).
    Average,
    /// Largest distance.
    Complete,
    /// Smallest distance.
    Single,
    /// Growth of the sum of squares; for Euclidean distances.
    Ward,
}

/// Condensed distances: all pairs `i < j`, row by row.
#[must_use]
pub fn condensed(n: usize, distance: impl Fn(usize, usize) -> f64 + Sync) -> Vec<f64> {
    use rayon::prelude::*;
    (0..n)
        .into_par_iter()
        .flat_map_iter(|i| (i + 1..n).map(move |j| (i, j)).map(|(i, j)| distance(i, j)).collect::<Vec<_>>())
        .collect()
}

/// As [`condensed`], distances that are equal but for rounding made equal; `scale` is that of the vectors they are of: 1 for
/// cosines, their length for Euclidean distances.
#[must_use]
pub fn level_distances(n: usize, scale: f64, distance: impl Fn(usize, usize) -> f64 + Sync) -> Vec<f64> {
    let mut distances = condensed(n, distance);
    level(&mut distances, GRAIN * scale);
    distances
}

/// Distances among some of the points.
#[must_use]
pub fn among(n: usize, distances: &[f64], points: &[usize]) -> Vec<f64> {
    condensed(points.len(), |a, b| distances[place(n, points[a], points[b])])
}

impl Dendrogram {
    /// Merges points by their condensed distances. Of equal distances the order of points decides what merges first; heights
    /// that are equal but for rounding are equal.
    #[must_use]
    pub fn of(n: usize, distances: &[f64], linkage: Linkage) -> Dendrogram {
        if n < 2 {
            return Dendrogram { n, merges: vec![] };
        }
        let method = match linkage {
            Linkage::Average => kodama::Method::Average,
            Linkage::Complete => kodama::Method::Complete,
            Linkage::Single => kodama::Method::Single,
            Linkage::Ward => kodama::Method::Ward,
        };
        let mut matrix = distances.to_vec();
        let steps = kodama::linkage(&mut matrix, n, method);
        let mut heights: Vec<f64> = steps.steps().iter().map(|step| step.dissimilarity).collect();
        level(&mut heights, GRAIN * distances.iter().copied().fold(0.0, f64::max));
        let merges = steps
            .steps()
            .iter()
            .zip(heights)
            .map(|(step, height)| Merge { left: step.cluster1, right: step.cluster2, height, size: step.size })
            .collect();
        Dendrogram { n, merges }
    }

    /// For each merge, whether the one above it has its height: then both are one merge of more than two, and which of them came
    /// first says nothing.
    #[must_use]
    pub fn joined(&self) -> Vec<bool> {
        let mut joined = vec![false; self.merges.len()];
        for merge in &self.merges {
            for below in [merge.left, merge.right].into_iter().filter_map(|node| node.checked_sub(self.n)) {
                joined[below] = self.merges[below].height >= merge.height;
            }
        }
        joined
    }

    /// Points below every node, points first.
    fn leaves(&self) -> Vec<Vec<usize>> {
        let mut below: Vec<Vec<usize>> = (0..self.n).map(|point| vec![point]).collect();
        for merge in &self.merges {
            let joined = [below[merge.left].as_slice(), below[merge.right].as_slice()].concat();
            below.push(joined);
        }
        below
    }

    /// Points in the order in which they stand under the tree.
    #[must_use]
    pub fn order(&self) -> Vec<usize> {
        self.leaves().pop().unwrap_or_default()
    }

    /// Cuts into `k` clusters; one number per point.
    #[must_use]
    pub fn cut(&self, k: usize) -> Vec<usize> {
        let merged = self.merges.len().saturating_sub(k.max(1) - 1);
        let mut parent: Vec<usize> = (0..self.n + merged).collect();
        for (step, merge) in self.merges.iter().take(merged).enumerate() {
            parent[merge.left] = self.n + step;
            parent[merge.right] = self.n + step;
        }
        let top = |point: usize| {
            let mut node = point;
            while parent[node] != node {
                node = parent[node];
            }
            node
        };
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        (0..self.n)
            .map(|point| {
                let next = numbers.len();
                *numbers.entry(top(point)).or_insert(next)
            })
            .collect()
    }

    /// Height at which each pair of points meets, condensed.
    #[must_use]
    pub fn cophenetic(&self) -> Vec<f64> {
        let mut heights = vec![0.0; self.n * self.n.saturating_sub(1) / 2];
        let place = |a: usize, b: usize| {
            let (a, b) = (a.min(b), a.max(b));
            a * (2 * self.n - a - 1) / 2 + b - a - 1
        };
        let below = self.leaves();
        for merge in &self.merges {
            for &a in &below[merge.left] {
                for &b in &below[merge.right] {
                    heights[place(a, b)] = merge.height;
                }
            }
        }
        heights
    }

    /// Mean over pairs of points of one taxon of the purity of the smallest cluster that holds both;
    /// 0 to 1. `None` where no taxon has two points. Clusters of one height within each other are one, the largest.
    ///
    /// # Source
    ///
    /// Heller and Ghahramani 2005.
    #[must_use]
    pub fn purity(&self, taxa: &[usize]) -> Option<f64> {
        let joined = self.joined();
        let mut below: Vec<Counts> =
            taxa.iter().map(|&taxon| Counts { points: HashMap::from([(taxon, 1)]), ..Counts::default() }).collect();
        let (mut sum, mut pairs) = (0.0, 0_u64);
        for (merge, joined) in self.merges.iter().zip(joined) {
            let mut both = std::mem::take(&mut below[merge.left]).with(std::mem::take(&mut below[merge.right]));
            if !joined {
                for (taxon, met) in std::mem::take(&mut both.met) {
                    let own = both.points.get(&taxon).copied().unwrap_or_default();
                    pairs += met;
                    sum += to_f64(met) * to_f64(own) / to_f64(merge.size as u64);
                }
            }
            below.push(both);
        }
        (pairs > 0).then(|| sum / to_f64(pairs))
    }

    /// Sets of points below inner nodes but the root.
    #[must_use]
    pub fn clades(&self) -> BTreeSet<Vec<usize>> {
        let below = self.leaves();
        below
            .into_iter()
            .skip(self.n)
            .filter(|points| points.len() > 1 && points.len() < self.n)
            .map(|mut points| {
                points.sort_unstable();
                points
            })
            .collect()
    }
}
