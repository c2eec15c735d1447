//! k-means, seeded, for comparison with taxa.

use crate::numbers::neighbours::{Rows, Similarity, nearest};
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::squared_distance;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Rounds at most.
const ROUNDS: usize = 50;

/// Clusters of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeans {
    /// Cluster of each row.
    pub of: Vec<usize>,
    /// Sum of squared distances to the means.
    pub inertia: f64,
}

/// Lloyd's algorithm from given rows.
#[must_use]
pub fn from_rows(rows: Rows<'_>, start: &[usize]) -> KMeans {
    let mut means: Vec<f64> = start.iter().flat_map(|&row| rows.row(row).iter().copied()).collect();
    let mut of = vec![usize::MAX; rows.len()];
    for _ in 0..ROUNDS {
        let best = nearest(rows, Rows { values: &means, width: rows.width }, Similarity::Euclidean, 1, &|_, _| true);
        let next: Vec<usize> = best.iter().map(|near| near.first().map_or(0, |&(cluster, _)| cluster as usize)).collect();
        if next == of {
            break;
        }
        of = next;
        let mut sums = vec![0.0; means.len()];
        let mut counts = vec![0_u64; start.len()];
        for (row, &cluster) in of.iter().enumerate() {
            counts[cluster] += 1;
            sums[cluster * rows.width..(cluster + 1) * rows.width]
                .iter_mut()
                .zip(rows.row(row))
                .for_each(|(sum, value)| *sum += value);
        }
        for (cluster, &count) in counts.iter().enumerate() {
            // A cluster that lost all its points keeps its mean.
            if count > 0 {
                let range = cluster * rows.width..(cluster + 1) * rows.width;
                means[range.clone()].iter_mut().zip(&sums[range]).for_each(|(mean, sum)| *mean = sum / to_f64(count));
            }
        }
    }
    let centres = Rows { values: &means, width: rows.width };
    let inertia = of.iter().enumerate().map(|(row, &cluster)| squared_distance(rows.row(row), centres.row(cluster))).sum();
    KMeans { of, inertia }
}

/// k-means++ starts (Arthur and Vassilvitskii 2007) with a seed, then Lloyd's algorithm.
#[must_use]
pub fn seeded(rows: Rows<'_>, k: usize, seed: u64) -> KMeans {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut start = vec![random.random_range(0..rows.len())];
    let mut far: Vec<f64> = (0..rows.len()).map(|row| squared_distance(rows.row(row), rows.row(start[0]))).collect();
    while start.len() < k.min(rows.len()) {
        let total: f64 = far.iter().sum();
        let mut left = random.random_range(0.0..1.0) * total;
        let next = far.iter().position(|&distance| {
            left -= distance;
            left < 0.0
        });
        let next = next.unwrap_or_else(|| (0..rows.len()).find(|row| !start.contains(row)).unwrap_or(0));
        start.push(next);
        for (row, distance) in far.iter_mut().enumerate() {
            *distance = distance.min(squared_distance(rows.row(row), rows.row(next)));
        }
    }
    from_rows(rows, &start)
}
