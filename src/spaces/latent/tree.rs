//! Does distance in the latent space grow with distance in the taxonomy?

use crate::numbers::correlation::{pearson, ranks};
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::mean_in_order;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Mantel's test between two matrices of distances.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Mantel {
    /// Taxa.
    pub n: usize,
    /// Pearson's correlation.
    pub r: Option<f64>,
    /// Share of permutations with a correlation at least as large; small: the space follows the tree.
    pub p: Option<f64>,
    /// The same for a correlation at least as far from 0.
    pub p_two_sided: Option<f64>,
    /// Spearman's correlation.
    pub spearman: Option<f64>,
    /// Its share of permutations.
    pub spearman_p: Option<f64>,
    /// Permutations; all of them up to seven taxa, else drawn with a seed.
    pub permutations: usize,
    /// Whether these are all there are.
    pub exact: bool,
}

/// Permutes rows and columns of the second matrix together; both condensed.
#[must_use]
pub fn mantel(n: usize, latent: &[f64], tree: &[f64], draws: usize, seed: u64) -> Mantel {
    let r = pearson(latent, tree);
    let (ranked_latent, ranked_tree) = (ranks(latent), ranks(tree));
    let spearman = pearson(&ranked_latent, &ranked_tree);
    let exact = n <= 7;
    let permutations: Vec<Vec<usize>> = if exact { all_permutations(n) } else { drawn(n, draws, seed) };
    let shares = |latent: &[f64], tree: &[f64], observed: Option<f64>| {
        let observed = observed?;
        let moments = Moments::of(latent, tree);
        let values: Vec<f64> = {
            use rayon::prelude::*;
            permutations.par_iter().map(|permutation| moments.correlation(n, latent, tree, permutation)).collect()
        };
        // Sums of permuted terms differ in their last bits.
        let tolerance = 1e-12;
        let greater = values.iter().filter(|&&value| value >= observed - tolerance).count() as u64;
        let further = values.iter().filter(|&&value| value.abs() >= observed.abs() - tolerance).count() as u64;
        let count = values.len() as u64;
        let share = |extreme: u64| if exact { to_f64(extreme) / to_f64(count) } else { to_f64(extreme + 1) / to_f64(count + 1) };
        Some((share(greater), share(further)))
    };
    let p = shares(latent, tree, r);
    let spearman_p = shares(&ranked_latent, &ranked_tree, spearman);
    Mantel {
        n,
        r,
        p: p.map(|p| p.0),
        p_two_sided: p.map(|p| p.1),
        spearman,
        spearman_p: spearman_p.map(|p| p.0),
        permutations: permutations.len(),
        exact,
    }
}

/// Means and sums of squares do not change under permutation.
struct Moments {
    mean_a: f64,
    mean_b: f64,
    scale: f64,
}

impl Moments {
    fn of(a: &[f64], b: &[f64]) -> Moments {
        let mean = |values: &[f64]| mean_in_order(values).unwrap_or(f64::NAN);
        let (mean_a, mean_b) = (mean(a), mean(b));
        let squares = |values: &[f64], mean: f64| values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        Moments { mean_a, mean_b, scale: (squares(a, mean_a) * squares(b, mean_b)).sqrt() }
    }

    fn correlation(&self, n: usize, a: &[f64], b: &[f64], permutation: &[usize]) -> f64 {
        let mut sum = 0.0;
        let mut index = 0;
        for i in 0..n {
            for j in i + 1..n {
                sum += (a[index] - self.mean_a) * (b[place(n, permutation[i], permutation[j])] - self.mean_b);
                index += 1;
            }
        }
        sum / self.scale
    }
}

/// Place of a pair among condensed distances.
#[must_use]
pub fn place(n: usize, a: usize, b: usize) -> usize {
    let (a, b) = (a.min(b), a.max(b));
    a * (2 * n - a - 1) / 2 + b - a - 1
}

fn all_permutations(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for next in 0..n {
        all = all
            .into_iter()
            .flat_map(|permutation: Vec<usize>| {
                (0..=next).map(move |at| [&permutation[..at], &[next], &permutation[at..]].concat())
            })
            .collect();
    }
    all
}

/// Seeded permutations.
#[must_use]
pub fn drawn(n: usize, draws: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..draws)
        .map(|_| {
            let mut permutation: Vec<usize> = (0..n).collect();
            shuffle(&mut permutation, &mut random);
            permutation
        })
        .collect()
}

/// Fisher–Yates.
pub fn shuffle<T>(items: &mut [T], random: &mut ChaCha8Rng) {
    for index in (1..items.len()).rev() {
        items.swap(index, random.random_range(0..=index));
    }
}

/// Share of triplets in which the two that are nearer in the tree are nearer in space; chance is 1/3.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Triplets {
    /// Triplets with two that are nearer in the tree than to the third.
    pub n: u64,
    /// Of these, in how many they are the nearest in space, too.
    pub agreeing: u64,
    /// The share.
    pub agreement: Option<f64>,
    /// Whether all triplets were looked at, or a seeded sample.
    pub exact: bool,
}

/// Over all triplets up to 150 points, else over a million drawn ones.
#[must_use]
pub fn triplets(
    n: usize,
    latent: &(dyn Fn(usize, usize) -> f64 + Sync),
    tree: &(dyn Fn(usize, usize) -> f64 + Sync),
    seed: u64,
) -> Triplets {
    const DRAWS: usize = 1_000_000;
    let judge = |i: usize, j: usize, k: usize| -> Option<bool> {
        let sides = [(tree(i, j), (i, j), k), (tree(i, k), (i, k), j), (tree(j, k), (j, k), i)];
        let least = sides.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
        // Two equally near pairs say nothing.
        if sides.iter().filter(|side| side.0 <= least.0).count() > 1 {
            return None;
        }
        let ((a, b), c) = (least.1, least.2);
        Some(latent(a, b) < latent(a, c).min(latent(b, c)))
    };
    let (mut counted, mut agreeing) = (0, 0);
    let mut count = |verdict: Option<bool>| {
        if let Some(agrees) = verdict {
            counted += 1;
            agreeing += u64::from(agrees);
        }
    };
    let exact = n <= 150;
    if exact {
        for i in 0..n {
            for j in i + 1..n {
                for k in j + 1..n {
                    count(judge(i, j, k));
                }
            }
        }
    } else {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let drawn: Vec<[usize; 3]> = (0..DRAWS)
            .map(|_| [random.random_range(0..n), random.random_range(0..n), random.random_range(0..n)])
            .filter(|[i, j, k]| i != j && i != k && j != k)
            .collect();
        let verdicts: Vec<Option<bool>> = {
            use rayon::prelude::*;
            drawn.par_iter().map(|&[i, j, k]| judge(i, j, k)).collect()
        };
        verdicts.into_iter().for_each(count);
    }
    Triplets { n: counted, agreeing, agreement: (counted > 0).then(|| to_f64(agreeing) / to_f64(counted)), exact }
}

/// Gromov's δ: 0 for distances on a tree.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Gromov {
    /// Four points: half the largest gap between the two largest of the three sums of opposite pairs.
    pub delta: f64,
    /// `2 δ / diameter`, 0 to 1.
    pub relative: Option<f64>,
    /// By products at the first point (in the order of points, or of taxa), largest of `(G ∘ G) − G`; at least half of `delta`,
    /// and another for another point.
    pub at_first: f64,
    /// `2 δ / diameter` of it.
    pub at_first_relative: Option<f64>,
}

/// Over all quadruples: for a hundred points or so.
#[must_use]
pub fn gromov(n: usize, distances: &[f64]) -> Gromov {
    let d = |a: usize, b: usize| distances[place(n, a, b)];
    let of_first = |i: usize| {
        let mut largest = 0.0_f64;
        for j in i + 1..n {
            for k in j + 1..n {
                for l in k + 1..n {
                    let mut sums = [d(i, j) + d(k, l), d(i, k) + d(j, l), d(i, l) + d(j, k)];
                    sums.sort_unstable_by(f64::total_cmp);
                    largest = largest.max((sums[2] - sums[1]) / 2.0);
                }
            }
        }
        largest
    };
    let delta = {
        use rayon::prelude::*;
        (0..n).into_par_iter().map(of_first).reduce(|| 0.0, f64::max)
    };
    let diameter = distances.iter().copied().fold(0.0, f64::max);
    let at_first = gromov_at_first(n, &d);
    let relative = |delta: f64| (diameter > 0.0).then(|| 2.0 * delta / diameter);
    Gromov { delta, relative: relative(delta), at_first, at_first_relative: relative(at_first) }
}

/// With Gromov's products `G_ij = (d_iw + d_jw − d_ij) / 2` at the first point, the largest
/// `max_k min(G_ik, G_kj) − G_ij` (Fournier et al. 2015).
fn gromov_at_first(n: usize, d: &(dyn Fn(usize, usize) -> f64 + Sync)) -> f64 {
    let apart = |a: usize, b: usize| if a == b { 0.0 } else { d(a, b) };
    let product: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| (apart(i, 0) + apart(j, 0) - apart(i, j)) / 2.0).collect()).collect();
    let mut largest = 0.0_f64;
    for i in 0..n {
        for j in 0..n {
            let through = (0..n).map(|k| product[i][k].min(product[k][j])).fold(f64::NEG_INFINITY, f64::max);
            largest = largest.max(through - product[i][j]);
        }
    }
    largest
}
