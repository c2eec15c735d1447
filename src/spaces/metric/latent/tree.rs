//! The means of taxa against the whole tree: `tree` of `latent.json`, for each distance.

use super::super::interval::TREE_OF_TAXA;
use super::gromov::{at_first, delta, relative};
use crate::scores::metric::{Block, Measure, Metric, Uncertainty, Value};
use crate::spaces::latent::TreeSpace;

const R: &str = "−1 to 1";
const MANTEL_1967: &str = "Mantel 1967";
const FOULDS: &str = "Robinson & Foulds 1981";
const SOKAL: &str = "Sokal & Rohlf 1962";
const CHANCE_TO_1: &str = "0 at chance to 1";
/// Permutations of the taxa over the leaves.
const P: &str = "(1 + permutations with as much or more) / (1 + permutations)";
/// Rows and columns of one matrix permuted.
const MANTEL_P_FORMULA: &str =
    "share of permutations of the taxa with as large a correlation: of all up to seven taxa, else of 999";
/// What stands in place of intervals.
const NOT_INDEPENDENT: Uncertainty =
    Uncertainty::Missing("none: pairs and triplets of taxa are not independent; mantel_p is its uncertainty");

const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Latent.metric(name, sentence, formula)
}

/// Whether distance grows with the tree.
pub const MANTEL: Measure<TreeSpace> = Measure {
    metric: metric(
        "mantel",
        "Correlation of the distances of taxa's means with the rungs up to their common ancestors.",
        "Pearson's r over pairs of taxa",
    )
    .at("tree.mantel.r")
    .within(R)
    .by(MANTEL_1967)
    .with(NOT_INDEPENDENT),
    value: |tree| Value::Number(tree.mantel.r),
};

/// Its p.
pub const MANTEL_P: Measure<TreeSpace> = Measure {
    metric: metric("mantel_p", "Probability of as large a correlation if taxa were permuted.", MANTEL_P_FORMULA)
        .at("tree.mantel.p")
        .neither()
        .by(MANTEL_1967),
    value: |tree| Value::Number(tree.mantel.p),
};

/// Whether of three taxa the two relatives are nearest.
pub const TRIPLETS: Measure<TreeSpace> = Measure {
    metric: metric(
        "triplets",
        "Share of triplets of taxa in which the two that are nearer in the tree are nearest in space; chance is 1/3.",
        "mean over i, j, k with a nearest pair (a, b) in the tree of [d(a, b) < min(d(a, c), d(b, c))]",
    )
    .at("tree.triplets.agreement")
    .with(NOT_INDEPENDENT),
    value: |tree| Value::Number(tree.triplets.agreement),
};

/// Clades found whole.
pub const CLADES: Measure<TreeSpace> = Measure {
    metric: metric(
        "clades",
        "Share of the taxonomy's clades that are one branch of the dendrogram of taxa's means (average linkage).",
        "clades_recovered / #{clade : 1 < members < all}",
    )
    .at("tree.clades.recall")
    .by(FOULDS)
    .with(TREE_OF_TAXA),
    value: |tree| Value::Number(tree.clades.recall),
};

/// How nearly they are found.
pub const CLADES_LIFT: Measure<TreeSpace> = Measure {
    metric: metric(
        "clades_lift",
        "How far the best matches of clades are from chance to 1.",
        "(clades_best_match − by chance) / (1 − by chance)",
    )
    .at("tree.clades.best_match_lift")
    .within(CHANCE_TO_1)
    .with(TREE_OF_TAXA),
    value: |tree| Value::Number(tree.clades.best_match_lift),
};

/// All of them.
pub static TREE: [Measure<TreeSpace>; 23] = [
    MANTEL,
    MANTEL_P,
    Measure {
        metric: metric(
            "mantel_p_two_sided",
            "Probability of a correlation as far from 0 if taxa were permuted.",
            "share of permutations of the taxa with as large a |r|",
        )
        .at("tree.mantel.p_two_sided")
        .neither()
        .by(MANTEL_1967),
        value: |tree| Value::Number(tree.mantel.p_two_sided),
    },
    Measure {
        metric: metric("mantel_spearman", "The same correlation as mantel, of ranks.", "Spearman's ρ over pairs of taxa")
            .at("tree.mantel.spearman")
            .within(R)
            .by(MANTEL_1967)
            .with(NOT_INDEPENDENT),
        value: |tree| Value::Number(tree.mantel.spearman),
    },
    Measure {
        metric: metric("mantel_spearman_p", "Probability of as large a one if taxa were permuted.", MANTEL_P_FORMULA)
            .at("tree.mantel.spearman_p")
            .neither()
            .by(MANTEL_1967),
        value: |tree| Value::Number(tree.mantel.spearman_p),
    },
    TRIPLETS,
    Measure {
        metric: metric(
            "cophenetic",
            "How well a tree holds the distances of taxa's means at all.",
            "Pearson's r of distances and heights at which average linkage merges",
        )
        .at("tree.cophenetic")
        .within(R)
        .by(SOKAL)
        .with(NOT_INDEPENDENT),
        value: |tree| Value::Number(tree.cophenetic),
    },
    Measure {
        metric: metric(
            "cophenetic_with_taxonomy",
            "Whether that tree's heights grow with the taxonomy's.",
            "Pearson's r of heights of merges and rungs",
        )
        .at("tree.cophenetic_with_taxonomy")
        .within(R)
        .by(SOKAL)
        .with(NOT_INDEPENDENT),
        value: |tree| Value::Number(tree.cophenetic_with_taxonomy),
    },
    Measure {
        metric: metric(
            "clades_all",
            "Clades of the taxonomy that hold two, but not all, of the taxa.",
            "#{clade : 1 < members < all}",
        )
        .at("tree.clades.clades")
        .count(),
        value: |tree| Value::Count(Some(tree.clades.clades as u64)),
    },
    Measure {
        metric: metric(
            "clades_recovered",
            "Of these, how many are one branch of the dendrogram.",
            "#{clade : clade is a branch}",
        )
        .at("tree.clades.recovered")
        .count()
        .by(FOULDS),
        value: |tree| Value::Count(Some(tree.clades.recovered as u64)),
    },
    CLADES,
    Measure {
        metric: metric(
            "clades_recovered_by_chance",
            "How many clades would be recovered if taxa were permuted over the leaves.",
            "mean over permutations of clades_recovered",
        )
        .at("tree.clades.recovered_by_chance")
        .neither()
        .within("0 to clades_all"),
        value: |tree| Value::Number(tree.clades.recovered_by_chance),
    },
    Measure {
        metric: metric("clades_recovered_p", "Probability of as many recovered clades if taxa were permuted over the leaves.", P)
            .at("tree.clades.recovered_p")
            .neither(),
        value: |tree| Value::Number(tree.clades.recovered_p),
    },
    Measure {
        metric: metric(
            "clades_best_match",
            "How well the branch that matches a clade best does so; one taxon elsewhere costs little.",
            "mean over clades of max over branches of 2 |clade ∩ branch| / (|clade| + |branch|)",
        )
        .at("tree.clades.best_match")
        .by("Zhao & Karypis 2005, clades counting alike")
        .with(TREE_OF_TAXA),
        value: |tree| Value::Number(tree.clades.best_match),
    },
    Measure {
        metric: metric(
            "clades_best_match_by_chance",
            "The same if taxa were permuted over the leaves: small clades match some branch by chance.",
            "mean over permutations of clades_best_match",
        )
        .at("tree.clades.best_match_by_chance")
        .neither(),
        value: |tree| Value::Number(tree.clades.best_match_by_chance),
    },
    Measure {
        metric: metric("clades_best_match_p", "Probability of as good matches if taxa were permuted over the leaves.", P)
            .at("tree.clades.best_match_p")
            .neither(),
        value: |tree| Value::Number(tree.clades.best_match_p),
    },
    CLADES_LIFT,
    Measure {
        metric: metric(
            "robinson_foulds",
            "Clades of the taxonomy that are no branch, and branches that are no clade.",
            "#{of one and not of the other}",
        )
        .at("tree.clades.robinson_foulds")
        .count()
        .lower()
        .by(FOULDS),
        value: |tree| Value::Count(Some(tree.clades.robinson_foulds as u64)),
    },
    Measure {
        metric: metric(
            "robinson_foulds_normalised",
            "The same as a share of the clades and branches.",
            "robinson_foulds / (clades + branches)",
        )
        .at("tree.clades.normalised")
        .lower()
        .by(FOULDS)
        .with(TREE_OF_TAXA),
        value: |tree| Value::Number(tree.clades.normalised),
    },
    Measure {
        metric: delta("gromov", "How far the distances of taxa's means are from those on a tree: 0 on one.")
            .at("tree.gromov.delta"),
        value: |tree| Value::Number(tree.gromov.map(|gromov| gromov.delta)),
    },
    Measure {
        metric: relative("gromov_relative", "The same as a share of half of the largest distance.").at("tree.gromov.relative"),
        value: |tree| Value::Number(tree.gromov.and_then(|gromov| gromov.relative)),
    },
    Measure {
        metric: at_first("gromov_at_first", "The same by products at the first taxon, at least half of gromov.")
            .at("tree.gromov.at_first"),
        value: |tree| Value::Number(tree.gromov.map(|gromov| gromov.at_first)),
    },
    Measure {
        metric: relative("gromov_at_first_relative", "gromov_at_first as a share of half of the largest distance.")
            .at("tree.gromov.at_first_relative"),
        value: |tree| Value::Number(tree.gromov.and_then(|gromov| gromov.at_first_relative)),
    },
];
