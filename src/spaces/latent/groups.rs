//! Points by the taxa of one rank.

use crate::numbers::neighbours::Rows;
use crate::numbers::rounding::GRAIN;
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::{norm, squared_distance};
use crate::taxonomy::TaxonId;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Points that have a taxon at a rank, with their groups; groups stand in the order of the taxonomy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// The taxa, `K` of them.
    pub taxa: Vec<TaxonId>,
    /// Rows of the points that have one.
    pub points: Vec<usize>,
    /// The group of each of these points.
    pub of: Vec<usize>,
    /// Rows of each group.
    pub members: Vec<Vec<usize>>,
}

impl Groups {
    /// Groups points by taxon; `None` leaves a point out.
    #[must_use]
    pub fn of(taxa: &[Option<TaxonId>]) -> Groups {
        let mut members: BTreeMap<TaxonId, Vec<usize>> = BTreeMap::new();
        for (row, taxon) in taxa.iter().enumerate() {
            if let Some(taxon) = taxon {
                members.entry(*taxon).or_default().push(row);
            }
        }
        let place: BTreeMap<TaxonId, usize> = members.keys().enumerate().map(|(index, &taxon)| (taxon, index)).collect();
        let points: Vec<usize> = (0..taxa.len()).filter(|&row| taxa[row].is_some()).collect();
        let of = points.iter().map(|&row| taxa[row].map_or(0, |taxon| place[&taxon])).collect();
        Groups { taxa: members.keys().copied().collect(), points, of, members: members.into_values().collect() }
    }

    /// `N`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether no point has a taxon.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Mean of the rows of each group, `K × D`; a mean that is 0 but for rounding is 0, and has no direction.
    #[must_use]
    pub fn centroids(&self, rows: Rows<'_>) -> Vec<f64> {
        let mut means = vec![0.0; self.members.len() * rows.width];
        means.par_chunks_mut(rows.width.max(1)).zip(&self.members).for_each(|(mean, members)| {
            for &member in members {
                mean.iter_mut().zip(rows.row(member)).for_each(|(mean, value)| *mean += value);
            }
            let longest = members.iter().map(|&member| norm(rows.row(member))).fold(0.0, f64::max);
            for value in mean.iter_mut() {
                *value /= to_f64(members.len() as u64);
            }
            if norm(mean) <= GRAIN * longest {
                mean.fill(0.0);
            }
        });
        means
    }

    /// The group of each of `n` rows; `None` for a row without a taxon.
    #[must_use]
    pub fn of_rows(&self, n: usize) -> Vec<Option<usize>> {
        let mut of = vec![None; n];
        self.points.iter().zip(&self.of).for_each(|(&point, &group)| of[point] = Some(group));
        of
    }

    /// Values of the points of the groups as values of `n` rows; `None` for the others.
    #[must_use]
    pub fn spread<T: Copy>(&self, values: &[Option<T>], n: usize) -> Vec<Option<T>> {
        let mut of = vec![None; n];
        self.points.iter().zip(values).for_each(|(&point, &value)| of[point] = value);
        of
    }

    /// Share of pairs of points that would be of one group if groups were drawn at random.
    #[must_use]
    pub fn chance(&self) -> Option<f64> {
        let n = to_f64(self.len() as u64);
        let pairs: f64 = self.members.iter().map(|members| to_f64(members.len() as u64)).map(|count| count * (count - 1.0)).sum();
        (self.len() > 1).then(|| pairs / (n * (n - 1.0)))
    }
}

/// A sum of so many squared distances between rows, the longest so long; 0 where it is but for rounding.
///
/// A mean of equal rows differs from them in its last bits, so that nothing varies exactly by 0.
#[must_use]
pub fn certain_squares(squares: f64, count: usize, longest: f64) -> f64 {
    if squares <= to_f64(count as u64) * (GRAIN * longest).powi(2) { 0.0 } else { squares }
}

/// Mean of rows.
#[must_use]
pub fn mean(rows: Rows<'_>, points: &[usize]) -> Vec<f64> {
    let mut mean = vec![0.0; rows.width];
    for &point in points {
        mean.iter_mut().zip(rows.row(point)).for_each(|(mean, value)| *mean += value);
    }
    for value in &mut mean {
        *value /= to_f64(points.len().max(1) as u64);
    }
    mean
}

/// How variance is shared between the groups of a rank and what lies within them.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Variance {
    /// Points.
    pub n: usize,
    /// Groups.
    pub groups: usize,
    /// Sum of squares between groups: `Σ n_c |μ_c − μ|²`.
    pub between: f64,
    /// Sum of squares within groups.
    pub within: f64,
    /// PERMANOVA's R² (η²): between / total, 0 to 1.
    pub r2: Option<f64>,
    /// PERMANOVA's pseudo-F, which is the Calinski–Harabasz index; `None` for one group, or one point a group.
    pub f: Option<f64>,
    /// Between / within.
    pub ratio: Option<f64>,
    /// Share that so many groups would explain of points without structure: `(K − 1) / (N − 1)`.
    pub expected_r2: Option<f64>,
    /// ω²: R² beyond what so many groups explain by chance.
    pub omega2: Option<f64>,
}

/// Shares of variance between and within groups.
#[must_use]
pub fn variance(rows: Rows<'_>, groups: &Groups) -> Variance {
    let centroids = groups.centroids(rows);
    let centre = mean(rows, &groups.points);
    let means = Rows { values: &centroids, width: rows.width };
    let between: f64 = groups
        .members
        .iter()
        .enumerate()
        .map(|(index, members)| to_f64(members.len() as u64) * squared_distance(means.row(index), &centre))
        .sum();
    let within: f64 =
        groups.points.iter().zip(&groups.of).map(|(&point, &group)| squared_distance(rows.row(point), means.row(group))).sum();
    let [between, within] = [between, within].map(|squares| certain_squares(squares, groups.len(), rows.longest()));
    let (n, k) = (to_f64(groups.len() as u64), to_f64(groups.members.len() as u64));
    let total = between + within;
    let tested = k > 1.0 && n > k && within > 0.0;
    Variance {
        n: groups.len(),
        groups: groups.members.len(),
        between,
        within,
        r2: (total > 0.0).then(|| between / total),
        f: tested.then(|| (between / (k - 1.0)) / (within / (n - k))),
        ratio: (within > 0.0).then(|| between / within),
        expected_r2: (n > 1.0).then(|| (k - 1.0) / (n - 1.0)),
        omega2: tested.then(|| {
            let error = within / (n - k);
            (between - (k - 1.0) * error) / (total + error)
        }),
    }
}
