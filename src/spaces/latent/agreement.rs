//! Do neighbours share a taxon? Agreement, hubs.

use super::draws::{Draws, Reasons, SHARE};
use super::groups::Groups;
use crate::numbers::neighbours::Neighbour;
use crate::numbers::rounding::GRAIN;
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::mean_in_order;

/// How often the `k` nearest neighbours are of the point's own taxon.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Agreement {
    /// Neighbours looked at.
    pub k: usize,
    /// Points that have a neighbour of the rank.
    pub n: usize,
    /// Points with fewer than `k` neighbours of the rank among those looked at.
    pub short: usize,
    /// Points whose `k`-th neighbour is as near as the next one: which of them counts is said by the order of points
    /// ([`Embeddings::order`](crate::spaces::embeddings::Embeddings::order)).
    pub tied: usize,
    /// Mean over points of the share of neighbours of their taxon, 0 to 1; a point that is alone in its taxon has 0.
    pub agreement: Option<f64>,
    /// Lower end of its 95 % interval, points drawn by observation.
    pub agreement_low: Option<f64>,
    /// Upper end.
    pub agreement_high: Option<f64>,
    /// Mean over taxa of the mean over their points.
    pub macro_agreement: Option<f64>,
    /// Lower end of its 95 % interval, taxa drawn.
    pub macro_agreement_low: Option<f64>,
    /// Upper end.
    pub macro_agreement_high: Option<f64>,
    /// What drawing neighbours at random would give.
    pub chance: Option<f64>,
    /// `(agreement − chance) / (1 − chance)`: 0 at chance, 1 where all neighbours agree.
    pub lift: Option<f64>,
    /// Lower end of its 95 % interval: that of the agreement, chance being as it is.
    pub lift_low: Option<f64>,
    /// Upper end.
    pub lift_high: Option<f64>,
    /// Why a value has no interval.
    pub no_interval: Reasons,
}

/// Agreement of the `k` nearest among the points of a rank. `neighbours` are rows of all points, the
/// point itself left out, and long enough that `k` of the rank are among them where there are as many.
pub(super) fn agreement(
    groups: &Groups,
    group_of: &[Option<usize>],
    neighbours: &[Vec<Neighbour>],
    k: usize,
    draws: &Draws,
) -> Agreement {
    let shares = Shares::of(groups, group_of, neighbours, k);
    let of_points = groups.spread(&shares.of, group_of.len());
    // The one nearest is of the point's taxon or is not; more of them are so in part.
    let mean = if k == 1 { draws.share(&of_points) } else { draws.mean(&of_points, SHARE) };
    let by_taxon = draws.macro_mean(&by_group(groups, &shares.of), SHARE);
    let chance = groups.chance();
    let lift = |value: Option<f64>| {
        value.zip(chance).and_then(|(value, chance)| (chance < 1.0).then(|| (value - chance) / (1.0 - chance)))
    };
    let mut no_interval = Reasons::new();
    mean.explain("agreement", &mut no_interval);
    by_taxon.explain("macro_agreement", &mut no_interval);
    if lift(mean.value).is_some() {
        mean.explain("lift", &mut no_interval);
    }
    Agreement {
        k,
        n: shares.of.iter().flatten().count(),
        short: shares.short,
        tied: shares.tied,
        agreement: mean.value,
        agreement_low: mean.low(),
        agreement_high: mean.high(),
        macro_agreement: by_taxon.value,
        macro_agreement_low: by_taxon.low(),
        macro_agreement_high: by_taxon.high(),
        chance,
        lift: lift(mean.value),
        lift_low: lift(mean.low()),
        lift_high: lift(mean.high()),
        no_interval,
    }
}

/// The nearest of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nearest {
    /// How many there are, `k` at most.
    pub seen: u64,
    /// Those of the point's own taxon.
    pub same: u64,
    /// Whether the `k`-th is as near as the next one.
    pub is_tied: bool,
}

impl Nearest {
    /// Of neighbours, the nearest first: whether each is of the point's taxon, and how near it is.
    pub(super) fn of(neighbours: impl Iterator<Item = (bool, f64)>, k: usize) -> Nearest {
        let (mut found, mut last) = (Nearest { seen: 0, same: 0, is_tied: false }, None);
        for (is_same, near) in neighbours {
            if found.seen == k as u64 {
                found.is_tied = last.is_some_and(|last: f64| last - near <= GRAIN);
                break;
            }
            found.seen += 1;
            found.same += u64::from(is_same);
            last = Some(near);
        }
        found
    }

    /// The share of its own taxon; `None` without neighbours.
    pub(super) fn share(self) -> Option<f64> {
        (self.seen > 0).then(|| to_f64(self.same) / to_f64(self.seen))
    }
}

/// Shares of neighbours that are of a point's own taxon.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// For each point of the groups, 0 to 1; `None` without neighbours.
    pub of: Vec<Option<f64>>,
    /// Points with fewer than `k` neighbours.
    pub short: usize,
    /// Points whose `k`-th neighbour is as near as the next one.
    pub tied: usize,
}

impl Shares {
    /// Among the `k` nearest of the rank.
    #[must_use]
    pub fn of(groups: &Groups, group_of: &[Option<usize>], neighbours: &[Vec<Neighbour>], k: usize) -> Shares {
        let (mut short, mut tied) = (0, 0);
        let mut of_point = |(&point, &group): (&usize, &usize)| {
            let near = neighbours[point].iter().filter_map(|&(other, near)| Some((group_of[other as usize]? == group, near)));
            let nearest = Nearest::of(near, k);
            short += usize::from(nearest.seen < k as u64);
            tied += usize::from(nearest.is_tied);
            nearest.share()
        };
        let of = groups.points.iter().zip(&groups.of).map(&mut of_point).collect();
        Shares { of, short, tied }
    }

    /// Their mean.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        mean_in_order(&self.of.iter().flatten().copied().collect::<Vec<f64>>())
    }
}

/// Mean over the points of each group.
fn by_group(groups: &Groups, values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0_u64); groups.members.len()];
    for (value, &group) in values.iter().zip(&groups.of) {
        if let Some(value) = value {
            sums[group].0 += value;
            sums[group].1 += 1;
        }
    }
    sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / to_f64(count))).collect()
}

/// Points that are neighbours of many others, and of none; for numbers of neighbours below that of points.
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
