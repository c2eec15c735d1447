//! Shares of lineages that are right.

use super::super::description::Block;
use super::super::measure::{Measure, Value};
use super::super::uncertainty::MEAN;
use crate::scores::how_wrong::HowWrong;

const KIRITCHENKO: &str = "Kiritchenko 2006";
const VALMADRE: &str = "Valmadre 2022";

pub(super) const LINEAGES: [Measure<HowWrong>; 6] = [
    Measure {
        metric: Block::HowWrong
            .metric(
                "hp",
                "Share of the answers' lineages that is right, pooled over images.",
                "Σ depth(lca) / Σ depth(predicted)",
            )
            .by(KIRITCHENKO)
            .with(MEAN),
        value: |row| Value::Number(row.hp),
    },
    Measure {
        metric: Block::HowWrong
            .metric("hr", "Share of the true lineages that was found, pooled over images.", "Σ depth(lca) / Σ depth(truth)")
            .by(KIRITCHENKO)
            .with(MEAN),
        value: |row| Value::Number(row.hr),
    },
    Measure {
        metric: Block::HowWrong
            .metric("hf", "Harmonic mean of hp and hr.", "2 Σ depth(lca) / (Σ depth(predicted) + Σ depth(truth))")
            .by(KIRITCHENKO)
            .with(MEAN),
        value: |row| Value::Number(row.hf),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "hp_mean",
                "hp of each image, averaged; answers at the root have none.",
                "mean of depth(lca) / depth(predicted)",
            )
            .by(VALMADRE)
            .with(MEAN),
        value: |row| Value::Number(row.hp_mean),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "hr_mean",
                "hr of each image, averaged: the share of the lineage before the first wrong step.",
                "mean of depth(lca) / depth(truth)",
            )
            .by(VALMADRE)
            .with(MEAN),
        value: |row| Value::Number(row.hr_mean),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "hf_mean",
                "hf of each image, averaged: the Wu–Palmer similarity.",
                "mean of 2 depth(lca) / (depth(truth) + depth(predicted))",
            )
            .by("Wu & Palmer 1994")
            .with(MEAN),
        value: |row| Value::Number(row.hf_mean),
    },
];
