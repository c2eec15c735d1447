//! Do neighbours share a taxon? Agreement, R-precision, hubs.

use super::groups::Groups;
use crate::neighbours::Neighbour;
use crate::statistics::to_f64;

/// How often the `k` nearest neighbours are of the point's own taxon.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Agreement {
    /// Neighbours looked at.
    pub k: usize,
    /// Points.
    pub n: usize,
    /// Points with fewer than `k` neighbours of the rank among those looked at.
    pub short: usize,
    /// Mean over points of the share of neighbours of their taxon, 0 to 1.
    pub agreement: Option<f64>,
    /// Mean over taxa of the mean over their points.
    pub macro_agreement: Option<f64>,
    /// What drawing neighbours at random would give.
    pub chance: Option<f64>,
    /// `(agreement − chance) / (1 − chance)`: 0 at chance, 1 where all neighbours agree.
    pub lift: Option<f64>,
}

/// Agreement of the `k` nearest among the points of a rank. `neighbours` are rows of all points, the
/// point itself left out, and long enough that `k` of the rank are among them where there are as many.
#[must_use]
pub fn agreement(groups: &Groups, group_of: &[Option<usize>], neighbours: &[Vec<Neighbour>], k: usize) -> Agreement {
    let (shares, short) = shares(groups, group_of, neighbours, k);
    let mean = mean_of(shares.iter().copied());
    let chance = groups.chance();
    Agreement {
        k,
        n: groups.len(),
        short,
        agreement: mean,
        macro_agreement: by_group(groups, &shares),
        chance,
        lift: mean.zip(chance).and_then(|(mean, chance)| (chance < 1.0).then(|| (mean - chance) / (1.0 - chance))),
    }
}

/// For each point of the groups the share of its `k` nearest that are of its taxon, `None` without neighbours; and how
/// many points have fewer than `k`.
#[must_use]
pub fn shares(groups: &Groups, group_of: &[Option<usize>], neighbours: &[Vec<Neighbour>], k: usize) -> (Vec<Option<f64>>, usize) {
    let mut short = 0;
    let shares = groups
        .points
        .iter()
        .zip(&groups.of)
        .map(|(&point, &group)| {
            let of_rank = neighbours[point].iter().filter_map(|&(other, _)| group_of[other as usize]);
            let (mut seen, mut same) = (0_u64, 0_u64);
            for other in of_rank.take(k) {
                seen += 1;
                same += u64::from(other == group);
            }
            short += usize::from(seen < k as u64);
            (seen > 0).then(|| to_f64(same) / to_f64(seen))
        })
        .collect();
    (shares, short)
}

pub(super) fn mean_of(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u64);
    for value in values.flatten() {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / to_f64(count))
}

fn by_group(groups: &Groups, values: &[Option<f64>]) -> Option<f64> {
    let mut sums = vec![(0.0, 0_u64); groups.members.len()];
    for (value, &group) in values.iter().zip(&groups.of) {
        if let Some(value) = value {
            sums[group].0 += value;
            sums[group].1 += 1;
        }
    }
    mean_of(sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / to_f64(count))))
}

/// Metrics of a whole ranking: R-precision and MAP@R, where `R` is how many others of its taxon a point has.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct WholeRanking {
    /// Points whose taxon has another point.
    pub n: usize,
    /// Mean share of the taxon among the `R` nearest.
    pub r_precision: Option<f64>,
    /// Mean of `1/R Σ_{j ≤ R} precision@j · hit_j`.
    pub map_at_r: Option<f64>,
}

/// R-precision and MAP@R over the points whose taxon has another one (Musgrave et al. 2020). A point
/// that is alone counts 0, as one without relevant documents does in retrieval.
#[must_use]
pub fn whole_ranking(groups: &Groups, group_of: &[Option<usize>], neighbours: &[Vec<Neighbour>]) -> WholeRanking {
    let mut pairs = vec![];
    for (&point, &group) in groups.points.iter().zip(&groups.of) {
        let wanted = groups.members[group].len() - 1;
        if wanted == 0 {
            pairs.push((0.0, 0.0));
            continue;
        }
        let of_rank = neighbours[point].iter().filter_map(|&(other, _)| group_of[other as usize]);
        let (mut hits, mut sum) = (0_u64, 0.0);
        for (position, other) in of_rank.take(wanted).enumerate() {
            if other == group {
                hits += 1;
                sum += to_f64(hits) / to_f64(position as u64 + 1);
            }
        }
        let wanted = to_f64(wanted as u64);
        pairs.push((to_f64(hits) / wanted, sum / wanted));
    }
    WholeRanking {
        n: pairs.len(),
        r_precision: mean_of(pairs.iter().map(|pair| Some(pair.0))),
        map_at_r: mean_of(pairs.iter().map(|pair| Some(pair.1))),
    }
}

/// Points that are neighbours of many others, and of none.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Hubness {
    /// Neighbours looked at.
    pub k: usize,
    /// How often each point is among the `k` nearest of another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<u32>,
    /// Third standardised moment of the counts, not corrected; `None` where all are equal.
    pub skewness: Option<f64>,
    /// The most.
    pub max: u32,
    /// Points that are nobody's neighbour.
    pub antihubs: usize,
}

/// Counts of the `k` nearest neighbours.
#[must_use]
pub fn hubness(neighbours: &[Vec<Neighbour>], k: usize) -> Hubness {
    let mut counts = vec![0_u32; neighbours.len()];
    for &(other, _) in neighbours.iter().flat_map(|row| row.iter().take(k)) {
        counts[other as usize] += 1;
    }
    let n = to_f64(counts.len() as u64);
    let mean = counts.iter().map(|&count| f64::from(count)).sum::<f64>() / n;
    let moment = |power: i32| counts.iter().map(|&count| (f64::from(count) - mean).powi(power)).sum::<f64>() / n;
    let variance = moment(2);
    Hubness {
        k,
        skewness: (variance > 0.0).then(|| moment(3) / variance.powf(1.5)),
        max: counts.iter().copied().max().unwrap_or(0),
        antihubs: counts.iter().filter(|&&count| count == 0).count(),
        counts,
    }
}
