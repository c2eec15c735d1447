//! Silhouettes: is a point nearer to its own taxon than to the next one?

use super::groups::Groups;
use super::tree::place;
use crate::numbers::neighbours::{Index, Rows, Similarity, among, normalised};
use crate::numbers::rounding::GRAIN;
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::{dot, mean_in_order, squared_distance};
use rayon::prelude::*;

/// Silhouettes of the points of a rank, −1 to 1; a point that is alone in its taxon has 0.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Silhouette {
    /// Mean over points (scikit-learn's); `None` for fewer than two groups, or one point a group.
    pub mean: Option<f64>,
    /// Mean over groups of their means.
    pub macro_mean: Option<f64>,
    /// Those means; none where the mean is none.
    #[serde(skip)]
    pub by_group: Vec<f64>,
    /// One per point of the groups, in order.
    pub points: Vec<f64>,
    /// The group that each point is nearest to besides its own.
    #[serde(skip)]
    pub next: Vec<usize>,
}

impl Silhouette {
    fn of(groups: &Groups, points: Vec<f64>, next: Vec<usize>) -> Silhouette {
        let defined = groups.members.len() > 1 && groups.members.len() < groups.len();
        let mut sums = vec![0.0; groups.members.len()];
        for (value, &group) in points.iter().zip(&groups.of) {
            sums[group] += value;
        }
        let of_group = |(sum, members): (&f64, &Vec<usize>)| sum / to_f64(members.len() as u64);
        let by_group: Vec<f64> = if defined { sums.iter().zip(&groups.members).map(of_group).collect() } else { vec![] };
        Silhouette {
            mean: mean_in_order(&points).filter(|_| defined),
            macro_mean: mean_in_order(&by_group),
            by_group,
            points,
            next,
        }
    }
}

/// The silhouette of a mean distance to the own group and to the next one; 0 where both are 0 but for rounding, `scale` being
/// that of the vectors.
fn value(a: f64, b: f64, scale: f64) -> f64 {
    let [a, b] = [a, b].map(|distance| if distance <= GRAIN * scale { 0.0 } else { distance });
    let largest = a.max(b);
    if largest > 0.0 { (b - a) / largest } else { 0.0 }
}

/// With cosine distance, exactly, through the means of unit vectors: the mean cosine distance to a
/// group is one minus the product with its mean. `O(N K D)`, no pairs.
///
/// # Source
///
/// Rousseeuw 1987; scikit-learn's `silhouette_samples(metric="cosine")`.
#[must_use]
pub fn cosine(rows: Rows<'_>, groups: &Groups) -> Silhouette {
    let units = normalised(rows);
    of_units(&Index::of(Rows { values: &units, width: rows.width }, Similarity::Inner), groups)
}

/// As [`cosine`], of vectors of length 1 (or 0) that are indexed by [`Similarity::Inner`], for several ranks of one space.
#[must_use]
pub fn of_units(units: &Index<'_>, groups: &Groups) -> Silhouette {
    let rows = units.rows();
    let means = groups.centroids(rows);
    let means = Rows { values: &means, width: rows.width };
    let own = groups.of_rows(rows.len());
    let best = among(units, &Index::of(means, Similarity::Inner), 1, &|row, group| own[row] != Some(group));
    let of_point = |(index, &point): (usize, &usize)| {
        let group = groups.of[index];
        let size = to_f64(groups.members[group].len() as u64);
        let Some(&(next, similarity)) = best[point].first() else { return (0.0, group) };
        if groups.members[group].len() == 1 {
            return (0.0, next as usize);
        }
        // A row of zeros is at distance 1 from everything, itself included.
        let itself = 1.0 - units.length(point).powi(2);
        let within = (size * (1.0 - dot(rows.row(point), means.row(group))) - itself) / (size - 1.0);
        (value(within, 1.0 - similarity, 1.0), next as usize)
    };
    let (points, next): (Vec<f64>, Vec<usize>) = groups.points.par_iter().enumerate().map(of_point).unzip();
    Silhouette::of(groups, points, next)
}

/// Over all pairs of points, from their condensed distances.
#[must_use]
pub fn of_distances(n: usize, distances: &[f64], groups: &Groups) -> Silhouette {
    let scale = distances.iter().copied().fold(0.0, f64::max);
    let of_point = |(index, &point): (usize, &usize)| {
        let group = groups.of[index];
        let mut sums = vec![0.0; groups.members.len()];
        for (&other, &its) in groups.points.iter().zip(&groups.of).filter(|&(&other, _)| other != point) {
            sums[its] += distances[place(n, point, other)];
        }
        let count = |group: usize| to_f64(groups.members[group].len() as u64);
        let others = (0..sums.len()).filter(|&other| other != group);
        let next = others.min_by(|&a, &b| (sums[a] / count(a)).total_cmp(&(sums[b] / count(b))));
        let Some(next) = next else { return (0.0, group) };
        if groups.members[group].len() == 1 {
            return (0.0, next);
        }
        (value(sums[group] / (count(group) - 1.0), sums[next] / count(next), scale), next)
    };
    let (points, next): (Vec<f64>, Vec<usize>) = groups.points.par_iter().enumerate().map(of_point).unzip();
    Silhouette::of(groups, points, next)
}

/// With Euclidean distances to centroids alone, a value for each point of the groups (0 for one that is alone in its taxon),
/// none for fewer than two groups; the rows are indexed by [`Similarity::Euclidean`].
#[must_use]
pub fn simplified(index: &Index<'_>, groups: &Groups) -> Vec<f64> {
    let rows = index.rows();
    let centroids = groups.centroids(rows);
    let means = Rows { values: &centroids, width: rows.width };
    if means.len() < 2 {
        return vec![];
    }
    let own = groups.of_rows(rows.len());
    let best = among(index, &Index::of(means, Similarity::Euclidean), 1, &|row, group| own[row] != Some(group));
    let of_point = |(place, &point): (usize, &usize)| {
        if groups.members[groups.of[place]].len() == 1 {
            return 0.0;
        }
        let own = squared_distance(rows.row(point), means.row(groups.of[place])).sqrt();
        best[point].first().map_or(0.0, |&(_, similarity)| value(own, -similarity, index.longest()))
    };
    groups.points.par_iter().enumerate().map(of_point).collect()
}

/// Davies–Bouldin index, 0 or more, lower is better: mean over groups of the worst
/// `(S_c + S_c') / |μ_c − μ_c'|`.
#[must_use]
pub fn davies_bouldin(rows: Rows<'_>, groups: &Groups) -> Option<f64> {
    let centroids = groups.centroids(rows);
    let means = Rows { values: &centroids, width: rows.width };
    let count = means.len();
    if count < 2 {
        return None;
    }
    let longest = rows.longest();
    let spread: Vec<f64> = (0..count)
        .into_par_iter()
        .map(|group| {
            let members = &groups.members[group];
            let sum: f64 = members.iter().map(|&member| squared_distance(rows.row(member), means.row(group)).sqrt()).sum();
            sum / to_f64(members.len() as u64)
        })
        .collect();
    let worst = |group: usize| {
        (0..count)
            .filter(|&other| other != group)
            .map(|other| {
                let apart = squared_distance(means.row(group), means.row(other)).sqrt();
                if apart > GRAIN * longest { (spread[group] + spread[other]) / apart } else { f64::INFINITY }
            })
            .fold(0.0, f64::max)
    };
    let total: f64 = (0..count).into_par_iter().map(worst).collect::<Vec<f64>>().iter().sum();
    Some(total / to_f64(count as u64)).filter(|value| value.is_finite())
}
