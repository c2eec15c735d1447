//! How similar two points are, by the rank at which they meet: whole distributions, not means alone.

use super::staircase::NAMES;
use crate::numbers::neighbours::Rows;
use crate::numbers::statistics::{percentile, to_f64};
use crate::numbers::vector::{dot, mean_in_order};
use crate::taxonomy::{TaxonId, Taxonomy};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Pairs of a rank above which they are drawn.
pub const MOST: usize = 200_000;
/// Bins between the lowest and the highest similarity of all ranks.
pub const BINS: usize = 80;

/// Cosine similarities of the pairs of points that meet at one rank.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Similarities {
    /// `species`, `genus`, ... `root`.
    pub rank: String,
    /// Rung: species 0 to root 7.
    pub rung: u8,
    /// Pairs of points.
    pub pairs: u64,
    /// Pairs looked at: all, or as many drawn with a seed, each with equal chance, some perhaps twice.
    pub n: u64,
    /// Whether these are all.
    pub exact: bool,
    /// Mean similarity of these, −1 to 1.
    pub mean: f64,
    /// 5, 25, 50, 75 and 95 % quantiles, between two values in proportion (type 7 of Hyndman and Fan 1996).
    pub quantiles: [f64; 5],
    /// Pairs in each bin, for figures.
    #[serde(skip)]
    pub bins: Vec<u64>,
    /// Lower end of the first bin and upper end of the last, the same for all ranks.
    #[serde(skip)]
    pub ends: [f64; 2],
}

/// Points in the order of the tree, each clade a run of them.
struct Ordered {
    /// Rows in that order, with their taxa.
    rows: Vec<(usize, TaxonId)>,
    /// First place and the place behind the last of each clade.
    clades: BTreeMap<TaxonId, (usize, usize)>,
}

impl Ordered {
    fn of(taxa: &[Option<TaxonId>], taxonomy: &Taxonomy) -> Ordered {
        let path = |taxon: TaxonId| {
            let mut path: Vec<TaxonId> = taxonomy.lineage(taxon).collect();
            path.reverse();
            path
        };
        let mut rows: Vec<(Vec<TaxonId>, usize, TaxonId)> =
            taxa.iter().enumerate().filter_map(|(row, taxon)| taxon.map(|taxon| (path(taxon), row, taxon))).collect();
        rows.sort_unstable();
        let mut clades: BTreeMap<TaxonId, (usize, usize)> = BTreeMap::new();
        for (place, (path, _, _)) in rows.iter().enumerate() {
            for &taxon in path {
                clades.entry(taxon).or_insert((place, place)).1 = place + 1;
            }
        }
        Ordered { rows: rows.into_iter().map(|(_, row, taxon)| (row, taxon)).collect(), clades }
    }

    /// Runs of the places that meet the point at a place at a rung: before and behind the clade one below.
    fn partners(&self, taxonomy: &Taxonomy, place: usize, rung: u8) -> Vec<(usize, usize)> {
        let mut inner = (place, place + 1);
        let mut found = vec![];
        for taxon in taxonomy.lineage(self.rows[place].1) {
            let outer = self.clades[&taxon];
            if taxonomy.rung(taxon) == rung {
                found.extend([(outer.0, inner.0), (inner.1, outer.1)].into_iter().filter(|(start, end)| start < end));
            }
            inner = outer;
        }
        found
    }
}

/// Distributions for each rank that pairs meet at: all pairs of a rank up to `most`, else so many drawn ones.
#[must_use]
pub fn similarities(units: Rows<'_>, taxa: &[Option<TaxonId>], taxonomy: &Taxonomy, most: usize, seed: u64) -> Vec<Similarities> {
    let ordered = Ordered::of(taxa, taxonomy);
    let similarity =
        |&(a, b): &(u32, u32)| dot(units.row(ordered.rows[a as usize].0), units.row(ordered.rows[b as usize].0)).clamp(-1.0, 1.0);
    let mut found: Vec<(u8, u64, bool, Vec<f64>)> = vec![];
    for rung in 0..=7_u8 {
        let runs: Vec<Vec<(usize, usize)>> =
            (0..ordered.rows.len()).into_par_iter().map(|place| ordered.partners(taxonomy, place, rung)).collect();
        let mut behind = 0_u64;
        // Ends of the shares of the points, each as large as it has partners.
        let ends: Vec<u64> = runs
            .iter()
            .map(|runs| {
                behind += runs.iter().map(|(start, end)| (end - start) as u64).sum::<u64>();
                behind
            })
            .collect();
        // Each pair was seen from both sides.
        let pairs = behind / 2;
        if pairs == 0 {
            continue;
        }
        let exact = pairs <= most as u64;
        let taken = if exact { all(&runs) } else { drawn(&runs, &ends, most, seed + u64::from(rung)) };
        let mut values: Vec<f64> = taken.par_iter().map(similarity).collect();
        values.sort_unstable_by(f64::total_cmp);
        found.push((rung, pairs, exact, values));
    }
    let low = found.iter().filter_map(|(_, _, _, values)| values.first()).copied().fold(f64::INFINITY, f64::min);
    let high = found.iter().filter_map(|(_, _, _, values)| values.last()).copied().fold(f64::NEG_INFINITY, f64::max);
    let of = |(rung, pairs, exact, values): (u8, u64, bool, Vec<f64>)| Similarities {
        rank: NAMES[usize::from(rung)].to_string(),
        rung,
        pairs,
        n: values.len() as u64,
        exact,
        mean: mean_in_order(&values).unwrap_or(f64::NAN),
        quantiles: [5, 25, 50, 75, 95].map(|percent| percentile(&values, percent)),
        bins: bins(&values, [low, high]),
        ends: [low, high],
    };
    found.into_iter().map(of).collect()
}

/// All pairs of places, the first one the lower.
fn all(runs: &[Vec<(usize, usize)>]) -> Vec<(u32, u32)> {
    let behind = |(place, runs): (usize, &Vec<(usize, usize)>)| -> Vec<(u32, u32)> {
        let others = runs.iter().flat_map(|&(start, end)| start..end).filter(|&other| other > place);
        others.map(|other| (number(place), number(other))).collect()
    };
    runs.iter().enumerate().flat_map(behind).collect()
}

/// Pairs with equal chance: a point with the chance of its partners' number, then one of these.
fn drawn(runs: &[Vec<(usize, usize)>], ends: &[u64], count: usize, seed: u64) -> Vec<(u32, u32)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let total = ends.last().copied().unwrap_or(0);
    (0..count)
        .filter_map(|_| {
            let ticket = random.random_range(0..total);
            let place = ends.partition_point(|&end| end <= ticket);
            let mut left = ticket - if place == 0 { 0 } else { ends[place - 1] };
            let other = runs[place].iter().find_map(|&(start, end)| {
                let length = (end - start) as u64;
                if left < length {
                    return Some(start + usize::try_from(left).ok()?);
                }
                left -= length;
                None
            })?;
            Some((number(place), number(other)))
        })
        .collect()
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn bins(sorted: &[f64], [low, high]: [f64; 2]) -> Vec<u64> {
    let edge = |bin: usize| low + (high - low) * to_f64(bin as u64) / to_f64(BINS as u64);
    // Values below each edge; the last bin holds its upper end.
    let below: Vec<usize> =
        (0..BINS).map(|bin| sorted.partition_point(|&value| value < edge(bin))).chain([sorted.len()]).collect();
    below.windows(2).map(|pair| (pair[1] - pair[0]) as u64).collect()
}
