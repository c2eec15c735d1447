//! The tree that average linkage makes of points, and how it fits the taxonomy.

use super::tree::place;
use crate::neighbours::{GRAIN, level};
use crate::statistics::to_f64;
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
    /// Merges points by their condensed distances. Of equal distances the order of points decides.
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
        let merges = steps
            .steps()
            .iter()
            .map(|step| Merge { left: step.cluster1, right: step.cluster2, height: step.dissimilarity, size: step.size })
            .collect();
        Dendrogram { n, merges }
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
    /// 0 to 1. `None` where no taxon has two points.
    ///
    /// # Source
    ///
    /// Heller and Ghahramani 2005.
    #[must_use]
    pub fn purity(&self, taxa: &[usize]) -> Option<f64> {
        let mut counts: Vec<HashMap<usize, u64>> = taxa.iter().map(|&taxon| HashMap::from([(taxon, 1)])).collect();
        let (mut sum, mut pairs) = (0.0, 0_u64);
        for merge in &self.merges {
            let (left, right) = (std::mem::take(&mut counts[merge.left]), std::mem::take(&mut counts[merge.right]));
            let (small, mut large) = if left.len() < right.len() { (left, right) } else { (right, left) };
            let mut common: Vec<(usize, u64)> = small.into_iter().collect();
            common.sort_unstable();
            for (taxon, count) in common {
                let other = large.entry(taxon).or_default();
                if *other > 0 {
                    pairs += count * *other;
                    sum += to_f64(count * *other) * to_f64(count + *other) / to_f64(merge.size as u64);
                }
                *other += count;
            }
            counts.push(large);
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
