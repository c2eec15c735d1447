//! Is the space in good health? Spectrum, dimension, uniformity, norms.

use crate::numbers::neighbours::{Neighbour, Rows};
use crate::numbers::rounding::{GRAIN, level};
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::{dot, mean_in_order, norm, squared_distance};
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Neighbours that the dimension is estimated from, at most.
pub const DEEPEST: usize = 10;

/// Numbers about a space, without any taxa.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Health {
    /// Shortest, mean and longest row as read.
    pub norms: [f64; 3],
    /// Eigenvalues of the covariance (n − 1), largest first, at most 64.
    pub eigenvalues: Vec<f64>,
    /// Shares of variance of the first components, as many.
    pub explained: Vec<f64>,
    /// Singular values of the rows, not centred, largest first, at most 64.
    pub singular_values: Vec<f64>,
    /// `(Σ λ)² / Σ λ²`: how many directions carry the variance.
    pub participation_ratio: Option<f64>,
    /// RankMe: exponential of the entropy of the singular values, not centred.
    pub rank_me: Option<f64>,
    /// The same of centred rows.
    pub rank_me_centred: Option<f64>,
    /// Two nearest neighbours: intrinsic dimension `N / Σ log(r₂/r₁)` (Facco et al. 2017).
    pub two_nn: Option<f64>,
    /// Without bias, `(N − 1) / Σ`.
    pub two_nn_unbiased: Option<f64>,
    /// By the line through the lower nine tenths.
    pub two_nn_fit: Option<f64>,
    /// Levina and Bickel's dimension for some numbers of neighbours.
    pub levina_bickel: Vec<Dimension>,
    /// `log` of the mean of `exp(−2 |x − y|²)` over pairs of unit vectors: lower is more uniform.
    pub uniformity: Option<f64>,
    /// Points that have another at distance 0 (a 10⁻⁹th of the longest vector at most); they are left out of the dimension.
    pub duplicates: usize,
}

/// Eigenvalues (largest first) and components of the covariance of rows, and their mean. Components of no variance are left out where rows are few.
#[must_use]
pub fn principal(rows: Rows<'_>) -> (Vec<f64>, Vec<Vec<f64>>, Vec<f64>) {
    let all: Vec<usize> = (0..rows.len()).collect();
    let mean = super::groups::mean(rows, &all);
    // The smaller of the two products has the same eigenvalues.
    let (values, components) = if rows.width <= rows.len() { by_columns(rows, &mean) } else { by_products_of_rows(rows, &mean) };
    (values, components, mean)
}

/// What sums of squares are divided by for a covariance.
fn freedom(rows: Rows<'_>) -> f64 {
    to_f64(rows.len().saturating_sub(1).max(1) as u64)
}

/// Eigenvalues and components, from products of columns.
fn by_columns(rows: Rows<'_>, mean: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    const BLOCK: usize = 2_048;
    let (n, width) = (rows.len(), rows.width);
    let divisor = freedom(rows);
    let of_block = |start: usize| {
        let end = (start + BLOCK).min(n);
        let mut centred = vec![0.0; (end - start) * width];
        for (out, index) in centred.chunks_mut(width.max(1)).zip(start..end) {
            out.iter_mut().zip(rows.row(index)).zip(mean).for_each(|((out, value), mean)| *out = value - mean);
        }
        gram(&centred, end - start, width)
    };
    let sums: Vec<Vec<f64>> = (0..n).step_by(BLOCK).collect::<Vec<_>>().into_par_iter().map(of_block).collect();
    let mut covariance = vec![0.0; width * width];
    for sum in sums {
        for (total, value) in covariance.iter_mut().zip(sum) {
            *total += value;
        }
    }
    for value in &mut covariance {
        *value /= divisor;
    }
    let eigen = nalgebra::SymmetricEigen::new(DMatrix::from_row_slice(width, width, &covariance));
    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let values = certain(order.iter().map(|&index| eigen.eigenvalues[index]).collect(), rows.longest());
    let components = order.iter().map(|&index| signed(eigen.eigenvectors.column(index).iter().copied().collect())).collect();
    (values, components)
}

/// Eigenvalues and components of fewer rows than columns: the products of rows have the same eigenvalues, and rows carry the
/// components.
fn by_products_of_rows(rows: Rows<'_>, mean: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let (n, width) = (rows.len(), rows.width);
    let divisor = freedom(rows);
    let centred: Vec<f64> = (0..n)
        .flat_map(|index| rows.row(index).iter().zip(mean).map(|(value, mean)| value - mean).collect::<Vec<f64>>())
        .collect();
    let matrix = DMatrix::from_row_slice(n, width, &centred);
    let products: Vec<f64> = {
        let view = ndarray::ArrayView2::from_shape((n, width), &centred);
        view.map(|view| view.dot(&view.t()).into_iter().collect()).unwrap_or_default()
    };
    let eigen = nalgebra::SymmetricEigen::new(DMatrix::from_row_slice(n, n, &products));
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let values = certain(order.iter().map(|&index| eigen.eigenvalues[index] / divisor).collect(), rows.longest());
    let largest = values.first().copied().unwrap_or(0.0);
    let components = order
        .iter()
        .zip(&values)
        .take_while(|&(_, &value)| value > 1e-12 * largest)
        .map(|(&index, _)| {
            let weights = eigen.eigenvectors.column(index);
            let mut component: Vec<f64> = (matrix.transpose() * weights).iter().copied().collect();
            let length = norm(&component);
            for value in &mut component {
                *value /= length;
            }
            signed(component)
        })
        .collect();
    (values, components)
}

/// Eigenvalues alone, of rows that are not centred, largest first.
fn uncentred(rows: Rows<'_>) -> Vec<f64> {
    let (n, width) = (rows.len(), rows.width);
    let view = ndarray::ArrayView2::from_shape((n, width), rows.values);
    let Ok(view) = view else { return vec![] };
    let products = if width <= n { view.t().dot(&view) } else { view.dot(&view.t()) };
    let size = products.nrows();
    let values: Vec<f64> = products.into_iter().collect();
    let mut eigenvalues: Vec<f64> =
        DMatrix::from_row_slice(size, size, &values).symmetric_eigenvalues().iter().copied().collect();
    eigenvalues.sort_unstable_by(|a, b| b.total_cmp(a));
    certain(eigenvalues, rows.longest())
}

/// Share of the largest singular value that is 0 but for rounding: embeddings are float32 as a rule, of seven digits.
const SMALLEST: f64 = 1e-6;

/// Eigenvalues, largest first, without what rounding leaves of those that are 0: those whose root is a millionth of the largest
/// one's at most, or as much as equal rows vary, the longest so long.
fn certain(mut eigenvalues: Vec<f64>, longest: f64) -> Vec<f64> {
    let relative = SMALLEST.powi(2) * eigenvalues.first().copied().unwrap_or(0.0);
    let rounding = relative.max((GRAIN * longest).powi(2));
    for value in &mut eigenvalues {
        if *value <= rounding {
            *value = 0.0;
        }
    }
    eigenvalues
}

/// A component has no sign of its own: its largest entry is made positive.
fn signed(mut component: Vec<f64>) -> Vec<f64> {
    let largest = component
        .iter()
        .copied()
        .fold(0.0_f64, |largest, value| if value.abs() > largest.abs() + 1e-12 { value } else { largest });
    if largest < 0.0 {
        for value in &mut component {
            *value = -*value;
        }
    }
    component
}

/// `Xᵀ X` of `rows × width`.
fn gram(values: &[f64], rows: usize, width: usize) -> Vec<f64> {
    let mut out = vec![0.0; width * width];
    let matrix = ndarray::ArrayView2::from_shape((rows, width), values);
    let target = ndarray::ArrayViewMut2::from_shape((width, width), &mut out);
    if let (Ok(matrix), Ok(mut target)) = (matrix, target) {
        ndarray::linalg::general_mat_mul(1.0, &matrix.t(), &matrix, 0.0, &mut target);
    }
    out
}

/// RankMe of singular values.
#[must_use]
pub fn rank_me(eigenvalues: &[f64]) -> Option<f64> {
    let singular: Vec<f64> = eigenvalues.iter().map(|value| value.max(0.0).sqrt()).collect();
    let total: f64 = singular.iter().sum();
    let entropy: f64 =
        singular.iter().map(|value| value / total).filter(|&share| share > 0.0).map(|share| -share * share.ln()).sum();
    (total > 0.0).then(|| entropy.exp())
}

/// Distances of so small a share of the longest vector are 0 but for rounding.
const EQUAL: f64 = 1e-9;

/// Neighbours whose distances differ where more than rounding tells them apart: those that are 0 are, and of equal ones each has
/// that of the first.
///
/// Dimensions are made of logarithms of ratios of distances: where all ratios are 1 but for rounding there is none to be had.
fn told_apart(near: &[Neighbour], longest: f64) -> Vec<Neighbour> {
    let mut distances: Vec<f64> =
        near.iter().map(|&(_, similarity)| if -similarity <= EQUAL * longest { 0.0 } else { -similarity }).collect();
    level(&mut distances, GRAIN * longest);
    near.iter().zip(distances).map(|(&(other, _), distance)| (other, -distance)).collect()
}

/// Everything about the health of a space. `neighbours` are by Euclidean distance, itself left out; `longest` is the length of
/// the longest row.
#[must_use]
pub fn health(raw: Rows<'_>, rows: Rows<'_>, eigenvalues: &[f64], neighbours: &[Vec<Neighbour>], longest: f64) -> Health {
    let raw_spectrum = uncentred(rows);
    let neighbours: Vec<Vec<Neighbour>> = neighbours.iter().map(|near| told_apart(near, longest)).collect();
    let norms: Vec<f64> = (0..raw.len()).map(|index| norm(raw.row(index))).collect();
    let total: f64 = eigenvalues.iter().sum();
    let squares: f64 = eigenvalues.iter().map(|value| value * value).sum();
    let mut ratios: Vec<f64> = neighbours
        .iter()
        .filter_map(|near| match near[..] {
            [(_, first), (_, second), ..] if first < 0.0 => Some(second / first),
            _ => None,
        })
        .collect();
    let duplicates = neighbours.iter().filter(|near| near.first().is_some_and(|&(_, similarity)| similarity >= 0.0)).count();
    ratios.sort_unstable_by(f64::total_cmp);
    let logs: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    let count = to_f64(ratios.len() as u64);
    Health {
        norms: [
            norms.iter().copied().fold(f64::INFINITY, f64::min),
            mean_in_order(&norms).unwrap_or(-0.0),
            norms.iter().copied().fold(0.0, f64::max),
        ],
        explained: eigenvalues.iter().take(64).map(|value| if total > 0.0 { value / total } else { 0.0 }).collect(),
        participation_ratio: (squares > 0.0).then(|| total * total / squares),
        rank_me: rank_me(&raw_spectrum),
        singular_values: raw_spectrum.iter().take(64).map(|value| value.sqrt()).collect(),
        rank_me_centred: rank_me(eigenvalues),
        eigenvalues: eigenvalues.iter().copied().take(64).collect(),
        two_nn: (logs > 0.0).then(|| count / logs),
        two_nn_unbiased: (logs > 0.0).then(|| (count - 1.0) / logs),
        two_nn_fit: two_nn_fit(&ratios),
        levina_bickel: [4, DEEPEST].into_iter().filter_map(|k| levina_bickel(&neighbours, k)).collect(),
        uniformity: uniformity(raw),
        duplicates,
    }
}

/// An intrinsic dimension from the distances of so many neighbours.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Dimension {
    /// Neighbours.
    pub k: usize,
    /// The dimension.
    pub dimension: f64,
}

/// One over the mean over points of `1/(k − 1) Σ_{j < k} log(r_k / r_j)`; points with an equal are left out.
///
/// # Source
///
/// Levina and Bickel 2004, averaged as MacKay and Ghahramani 2005 do.
fn levina_bickel(neighbours: &[Vec<Neighbour>], k: usize) -> Option<Dimension> {
    let of_point = |near: &Vec<Neighbour>| {
        let distances: Vec<f64> = near.iter().take(k).map(|&(_, similarity)| -similarity).collect();
        let farthest = *distances.last()?;
        let whole = distances.len() == k && distances[0] > 0.0;
        whole.then(|| distances[..k - 1].iter().map(|distance| (farthest / distance).ln()).sum::<f64>() / to_f64(k as u64 - 1))
    };
    let inverses: Vec<f64> = neighbours.iter().filter_map(of_point).collect();
    let sum: f64 = inverses.iter().sum();
    (sum > 0.0).then(|| Dimension { k, dimension: to_f64(inverses.len() as u64) / sum })
}

/// Slope through 0 of `−log(1 − F)` over `log µ`, the largest tenth left out; `F` is the share of smaller ratios.
fn two_nn_fit(sorted: &[f64]) -> Option<f64> {
    let n = sorted.len();
    // Nine tenths, rounded down, in whole numbers.
    let kept = n * 9 / 10;
    let (mut xy, mut xx) = (0.0, 0.0);
    for (index, ratio) in sorted.iter().take(kept).enumerate() {
        let x = ratio.ln();
        let y = -(1.0 - to_f64(index as u64) / to_f64(n as u64)).ln();
        xy += x * y;
        xx += x * x;
    }
    (xx > 0.0).then(|| xy / xx)
}

/// Wang and Isola's uniformity with `t = 2`, over all pairs of unit vectors up to 3 000 points, else
/// over those of evenly taken ones.
fn uniformity(rows: Rows<'_>) -> Option<f64> {
    const MOST: usize = 3_000;
    let step = rows.len().div_ceil(MOST).max(1);
    let units: Vec<Vec<f64>> = (0..rows.len())
        .step_by(step)
        .filter_map(|index| {
            let row = rows.row(index);
            let length = norm(row);
            (length > 0.0).then(|| row.iter().map(|value| value / length).collect())
        })
        .collect();
    let of_first = |i: usize| units[i + 1..].iter().map(|other| (-2.0 * squared_distance(&units[i], other)).exp()).sum::<f64>();
    let sums: Vec<f64> = (0..units.len()).into_par_iter().map(of_first).collect();
    let pairs = to_f64((units.len() * units.len().saturating_sub(1) / 2) as u64);
    (pairs > 0.0).then(|| (sums.iter().sum::<f64>() / pairs).ln())
}

/// Mean squared distance of pairs of unit vectors of one taxon; lower is tighter.
#[must_use]
pub fn alignment(units: Rows<'_>, members: &[Vec<usize>]) -> Option<f64> {
    // Σ_{i<j} |x_i − x_j|² = n Σ |x_i|² − |Σ x_i|².
    let (mut sum, mut pairs) = (0.0, 0.0);
    for group in members.iter().filter(|group| group.len() > 1) {
        let count = to_f64(group.len() as u64);
        let mut total = vec![0.0; units.width];
        let mut squares = 0.0;
        for &member in group {
            squares += dot(units.row(member), units.row(member));
            total.iter_mut().zip(units.row(member)).for_each(|(total, value)| *total += value);
        }
        sum += count * squares - dot(&total, &total);
        pairs += count * (count - 1.0) / 2.0;
    }
    (pairs > 0.0).then(|| sum / pairs)
}
