//! Metrics of how far annotators agree: `annotators.json`, `pairs.csv`.

use super::description::Block;
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::{MEAN, NO_MEAN, SHARE, Uncertainty};
use crate::numbers::interval::MetricIntervals;
use crate::scores::annotators::{AgreementRank, AgreementTree, RaterPair};
use serde::{Serialize, Serializer};

const KRIPPENDORFF: &str = "Krippendorff 2011; intervals after Hayes & Krippendorff 2007";
const FLEISS: &str = "Fleiss 1971, of images with any number of labels";
const HEIGHTS: &str = "0 or more rungs";
const ALPHA: &str = "1 at most, 0 by chance, below it for less";

/// Of alpha: the images are drawn, the disagreement by chance is held.
const DRAWN: Uncertainty = Uncertainty::Interval(
    "BCa of whole clusters of the observed disagreement, the expected one held; Wilson in its range where they agree",
);

/// Agreement at a rank.
pub static AGREEMENT: [Measure<AgreementRank>; 4] = [
    Measure {
        metric: Block::Agreement
            .metric("n", "Images with labels of two annotators or more that reach the rank.", "#{i : m_i ≥ 2}")
            .count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Agreement.metric("labels", "Labels of these images.", "Σ m_i").count(),
        value: |row| Value::Count(Some(row.labels)),
    },
    Measure {
        metric: Block::Agreement
            .metric(
                "agreement",
                "Share of pairs of labels of an image that are equal at the rank, mean over images.",
                "mean of Σ_c m_ic (m_ic − 1) / (m_i (m_i − 1))",
            )
            .by(FLEISS)
            .with(MEAN),
        value: |row| Value::Number(row.agreement),
    },
    Measure {
        metric: Block::Agreement
            .metric(
                "alpha",
                "Agreement at the rank above what labels drawn at random have; undefined where all labels are of one taxon.",
                "1 − D_o / D_e with δ = 1 for different taxa",
            )
            .within(ALPHA)
            .by(KRIPPENDORFF)
            .with(DRAWN),
        value: |row| Value::Number(row.alpha),
    },
];

/// Agreement by heights.
pub static AGREEMENT_TREE: [Measure<AgreementTree>; 5] = [
    Measure {
        metric: Block::AgreementTree.metric("n", "Images with labels of two annotators or more.", "#{i : m_i ≥ 2}").count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::AgreementTree.metric("labels", "Labels of these images.", "Σ m_i").count(),
        value: |row| Value::Count(Some(row.labels)),
    },
    Measure {
        metric: Block::AgreementTree
            .metric(
                "mean_height",
                "How far apart two labels of an image are: the rungs from the finer one up to where they meet.",
                "D_o = Σ_i Σ_{a ≠ b} δ(l_ia, l_ib) / (m_i − 1) / Σ m_i",
            )
            .lower()
            .within(HEIGHTS)
            .by("defined here")
            .with(MEAN),
        value: |row| Value::Number(row.mean_height),
    },
    Measure {
        metric: Block::AgreementTree
            .metric(
                "alpha",
                "Agreement above chance where a near miss is a small disagreement; labels of any rank.",
                "1 − D_o / D_e with δ = rungs from the finer label up to the lowest common ancestor",
            )
            .within(ALPHA)
            .by("Krippendorff 2011, with a difference of the tree")
            .with(DRAWN),
        value: |row| Value::Number(row.alpha),
    },
    Measure {
        metric: Block::AgreementTree
            .metric("alpha_squared", "The same where far misses count more.", "1 − D_o / D_e with δ = (the same rungs)²")
            .within(ALPHA)
            .by("Krippendorff 2011, with a squared difference of the tree")
            .with(DRAWN),
        value: |row| Value::Number(row.alpha_squared),
    },
];

/// Two raters at a rank.
pub static PAIRS_OF_RATERS: [Measure<RaterPair>; 3] = [
    Measure {
        metric: Block::AnnotatorPairs.metric("n", "Images of which both say a taxon of the rank.", "#{i}").count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::AnnotatorPairs.metric("agreement", "Share of these of which they say the same.", "mean of [a_i = b_i]").with(SHARE),
        value: |row| Value::Number(row.agreement),
    },
    Measure {
        metric: Block::AnnotatorPairs
            .metric(
                "kappa",
                "Agreement above what the two would have by chance, each keeping its shares of taxa; undefined where both say one taxon alone.",
                "(p_o − p_e) / (1 − p_e)",
            )
            .within(ALPHA)
            .by("Cohen 1960")
            .with(NO_MEAN),
        value: |row| Value::Within(row.kappa, None),
    },
];

impl Row for AgreementRank {
    fn measures() -> &'static [Measure<Self>] {
        &AGREEMENT
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Serialize for AgreementRank {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rank: &'static str,
            #[serde(flatten)]
            values: RowValues<'a, AgreementRank>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let values = RowValues::of(self);
        Whole { rank: self.rank.name(), values, intervals: &self.intervals }.serialize(serializer)
    }
}

impl Row for AgreementTree {
    fn measures() -> &'static [Measure<Self>] {
        &AGREEMENT_TREE
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Serialize for AgreementTree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, AgreementTree>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let values = RowValues::of(self);
        Whole { values, intervals: &self.intervals }.serialize(serializer)
    }
}

impl Row for RaterPair {
    fn measures() -> &'static [Measure<Self>] {
        &PAIRS_OF_RATERS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Serialize for RaterPair {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            first: &'a str,
            second: &'a str,
            rank: &'static str,
            #[serde(flatten)]
            values: RowValues<'a, RaterPair>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let values = RowValues::of(self);
        Whole { first: &self.first, second: &self.second, rank: self.rank.name(), values, intervals: &self.intervals }
            .serialize(serializer)
    }
}
