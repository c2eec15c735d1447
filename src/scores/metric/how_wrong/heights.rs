//! How far above the truth answers meet it.

use super::super::description::Block;
use super::super::measure::{Measure, Value};
use super::super::uncertainty::{MEAN, UNBOUNDED};
use crate::scores::how_wrong::HowWrong;

const LADDER: &str = "0 to 7 rungs (species 0, genus 1, family 2, order 3, class 4, phylum 5, kingdom 6, root 7)";

pub(super) const HEIGHTS: [Measure<HowWrong>; 10] = [
    Measure { metric: Block::HowWrong.metric("n", "Images scored.", "#{i}").count(), value: |row| Value::Count(Some(row.n)) },
    Measure {
        metric: Block::HowWrong
            .metric("mistakes", "Images whose answer is not right down to the rank of the truth.", "#{i : predicted_i ≠ truth_i}")
            .count()
            .lower(),
        value: |row| Value::Count(Some(row.mistakes)),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "stopped_above",
                "Mistakes that are right as far as they go, but stop above the truth.",
                "#{i : lca_i = predicted_i ≠ truth_i}",
            )
            .count(),
        value: |row| Value::Count(Some(row.stopped_above)),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "between_rungs",
                "Mistakes that meet their truth before the ladder's next rung (another tribe of the family, another subspecies, \
                 another domain): they count 0 in heights, and are mistakes all the same.",
                "#{i wrong : rung(lca_i) = rung(truth_i)}",
            )
            .count(),
        value: |row| Value::Count(Some(row.between_rungs)),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "between_rungs_edges",
                "Edges of the full tree from the truth up to where these mistakes meet it; None without any.",
                "mean of depth(truth) − depth(lca) over mistakes between rungs",
            )
            .lower()
            .within("1 or more edges")
            .with(UNBOUNDED),
        value: |row| Value::Number(row.between_rungs_edges),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "mean_height",
                "How far above the truth the answers meet it, over all images.",
                "mean of rung(lca) − rung(truth)",
            )
            .lower()
            .within(LADDER)
            .by("Bertinetto 2020 (hierarchical distance)")
            .with(MEAN),
        value: |row| Value::Number(row.mean_height),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "severity",
                "How far above the truth the mistakes meet it; read it beside the number of mistakes, for mending a mild mistake raises it.",
                "mean of rung(lca) − rung(truth) over mistakes",
            )
            .lower()
            .within(LADDER)
            .by("Bertinetto 2020 (mistake severity)")
            .with(MEAN),
        value: |row| Value::Number(row.severity),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "mean_edges",
                "Edges of the tree between truth and answer, over all images.",
                "mean of depth(truth) + depth(predicted) − 2 depth(lca)",
            )
            .lower()
            .within("0 or more edges")
            .by("tree-induced error; Dekel 2004")
            .with(UNBOUNDED),
        value: |row| Value::Number(row.mean_edges),
    },
    Measure {
        metric: Block::HowWrong
            .metric(
                "lca_histogram",
                "Where truth and answer meet: images per rank of their lowest common ancestor.",
                "#{i wrong : lca_i at rung}",
            )
            .count(),
        value: |row| Value::Counts(row.lca_histogram.as_ref()),
    },
    Measure {
        metric: Block::HowWrong.metric("height_histogram", "Images per height of the error.", "#{i : height_i = h}").count(),
        value: |row| Value::Counts(Some(&row.height_histogram)),
    },
];
