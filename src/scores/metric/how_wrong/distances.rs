//! Measures in bits, and those that competitions and other fields use.

use super::super::description::Block;
use super::super::measure::{Measure, Value};
use super::super::uncertainty::{MEAN, UNBOUNDED};
use crate::scores::how_wrong::HowWrong;

const VALMADRE: &str = "Valmadre 2022";

pub(super) const DISTANCES: [Measure<HowWrong>; 8] = [
    Measure {
        metric: Block::HowWrong
            .metric(
                "info_hp",
                "Share of the answers' information that is right, per image; answers at the root have none.",
                "mean of I(lca) / I(predicted), I = −log₂ share of the leaves of all that is true or could be answered",
            )
            .by(VALMADRE)
            .with(MEAN),
        value: |row| Value::Number(row.similarity.info_hp),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "info_hr",
                "Share of the truths' information that was found, per image; truths that say nothing have none.",
                "mean of I(lca) / I(truth)",
            )
            .by(VALMADRE)
            .with(MEAN),
        value: |row| Value::Number(row.similarity.info_hr),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "info_hf",
                "Harmonic mean of info_hp and info_hr of each image, averaged: the Lin similarity; none where truth and answer say nothing.",
                "mean of 2 I(lca) / (I(truth) + I(predicted))",
            )
            .by("Lin 1998; Valmadre 2022")
            .with(MEAN),
        value: |row| Value::Number(row.similarity.info_hf),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "info_distance",
                "Bits that separate truth and answer: the Jiang–Conrath distance.",
                "mean of I(truth) + I(predicted) − 2 I(lca)",
            )
            .lower()
            .within("0 or more bits")
            .by("Jiang & Conrath 1997; Valmadre 2022")
            .with(UNBOUNDED),
        value: |row| Value::Number(row.similarity.info_distance),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "fathomnet",
                "Edges between the truth and the answer as given, in the tree whose nodes are the seven main ranks; no name, or another kingdom, is 12.",
                "mean of min(12, depth(truth) + depth(answer) − 2 depth(lca)), depth = main ranks in the lineage",
            )
            .lower()
            .within("0 to 12 edges")
            .by("FathomNet 2025 FGVC")
            .with(MEAN),
        value: |row| Value::Number(row.similarity.fathomnet),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "h_loss",
                "Cost of the first wrong step only, worth less the further down it is taken; children that are neither true nor could be answered do not count.",
                "mean of c(lca) ([lca ≠ truth] + [lca ≠ predicted]), c(root) = 1 / children, c(t) = c(parent) / children",
            )
            .lower()
            .within("0 to 2 (2 / children of the root)")
            .by("Cesa-Bianchi 2006")
            .with(MEAN),
        value: |row| Value::Number(row.similarity.h_loss),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "weighted_distance",
                "Way from truth to answer along branches with lengths; only where the tree gives all lengths.",
                "mean of height(truth) + height(predicted) − 2 height(lca), height = Σ branch lengths from the root",
            )
            .lower()
            .within("0 or more, in the unit of the branches")
            .by("patristic distance")
            .with(UNBOUNDED),
        value: |row| Value::Number(row.similarity.weighted_distance),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "first_wrong",
                "Mistakes by the first main rank of the truth that is wrong.",
                "#{i wrong : first r with ancestor_r(predicted) ≠ ancestor_r(truth)}",
            )
            .count()
            .by("bioclip-2 coarse-to-fine evaluation"),
        value: |row| Value::Counts(row.first_wrong.as_ref()),
    },
];
