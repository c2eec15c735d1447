//! Mean cosines within and between taxa, from sums of unit vectors.

use crate::numbers::neighbours::Rows;
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::{dot, norm};
use crate::spaces::latent::groups::Groups;
use crate::taxonomy::TaxonId;
use serde::Serialize;

/// Mean cosine of documents of the same and of different taxa of a rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankCosine {
    /// The rank.
    pub rank: String,
    /// Documents that have a taxon of it.
    pub n: usize,
    /// Its taxa.
    pub taxa: usize,
    /// Mean over pairs of one taxon; `None` where no taxon has two documents.
    pub same: Option<f64>,
    /// Mean over pairs of two taxa; `None` for one taxon.
    pub different: Option<f64>,
}

/// Mean cosine between and within taxa, in the order of the taxonomy.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassCosines {
    /// The taxa.
    pub taxa: Vec<TaxonId>,
    /// Mean over all pairs of their documents, row by row; within a taxon a document is not held against itself, and
    /// `None` is for taxa of one.
    pub means: Vec<Option<f64>>,
}

/// Sums of the unit vectors of each group, and how many are not zero.
fn sums(rows: Rows<'_>, groups: &Groups) -> (Vec<f64>, Vec<f64>) {
    let mut sums = vec![0.0; groups.members.len() * rows.width];
    let mut units = vec![0.0; groups.members.len()];
    for ((sum, units), members) in sums.chunks_mut(rows.width.max(1)).zip(&mut units).zip(&groups.members) {
        for &member in members {
            let row = rows.row(member);
            let length = norm(row);
            if length > 0.0 {
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value / length);
                *units += 1.0;
            }
        }
    }
    (sums, units)
}

/// Mean cosines over all pairs of different documents: Σ over pairs of a group = |Σ u|² − n.
#[must_use]
pub fn by_rank(rank: &str, rows: Rows<'_>, groups: &Groups) -> RankCosine {
    let (sums, units) = sums(rows, groups);
    let sums = Rows { values: &sums, width: rows.width };
    let (mut same, mut pairs) = (0.0, 0.0);
    let mut all = vec![0.0; rows.width];
    for (group, members) in groups.members.iter().enumerate() {
        let (sum, n) = (sums.row(group), to_f64(members.len() as u64));
        same += dot(sum, sum) - units[group];
        pairs += n * (n - 1.0);
        all.iter_mut().zip(sum).for_each(|(all, value)| *all += value);
    }
    let n = to_f64(groups.len() as u64);
    let different = dot(&all, &all) - units.iter().sum::<f64>() - same;
    let others = n * (n - 1.0) - pairs;
    RankCosine {
        rank: rank.to_string(),
        n: groups.len(),
        taxa: groups.taxa.len(),
        same: (pairs > 0.0).then(|| same / pairs),
        different: (others > 0.0).then(|| different / others),
    }
}

/// Mean cosines between taxa, evenly taken where there are more than `most`.
#[must_use]
pub fn between(rows: Rows<'_>, groups: &Groups, most: usize) -> ClassCosines {
    let (sums, units) = sums(rows, groups);
    let sums = Rows { values: &sums, width: rows.width };
    let step = groups.taxa.len().div_ceil(most.max(1)).max(1);
    let taken: Vec<usize> = (0..groups.taxa.len()).step_by(step).collect();
    let mut means = Vec::with_capacity(taken.len() * taken.len());
    for &a in &taken {
        let n = to_f64(groups.members[a].len() as u64);
        for &b in &taken {
            let product = dot(sums.row(a), sums.row(b));
            means.push(if a == b {
                (n > 1.0).then(|| (product - units[a]) / (n * (n - 1.0)))
            } else {
                Some(product / (n * to_f64(groups.members[b].len() as u64)))
            });
        }
    }
    ClassCosines { taxa: taken.into_iter().map(|group| groups.taxa[group]).collect(), means }
}
