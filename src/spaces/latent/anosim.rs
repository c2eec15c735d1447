//! Tests by permutation: PERMANOVA, ANOSIM, agreement of neighbours under shuffled labels.

use super::agreement::Shares;
use super::groups::{Groups, mean, variance};
use super::tree::shuffle;
use crate::numbers::correlation::ranks;
use crate::numbers::neighbours::{Neighbour, Rows};
use crate::numbers::simd;
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::mean_in_order;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

/// An observed value against those of shuffled labels.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct PermutationTest {
    /// The value.
    pub observed: f64,
    /// Mean under shuffled labels.
    pub null_mean: f64,
    /// Standard deviation under shuffled labels.
    pub null_deviation: f64,
    /// How many deviations the value lies above the mean; `None` where they are 0.
    pub z: Option<f64>,
    /// `(1 + values at least as large) / (1 + shuffles)`.
    pub p: f64,
    /// Shuffles.
    pub shuffles: usize,
}

impl PermutationTest {
    fn of(observed: f64, null: &[f64]) -> Option<PermutationTest> {
        if !observed.is_finite() {
            return None;
        }
        let null_mean = mean_in_order(null)?;
        let count = to_f64(null.len() as u64);
        let deviation = (null.iter().map(|value| (value - null_mean).powi(2)).sum::<f64>() / count).sqrt();
        let extreme = null.iter().filter(|&&value| value >= observed - 1e-12 * observed.abs()).count() as u64;
        Some(PermutationTest {
            observed,
            null_mean,
            null_deviation: deviation,
            z: (deviation > 0.0).then(|| (observed - null_mean) / deviation),
            p: to_f64(extreme + 1) / (count + 1.0),
            shuffles: null.len(),
        })
    }
}

/// How labels are shuffled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shuffles {
    /// How often.
    pub count: usize,
    /// Where chance starts.
    pub seed: u64,
}

impl Shuffles {
    /// Each shuffle has a stream of its own, so that threads do not matter.
    fn stream(self, draw: usize) -> u64 {
        self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(draw as u64 + 1)
    }
}

/// Labels shuffled among all points of the groups, or within the groups of a rank above. Points without
/// a group above are shuffled among themselves.
fn shuffled(groups: &Groups, parent: Option<&Groups>, seed: u64) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut of = groups.of.clone();
    let Some(parent) = parent else {
        shuffle(&mut of, &mut random);
        return of;
    };
    let above =
        parent.of_rows(groups.points.last().map_or(0, |last| last + 1).max(parent.points.last().map_or(0, |last| last + 1)));
    let mut strata: std::collections::BTreeMap<Option<usize>, Vec<usize>> = std::collections::BTreeMap::new();
    for (place, point) in groups.points.iter().enumerate() {
        strata.entry(above[*point]).or_default().push(place);
    }
    for places in strata.into_values() {
        let mut labels: Vec<usize> = places.iter().map(|&place| groups.of[place]).collect();
        shuffle(&mut labels, &mut random);
        places.into_iter().zip(labels).for_each(|(place, label)| of[place] = label);
    }
    of
}

/// Shuffles that one pass over the rows serves.
const TOGETHER: usize = 4;
/// Columns whose sums are held at once: what a core has at hand.
const COLUMNS: usize = 32;

/// Sums of squares between groups, one for each shuffle of labels.
struct Between<'a> {
    rows: Rows<'a>,
    points: &'a [usize],
    /// Per shuffle the group of each point.
    labels: &'a [Vec<usize>],
    /// Points of each group.
    counts: &'a [f64],
    centre: &'a [f64],
}

impl simd::Work for Between<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run(self) -> Vec<f64> {
        let (width, groups) = (self.rows.width, self.counts.len());
        let mut between = vec![0.0; self.labels.len()];
        // Columns beyond the width stay 0.
        let mut sums = vec![[0.0_f64; COLUMNS]; self.labels.len() * groups];
        let mut row = [0.0_f64; COLUMNS];
        for left in (0..width).step_by(COLUMNS) {
            let columns = left..(left + COLUMNS).min(width);
            row.fill(0.0);
            sums.fill(row);
            for (place, &point) in self.points.iter().enumerate() {
                row[..columns.len()].copy_from_slice(&self.rows.row(point)[columns.clone()]);
                for (draw, labels) in self.labels.iter().enumerate() {
                    let sum = &mut sums[draw * groups + labels[place]];
                    for column in 0..COLUMNS {
                        sum[column] += row[column];
                    }
                }
            }
            for (slot, sum) in sums.iter().enumerate() {
                let count = self.counts[slot % groups];
                let means = sum.iter().zip(&self.centre[columns.clone()]);
                between[slot / groups] += count * means.map(|(sum, centre)| (sum / count - centre).powi(2)).sum::<f64>();
            }
        }
        between
    }
}

/// PERMANOVA's R² on Euclidean distance, against labels shuffled freely or within the rank above
/// (Anderson 2001). `None` for one group or one point a group, or without shuffles.
#[must_use]
pub fn permanova(rows: Rows<'_>, groups: &Groups, parent: Option<&Groups>, shuffles: Shuffles) -> Option<PermutationTest> {
    if groups.members.len() < 2 || groups.members.len() >= groups.len() {
        return None;
    }
    let real = variance(rows, groups);
    let total = real.between + real.within;
    let centre = mean(rows, &groups.points);
    let counts: Vec<f64> = groups.members.iter().map(|members| to_f64(members.len() as u64)).collect();
    let batches: Vec<Vec<usize>> = (0..shuffles.count).collect::<Vec<_>>().chunks(TOGETHER).map(<[usize]>::to_vec).collect();
    let of_batch = |draws: &Vec<usize>| -> Vec<f64> {
        let labels: Vec<Vec<usize>> = draws.iter().map(|&draw| shuffled(groups, parent, shuffles.stream(draw))).collect();
        let squares = simd::run(Between { rows, points: &groups.points, labels: &labels, counts: &counts, centre: &centre });
        squares.into_iter().map(|between| between / total).collect()
    };
    let null: Vec<f64> = batches.par_iter().map(of_batch).collect::<Vec<_>>().concat();
    PermutationTest::of(real.r2?, &null)
}

/// Agreement of the `k` nearest under shuffled labels.
#[must_use]
pub fn agreement_test(
    groups: &Groups,
    group_of: &[Option<usize>],
    neighbours: &[Vec<Neighbour>],
    k: usize,
    shuffles: Shuffles,
) -> Option<PermutationTest> {
    let observed = Shares::of(groups, group_of, neighbours, k).mean()?;
    let of_draw = |draw: usize| {
        let of = shuffled(groups, None, shuffles.stream(draw));
        let mut shuffled_of = vec![None; group_of.len()];
        groups.points.iter().zip(&of).for_each(|(&point, &group)| shuffled_of[point] = Some(group));
        let shuffled_groups = Groups { of, ..groups.clone() };
        Shares::of(&shuffled_groups, &shuffled_of, neighbours, k).mean().unwrap_or(0.0)
    };
    let null: Vec<f64> = (0..shuffles.count).into_par_iter().map(of_draw).collect();
    PermutationTest::of(observed, &null)
}

/// ANOSIM (Clarke 1993): are distances between taxa larger than those within?
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Anosim {
    /// `(mean rank between − mean rank within) / (N (N − 1) / 4)`, −1 to 1.
    pub r: f64,
}

/// Over all pairs; `None` where no pair is within, or none between.
#[must_use]
pub fn anosim(n: usize, distances: &[f64], of: &[usize]) -> Option<Anosim> {
    let ranked = ranks(distances);
    let (mut within, mut between) = ((0.0, 0_u64), (0.0, 0_u64));
    let mut index = 0;
    for a in 0..n {
        for b in a + 1..n {
            let side = if of[a] == of[b] { &mut within } else { &mut between };
            side.0 += ranked[index];
            side.1 += 1;
            index += 1;
        }
    }
    if within.1 == 0 || between.1 == 0 {
        return None;
    }
    let points = to_f64(n as u64);
    let r = (between.0 / to_f64(between.1) - within.0 / to_f64(within.1)) / (points * (points - 1.0) / 4.0);
    Some(Anosim { r })
}
