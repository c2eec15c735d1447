//! Whether points are nearer to their own taxon than to the next one.

use super::super::interval::{MEAN, OF_TAXA, within};
use crate::scores::metric::{Block, Measure, Metric, Uncertainty, Value};
use crate::spaces::latent::RankSpace;

const RANGE: &str = "−1 to 1";
const OF_POINTS: &str = "mean of (b − a) / max(a, b); a mean distance to the own taxon, b to the nearest other; 0 if alone in it";
const OVER_TAXA: &str = "mean over taxa of the mean over their points";

/// A silhouette.
const fn silhouette(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::LatentRanks.metric(name, sentence, formula).within(RANGE).by("Rousseeuw 1987").with(MEAN)
}

/// The silhouette by cosine distance.
pub const SILHOUETTE_COSINE: Measure<RankSpace> = Measure {
    metric: silhouette(
        "silhouette_cosine",
        "How much nearer points are to their own taxon than to the next, by cosine distance.",
        OF_POINTS,
    ),
    value: |space| within([space.silhouette_cosine, space.silhouette_cosine_low, space.silhouette_cosine_high]),
};

pub(super) const SILHOUETTE_COSINE_MACRO: Measure<RankSpace> = Measure {
    metric: silhouette("silhouette_cosine_macro", "The same, all taxa counting alike.", OVER_TAXA).with(OF_TAXA),
    value: |space| within([space.silhouette_cosine_macro, space.silhouette_cosine_macro_low, space.silhouette_cosine_macro_high]),
};

pub(super) const SILHOUETTE_EUCLIDEAN: Measure<RankSpace> = Measure {
    metric: silhouette(
        "silhouette_euclidean",
        "The silhouette by Euclidean distance; left out above some thousand points.",
        OF_POINTS,
    ),
    value: |space| within([space.silhouette_euclidean, space.silhouette_euclidean_low, space.silhouette_euclidean_high]),
};

pub(super) const SILHOUETTE_EUCLIDEAN_MACRO: Measure<RankSpace> = Measure {
    metric: silhouette("silhouette_euclidean_macro", "silhouette_euclidean, all taxa counting alike.", OVER_TAXA).with(OF_TAXA),
    value: |space| {
        within([space.silhouette_euclidean_macro, space.silhouette_euclidean_macro_low, space.silhouette_euclidean_macro_high])
    },
};

pub(super) const SILHOUETTE_SIMPLIFIED: Measure<RankSpace> = Measure {
    metric: silhouette(
        "silhouette_simplified",
        "The silhouette by Euclidean distances to the means of taxa.",
        "mean of (b − a) / max(a, b); a distance to the mean of the own taxon, b to the nearest other mean",
    ),
    value: |space| within([space.silhouette_simplified, space.silhouette_simplified_low, space.silhouette_simplified_high]),
};

pub(super) const DAVIES_BOULDIN: Measure<RankSpace> = Measure {
    metric: Block::LatentRanks
        .metric(
            "davies_bouldin",
            "How wide taxa are against their distance from the one that they overlap most with.",
            "mean over taxa c of max over c' of (S_c + S_c') / |μ_c − μ_c'|, S mean distance from the mean μ",
        )
        .lower()
        .within("0 or more")
        .by("Davies & Bouldin 1979")
        .with(Uncertainty::Missing("none: of the worst pairs of taxa")),
    value: |space| Value::Number(space.davies_bouldin),
};
