//! Measures of the answers' lineages beyond hp, hr and hf.

use super::super::description::Block;
use super::super::measure::{Measure, Value};
use super::super::uncertainty::{MEAN, SHARE, UNBOUNDED};
use crate::scores::how_wrong::HowWrong;

const VALMADRE: &str = "Valmadre 2022";
const KOSMOPOULOS: &str = "Kosmopoulos 2015, one label per image";
const EDGES: &str = "0 or more edges";

pub(super) const SIMILARITIES: [Measure<HowWrong>; 9] = [
    Measure {
        metric: Block::HowWrong
            .metric(
                "exact",
                "Share of images whose answer is right down to the rank of the truth.",
                "mean of [predicted = truth]",
            )
            .by(VALMADRE)
            .with(SHARE),
        value: |row| Value::Number(row.similarity.exact),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "correct",
                "Share of images whose answer is right as far as it goes.",
                "mean of [lca = predicted or lca = truth]",
            )
            .by(VALMADRE)
            .with(SHARE),
        value: |row| Value::Number(row.similarity.correct),
    },
    Measure {
        metric: Block::HowWrong
            .metric("excess", "Edges of the answer that are wrong.", "mean of depth(predicted) − depth(lca)")
            .lower()
            .within(EDGES)
            .by(VALMADRE)
            .with(UNBOUNDED),
        value: |row| Value::Number(row.similarity.excess),
    },
    Measure {
        metric: Block::HowWrong
            .metric("deficient", "Edges of the truth that were missed.", "mean of depth(truth) − depth(lca)")
            .lower()
            .within(EDGES)
            .by(VALMADRE)
            .with(UNBOUNDED),
        value: |row| Value::Number(row.similarity.deficient),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "jaccard",
                "Overlap of the two lineages, the root not counted.",
                "mean of depth(lca) / (depth(truth) + depth(predicted) − depth(lca))",
            )
            .by("Jaccard index; HyCoCLIP 2025")
            .with(MEAN),
        value: |row| Value::Number(row.similarity.jaccard),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "lca_p",
                "Precision on the ways down from the common ancestor alone: far ancestors that all share do not flatter.",
                "mean of 1 / (depth(predicted) − depth(lca) + 1)",
            )
            .by(KOSMOPOULOS)
            .with(MEAN),
        value: |row| Value::Number(row.similarity.lca_p),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "lca_r",
                "Recall on the ways down from the common ancestor alone.",
                "mean of 1 / (depth(truth) − depth(lca) + 1)",
            )
            .by(KOSMOPOULOS)
            .with(MEAN),
        value: |row| Value::Number(row.similarity.lca_r),
    },
    Measure {
        metric: Block::HowWrong
            .metric("lca_f", "Harmonic mean of lca_p and lca_r of each image, averaged.", "mean of 2 p r / (p + r)")
            .by(KOSMOPOULOS)
            .with(MEAN),
        value: |row| Value::Number(row.similarity.lca_f),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "nlca",
                "Share of the truth's main ranks before the first wrong one.",
                "mean of (main ranks right from the kingdom on / main ranks of the truth)",
            )
            .by("bioclip-2 coarse-to-fine evaluation")
            .with(MEAN),
        value: |row| Value::Number(row.similarity.nlca),
    },
];
