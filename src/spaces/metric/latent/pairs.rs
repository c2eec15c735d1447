//! Points against the tree, pair by pair: `pairs` of `latent.json`, for each distance, of small spaces.

use super::gromov::{at_first, delta, relative};
use crate::scores::metric::{Block, Measure, Metric, Uncertainty, Value};
use crate::spaces::latent::PairSpace;

const R: &str = "−1 to 1";
const SOKAL: &str = "Sokal & Rohlf 1962";
/// What stands in place of intervals.
const NOT_INDEPENDENT: Uncertainty =
    Uncertainty::Missing("none: pairs and triplets of points are not independent; mantel_p is its uncertainty");

/// A correlation over pairs of points.
const fn correlation(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Latent.metric(name, sentence, formula).within(R).with(NOT_INDEPENDENT)
}

/// How well the tree of a linkage holds the distances.
const fn linkage(name: &'static str, sentence: &'static str) -> Metric {
    correlation(name, sentence, "Pearson's r of distances and heights of merges").by(SOKAL)
}

/// The fit of a linkage's tree, by its key.
fn fit(pairs: &PairSpace, linkage: &str) -> Value<'static> {
    Value::Number(pairs.cophenetic_of.get(linkage).copied().flatten())
}

/// All of them.
pub static PAIRS: [Measure<PairSpace>; 12] = [
    Measure {
        metric: correlation(
            "pairs_pearson",
            "Correlation of the distances of points with the rungs up to their common ancestors.",
            "Pearson's r over pairs of points",
        )
        .at("pairs.pearson"),
        value: |pairs| Value::Number(pairs.pearson),
    },
    Measure {
        metric: correlation("pairs_spearman", "The same correlation, of ranks.", "Spearman's ρ over pairs of points")
            .at("pairs.spearman")
            .by("Spearman 1904"),
        value: |pairs| Value::Number(pairs.spearman),
    },
    Measure {
        metric: correlation("pairs_kendall", "The same, of orders.", "Kendall's τ-b over pairs of points")
            .at("pairs.kendall")
            .by("Kendall 1945"),
        value: |pairs| Value::Number(pairs.kendall),
    },
    Measure {
        metric: correlation(
            "pairs_triplets",
            "Share of triplets of points in which the two that are nearer in the tree are nearest in space; chance is 1/3.",
            "as triplets, of points",
        )
        .at("pairs.triplets.agreement")
        .within("0 to 1"),
        value: |pairs| Value::Number(pairs.triplets.agreement),
    },
    Measure {
        metric: linkage("pairs_cophenetic", "How well the tree of average linkage holds the distances of points.")
            .at("pairs.cophenetic"),
        value: |pairs| Value::Number(pairs.cophenetic),
    },
    Measure {
        metric: linkage("pairs_cophenetic_complete", "The same of complete linkage.").at("pairs.cophenetic_of.complete"),
        value: |pairs| fit(pairs, "complete"),
    },
    Measure {
        metric: linkage("pairs_cophenetic_single", "The same of single linkage.").at("pairs.cophenetic_of.single"),
        value: |pairs| fit(pairs, "single"),
    },
    Measure {
        metric: linkage("pairs_cophenetic_ward", "The same of Ward's linkage.").at("pairs.cophenetic_of.ward"),
        value: |pairs| fit(pairs, "ward"),
    },
    Measure {
        metric: delta("pairs_gromov", "How far the distances of points are from those on a tree: 0 on one.")
            .at("pairs.gromov.delta"),
        value: |pairs| Value::Number(pairs.gromov.map(|gromov| gromov.delta)),
    },
    Measure {
        metric: relative("pairs_gromov_relative", "The same as a share of half of the largest distance.")
            .at("pairs.gromov.relative"),
        value: |pairs| Value::Number(pairs.gromov.and_then(|gromov| gromov.relative)),
    },
    Measure {
        metric: at_first("pairs_gromov_at_first", "The same by products at the first point, at least half of pairs_gromov.")
            .at("pairs.gromov.at_first"),
        value: |pairs| Value::Number(pairs.gromov.map(|gromov| gromov.at_first)),
    },
    Measure {
        metric: relative("pairs_gromov_at_first_relative", "pairs_gromov_at_first as a share of half of the largest distance.")
            .at("pairs.gromov.at_first_relative"),
        value: |pairs| Value::Number(pairs.gromov.and_then(|gromov| gromov.at_first_relative)),
    },
];
