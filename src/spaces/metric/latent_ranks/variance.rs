//! How variance is shared between taxa and what lies within them, and tests of it by permutation.

use super::super::interval::{ALL_POINTS, OF_PAIRS, TESTED};
use crate::scores::metric::{Block, Measure, Metric, Value};
use crate::spaces::latent::RankSpace;
use crate::spaces::latent::anosim::PermutationTest;

const ANDERSON: &str = "Anderson 2001";
const POSITIVE: &str = "0 or more";
const SQUARES: &str = "0 or more, in squares of the unit of vectors";
const DEVIATIONS: &str = "any number of standard deviations";
const P: &str = "(1 + shuffles with as much or more) / (1 + shuffles)";
const Z: &str = "(value − mean of shuffles) / standard deviation of shuffles";

const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::LatentRanks.metric(name, sentence, formula)
}

/// A value under shuffled labels.
const fn shuffled(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    metric(name, sentence, formula).neither()
}

/// The value of a test, where there is one.
fn of(test: Option<PermutationTest>, value: impl FnOnce(PermutationTest) -> Option<f64>) -> Value<'static> {
    Value::Number(test.and_then(value))
}

/// The share of variance between taxa.
pub const R2: Measure<RankSpace> = Measure {
    metric: metric("r2", "Share of the variance that lies between taxa.", "Σ n_c |μ_c − μ|² / Σ |x_i − μ|², Euclidean")
        .at("variance.r2")
        .by("PERMANOVA; Anderson 2001")
        .with(TESTED),
    value: |space| Value::Number(space.variance.r2),
};

pub(super) const F: Measure<RankSpace> = Measure {
    metric: metric(
        "f",
        "Variance between taxa over that within, each per degree of freedom: PERMANOVA's pseudo-F, the Calinski–Harabasz index.",
        "(between / (K − 1)) / (within / (N − K))",
    )
    .at("variance.f")
    .within(POSITIVE)
    .by("Caliński & Harabasz 1974; Anderson 2001")
    .with(TESTED),
    value: |space| Value::Number(space.variance.f),
};

pub(super) const PERMANOVA_Z: Measure<RankSpace> = Measure {
    metric: metric("permanova_z", "How far R² lies above that of labels shuffled between all points.", Z)
        .at("permanova.z")
        .neither()
        .within(DEVIATIONS)
        .by(ANDERSON),
    value: |space| of(space.permanova, |test| test.z),
};

pub(super) const PERMANOVA_P: Measure<RankSpace> = Measure {
    metric: metric("permanova_p", "Probability of as large an R² if labels were shuffled between all points.", P)
        .at("permanova.p")
        .neither()
        .by(ANDERSON),
    value: |space| of(space.permanova, |test| Some(test.p)),
};

pub(super) const WITHIN_PARENT_P: Measure<RankSpace> = Measure {
    metric: metric(
        "within_parent_p",
        "Probability of as large an R² if labels were shuffled within the taxa of the rank above.",
        P,
    )
    .at("permanova_within_parent.p")
    .neither()
    .by(ANDERSON),
    value: |space| of(space.permanova_within_parent, |test| Some(test.p)),
};

pub(super) const ANOSIM_R: Measure<RankSpace> = Measure {
    metric: metric(
        "anosim_r",
        "Whether distances between taxa are larger than those within, by their ranks; left out above some thousand points.",
        "(mean rank between − mean rank within) / (N (N − 1) / 4)",
    )
    .at("anosim.r")
    .within("−1 to 1")
    .by("Clarke 1993")
    .with(OF_PAIRS),
    value: |space| Value::Number(space.anosim.map(|anosim| anosim.r)),
};

/// What `latent.json` alone has.
pub(super) const MORE: [Measure<RankSpace>; 15] = [
    Measure {
        metric: metric("between", "Sum of squares between taxa.", "Σ n_c |μ_c − μ|²")
            .at("variance.between")
            .neither()
            .within(SQUARES)
            .with(TESTED),
        value: |space| Value::Number(Some(space.variance.between)),
    },
    Measure {
        metric: metric("within", "Sum of squares within taxa.", "Σ |x_i − μ_c(i)|²")
            .at("variance.within")
            .neither()
            .within(SQUARES)
            .with(TESTED),
        value: |space| Value::Number(Some(space.variance.within)),
    },
    Measure {
        metric: metric("variance_ratio", "Sum of squares between taxa over that within.", "between / within")
            .at("variance.ratio")
            .within(POSITIVE)
            .with(TESTED),
        value: |space| Value::Number(space.variance.ratio),
    },
    Measure {
        metric: metric("expected_r2", "R² that so many taxa would have of points without structure.", "(K − 1) / (N − 1)")
            .at("variance.expected_r2")
            .neither(),
        value: |space| Value::Number(space.variance.expected_r2),
    },
    Measure {
        metric: metric(
            "omega2",
            "R² beyond what so many taxa explain by chance.",
            "ω² = (between − (K − 1) e) / (between + within + e), e = within / (N − K)",
        )
        .at("variance.omega2")
        .within("at most 1")
        .with(TESTED),
        value: |space| Value::Number(space.variance.omega2),
    },
    Measure {
        metric: metric(
            "trace_ratio",
            "Scatter between taxa in the unit of that within, over all directions; where the latter can be inverted.",
            "tr(S_W⁻¹ S_B)",
        )
        .within(POSITIVE)
        .with(ALL_POINTS),
        value: |space| Value::Number(space.trace_ratio),
    },
    Measure {
        metric: shuffled("permanova_null_mean", "Mean R² of labels shuffled between all points.", "mean over shuffles of R²")
            .at("permanova.null_mean"),
        value: |space| of(space.permanova, |test| Some(test.null_mean)),
    },
    Measure {
        metric: shuffled("permanova_null_deviation", "Standard deviation of these R².", "standard deviation over shuffles of R²")
            .at("permanova.null_deviation"),
        value: |space| of(space.permanova, |test| Some(test.null_deviation)),
    },
    Measure {
        metric: metric("within_parent_z", "How far R² lies above that of labels shuffled within the taxa of the rank above.", Z)
            .at("permanova_within_parent.z")
            .neither()
            .within(DEVIATIONS)
            .by(ANDERSON),
        value: |space| of(space.permanova_within_parent, |test| test.z),
    },
    Measure {
        metric: shuffled(
            "within_parent_null_mean",
            "Mean R² of labels shuffled within the taxa of the rank above.",
            "mean over shuffles of R²",
        )
        .at("permanova_within_parent.null_mean"),
        value: |space| of(space.permanova_within_parent, |test| Some(test.null_mean)),
    },
    Measure {
        metric: shuffled(
            "within_parent_null_deviation",
            "Standard deviation of these R².",
            "standard deviation over shuffles of R²",
        )
        .at("permanova_within_parent.null_deviation"),
        value: |space| of(space.permanova_within_parent, |test| Some(test.null_deviation)),
    },
    Measure {
        metric: metric("agreement_z", "How far the agreement of the largest k lies above that of shuffled labels.", Z)
            .at("agreement_test.z")
            .neither()
            .within(DEVIATIONS),
        value: |space| of(space.agreement_test, |test| test.z),
    },
    Measure {
        metric: metric("agreement_p", "Probability of as much agreement of the largest k if labels were shuffled.", P)
            .at("agreement_test.p")
            .neither(),
        value: |space| of(space.agreement_test, |test| Some(test.p)),
    },
    Measure {
        metric: shuffled("agreement_null_mean", "Mean agreement of the largest k of shuffled labels.", "mean over shuffles")
            .at("agreement_test.null_mean"),
        value: |space| of(space.agreement_test, |test| Some(test.null_mean)),
    },
    Measure {
        metric: shuffled("agreement_null_deviation", "Standard deviation of these.", "standard deviation over shuffles")
            .at("agreement_test.null_deviation"),
        value: |space| of(space.agreement_test, |test| Some(test.null_deviation)),
    },
];
