//! Mean distance of two points by the rank at which they meet: the staircase.

use crate::numbers::neighbours::Rows;
use crate::numbers::rounding::GRAIN;
use crate::numbers::statistics::{Interval, to_f64};
use crate::numbers::vector::dot;
use crate::taxonomy::{TaxonId, Taxonomy};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// A step: pairs of points whose lowest common taxon stands on one rung.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Stair {
    /// `species`, `genus`, ... `root`.
    pub rank: String,
    /// Rung: species 0 to root 7.
    pub rung: u8,
    /// Pairs of points.
    pub pairs: u64,
    /// Taxa that such pairs meet in.
    pub taxa: usize,
    /// Mean cosine distance, 0 to 2; exact.
    pub distance: f64,
    /// 95 % interval, drawing the taxa in which pairs meet; `None` for fewer than two, or where these are all alike.
    pub interval: Option<Interval>,
    /// Why there is none.
    pub no_interval: Option<&'static str>,
}

/// Rungs by their numbers.
pub(super) const NAMES: [&str; 8] = ["species", "genus", "family", "order", "class", "phylum", "kingdom", "root"];
const DRAWS: usize = 1_000;

/// Exact means over all pairs, through the sums of the unit vectors of clades: no pair is formed.
///
/// The pairs that meet in a taxon are those within its clade less those within its children's.
#[must_use]
pub fn stairs(units: Rows<'_>, taxa: &[Option<TaxonId>], taxonomy: &Taxonomy, seed: u64) -> Vec<Stair> {
    let width = units.width;
    // Sum of vectors, number of points and pairs' products of each clade, the lowest first.
    let mut used: Vec<TaxonId> = taxa.iter().flatten().flat_map(|&taxon| taxonomy.lineage(taxon)).collect();
    used.sort_unstable();
    used.dedup();
    let place = |taxon: TaxonId| used.binary_search(&taxon).unwrap_or(0);
    let mut sums = vec![0.0; used.len() * width];
    let mut counts = vec![0_u64; used.len()];
    let mut squares = vec![0.0; used.len()];
    for (row, taxon) in taxa.iter().enumerate() {
        let Some(taxon) = taxon else { continue };
        let index = place(*taxon);
        counts[index] += 1;
        squares[index] += dot(units.row(row), units.row(row));
        sums[index * width..(index + 1) * width].iter_mut().zip(units.row(row)).for_each(|(sum, value)| *sum += value);
    }
    let mut below = vec![(0.0, 0_u64); used.len()];
    let mut met: Vec<(u8, f64, u64)> = vec![];
    // Children have larger ids than their parents.
    for index in (0..used.len()).rev() {
        let sum = sums[index * width..(index + 1) * width].to_vec();
        // Σ_{i<j} x_i · x_j = (|Σ x|² − Σ |x|²) / 2.
        let products = (dot(&sum, &sum) - squares[index]) / 2.0;
        let pairs = counts[index] * counts[index].saturating_sub(1) / 2;
        let own_pairs = pairs - below[index].1;
        if own_pairs > 0 {
            met.push((taxonomy.rung(used[index]), products - below[index].0, own_pairs));
        }
        if let Some(parent) = taxonomy.parent(used[index]) {
            let above = place(parent);
            counts[above] += counts[index];
            squares[above] += squares[index];
            sums[above * width..(above + 1) * width].iter_mut().zip(&sum).for_each(|(total, value)| *total += value);
            below[above].0 += products;
            below[above].1 += pairs;
        }
    }
    let of = |rung: u8| {
        let parts: Vec<(f64, u64)> = met.iter().filter(|part| part.0 == rung).map(|part| (part.1, part.2)).collect();
        let pairs: u64 = parts.iter().map(|part| part.1).sum();
        let (interval, no_interval) = match interval(&parts, seed + u64::from(rung)) {
            Ok(interval) => (Some(interval), None),
            Err(reason) => (None, Some(reason)),
        };
        (pairs > 0).then(|| Stair {
            rank: NAMES[usize::from(rung)].to_string(),
            rung,
            pairs,
            taxa: parts.len(),
            distance: distance(parts.iter().map(|part| part.0).sum(), pairs),
            interval,
            no_interval,
        })
    };
    (0..=7_u8).filter_map(of).collect()
}

/// Mean cosine distance of pairs from the sum of their cosines, 0 where it is but for rounding.
fn distance(cosines: f64, pairs: u64) -> f64 {
    let distance = 1.0 - cosines / to_f64(pairs);
    if distance <= GRAIN { 0.0 } else { distance }
}

fn interval(parts: &[(f64, u64)], seed: u64) -> Result<Interval, &'static str> {
    let mean = |part: &(f64, u64)| part.0 / to_f64(part.1);
    match parts {
        [] | [_] => return Err("all pairs meet in one taxon: nothing can be drawn"),
        [first, rest @ ..] if rest.iter().all(|part| (mean(part) - mean(first)).abs() <= 1e-12) => {
            return Err("all taxa have the same mean distance: draws show no spread");
        }
        _ => {}
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut means: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let (mut sum, mut count) = (0.0, 0);
            for _ in 0..parts.len() {
                let part = parts[random.random_range(0..parts.len())];
                sum += part.0;
                count += part.1;
            }
            distance(sum, count)
        })
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    Ok(Interval { low: means[DRAWS / 40], high: means[DRAWS - 1 - DRAWS / 40] })
}
