//! Two dimensions: principal components, and a map that keeps neighbours (Barnes–Hut t-SNE, seeded by
//! the components and our own exact neighbours, the same on any number of threads).

use super::health::principal;
use crate::numbers::correlation::spearman;
use crate::numbers::neighbours::{Neighbour, Rows, Similarity, nearest};
use crate::numbers::place::Place;
use crate::numbers::rounding::{GRAIN, level};
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::{dot, squared_distance};
use rayon::prelude::*;

/// Points in the plane, with what was kept of the space.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Map {
    /// `pca` or `tsne`.
    pub kind: &'static str,
    /// One per row.
    #[serde(skip)]
    pub points: Vec<[f64; 2]>,
    /// Neighbours looked at: 15, or a third of the other points where these are fewer.
    pub k: usize,
    /// Share of the `k` nearest in space that are among the `k` nearest on the map.
    pub kept: Option<f64>,
    /// Trustworthiness, 0 to 1: neighbours on the map are near in space (Venna and Kaski 2001).
    pub trustworthiness: Option<f64>,
    /// Continuity, 0 to 1: neighbours in space are near on the map.
    pub continuity: Option<f64>,
    /// Spearman's correlation of distances in space and on the map.
    pub shepard: Option<f64>,
    /// Kruskal's stress-1 of the map as it is, 0 or more, lower is better; `None` above the points judged. A map that only keeps
    /// neighbours has a scale of its own, and is not meant to have a low one.
    pub stress: Option<f64>,
    /// Points that these numbers are from.
    pub judged: usize,
}

/// Points that the quality of a map is judged by.
const JUDGED: usize = 2_000;

/// The first two principal components.
#[must_use]
pub fn pca(rows: Rows<'_>) -> Vec<[f64; 2]> {
    let (_, components, mean) = principal(rows);
    project(rows, &components, &mean)
}

/// Rows on the first two components.
#[must_use]
pub fn project(rows: Rows<'_>, components: &[Vec<f64>], mean: &[f64]) -> Vec<[f64; 2]> {
    let axis = |index: usize, row: &[f64]| {
        components.get(index).map_or(0.0, |component| {
            row.iter().zip(mean).zip(component).map(|((value, mean), weight)| (value - mean) * weight).sum()
        })
    };
    (0..rows.len()).into_par_iter().map(|index| [axis(0, rows.row(index)), axis(1, rows.row(index))]).collect()
}

impl Map {
    /// Judges a map against the space, by Euclidean distance.
    #[must_use]
    pub fn judged(kind: &'static str, rows: Rows<'_>, points: Vec<[f64; 2]>, k: usize) -> Map {
        let step = rows.len().div_ceil(JUDGED).max(1);
        let taken: Vec<usize> = (0..rows.len()).step_by(step).collect();
        let n = taken.len();
        let high = |a: usize, b: usize| squared_distance(rows.row(taken[a]), rows.row(taken[b])).sqrt();
        let low = |a: usize, b: usize| squared_distance(&points[taken[a]], &points[taken[b]]).sqrt();
        if k * 2 >= n {
            return Map {
                kind,
                points,
                k,
                kept: None,
                trustworthiness: None,
                continuity: None,
                shepard: None,
                stress: None,
                judged: n,
            };
        }
        let parts: Vec<(f64, f64, usize)> = (0..n)
            .into_par_iter()
            .map(|a| {
                let ((near_high, place_high), (near_low, place_low)) = (places(n, a, &high), places(n, a, &low));
                let penalty = |near: &[usize], places: &[usize]| {
                    near.iter().take(k).map(|&b| to_f64(places[b].saturating_sub(k) as u64)).sum::<f64>()
                };
                let kept = near_high.iter().take(k).filter(|&&b| place_low[b] <= k).count();
                (penalty(&near_low, &place_high), penalty(&near_high, &place_low), kept)
            })
            .collect();
        let (size, neighbours) = (to_f64(n as u64), to_f64(k as u64));
        let scale = 2.0 / (size * neighbours * (2.0 * size - 3.0 * neighbours - 1.0));
        let sum = |part: fn(&(f64, f64, usize)) -> f64| parts.iter().map(part).sum::<f64>();
        Map {
            kind,
            kept: Some(parts.iter().map(|part| to_f64(part.2 as u64)).sum::<f64>() / (size * neighbours)),
            trustworthiness: Some(1.0 - scale * sum(|part| part.0)),
            continuity: Some(1.0 - scale * sum(|part| part.1)),
            shepard: spearman(&some_distances(n, &high), &some_distances(n, &low)),
            stress: (step == 1).then(|| stress(rows, &points)).filter(|stress| stress.is_finite()),
            points,
            k,
            judged: n,
        }
    }
}

/// The others of `n` points by their distance from one, and the place of each among them, from 1.
fn places(n: usize, a: usize, distance: &dyn Fn(usize, usize) -> f64) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..n).filter(|&b| b != a).collect();
    let mut distances: Vec<f64> = (0..n).map(|b| if a == b { 0.0 } else { distance(a, b) }).collect();
    let farthest = distances.iter().copied().fold(0.0, f64::max);
    level(&mut distances, GRAIN * farthest);
    order.sort_by(|&b, &c| distances[b].total_cmp(&distances[c]).then(b.cmp(&c)));
    let mut places = vec![0_usize; n];
    order.iter().enumerate().for_each(|(place, &b)| places[b] = place + 1);
    (order, places)
}

/// Distances of the pairs of at most 600 of `n` points, evenly taken; those that are equal but for rounding share a rank.
fn some_distances(n: usize, distance: &dyn Fn(usize, usize) -> f64) -> Vec<f64> {
    let step = n.div_ceil(600).max(1);
    let some: Vec<usize> = (0..n).step_by(step).collect();
    let mut distances: Vec<f64> = some
        .iter()
        .enumerate()
        .flat_map(|(index, &a)| some[index + 1..].iter().map(move |&b| (a, b)))
        .map(|(a, b)| distance(a, b))
        .collect();
    let farthest = distances.iter().copied().fold(0.0, f64::max);
    level(&mut distances, GRAIN * farthest);
    distances
}

/// Kruskal's stress-1 of a map over all pairs: `√(Σ (d − d̂)² / Σ d²)`, `d` in space, `d̂` on the map.
#[must_use]
pub fn stress(rows: Rows<'_>, points: &[[f64; 2]]) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    for a in 0..rows.len() {
        for b in a + 1..rows.len() {
            let high = squared_distance(rows.row(a), rows.row(b)).sqrt();
            let low = squared_distance(&points[a], &points[b]).sqrt();
            above += (high - low).powi(2);
            below += high * high;
        }
    }
    (above / below).sqrt()
}

const PERPLEXITY: f64 = 30.0;
const ROUNDS: usize = 600;
const EXAGGERATED: usize = 200;

/// A map that keeps neighbours: t-SNE (van der Maaten and Hinton 2008; Barnes–Hut, van der Maaten
/// 2014, θ = 0.5) from `start`, by Euclidean neighbours of rows.
#[must_use]
pub fn tsne(rows: Rows<'_>, start: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let n = rows.len();
    if n < 4 {
        return start.to_vec();
    }
    let perplexity = PERPLEXITY.min((to_f64(n as u64) - 1.0) / 3.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of neighbours")]
    let k = ((3.0 * perplexity) as usize).clamp(2, n - 1);
    let near = nearest(rows, rows, Similarity::Euclidean, k, &|a, b| a != b);
    let attraction = symmetric(&near, perplexity);
    let spread = start.iter().map(|point| point[0].abs().max(point[1].abs())).fold(f64::MIN_POSITIVE, f64::max);
    // Small, so that the first rounds can sort the points; equal ones are set apart by their rows.
    let mut points: Vec<[f64; 2]> = start
        .iter()
        .enumerate()
        .map(|(row, point)| {
            let turn = to_f64(row as u64) * 2.399_963_229_728_653;
            [point[0] / spread * 1e-2 + 1e-6 * turn.cos(), point[1] / spread * 1e-2 + 1e-6 * turn.sin()]
        })
        .collect();
    let mut velocity = vec![[0.0_f64; 2]; n];
    let mut gains = vec![[1.0_f64; 2]; n];
    let rate = (to_f64(n as u64) / 12.0).max(50.0);
    for round in 0..ROUNDS {
        let exaggeration = if round < EXAGGERATED { 12.0 } else { 1.0 };
        let momentum = if round < EXAGGERATED { 0.5 } else { 0.8 };
        let quadtree = QuadTree::of(&points);
        let repulsion: Vec<([f64; 2], f64)> = points.par_iter().map(|point| quadtree.repulsion(point)).collect();
        let total: f64 = repulsion.iter().map(|(_, sum)| sum).sum::<f64>().max(f64::MIN_POSITIVE);
        let gradient: Vec<[f64; 2]> = (0..n)
            .into_par_iter()
            .map(|a| {
                let mut pull = [0.0; 2];
                for &(b, weight) in &attraction[a] {
                    let (x, y) = (points[a][0] - points[b as usize][0], points[a][1] - points[b as usize][1]);
                    let force = exaggeration * weight / (1.0 + x * x + y * y);
                    pull[0] += force * x;
                    pull[1] += force * y;
                }
                let push = repulsion[a].0;
                [4.0 * (pull[0] - push[0] / total), 4.0 * (pull[1] - push[1] / total)]
            })
            .collect();
        for a in 0..n {
            for axis in 0..2 {
                let same = (gradient[a][axis] > 0.0) == (velocity[a][axis] > 0.0);
                gains[a][axis] = if same { (gains[a][axis] * 0.8).max(0.01) } else { gains[a][axis] + 0.2 };
                velocity[a][axis] = momentum * velocity[a][axis] - rate * gains[a][axis] * gradient[a][axis];
                points[a][axis] += velocity[a][axis];
            }
        }
        let count = to_f64(n as u64);
        for axis in 0..2 {
            let mean = points.iter().map(|point| point[axis]).sum::<f64>() / count;
            for point in &mut points {
                point[axis] -= mean;
            }
        }
    }
    points
}

/// Weights of neighbours: Gaussian with the width that gives the perplexity, made symmetric.
fn symmetric(near: &[Vec<Neighbour>], perplexity: f64) -> Vec<Vec<(u32, f64)>> {
    let n = near.len();
    let target = perplexity.ln();
    let one_sided: Vec<Vec<(u32, f64)>> = near
        .par_iter()
        .map(|near| {
            let squares: Vec<f64> = near.iter().map(|&(_, similarity)| similarity * similarity).collect();
            let least = squares.iter().copied().fold(f64::INFINITY, f64::min);
            let (mut low, mut high, mut precision) = (0.0, f64::INFINITY, 1.0);
            let mut weights = vec![];
            for _ in 0..64 {
                weights = squares.iter().map(|square| (-precision * (square - least)).exp()).collect::<Vec<f64>>();
                let total: f64 = weights.iter().sum();
                let mean: f64 =
                    weights.iter().zip(&squares).map(|(weight, square)| weight * (square - least)).sum::<f64>() / total;
                let entropy = total.ln() + precision * mean;
                for weight in &mut weights {
                    *weight /= total;
                }
                if (entropy - target).abs() < 1e-6 {
                    break;
                }
                if entropy > target {
                    low = precision;
                    precision = if high.is_finite() { f64::midpoint(precision, high) } else { precision * 2.0 };
                } else {
                    high = precision;
                    precision = f64::midpoint(precision, low);
                }
            }
            near.iter().zip(weights).map(|(&(other, _), weight)| (other, weight)).collect()
        })
        .collect();
    let mut both: Vec<std::collections::BTreeMap<u32, f64>> = vec![std::collections::BTreeMap::new(); n];
    let scale = 1.0 / (2.0 * to_f64(n as u64));
    for (a, row) in one_sided.iter().enumerate() {
        for &(b, weight) in row {
            *both[a].entry(b).or_default() += weight * scale;
            *both[b as usize].entry(u32::try_from(a).unwrap_or(u32::MAX)).or_default() += weight * scale;
        }
    }
    both.into_iter().map(|row| row.into_iter().collect()).collect()
}

/// Cells of the plane with their mass, for forces from afar.
struct QuadTree {
    cells: Vec<Cell>,
}

struct Cell {
    centre: [f64; 2],
    half: f64,
    mass: f64,
    mean: [f64; 2],
    children: [Place; 4],
    /// Whether all mass lies in one place.
    single: bool,
}

const DEEPEST: usize = 48;

impl QuadTree {
    fn of(points: &[[f64; 2]]) -> QuadTree {
        let fold = |axis: usize, start: f64, pick: fn(f64, f64) -> f64| points.iter().map(|point| point[axis]).fold(start, pick);
        let low = [fold(0, f64::INFINITY, f64::min), fold(1, f64::INFINITY, f64::min)];
        let high = [fold(0, f64::NEG_INFINITY, f64::max), fold(1, f64::NEG_INFINITY, f64::max)];
        let half = ((high[0] - low[0]).max(high[1] - low[1]) / 2.0).max(1e-12) * 1.000_1;
        let centre = [f64::midpoint(low[0], high[0]), f64::midpoint(low[1], high[1])];
        let mut tree = QuadTree { cells: vec![Cell::empty(centre, half)] };
        for point in points {
            tree.insert(*point);
        }
        tree
    }

    fn insert(&mut self, point: [f64; 2]) {
        let mut at = 0;
        for _ in 0..DEEPEST {
            let cell = &mut self.cells[at];
            if cell.mass == 0.0 {
                cell.mass = 1.0;
                cell.mean = point;
                cell.single = true;
                return;
            }
            let (before, earlier) = (cell.mass, cell.mean);
            cell.mass += 1.0;
            cell.mean =
                [cell.mean[0] + (point[0] - cell.mean[0]) / cell.mass, cell.mean[1] + (point[1] - cell.mean[1]) / cell.mass];
            if cell.single {
                let same = earlier.iter().zip(&point).all(|(earlier, new)| earlier.total_cmp(new).is_eq());
                if same {
                    return;
                }
                cell.single = false;
                // What lay here alone moves down.
                let below = self.child(at, earlier);
                let child = &mut self.cells[below];
                child.mass = before;
                child.mean = earlier;
                child.single = true;
            }
            at = self.child(at, point);
        }
        let cell = &mut self.cells[at];
        cell.mass += 1.0;
        cell.mean = point;
        cell.single = true;
    }

    fn child(&mut self, at: usize, point: [f64; 2]) -> usize {
        let cell = &self.cells[at];
        let quadrant = usize::from(point[0] > cell.centre[0]) + 2 * usize::from(point[1] > cell.centre[1]);
        if let Some(child) = cell.children[quadrant].get() {
            return child;
        }
        let half = cell.half / 2.0;
        let shift = |side: bool| if side { half } else { -half };
        let centre = [cell.centre[0] + shift(quadrant & 1 == 1), cell.centre[1] + shift(quadrant & 2 == 2)];
        let index = self.cells.len();
        self.cells.push(Cell::empty(centre, half));
        self.cells[at].children[quadrant] = Place::at(index);
        index
    }

    /// Force on a point before division by the total, and its share of the total.
    fn repulsion(&self, point: &[f64; 2]) -> ([f64; 2], f64) {
        const THETA: f64 = 0.5;
        let (mut force, mut total) = ([0.0; 2], 0.0);
        let mut stack = vec![0_usize];
        while let Some(index) = stack.pop() {
            let cell = &self.cells[index];
            let (x, y) = (point[0] - cell.mean[0], point[1] - cell.mean[1]);
            let square = x * x + y * y;
            if cell.single || 4.0 * cell.half * cell.half < THETA * THETA * square {
                // The point itself is among the mass at distance 0 and exerts no force.
                let mass = if square == 0.0 { cell.mass - 1.0 } else { cell.mass };
                let near = 1.0 / (1.0 + square);
                total += mass * near;
                force[0] += mass * near * near * x;
                force[1] += mass * near * near * y;
            } else {
                stack.extend(cell.children.into_iter().filter_map(Place::get));
            }
        }
        (force, total)
    }
}

impl Cell {
    fn empty(centre: [f64; 2], half: f64) -> Cell {
        Cell { centre, half, mass: 0.0, mean: [0.0; 2], children: [Place::NONE; 4], single: false }
    }
}

/// Linear CKA of two spaces of the same points (Kornblith et al. 2019); 1 for spaces that are rotations of each other.
#[must_use]
pub fn linear_cka(a: Rows<'_>, b: Rows<'_>) -> Option<f64> {
    let centred = |rows: Rows<'_>| -> Vec<Vec<f64>> {
        let mean = super::groups::mean(rows, &(0..rows.len()).collect::<Vec<_>>());
        (0..rows.len()).map(|row| rows.row(row).iter().zip(&mean).map(|(value, mean)| value - mean).collect()).collect()
    };
    let (a, b) = (centred(a), centred(b));
    // Products of the N × N matrices of inner products.
    let product = |left: &[Vec<f64>], right: &[Vec<f64>]| -> f64 {
        let of_row = |i: usize| (0..left.len()).map(|j| dot(&left[i], &left[j]) * dot(&right[i], &right[j])).sum::<f64>();
        (0..left.len()).into_par_iter().map(of_row).collect::<Vec<f64>>().iter().sum()
    };
    let scale = (product(&a, &a) * product(&b, &b)).sqrt();
    (scale > 0.0).then(|| product(&a, &b) / scale)
}
