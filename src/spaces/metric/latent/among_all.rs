//! What a sample says of the neighbours among all vectors.

use super::super::interval::within;
use crate::scores::metric::{Block, Measure, Metric, Uncertainty, Value};
use crate::spaces::latent::among_all::AgreementAmongAll;

const HAJEK: &str = "Hájek 1971; Cochran 1977";
/// How far all vectors may be from those that were drawn.
const OF_THE_SAMPLE: Uncertainty = Uncertainty::Interval("of the drawing of the sample, linearised");

const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Latent.metric(name, sentence, formula).by(HAJEK)
}

/// Neighbours of a sample among all vectors, for each rank and number of neighbours.
pub static AMONG_ALL: [Measure<AgreementAmongAll>; 3] = [
    Measure {
        metric: metric(
            "agreement_among_all_k",
            "Share of the k nearest of all vectors that are of a vector's own taxon, estimated from a sample.",
            "Σ_i w_i share_i / Σ_i w_i over the sample, w_i how many vectors one of it stands for",
        )
        .at("among_all.ranks.agreement.agreement")
        .with(OF_THE_SAMPLE),
        value: |all| within([all.agreement, all.agreement_low, all.agreement_high]),
    },
    Measure {
        metric: metric(
            "chance_among_all",
            "Share of neighbours that would be of the same taxon if they were drawn at random from all vectors.",
            "Σ_c N_c (N_c − 1) / (N (N − 1))",
        )
        .at("among_all.ranks.agreement.chance")
        .by("standard")
        .neither(),
        value: |all| Value::Number(all.chance),
    },
    Measure {
        metric: metric(
            "lift_among_all_k",
            "How far the agreement among all vectors is from chance to 1.",
            "(agreement − chance) / (1 − chance)",
        )
        .at("among_all.ranks.agreement.lift")
        .within("0 at chance to 1")
        .with(Uncertainty::Interval("that of the agreement, chance as it is")),
        value: |all| within([all.lift, all.lift_low, all.lift_high]),
    },
];
