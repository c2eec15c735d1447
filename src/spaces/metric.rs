//! Every number of `latent` and `retrieve` as a described metric, as [`crate::scores::metric`] has those of `report`.
//!
//! [`latent_ranks`] has one value per rank of a space, [`latent`] those of the space as a whole, [`retrieval`] those of
//! rankings. Tables take their columns and cells from the lists there; `--list-metrics`, the table of
//! `docs/which-metric.md` and the tests read all.

mod interval;
pub(crate) mod cutoff;
pub mod latent_ranks;
pub mod latent;
pub mod retrieval;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

use crate::scores::metric::Metric;

/// All metrics of `latent`: of a space, then of each rank.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::metric::Block;
/// use nearmiss::spaces::metric;
///
/// let metrics = metric::of_latent();
/// // The correlation of distances in the space and in the tree, and R-precision at each rank.
/// for (block, name) in [(Block::Latent, "mantel"), (Block::LatentRanks, "r_precision")] {
///     assert!(metrics.iter().any(|metric| metric.block == block && metric.name == name), "{name}");
/// }
/// ```
#[must_use]
pub fn of_latent() -> Vec<Metric> {
    [latent::all(), latent_ranks::all()].concat()
}

/// All metrics of `retrieve`: measures of rankings by the names that ranx gives them, flags, triplets.
///
/// # Examples
///
/// ```
/// use nearmiss::spaces::metric;
///
/// let names: Vec<&str> = metric::of_retrieval().iter().map(|metric| metric.name).collect();
/// assert!(["ndcg@k", "green@k", "triplets.accuracy"].iter().all(|name| names.contains(name)));
/// ```
#[must_use]
pub fn of_retrieval() -> Vec<Metric> {
    retrieval::all()
}
