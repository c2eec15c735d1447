//! Taxa of a rank as branches of the dendrogram of the finest rank's means.

use super::super::interval::TREE_OF_TAXA;
use crate::scores::metric::{Block, Measure, Metric, Value};
use crate::spaces::latent::RankSpace;
use crate::spaces::latent::clades::CladeRecovery;

const ZHAO: &str = "Zhao & Karypis 2005, clades counting alike";
const FOULDS: &str = "Robinson & Foulds 1981";
const P: &str = "(1 + permutations of the taxa with as much or more) / (1 + permutations)";

const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::LatentRanks.metric(name, sentence, formula)
}

/// A number of the clades, where there are any.
fn number(space: &RankSpace, value: impl FnOnce(CladeRecovery) -> Option<f64>) -> Value<'static> {
    Value::Number(space.clades.and_then(value))
}

/// A count of them.
fn count(space: &RankSpace, value: impl FnOnce(CladeRecovery) -> usize) -> Value<'static> {
    Value::Count(space.clades.map(|clades| value(clades) as u64))
}

pub(super) const CLADES: Measure<RankSpace> = Measure {
    metric: metric("clades", "Taxa that hold two, but not all, of the finest rank.", "#{clade : 1 < members < all}")
        .at("clades.clades")
        .count(),
    value: |space| count(space, |clades| clades.clades),
};

pub(super) const RECOVERED: Measure<RankSpace> = Measure {
    metric: metric(
        "clades_recovered",
        "Of these, how many are one branch of the dendrogram of means (average linkage, cosine).",
        "#{clade : clade is a branch}",
    )
    .at("clades.recovered")
    .count()
    .by(FOULDS),
    value: |space| count(space, |clades| clades.recovered),
};

pub(super) const RECOVERED_BY_CHANCE: Measure<RankSpace> = Measure {
    metric: metric(
        "clades_recovered_by_chance",
        "How many would be one if taxa were permuted over the leaves.",
        "mean over permutations of clades_recovered",
    )
    .at("clades.recovered_by_chance")
    .neither()
    .within("0 to clades"),
    value: |space| number(space, |clades| clades.recovered_by_chance),
};

pub(super) const BEST_MATCH: Measure<RankSpace> = Measure {
    metric: metric(
        "clades_best_match",
        "How well the branch that matches a clade best does so; one taxon elsewhere costs little.",
        "mean over clades of max over branches of 2 |clade ∩ branch| / (|clade| + |branch|)",
    )
    .at("clades.best_match")
    .by(ZHAO)
    .with(TREE_OF_TAXA),
    value: |space| number(space, |clades| clades.best_match),
};

pub(super) const BEST_MATCH_BY_CHANCE: Measure<RankSpace> = Measure {
    metric: metric(
        "clades_best_match_by_chance",
        "The same if taxa were permuted over the leaves: small clades match some branch by chance.",
        "mean over permutations of clades_best_match",
    )
    .at("clades.best_match_by_chance")
    .neither(),
    value: |space| number(space, |clades| clades.best_match_by_chance),
};

pub(super) const BEST_MATCH_P: Measure<RankSpace> = Measure {
    metric: metric("clades_best_match_p", "Probability of as good matches if taxa were permuted over the leaves.", P)
        .at("clades.best_match_p")
        .neither(),
    value: |space| number(space, |clades| clades.best_match_p),
};

/// What `latent.json` alone has.
pub(super) const MORE: [Measure<RankSpace>; 5] = [
    Measure {
        metric: metric("clades_recall", "Share of the clades that are one branch.", "clades_recovered / clades")
            .at("clades.recall")
            .by(FOULDS)
            .with(TREE_OF_TAXA),
        value: |space| number(space, |clades| clades.recall),
    },
    Measure {
        metric: metric("clades_recovered_p", "Probability of as many recovered clades if taxa were permuted over the leaves.", P)
            .at("clades.recovered_p")
            .neither(),
        value: |space| number(space, |clades| clades.recovered_p),
    },
    Measure {
        metric: metric(
            "clades_best_match_lift",
            "How far the best matches are from chance to 1.",
            "(clades_best_match − by chance) / (1 − by chance)",
        )
        .at("clades.best_match_lift")
        .within("0 at chance to 1")
        .with(TREE_OF_TAXA),
        value: |space| number(space, |clades| clades.best_match_lift),
    },
    Measure {
        metric: metric(
            "clades_robinson_foulds",
            "Clades of the taxonomy that are no branch, and branches that are no clade.",
            "#{of one and not of the other}",
        )
        .at("clades.robinson_foulds")
        .count()
        .lower()
        .by(FOULDS),
        value: |space| count(space, |clades| clades.robinson_foulds),
    },
    Measure {
        metric: metric(
            "clades_robinson_foulds_normalised",
            "The same as a share of the clades and branches.",
            "clades_robinson_foulds / (clades + branches)",
        )
        .at("clades.normalised")
        .lower()
        .by(FOULDS)
        .with(TREE_OF_TAXA),
        value: |space| number(space, |clades| clades.normalised),
    },
];
