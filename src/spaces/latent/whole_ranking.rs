//! Measures of a ranking that is looked at as far down as there is something to find: R-precision and MAP@R.
//!
//! `latent` and `retrieve` print them, from the same functions here.

use super::draws::{Draws, Reasons, SHARE};
use super::groups::Groups;
use crate::numbers::neighbours::Neighbour;
use crate::numbers::statistics::to_f64;

/// Share of the first `R` of a ranking that are hits, `R` being how many hits there are to find, 0 to 1; shorter rankings
/// are as if the rest were misses. 0 where nothing is to be found.
///
/// # Source
///
/// Buckley and Voorhees 2005; Musgrave et al. 2020 for embeddings.
#[must_use]
pub fn r_precision(hits: impl IntoIterator<Item = bool>, relevant: u64) -> f64 {
    let found = hits.into_iter().take(places(relevant)).filter(|hit| *hit).count();
    if relevant == 0 { 0.0 } else { to_f64(found as u64) / to_f64(relevant) }
}

/// `1/R Σ_{j ≤ R} precision@j · hit_j`, `R` being how many hits there are to find, 0 to 1: R-precision that regards
/// the order. 0 where nothing is to be found.
///
/// # Source
///
/// Musgrave, Belongie and Lim 2020, A Metric Learning Reality Check.
#[must_use]
pub fn map_at_r(hits: impl IntoIterator<Item = bool>, relevant: u64) -> f64 {
    let (mut found, mut sum) = (0_u64, 0.0);
    for (place, hit) in hits.into_iter().take(places(relevant)).enumerate() {
        if hit {
            found += 1;
            sum += to_f64(found) / to_f64(place as u64 + 1);
        }
    }
    if relevant == 0 { 0.0 } else { sum / to_f64(relevant) }
}

fn places(relevant: u64) -> usize {
    usize::try_from(relevant).unwrap_or(usize::MAX)
}

/// Metrics of whole rankings, over the points whose taxon has another point that they may find: those that `retrieve`
/// calls by the same names at the rank.
///
/// Every point is a query against all others that have a taxon; one that has none of this rank is no hit.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct WholeRanking {
    /// Points whose taxon has another point.
    pub n: usize,
    /// Share of points whose nearest other point is of their taxon, 0 to 1; `retrieve`'s `precision@1`.
    pub precision_at_1: Option<f64>,
    /// Lower end of its 95 % interval.
    pub precision_at_1_low: Option<f64>,
    /// Upper end.
    pub precision_at_1_high: Option<f64>,
    /// Mean share of the taxon among the `R` nearest, `R` being how many others it has, 0 to 1; `retrieve`'s `r-precision`.
    pub r_precision: Option<f64>,
    /// Lower end of its 95 % interval.
    pub r_precision_low: Option<f64>,
    /// Upper end.
    pub r_precision_high: Option<f64>,
    /// Mean of `1/R Σ_{j ≤ R} precision@j · hit_j`, 0 to 1; `retrieve`'s `map@r`.
    pub map_at_r: Option<f64>,
    /// Lower end of its 95 % interval.
    pub map_at_r_low: Option<f64>,
    /// Upper end.
    pub map_at_r_high: Option<f64>,
    /// Why a value has no interval.
    pub no_interval: Reasons,
}

impl WholeRanking {
    /// Of whole rankings: `neighbours` are, for every point of the space, all others that it may find. `known` says which
    /// points have a taxon at all.
    pub(super) fn of(
        groups: &Groups,
        group_of: &[Option<usize>],
        known: &[bool],
        neighbours: &[Vec<Neighbour>],
        draws: &Draws,
    ) -> WholeRanking {
        let mut values = [(); 3].map(|()| vec![None; group_of.len()]);
        for (&point, &group) in groups.points.iter().zip(&groups.of) {
            let others = neighbours[point].iter().map(|&(other, _)| other as usize).filter(|&other| known[other]);
            let hits: Vec<bool> = others.map(|other| group_of[other] == Some(group)).collect();
            let relevant = hits.iter().filter(|hit| **hit).count() as u64;
            if relevant > 0 {
                let all = || hits.iter().copied();
                values[0][point] = Some(f64::from(hits[0]));
                values[1][point] = Some(r_precision(all(), relevant));
                values[2][point] = Some(map_at_r(all(), relevant));
            }
        }
        let n = values[0].iter().flatten().count();
        let first = draws.share(&values[0]);
        let [precision, map] = [&values[1], &values[2]].map(|values| draws.mean(values, SHARE));
        let mut no_interval = Reasons::new();
        first.explain("precision_at_1", &mut no_interval);
        precision.explain("r_precision", &mut no_interval);
        map.explain("map_at_r", &mut no_interval);
        WholeRanking {
            n,
            precision_at_1: first.value,
            precision_at_1_low: first.low(),
            precision_at_1_high: first.high(),
            r_precision: precision.value,
            r_precision_low: precision.low(),
            r_precision_high: precision.high(),
            map_at_r: map.value,
            map_at_r_low: map.low(),
            map_at_r_high: map.high(),
            no_interval,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rankings_by_hand() {
        let close = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-12, "{value} {expected}");
        // Three to find; first three: hit, miss, hit. 2/3; (1/1 + 2/3) / 3 = 5/9.
        let hits = [true, false, true, true];
        close(r_precision(hits, 3), 2.0 / 3.0);
        close(map_at_r(hits, 3), 5.0 / 9.0);
        // Four to find, three ranked: 2/4; (1 + 2/3) / 4.
        close(r_precision([true, false, true], 4), 0.5);
        close(map_at_r([true, false, true], 4), 5.0 / 12.0);
        // Only the first counts of one to find.
        close(map_at_r([false, true], 1), 0.0);
        close(r_precision([], 0) + map_at_r([true], 0), 0.0);
    }

    #[test]
    fn a_point_that_is_alone_is_no_query() {
        // Rows 0 1 of one taxon, 2 alone, 3 without a taxon: 0 finds 1 behind 2, 1 finds 0 first but for the unknown 3.
        let group_of = [Some(0), Some(0), Some(1), None];
        let groups = Groups { taxa: vec![], points: vec![0, 1, 2], of: vec![0, 0, 1], members: vec![vec![0, 1], vec![2]] };
        let near = |order: [u32; 3]| order.map(|other| (other, 0.0)).to_vec();
        let neighbours = [near([2, 1, 3]), near([3, 0, 2]), near([0, 1, 3]), near([0, 1, 2])];
        let draws = Draws::of(&vec![String::new(); 4], "points", 2_000, 0);
        let found = WholeRanking::of(&groups, &group_of, &[true, true, true, false], &neighbours, &draws);
        assert_eq!((found.n, found.precision_at_1, found.r_precision, found.map_at_r), (2, Some(0.5), Some(0.5), Some(0.5)));
        // A point whose taxon stops above the rank is ranked, and no hit.
        let found = WholeRanking::of(&groups, &group_of, &[true; 4], &neighbours, &draws);
        assert_eq!((found.n, found.r_precision), (2, Some(0.0)));
        assert!(found.r_precision_high.is_some_and(|high| high > 0.5), "two zeros do not say that all are");
    }
}
