//! Whether a space is in good health, and how faithful its maps are.

use super::super::interval::{ALL_POINTS, OF_PAIRS};
use crate::scores::metric::{Block, Measure, Metric, Uncertainty, Value};
use crate::spaces::latent::Latent;
use crate::spaces::latent::agreement::Hubness;
use crate::spaces::latent::health::{Dimension, Health};
use crate::spaces::latent::map::Map;
use crate::spaces::latent::nested::InsideSpan;

const DIRECTIONS: &str = "1 to the length of vectors";
const POSITIVE: &str = "0 or more";
const FACCO: &str = "Facco 2017";
const WANG: &str = "Wang & Isola 2020";
const VENNA: &str = "Venna & Kaski 2001";
/// Of the points that a map is judged by.
const JUDGED: Uncertainty = Uncertainty::Missing("none: of all points of the map at once");

/// A number of the spectrum or of distances of all points.
const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Latent.metric(name, sentence, formula).with(ALL_POINTS)
}

/// How many directions a space has.
const fn directions(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    metric(name, sentence, formula).neither().within(DIRECTIONS)
}

/// RankMe.
pub const RANK_ME: Measure<Health> = Measure {
    metric: directions(
        "rank_me",
        "Directions that the vectors use, by the entropy of their singular values.",
        "exp(−Σ p_k ln p_k), p_k = σ_k / Σ σ, not centred",
    )
    .at("health.rank_me")
    .by("Garrido 2023 (RankMe)"),
    value: |health| Value::Number(health.rank_me),
};

/// Intrinsic dimension.
pub const DIMENSION: Measure<Health> = Measure {
    metric: directions(
        "dimension",
        "Intrinsic dimension by the two nearest neighbours, without bias.",
        "(N − 1) / Σ ln(r₂ / r₁)",
    )
    .at("health.two_nn_unbiased")
    .by(FACCO),
    value: |health| Value::Number(health.two_nn_unbiased),
};

/// Numbers without any taxa.
pub static HEALTH: [Measure<Health>; 8] = [
    Measure {
        metric: directions("participation_ratio", "Directions that carry the variance.", "(Σ λ)² / Σ λ²")
            .at("health.participation_ratio"),
        value: |health| Value::Number(health.participation_ratio),
    },
    RANK_ME,
    Measure {
        metric: directions("rank_me_centred", "The same as rank_me of centred vectors.", "as rank_me, centred")
            .at("health.rank_me_centred")
            .by("Garrido 2023 (RankMe)"),
        value: |health| Value::Number(health.rank_me_centred),
    },
    DIMENSION,
    Measure {
        metric: directions("two_nn", "The same dimension by maximum likelihood, a little too large.", "N / Σ ln(r₂ / r₁)")
            .at("health.two_nn")
            .by(FACCO),
        value: |health| Value::Number(health.two_nn),
    },
    Measure {
        metric: directions(
            "two_nn_fit",
            "The same dimension by a line through the lower nine tenths.",
            "slope through 0 of −ln(1 − F) over ln(r₂ / r₁)",
        )
        .at("health.two_nn_fit")
        .by(FACCO),
        value: |health| Value::Number(health.two_nn_fit),
    },
    Measure {
        metric: metric(
            "uniformity",
            "How evenly vectors are spread over directions; lower is more even.",
            "ln of the mean over pairs of exp(−2 |u_i − u_j|²), u of length 1",
        )
        .at("health.uniformity")
        .lower()
        .within("−8 to 0")
        .by(WANG),
        value: |health| Value::Number(health.uniformity),
    },
    Measure {
        metric: metric("duplicates", "Points that have another at distance 0; they are left out of dimensions.", "#{i : r₁ = 0}")
            .at("health.duplicates")
            .with(Uncertainty::Exact)
            .count()
            .lower(),
        value: |health| Value::Count(Some(health.duplicates as u64)),
    },
];

/// Dimension by so many neighbours.
pub static DIMENSIONS: [Measure<Dimension>; 1] = [Measure {
    metric: directions(
        "levina_bickel",
        "Intrinsic dimension by 4 and by 10 neighbours.",
        "1 / mean over points of 1/(k − 1) Σ_{j < k} ln(r_k / r_j)",
    )
    .at("health.levina_bickel.dimension")
    .by("Levina & Bickel 2004; MacKay & Ghahramani 2005"),
    value: |of| Value::Number(Some(of.dimension)),
}];

/// Numbers of the whole space that need its taxa or labels.
pub static SPACE: [Measure<Latent>; 2] = [
    Measure {
        metric: metric(
            "alignment",
            "Mean squared distance of two vectors of one species, both of length 1; lower is tighter.",
            "mean over pairs of one species of |u_i − u_j|²",
        )
        .lower()
        .within("0 to 4")
        .by(WANG)
        .with(OF_PAIRS),
        value: |latent| Value::Number(latent.alignment),
    },
    Measure {
        metric: metric(
            "modality_gap",
            "How far the mean of images lies from that of labels, all of length 1.",
            "|mean of images − mean of labels|",
        )
        .at("modalities.gap")
        .neither()
        .within("0 to 2")
        .by("Liang 2022")
        .with(Uncertainty::Missing("none: of two means")),
        value: |latent| Value::Number(latent.modalities.as_ref().map(|modalities| modalities.gap)),
    },
];

/// What varies within species against the span of their means, for some numbers of directions.
pub static INSIDE_SPAN: [Measure<InsideSpan>; 2] = [
    Measure {
        metric: metric(
            "inside_span",
            "Share of what varies within species that lies in the first k directions of species' means.",
            "Σ_i |P_k (x_i − μ_c(i))|² / Σ_i |x_i − μ_c(i)|²",
        )
        .at("inside_span.inside")
        .neither(),
        value: |of| Value::Number(Some(of.inside)),
    },
    Measure {
        metric: metric("inside_span_expected", "Share that k of all directions would have.", "k / length of vectors")
            .at("inside_span.expected")
            .with(Uncertainty::Exact)
            .neither(),
        value: |of| Value::Number(Some(of.expected)),
    },
];

/// Points that are neighbours of many others, and of none, for each number of neighbours.
pub static HUBNESS: [Measure<Hubness>; 3] = [
    Measure {
        metric: metric(
            "hub_skewness",
            "How much a few points are the neighbours of many others.",
            "third standardised moment of how often points are among the k nearest",
        )
        .at("hubness.skewness")
        .lower()
        .within("any number")
        .by("Radovanović 2010"),
        value: |hubs| Value::Number(hubs.skewness),
    },
    Measure {
        metric: metric("hub_max", "How often the point is that is most often among the k nearest.", "max_i N_k(i)")
            .at("hubness.max")
            .with(Uncertainty::Exact)
            .count()
            .lower(),
        value: |hubs| Value::Count(Some(u64::from(hubs.max))),
    },
    Measure {
        metric: metric("antihubs", "Points that are nobody's neighbour.", "#{i : N_k(i) = 0}")
            .at("hubness.antihubs")
            .with(Uncertainty::Exact)
            .count()
            .lower(),
        value: |hubs| Value::Count(Some(hubs.antihubs as u64)),
    },
];

/// How much of the space a map keeps.
pub static MAPS: [Measure<Map>; 5] = [
    Measure {
        metric: metric(
            "map_kept",
            "Share of the k nearest in space that are among the k nearest on the map.",
            "mean of kept / k",
        )
        .at("maps.kept")
        .with(JUDGED),
        value: |map| Value::Number(map.kept),
    },
    Measure {
        metric: metric(
            "map_trustworthiness",
            "Whether neighbours on the map are near in space.",
            "1 − 2 / (n k (2n − 3k − 1)) Σ over neighbours on the map of (place in space − k)⁺",
        )
        .at("maps.trustworthiness")
        .by(VENNA)
        .with(JUDGED),
        value: |map| Value::Number(map.trustworthiness),
    },
    Measure {
        metric: metric(
            "map_continuity",
            "Whether neighbours in space are near on the map.",
            "1 − 2 / (n k (2n − 3k − 1)) Σ over neighbours in space of (place on the map − k)⁺",
        )
        .at("maps.continuity")
        .by(VENNA)
        .with(JUDGED),
        value: |map| Value::Number(map.continuity),
    },
    Measure {
        metric: metric(
            "map_shepard",
            "Whether distances on the map are in the order of those in space.",
            "Spearman's ρ over pairs",
        )
        .at("maps.shepard")
        .within("−1 to 1")
        .by("Shepard 1962")
        .with(JUDGED),
        value: |map| Value::Number(map.shepard),
    },
    Measure {
        metric: metric(
            "map_stress",
            "How far distances on the map are from those in space; a map that only keeps neighbours has a scale of its own.",
            "√(Σ (d − d̂)² / Σ d²), d in space, d̂ on the map",
        )
        .at("maps.stress")
        .lower()
        .within(POSITIVE)
        .by("Kruskal 1964 (stress-1)")
        .with(JUDGED),
        value: |map| Value::Number(map.stress),
    },
];
