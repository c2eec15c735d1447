//! Two groupings of the same points: how much they say about each other.

use crate::numbers::statistics::to_f64;
use statrs::function::gamma::ln_gamma;
use std::collections::HashMap;

/// Agreement of a clustering with the taxa; 1 where they are the same.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Partition {
    /// Clusters.
    pub clusters: usize,
    /// Normalised mutual information, arithmetic mean (scikit-learn's default, the V-measure).
    pub nmi: f64,
    /// Adjusted mutual information: 0 at chance.
    pub ami: f64,
    /// Adjusted Rand index: 0 at chance.
    pub ari: f64,
    /// Each cluster holds one taxon: 1.
    pub homogeneity: f64,
    /// Each taxon lies in one cluster: 1.
    pub completeness: f64,
    /// Fowlkes–Mallows index.
    pub fmi: f64,
    /// Share of points in the taxon that their cluster has most of.
    pub purity: f64,
}

/// Compares a clustering with taxa; both one number per point.
#[must_use]
pub fn partition(taxa: &[usize], clusters: &[usize]) -> Partition {
    let mut cells: HashMap<(usize, usize), u64> = HashMap::new();
    for (&taxon, &cluster) in taxa.iter().zip(clusters) {
        *cells.entry((taxon, cluster)).or_default() += 1;
    }
    let mut cells: Vec<((usize, usize), u64)> = cells.into_iter().collect();
    cells.sort_unstable();
    let sums = |side: fn(&(usize, usize)) -> usize| {
        let mut sums: HashMap<usize, u64> = HashMap::new();
        for (key, count) in &cells {
            *sums.entry(side(key)).or_default() += count;
        }
        let mut sums: Vec<(usize, u64)> = sums.into_iter().collect();
        sums.sort_unstable();
        sums
    };
    let (rows, columns) = (sums(|key| key.0), sums(|key| key.1));
    let n = to_f64(taxa.len() as u64);
    let entropy = |sums: &[(usize, u64)]| -> f64 {
        sums.iter().map(|&(_, count)| to_f64(count) / n).map(|share| -share * share.ln()).sum()
    };
    let (of_row, of_column): (HashMap<usize, u64>, HashMap<usize, u64>) =
        (rows.iter().copied().collect(), columns.iter().copied().collect());
    let mutual: f64 = cells
        .iter()
        .map(|&((row, column), count)| {
            let count = to_f64(count);
            count / n * (n * count / (to_f64(of_row[&row]) * to_f64(of_column[&column]))).ln()
        })
        .sum();
    let (h_taxa, h_clusters) = (entropy(&rows), entropy(&columns));
    let mean = 0.5 * (h_taxa + h_clusters);
    let expected = expected_mutual(&rows, &columns, taxa.len() as u64);
    let pairs = |count: u64| to_f64(count) * (to_f64(count) - 1.0) / 2.0;
    let together: f64 = cells.iter().map(|&(_, count)| pairs(count)).sum();
    let a: f64 = rows.iter().map(|&(_, count)| pairs(count)).sum();
    let b: f64 = columns.iter().map(|&(_, count)| pairs(count)).sum();
    let by_chance = a * b / (n * (n - 1.0) / 2.0);
    let mut most: HashMap<usize, u64> = HashMap::new();
    for &((_, column), count) in &cells {
        let largest = most.entry(column).or_default();
        *largest = (*largest).max(count);
    }
    let same = rows.len() == columns.len() && cells.len() == rows.len();
    let ratio = |part: f64, whole: f64| if whole.abs() > f64::EPSILON { part / whole } else { 1.0 };
    Partition {
        clusters: columns.len(),
        nmi: if same { 1.0 } else { ratio(mutual, mean) },
        ami: if same { 1.0 } else { ratio(mutual - expected, mean - expected) },
        ari: if same { 1.0 } else { ratio(together - by_chance, 0.5 * (a + b) - by_chance) },
        homogeneity: ratio(mutual, h_taxa),
        completeness: ratio(mutual, h_clusters),
        fmi: if a > 0.0 && b > 0.0 { together / (a * b).sqrt() } else { 0.0 },
        purity: to_f64(most.values().sum()) / n,
    }
}

/// Mutual information that two groupings of these sizes have by chance (Vinh et al. 2010).
fn expected_mutual(rows: &[(usize, u64)], columns: &[(usize, u64)], total: u64) -> f64 {
    let log_factorial = |value: u64| ln_gamma(to_f64(value) + 1.0);
    // Groups of one size have one sum: it is worked out once.
    let sizes = |sums: &[(usize, u64)]| {
        let mut counts: HashMap<u64, u64> = HashMap::new();
        for &(_, size) in sums {
            *counts.entry(size).or_default() += 1;
        }
        let mut counts: Vec<(u64, u64)> = counts.into_iter().collect();
        counts.sort_unstable();
        counts
    };
    let n = to_f64(total);
    let mut expected = 0.0;
    for &(a, times_a) in &sizes(rows) {
        for &(b, times_b) in &sizes(columns) {
            let fixed =
                log_factorial(a) + log_factorial(b) + log_factorial(total - a) + log_factorial(total - b) - log_factorial(total);
            let first = (a + b).saturating_sub(total).max(1);
            let mut sum = 0.0;
            for count in first..=a.min(b) {
                let log = fixed
                    - log_factorial(count)
                    - log_factorial(a - count)
                    - log_factorial(b - count)
                    - log_factorial(total + count - a - b);
                let share = to_f64(count) / n;
                sum += share * (n * to_f64(count) / (to_f64(a) * to_f64(b))).ln() * log.exp();
            }
            expected += sum * to_f64(times_a) * to_f64(times_b);
        }
    }
    expected
}
