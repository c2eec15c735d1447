//! Metrics with one value per run: the depth of its errors.

use super::{Block, DESIGN, Direction, FRACTION, Metric};

pub(super) fn heights() -> Vec<Metric> {
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
        count(
            "between_rungs",
            "Mistakes that meet their truth before the ladder's next rung (another tribe of the family, another subspecies, \
             another domain): they count 0 in heights, and are mistakes all the same.",
            "#{i wrong : rung(lca_i) = rung(truth_i)}",
        ),
        Metric {
            range: "1 or more edges",
            ..metric(
                "between_rungs_edges",
                "Edges of the full tree from the truth up to where these mistakes meet it; None without any.",
                "mean of depth(truth) − depth(lca) over mistakes between rungs",
                Lower,
                DESIGN,
            )
        },
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

pub(super) fn lineages() -> Vec<Metric> {
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

/// Measures of the answers' lineages beyond hp, hr and hf.
pub(super) fn similarities() -> Vec<Metric> {
    use Direction::{Higher, Lower};
    let metric = |name, sentence, formula, direction, range, source| Metric {
        name,
        block: Block::HowWrong,
        sentence,
        formula,
        direction,
        range,
        source,
    };
    let valmadre = "Valmadre 2022";
    let kosmopoulos = "Kosmopoulos 2015, one label per image";
    let edges = "0 or more edges";
    vec![
        metric(
            "exact",
            "Share of images whose answer is right down to the rank of the truth.",
            "mean of [predicted = truth]",
            Higher,
            FRACTION,
            valmadre,
        ),
        metric(
            "correct",
            "Share of images whose answer is right as far as it goes.",
            "mean of [lca = predicted or lca = truth]",
            Higher,
            FRACTION,
            valmadre,
        ),
        metric("excess", "Edges of the answer that are wrong.", "mean of depth(predicted) − depth(lca)", Lower, edges, valmadre),
        metric("deficient", "Edges of the truth that were missed.", "mean of depth(truth) − depth(lca)", Lower, edges, valmadre),
        metric(
            "jaccard",
            "Overlap of the two lineages, the root not counted.",
            "mean of depth(lca) / (depth(truth) + depth(predicted) − depth(lca))",
            Higher,
            FRACTION,
            "Jaccard index; HyCoCLIP 2025",
        ),
        metric(
            "lca_p",
            "Precision on the ways down from the common ancestor alone: far ancestors that all share do not flatter.",
            "mean of 1 / (depth(predicted) − depth(lca) + 1)",
            Higher,
            FRACTION,
            kosmopoulos,
        ),
        metric(
            "lca_r",
            "Recall on the ways down from the common ancestor alone.",
            "mean of 1 / (depth(truth) − depth(lca) + 1)",
            Higher,
            FRACTION,
            kosmopoulos,
        ),
        metric(
            "lca_f",
            "Harmonic mean of lca_p and lca_r of each image, averaged.",
            "mean of 2 p r / (p + r)",
            Higher,
            FRACTION,
            kosmopoulos,
        ),
        metric(
            "nlca",
            "Share of the truth's main ranks before the first wrong one.",
            "mean of (main ranks right from the kingdom on / main ranks of the truth)",
            Higher,
            FRACTION,
            "bioclip-2 coarse-to-fine evaluation",
        ),
    ]
}

/// Measures in bits, and those that competitions and other fields use.
pub(super) fn distances() -> Vec<Metric> {
    use Direction::{Higher, Lower, Neither};
    let metric = |name, sentence, formula, direction, range, source| Metric {
        name,
        block: Block::HowWrong,
        sentence,
        formula,
        direction,
        range,
        source,
    };
    let valmadre = "Valmadre 2022";
    vec![
        metric(
            "info_hp",
            "Share of the answers' information that is right, per image; answers at the root have none.",
            "mean of I(lca) / I(predicted), I = −log₂ share of the leaves of all that is true or could be answered",
            Higher,
            FRACTION,
            valmadre,
        ),
        metric(
            "info_hr",
            "Share of the truths' information that was found, per image; truths that say nothing have none.",
            "mean of I(lca) / I(truth)",
            Higher,
            FRACTION,
            valmadre,
        ),
        metric(
            "info_hf",
            "Harmonic mean of info_hp and info_hr of each image, averaged: the Lin similarity; none where truth and answer say nothing.",
            "mean of 2 I(lca) / (I(truth) + I(predicted))",
            Higher,
            FRACTION,
            "Lin 1998; Valmadre 2022",
        ),
        metric(
            "info_distance",
            "Bits that separate truth and answer: the Jiang–Conrath distance.",
            "mean of I(truth) + I(predicted) − 2 I(lca)",
            Lower,
            "0 or more bits",
            "Jiang & Conrath 1997; Valmadre 2022",
        ),
        metric(
            "fathomnet",
            "Edges between the truth and the answer as given, in the tree whose nodes are the seven main ranks; no name, or another kingdom, is 12.",
            "mean of min(12, depth(truth) + depth(answer) − 2 depth(lca)), depth = main ranks in the lineage",
            Lower,
            "0 to 12 edges",
            "FathomNet 2025 FGVC",
        ),
        metric(
            "h_loss",
            "Cost of the first wrong step only, worth less the further down it is taken; children that are neither true nor could be answered do not count.",
            "mean of c(lca) ([lca ≠ truth] + [lca ≠ predicted]), c(root) = 1 / children, c(t) = c(parent) / children",
            Lower,
            "0 to 2 (2 / children of the root)",
            "Cesa-Bianchi 2006",
        ),
        metric(
            "weighted_distance",
            "Way from truth to answer along branches with lengths; only where the tree gives all lengths.",
            "mean of height(truth) + height(predicted) − 2 height(lca), height = Σ branch lengths from the root",
            Lower,
            "0 or more, in the unit of the branches",
            "patristic distance",
        ),
        metric(
            "first_wrong",
            "Mistakes by the first main rank of the truth that is wrong.",
            "#{i wrong : first r with ancestor_r(predicted) ≠ ancestor_r(truth)}",
            Neither,
            "a count",
            "bioclip-2 coarse-to-fine evaluation",
        ),
    ]
}

/// Rows of `how_wrong.best_of`: lists of k answers.
pub(super) fn best_of() -> Vec<Metric> {
    use Direction::{Higher, Lower, Neither};
    let metric = |name, sentence, formula, direction, range| Metric {
        name,
        block: Block::BestOf,
        sentence,
        formula,
        direction,
        range,
        source: "Bertinetto 2020",
    };
    let ladder = "0 to 7 rungs";
    vec![
        metric("k", "Answers looked at.", "k", Neither, "a count"),
        metric("n", "Images scored.", "#{i}", Neither, "a count"),
        metric("accuracy", "Share of images with a right answer among the k.", "mean of [any right]", Higher, FRACTION),
        metric(
            "mean_height",
            "Mean height of the k answers.",
            "mean of mean_{j ≤ k} height_ij (hdist_avg@k), j over those that the image lists",
            Lower,
            ladder,
        ),
        metric(
            "best_height",
            "Height of the best of the k answers.",
            "mean of min_{j ≤ k} height_ij (hdist_top@k; Deng 2010)",
            Lower,
            ladder,
        ),
        metric(
            "mistakes_mean_height",
            "Mean height of the k answers where the first is wrong.",
            "mean over mistakes of mean_{j ≤ k} height_ij, j over those that the image lists",
            Lower,
            ladder,
        ),
    ]
}
