//! Every metric as one small described value: the list that the page, `--list-metrics`, the
//! README's table and the tests all read.

use serde::Serialize;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: a yardstick or a count.
    Neither,
}

impl Direction {
    /// One word for tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Direction::Higher => "higher",
            Direction::Lower => "lower",
            Direction::Neither => "neither",
        }
    }
}

/// The block of `metrics.json` that holds a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// One value per rank.
    Ranks,
    /// One value per run: the depth of its errors.
    HowWrong,
    /// One value per run: whether its ranks agree.
    Consistency,
    /// One value per taxon.
    Taxa,
}

impl Block {
    /// The key in `metrics.json`, or the table's file name without its ending.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Block::Ranks => "ranks",
            Block::HowWrong => "how_wrong",
            Block::Consistency => "consistency",
            Block::Taxa => "taxa",
        }
    }
}

/// A metric, described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Metric {
    /// Key in `metrics.json` and column in the tables.
    pub name: &'static str,
    /// Where its values stand.
    pub block: Block,
    /// What it says, in one sentence.
    pub sentence: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Which way is better.
    pub direction: Direction,
    /// The values it can take, with the unit.
    pub range: &'static str,
    /// Who defined it.
    pub source: &'static str,
}

const FRACTION: &str = "0 to 1";
const DESIGN: &str = "standard";

/// All metrics, in the order of the report.
#[must_use]
pub fn all() -> Vec<Metric> {
    [ranks(), heights(), lineages(), consistency(), taxa()].concat()
}

/// The metric of a name; names are unique within a block.
#[must_use]
pub fn find(block: Block, name: &str) -> Option<Metric> {
    all().into_iter().find(|metric| metric.block == block && metric.name == name)
}

fn ranks() -> Vec<Metric> {
    use Direction::{Higher, Lower, Neither};
    let metric = |name, sentence, formula, direction, source| Metric {
        name,
        block: Block::Ranks,
        sentence,
        formula,
        direction,
        range: FRACTION,
        source,
    };
    let wilson = "Wilson 1927, 95 %, images taken as independent";
    let count = |name, sentence, formula| Metric { range: "a count", ..metric(name, sentence, formula, Neither, DESIGN) };
    vec![
        count("n", "Images whose truth has a taxon at the rank.", "#{i : truth_i has an ancestor at r}"),
        metric(
            "path_top1",
            "Share of images whose best label lies in the right taxon of the rank.",
            "mean of [ancestor_r(label) = ancestor_r(truth)]",
            Higher,
            DESIGN,
        ),
        metric("path_top1_low", "Lower end of the interval of path_top1.", "Wilson", Neither, wilson),
        metric("path_top1_high", "Upper end of the interval of path_top1.", "Wilson", Neither, wilson),
        metric(
            "path_top5",
            "Share of images with the right taxon of the rank above one of the five best labels.",
            "mean of [ancestor_r(truth) is among ancestor_r(label 1 to 5)]",
            Higher,
            DESIGN,
        ),
        metric(
            "path_macro",
            "Recall by the path rule, averaged over the true taxa of the rank, rare ones counting as much as common ones.",
            "mean over true taxa of (right images / images)",
            Higher,
            "balanced accuracy",
        ),
        metric(
            "summed_top1",
            "Share of images where the taxon with most summed probability at the rank is right.",
            "mean of [argmax_t Σ p(labels below t) = ancestor_r(truth)]",
            Higher,
            "pybioclip, Valmadre 2022",
        ),
        metric("summed_top1_low", "Lower end of the interval of summed_top1.", "Wilson", Neither, wilson),
        metric("summed_top1_high", "Upper end of the interval of summed_top1.", "Wilson", Neither, wilson),
        metric(
            "summed_top5",
            "Share of images with the right taxon among the five of most summed probability at the rank.",
            "mean of [ancestor_r(truth) is among the 5 best taxa]",
            Higher,
            "pybioclip",
        ),
        metric(
            "summed_macro",
            "Recall by the summed rule, averaged over the true taxa of the rank.",
            "mean over true taxa of (right images / images)",
            Higher,
            "balanced accuracy",
        ),
        metric(
            "ece",
            "How far the summed probability of the best taxon of the rank is from how often it is right.",
            "Σ_bins (n_b / n) |share right_b − mean probability_b|, 15 bins of equal width",
            Lower,
            "Naeini 2015, Guo 2017",
        ),
        metric(
            "chance",
            "What a guess drawn evenly from the candidate labels would reach.",
            "mean of (labels below ancestor_r(truth) / labels)",
            Neither,
            DESIGN,
        ),
        count("classes", "Taxa of the rank that could be answered.", "#{ancestor_r(label) : labels}"),
    ]
}

fn heights() -> Vec<Metric> {
    use Direction::{Lower, Neither};
    let metric = |name, sentence, formula, direction, source| Metric {
        name,
        block: Block::HowWrong,
        sentence,
        formula,
        direction,
        range: FRACTION,
        source,
    };
    let ladder = "0 to 7 rungs (species 0, genus 1, family 2, order 3, class 4, phylum 5, kingdom 6, root 7)";
    let count = |name, sentence, formula| Metric { range: "a count", ..metric(name, sentence, formula, Neither, DESIGN) };
    vec![
        count("n", "Images scored.", "#{i}"),
        Metric {
            direction: Lower,
            ..count("mistakes", "Images whose answer is not right down to the rank of the truth.", "#{i : predicted_i ≠ truth_i}")
        },
        count(
            "stopped_above",
            "Mistakes that are right as far as they go, but stop above the truth.",
            "#{i : lca_i = predicted_i ≠ truth_i}",
        ),
        Metric {
            range: ladder,
            ..metric(
                "mean_height",
                "How far above the truth the answers meet it, over all images.",
                "mean of rung(lca) − rung(truth)",
                Lower,
                "Bertinetto 2020 (hierarchical distance)",
            )
        },
        Metric {
            range: ladder,
            ..metric(
                "severity",
                "How far above the truth the mistakes meet it; read it beside the number of mistakes, for mending a mild mistake raises it.",
                "mean of rung(lca) − rung(truth) over mistakes",
                Lower,
                "Bertinetto 2020 (mistake severity)",
            )
        },
        Metric {
            range: "0 or more edges",
            ..metric(
                "mean_edges",
                "Edges of the tree between truth and answer, over all images.",
                "mean of depth(truth) + depth(predicted) − 2 depth(lca)",
                Lower,
                "tree-induced error; Dekel 2004",
            )
        },
        count(
            "lca_histogram",
            "Where truth and answer meet: images per rank of their lowest common ancestor.",
            "#{i wrong : lca_i at rung}",
        ),
        count("height_histogram", "Images per height of the error.", "#{i : height_i = h}"),
    ]
}

fn lineages() -> Vec<Metric> {
    let kiritchenko = "Kiritchenko 2006";
    let metric = |name, sentence, formula, source| Metric {
        name,
        block: Block::HowWrong,
        sentence,
        formula,
        direction: Direction::Higher,
        range: FRACTION,
        source,
    };
    vec![
        metric(
            "hp",
            "Share of the answers' lineages that is right, pooled over images.",
            "Σ depth(lca) / Σ depth(predicted)",
            kiritchenko,
        ),
        metric(
            "hr",
            "Share of the true lineages that was found, pooled over images.",
            "Σ depth(lca) / Σ depth(truth)",
            kiritchenko,
        ),
        metric("hf", "Harmonic mean of hp and hr.", "2 Σ depth(lca) / (Σ depth(predicted) + Σ depth(truth))", kiritchenko),
        metric(
            "hp_mean",
            "hp of each image, averaged; answers at the root have none.",
            "mean of depth(lca) / depth(predicted)",
            "Valmadre 2022",
        ),
        metric(
            "hr_mean",
            "hr of each image, averaged: the share of the lineage before the first wrong step.",
            "mean of depth(lca) / depth(truth)",
            "Valmadre 2022",
        ),
        metric(
            "hf_mean",
            "hf of each image, averaged: the Wu–Palmer similarity.",
            "mean of 2 depth(lca) / (depth(truth) + depth(predicted))",
            "Wu & Palmer 1994",
        ),
    ]
}

fn consistency() -> Vec<Metric> {
    use Direction::{Higher, Lower, Neither};
    let metric = |name, sentence, formula, direction, source| Metric {
        name,
        block: Block::Consistency,
        sentence,
        formula,
        direction,
        range: FRACTION,
        source,
    };
    vec![
        Metric { range: "a count", ..metric("n", "Images scored that have summed answers.", "#{i}", Neither, DESIGN) },
        metric(
            "tice",
            "Share of images whose summed answers at the seven ranks lie on no one lineage.",
            "mean of [the best taxa of the ranks form no path]",
            Lower,
            "Park 2024 (H-CAST)",
        ),
        metric(
            "fpa",
            "Share of images with the right summed answer at every rank of the truth.",
            "mean of [right at all ranks]",
            Higher,
            "Park 2024 (H-CAST)",
        ),
        metric(
            "wap",
            "summed_top1 averaged over the ranks, each weighted by its number of taxa.",
            "Σ_r classes_r summed_top1_r / Σ_r classes_r",
            Higher,
            "Park 2024 (H-CAST)",
        ),
    ]
}

fn taxa() -> Vec<Metric> {
    let metric = |name, sentence, formula| Metric {
        name,
        block: Block::Taxa,
        sentence,
        formula,
        direction: Direction::Higher,
        range: FRACTION,
        source: DESIGN,
    };
    vec![
        metric("recall", "Share of the taxon's images whose answer lies in it.", "right / images of the taxon"),
        metric("precision", "Share of the answers in the taxon that are right.", "right / answers in the taxon"),
        metric("f1", "Harmonic mean of precision and recall.", "2 right / (images of the taxon + answers in the taxon)"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_described_and_named_once_in_its_block() {
        let metrics = all();
        for metric in &metrics {
            assert!(metric.sentence.ends_with('.') && !metric.formula.is_empty() && !metric.source.is_empty(), "{}", metric.name);
            let same = metrics.iter().filter(|other| other.block == metric.block && other.name == metric.name).count();
            assert_eq!(same, 1, "{}", metric.name);
            assert_eq!(find(metric.block, metric.name), Some(*metric));
        }
    }
}
