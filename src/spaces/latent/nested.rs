//! Variance between taxa of nested ranks, and within the span of species.

use super::groups::{Groups, certain_squares, mean};
use crate::numbers::neighbours::Rows;
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::{dot, squared_distance};
use crate::taxonomy::rank::Rank;
use nalgebra::DMatrix;
use std::collections::BTreeMap;

/// A share of variance.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Share {
    /// `order`, `family in order`, ..., `within species`.
    pub what: String,
    /// Sum of squares.
    pub squares: f64,
    /// Share of all of it; the shares add up to 1.
    pub share: Option<f64>,
    /// Degrees of freedom.
    pub freedom: usize,
    /// Share that so many degrees of freedom would have without structure.
    pub expected: Option<f64>,
}

/// Groups of points below those of the rank above; a taxon under two of these is two groups.
struct Branches {
    /// Points of each group.
    members: Vec<Vec<usize>>,
    /// The group above each.
    parents: Vec<usize>,
    /// The group of each point.
    of: Vec<usize>,
}

impl Branches {
    /// `above` has the group above each of the points, `taxa` the taxon of every row.
    fn of(points: &[usize], above: &[usize], taxa: &[Option<usize>]) -> Branches {
        let mut numbers = BTreeMap::new();
        let mut branches = Branches { members: vec![], parents: vec![], of: vec![] };
        for (&point, &above) in points.iter().zip(above) {
            let next = numbers.len();
            let group = *numbers.entry((above, taxa[point])).or_insert(next);
            if group == branches.members.len() {
                branches.members.push(vec![]);
                branches.parents.push(above);
            }
            branches.members[group].push(point);
            branches.of.push(group);
        }
        branches
    }
}

/// Splits variance over the ranks that more than half of the points have, among the points that have a taxon of all of these.
#[must_use]
pub fn shares(rows: Rows<'_>, by_rank: &[(Rank, Groups)]) -> Vec<Share> {
    let n = rows.len();
    // Ranks that most points have; the others would leave too few.
    let used: Vec<&(Rank, Groups)> = by_rank.iter().filter(|(_, groups)| groups.len() * 2 > n).collect();
    if used.is_empty() {
        return vec![];
    }
    let of: Vec<Vec<Option<usize>>> = used.iter().map(|(_, groups)| groups.of_rows(n)).collect();
    let points: Vec<usize> = (0..n).filter(|&point| of.iter().all(|column| column[point].is_some())).collect();
    if points.is_empty() {
        return vec![];
    }
    let longest = rows.longest();
    let all = to_f64(points.len() as u64);
    let mut above: Vec<Vec<f64>> = vec![mean(rows, &points)];
    let mut above_of: Vec<usize> = vec![0; points.len()];
    let mut shares = vec![];
    let mut name = String::new();
    for (column, (rank, _)) in of.iter().zip(&used) {
        let Branches { members, parents, of: own } = Branches::of(&points, &above_of, column);
        let means: Vec<Vec<f64>> = members.iter().map(|members| mean(rows, members)).collect();
        let squares: f64 = members
            .iter()
            .enumerate()
            .map(|(group, members)| to_f64(members.len() as u64) * squared_distance(&means[group], &above[parents[group]]))
            .sum();
        let squares = certain_squares(squares, points.len(), longest);
        let what = if name.is_empty() { rank.name().to_string() } else { format!("{} in {name}", rank.name()) };
        shares.push(Share { what, squares, share: None, freedom: members.len() - above.len(), expected: None });
        name = rank.name().to_string();
        (above, above_of) = (means, own);
    }
    let rest: f64 = points.iter().zip(&above_of).map(|(&point, &group)| squared_distance(rows.row(point), &above[group])).sum();
    shares.push(Share {
        what: format!("within {name}"),
        squares: certain_squares(rest, points.len(), longest),
        share: None,
        freedom: points.len() - above.len(),
        expected: None,
    });
    let total: f64 = shares.iter().map(|share| share.squares).sum();
    for share in &mut shares {
        share.share = (total > 0.0).then(|| share.squares / total);
        share.expected = (all > 1.0).then(|| to_f64(share.freedom as u64) / (all - 1.0));
    }
    shares
}

/// How much of what varies within taxa lies in the directions that tell taxa apart.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct InsideSpan {
    /// Directions: the first principal components of the taxa's means.
    pub k: usize,
    /// Share of the squares within taxa in these directions, 0 to 1; low: it varies at right angles to them.
    pub inside: f64,
    /// What random directions would hold.
    pub expected: f64,
}

/// For one direction, two, and as many as explain nine tenths of the variance of means.
#[must_use]
pub fn inside_span(rows: Rows<'_>, groups: &Groups) -> Vec<InsideSpan> {
    let centroids = groups.centroids(rows);
    let means = Rows { values: &centroids, width: rows.width };
    if means.len() < 2 || means.len() > 2_000 {
        return vec![];
    }
    let (values, components, _) = super::health::principal(means);
    let total: f64 = values.iter().sum();
    let mut sum = 0.0;
    let most = values.iter().position(|value| {
        sum += value;
        sum >= 0.9 * total
    });
    let rank = values.iter().filter(|&&value| value > 1e-12 * total).count();
    let mut wanted: Vec<usize> =
        [Some(1), Some(2), most.map(|index| index + 1)].into_iter().flatten().filter(|&k| k <= rank).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let deepest = wanted.last().copied().unwrap_or(0);
    let mut energies = vec![0.0; deepest];
    let mut all = 0.0;
    for (&point, &group) in groups.points.iter().zip(&groups.of) {
        let rest: Vec<f64> = rows.row(point).iter().zip(means.row(group)).map(|(value, mean)| value - mean).collect();
        all += dot(&rest, &rest);
        for (energy, component) in energies.iter_mut().zip(&components) {
            *energy += dot(&rest, component).powi(2);
        }
    }
    if certain_squares(all, groups.len(), rows.longest()) <= 0.0 {
        return vec![];
    }
    let share = |k: usize| energies.iter().take(k).sum::<f64>() / all;
    wanted
        .into_iter()
        .map(|k| InsideSpan { k, inside: share(k), expected: to_f64(k as u64) / to_f64(rows.width as u64) })
        .collect()
}

/// Share of the largest scatter in a direction that another must have for the scatter to be inverted.
const SINGULAR: f64 = 1e-12;

/// `tr(S_W⁻¹ S_B)`; `None` where the scatter within taxa cannot be inverted (fewer points beyond one for each taxon than
/// columns, or a direction that hardly varies within taxa), or is large.
#[must_use]
pub fn trace_ratio(rows: Rows<'_>, groups: &Groups) -> Option<f64> {
    let width = rows.width;
    if width > 64 || groups.len() < width + groups.members.len() {
        return None;
    }
    let centroids = groups.centroids(rows);
    let means = Rows { values: &centroids, width };
    let centre = mean(rows, &groups.points);
    let add = |matrix: &mut DMatrix<f64>, vector: &[f64], weight: f64| {
        for i in 0..width {
            for j in 0..width {
                matrix[(i, j)] += weight * vector[i] * vector[j];
            }
        }
    };
    let difference = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
    let (mut within, mut between) = (DMatrix::zeros(width, width), DMatrix::zeros(width, width));
    for (&point, &group) in groups.points.iter().zip(&groups.of) {
        add(&mut within, &difference(rows.row(point), means.row(group)), 1.0);
    }
    for (group, members) in groups.members.iter().enumerate() {
        add(&mut between, &difference(means.row(group), &centre), to_f64(members.len() as u64));
    }
    let cholesky = within.cholesky()?;
    // Squares of the diagonal are what varies in each direction once those before are taken out.
    let diagonal = cholesky.l_dirty().diagonal();
    let singular = diagonal.min().powi(2) <= SINGULAR * diagonal.max().powi(2);
    (!singular).then(|| cholesky.solve(&between).trace())
}
