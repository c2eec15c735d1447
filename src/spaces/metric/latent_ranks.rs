//! Metrics with one value per rank of a space: columns of `latent_ranks.csv`, and `ranks` of `latent.json`.

mod silhouettes;
mod variance;
mod clusters;
mod clades;
mod neighbours;

use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::{Block, Measure, Metric, Row, Value, joined, metrics_of};
use crate::spaces::latent::RankSpace;
use crate::spaces::latent::agreement::Agreement;
use clades::{BEST_MATCH, BEST_MATCH_BY_CHANCE, BEST_MATCH_P, CLADES, RECOVERED, RECOVERED_BY_CHANCE};
use clusters::{AMI_DENDROGRAM, AMI_K_MEANS, ARI_DENDROGRAM, ARI_K_MEANS, DENDROGRAM_PURITY};
use neighbours::{LIFT, MACRO_AGREEMENT, MAP_AT_R, R_PRECISION, RANKING_N};
use silhouettes::{
    DAVIES_BOULDIN, SILHOUETTE_COSINE_MACRO, SILHOUETTE_EUCLIDEAN, SILHOUETTE_EUCLIDEAN_MACRO, SILHOUETTE_SIMPLIFIED,
};
use variance::{ANOSIM_R, F, PERMANOVA_P, PERMANOVA_Z, WITHIN_PARENT_P};

pub use neighbours::{AGREEMENT, CHANCE};
pub use silhouettes::SILHOUETTE_COSINE;
pub use variance::R2;

const N: Measure<RankSpace> = Measure {
    metric: Block::LatentRanks.metric("n", "Points that have a taxon of the rank.", "#{i : x_i has an ancestor at r}").count(),
    value: |space| Value::Count(Some(space.n as u64)),
};

const TAXA: Measure<RankSpace> = Measure {
    metric: Block::LatentRanks.metric("taxa", "Taxa of the rank.", "K").count(),
    value: |space| Value::Count(Some(space.taxa as u64)),
};

/// Columns of `latent_ranks.csv` that hold a value alone, the first.
pub const VALUES: [Measure<RankSpace>; 24] = [
    N,
    TAXA,
    CHANCE,
    SILHOUETTE_COSINE,
    SILHOUETTE_COSINE_MACRO,
    SILHOUETTE_EUCLIDEAN,
    DAVIES_BOULDIN,
    R2,
    F,
    PERMANOVA_Z,
    PERMANOVA_P,
    WITHIN_PARENT_P,
    ANOSIM_R,
    AMI_DENDROGRAM,
    ARI_DENDROGRAM,
    AMI_K_MEANS,
    ARI_K_MEANS,
    DENDROGRAM_PURITY,
    CLADES,
    RECOVERED,
    RECOVERED_BY_CHANCE,
    BEST_MATCH,
    BEST_MATCH_BY_CHANCE,
    BEST_MATCH_P,
];

/// Columns behind these, for each number of neighbours: first the values of all numbers, then the ends of their intervals.
pub const BY_NEIGHBOURS: [Measure<Agreement>; 1] = [AGREEMENT];

/// Columns behind these: the ends of the intervals of values that stand further before.
pub const ENDS: [Measure<RankSpace>; 1] = [SILHOUETTE_COSINE];

/// The last columns, values with the ends of their intervals: rankings of the points whose taxon has another one.
pub const RANKINGS: [Measure<RankSpace>; 3] = [RANKING_N, R_PRECISION, MAP_AT_R];

/// What `latent.json` alone has of a rank.
const MORE_SILHOUETTES: [Measure<RankSpace>; 2] = [SILHOUETTE_EUCLIDEAN_MACRO, SILHOUETTE_SIMPLIFIED];

/// All metrics of a rank, those of the table first.
pub static RANKS: [Measure<RankSpace>; 61] =
    joined(&[&VALUES, &RANKINGS, &MORE_SILHOUETTES, &variance::MORE, &clusters::MORE, &clades::MORE, &neighbours::MORE]);

/// All metrics of a rank for each number of neighbours.
pub static NEIGHBOURS: [Measure<Agreement>; 3] = [AGREEMENT, MACRO_AGREEMENT, LIFT];

/// The same without their values.
#[must_use]
pub fn all() -> Vec<Metric> {
    [metrics_of(&RANKS), metrics_of(&NEIGHBOURS)].concat()
}

impl Row for RankSpace {
    fn measures() -> &'static [Measure<Self>] {
        &RANKS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Row for Agreement {
    fn measures() -> &'static [Measure<Self>] {
        &NEIGHBOURS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}
