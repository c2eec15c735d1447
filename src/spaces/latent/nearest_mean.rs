//! Would the nearest class mean name each point? The simplest classifier that knows all the others.

use super::groups::Groups;
use crate::numbers::neighbours::{Index, Rows, Similarity, among};
use crate::numbers::rounding::GRAIN;
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::{cosine, norm};
use rayon::prelude::*;

/// For each point of the groups, whether its nearest mean, by cosine, is that of its own group, itself left out of it. A
/// point that is alone in its group is wrong. The rows are indexed by [`Similarity::Cosine`]. None for fewer than two groups.
///
/// # Source
///
/// Nearest class mean, leave one out; means that are equally near but for rounding ([`GRAIN`]) go to the own group.
#[must_use]
pub fn leave_one_out(index: &Index<'_>, groups: &Groups) -> Vec<bool> {
    if groups.taxa.len() < 2 {
        return vec![];
    }
    let rows = index.rows();
    let centroids = groups.centroids(rows);
    let means = Rows { values: &centroids, width: rows.width };
    let own = groups.of_rows(rows.len());
    let others = among(index, &Index::of(means, Similarity::Cosine), 1, &|row, group| own[row] != Some(group));
    let right = |(&point, &group): (&usize, &usize)| {
        let size = groups.members[group].len();
        if size < 2 {
            return false;
        }
        let row = rows.row(point);
        let size = to_f64(size as u64);
        // The direction of the mean without the point; its length does not matter.
        let without: Vec<f64> = means.row(group).iter().zip(row).map(|(mean, value)| mean * size - value).collect();
        // Others that add up to 0 but for rounding have no direction.
        let has_direction = norm(&without) > GRAIN * size * index.longest();
        let own = if has_direction { cosine(row, &without) } else { 0.0 };
        others[point].first().is_none_or(|&(_, other)| own >= other - GRAIN)
    };
    groups.points.par_iter().zip(&groups.of).map(right).collect()
}
