//! Whether neighbours share the taxon, near and down whole rankings.

use super::super::interval::{MEAN, OF_TAXA, SHARE, within};
use crate::scores::metric::{Block, Measure, Metric, Uncertainty, Value};
use crate::spaces::latent::RankSpace;
use crate::spaces::latent::agreement::Agreement;
use crate::spaces::latent::whole_ranking::WholeRanking;

const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::LatentRanks.metric(name, sentence, formula)
}

/// A number of whole rankings with the ends of its interval, where there are such rankings.
fn ranked(space: &RankSpace, value: impl FnOnce(&WholeRanking) -> [Option<f64>; 3]) -> Value<'static> {
    within(space.ranking.as_ref().map_or([None; 3], value))
}

/// Agreement by chance.
pub const CHANCE: Measure<RankSpace> = Measure {
    metric: metric(
        "chance",
        "Share of neighbours that would be of the same taxon if they were drawn at random.",
        "Σ_c n_c (n_c − 1) / (N (N − 1))",
    )
    .at("agreement.chance")
    .neither(),
    value: |space| Value::Number(space.agreement.first().and_then(|agreement| agreement.chance)),
};

/// Whether the nearest are of the same taxon.
pub const AGREEMENT: Measure<Agreement> = Measure {
    metric: metric(
        "agreement_k",
        "Share of the k nearest by cosine that are of the point's own taxon; a point that is alone in it has 0.",
        "mean over points of #{j ≤ k : taxon of neighbour j = own} / k",
    )
    .at("agreement.agreement")
    .with(Uncertainty::Interval("as a mean over points; of k = 1 as a share")),
    value: |agreement| within([agreement.agreement, agreement.agreement_low, agreement.agreement_high]),
};

pub(super) const MACRO_AGREEMENT: Measure<Agreement> = Measure {
    metric: metric("macro_agreement_k", "The same, all taxa counting alike.", "mean over taxa of the mean over their points")
        .at("agreement.macro_agreement")
        .with(OF_TAXA),
    value: |agreement| within([agreement.macro_agreement, agreement.macro_agreement_low, agreement.macro_agreement_high]),
};

pub(super) const LIFT: Measure<Agreement> = Measure {
    metric: metric("lift_k", "How far the agreement is from chance to 1.", "(agreement − chance) / (1 − chance)")
        .at("agreement.lift")
        .within("0 at chance to 1")
        .with(Uncertainty::Interval("that of the agreement, chance as it is")),
    value: |agreement| within([agreement.lift, agreement.lift_low, agreement.lift_high]),
};

pub(super) const RANKING_N: Measure<RankSpace> = Measure {
    metric: metric("ranking_n", "Points whose taxon has another point: those whose ranking is looked at.", "#{i : R_i > 0}")
        .at("ranking.n")
        .count(),
    value: |space| Value::Count(space.ranking.as_ref().map(|ranking| ranking.n as u64)),
};

pub(super) const R_PRECISION: Measure<RankSpace> = Measure {
    metric: metric(
        "r_precision",
        "Share of the R nearest that are of the point's taxon, R being how many others it has.",
        "mean over points of #{j ≤ R : taxon of neighbour j = own} / R",
    )
    .at("ranking.r_precision")
    .by("Buckley & Voorhees 2005; Musgrave 2020")
    .with(MEAN),
    value: |space| ranked(space, |of| [of.r_precision, of.r_precision_low, of.r_precision_high]),
};

pub(super) const MAP_AT_R: Measure<RankSpace> = Measure {
    metric: metric(
        "map_at_r",
        "R-precision that regards the order.",
        "mean over points of 1/R Σ_{j ≤ R} precision@j [taxon of neighbour j = own]",
    )
    .at("ranking.map_at_r")
    .by("Musgrave 2020")
    .with(MEAN),
    value: |space| ranked(space, |of| [of.map_at_r, of.map_at_r_low, of.map_at_r_high]),
};

/// What `latent.json` alone has.
pub(super) const MORE: [Measure<RankSpace>; 2] = [
    Measure {
        metric: metric(
            "precision_at_1",
            "Share of points whose nearest other is of their taxon, over those whose taxon has another.",
            "mean over points of [taxon of the nearest = own]",
        )
        .at("ranking.precision_at_1")
        .with(SHARE),
        value: |space| ranked(space, |of| [of.precision_at_1, of.precision_at_1_low, of.precision_at_1_high]),
    },
    Measure {
        metric: metric(
            "nearest_mean",
            "Share of points whose nearest mean of a taxon is their own's, themselves left out of it.",
            "mean over points of [argmax over taxa of cos(x_i, mean of the taxon without i) = own]",
        )
        .with(SHARE),
        value: |space| within([space.nearest_mean, space.nearest_mean_low, space.nearest_mean_high]),
    },
];
