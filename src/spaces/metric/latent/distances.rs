//! Distances and variance along the tree: `staircase`, `similarities` and `nested` of `latent.json`.

use super::super::interval::{OF_PAIRS, TESTED};
use crate::scores::metric::{Block, Measure, Uncertainty, Value};
use crate::spaces::latent::nested::Share;
use crate::spaces::latent::similarities::Similarities;
use crate::spaces::latent::staircase::Stair;

/// By the rank at which two points meet.
pub static STAIRCASE: [Measure<Stair>; 2] = [
    Measure {
        metric: Block::Latent
            .metric("pairs_met", "Pairs of points whose lowest common taxon stands on the rung.", "#{i < j : rung(lca) = r}")
            .at("staircase.pairs")
            .count(),
        value: |stair| Value::Count(Some(stair.pairs)),
    },
    Measure {
        metric: Block::Latent
            .metric(
                "staircase",
                "Mean cosine distance of two points by the rank at which they meet; where space follows tree it climbs.",
                "mean over pairs that meet at the rank of 1 − cos(x_i, x_j)",
            )
            .at("staircase.distance")
            .neither()
            .within("0 to 2")
            .with(Uncertainty::Interval("2.5 and 97.5 % of 1 000 draws of the taxa in which pairs meet")),
        value: |stair| Value::Within(Some(stair.distance), stair.interval),
    },
];

/// The same as whole distributions.
pub static SIMILARITIES: [Measure<Similarities>; 1] = [Measure {
    metric: Block::Latent
        .metric(
            "similarity_mean",
            "Mean cosine of two points by the rank at which they meet, over the pairs looked at.",
            "mean over pairs that meet at the rank of cos(x_i, x_j)",
        )
        .at("similarities.mean")
        .neither()
        .within("−1 to 1")
        .with(OF_PAIRS),
    value: |similarities| Value::Number(Some(similarities.mean)),
}];

/// Variance split over nested ranks.
pub static NESTED: [Measure<Share>; 3] = [
    Measure {
        metric: Block::Latent
            .metric(
                "nested_share",
                "Share of the variance between the taxa of a rank within those of the rank above.",
                "Σ n_c |μ_c − μ_parent(c)|² / Σ |x_i − μ|²; the shares add up to 1",
            )
            .at("nested.share")
            .with(TESTED),
        value: |share| Value::Number(share.share),
    },
    Measure {
        metric: Block::Latent
            .metric("nested_expected", "Share that so many taxa would have without structure.", "degrees of freedom / (N − 1)")
            .at("nested.expected")
            .neither(),
        value: |share| Value::Number(share.expected),
    },
    Measure {
        metric: Block::Latent
            .metric("nested_squares", "The sum of squares that the share is of.", "Σ n_c |μ_c − μ_parent(c)|²")
            .at("nested.squares")
            .neither()
            .within("0 or more, in squares of the unit of vectors")
            .with(TESTED),
        value: |share| Value::Number(Some(share.squares)),
    },
];
