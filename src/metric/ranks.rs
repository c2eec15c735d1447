//! Metrics with one value per rank.

use super::Direction::{Higher, Lower, Neither};
use super::{Block, DESIGN, Direction, FRACTION, Metric};

pub(super) fn ranks() -> Vec<Metric> {
    [shares(), quality()].concat()
}

/// A metric of a rank.
fn metric(
    name: &'static str,
    sentence: &'static str,
    formula: &'static str,
    direction: Direction,
    source: &'static str,
) -> Metric {
    Metric { name, block: Block::Ranks, sentence, formula, direction, range: FRACTION, source }
}

/// A count of a rank.
fn count(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Metric { range: "a count", ..metric(name, sentence, formula, Neither, DESIGN) }
}

/// How many images are right, by both rules.
fn shares() -> Vec<Metric> {
    vec![
        count("n", "Images whose truth has a taxon at the rank.", "#{i : truth_i has an ancestor at r}"),
        metric(
            "path_top1",
            "Share of images whose best label lies in the right taxon of the rank.",
            "mean of [ancestor_r(label) = ancestor_r(truth)]",
            Higher,
            DESIGN,
        ),
        metric(
            "path_top1_least",
            "path_top1 if every shared best score were resolved against the classifier.",
            "mean of [all labels of the best score lie in ancestor_r(truth)]",
            Higher,
            DESIGN,
        ),
        metric(
            "path_top1_most",
            "path_top1 if every shared best score were resolved in favour of the classifier.",
            "mean of [some label of the best score lies in ancestor_r(truth)]",
            Higher,
            DESIGN,
        ),
        metric(
            "path_top5",
            "Share of images with the right taxon of the rank above one of the five best labels; left out unless every image lists five answers, all that there are, all of the probability, or none.",
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
            "Share of images where the taxon with most summed probability at the rank is right; where none has any, nothing is answered.",
            "mean of [argmax_t Σ p(labels below t) = ancestor_r(truth)]",
            Higher,
            "pybioclip, Valmadre 2022",
        ),
        metric(
            "summed_top1_least",
            "summed_top1 if every shared best sum were resolved against the classifier.",
            "mean of [all taxa of the best sum are ancestor_r(truth)]",
            Higher,
            DESIGN,
        ),
        metric(
            "summed_top1_most",
            "summed_top1 if every shared best sum were resolved in favour of the classifier.",
            "mean of [some taxon of the best sum is ancestor_r(truth)]",
            Higher,
            DESIGN,
        ),
        metric(
            "summed_top5",
            "Share of images with the right taxon among the five of most summed probability at the rank; left out as path_top5 is, of the taxa that share the probability.",
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
    ]
}

/// How sure, how early and how surely alike the answers are.
fn quality() -> Vec<Metric> {
    vec![
        metric(
            "ece",
            "How far the summed probability of the best taxon of the rank is from how often it is right; no answer has probability 0.",
            "Σ_bins (n_b / n) |share right_b − mean probability_b|, 15 bins of equal width",
            Lower,
            "Naeini 2015, Guo 2017",
        ),
        metric(
            "chance",
            "What a guess drawn evenly from the candidate labels would reach; where these are unknown, one in the taxa of the rank among truths and answers.",
            "mean of (labels below ancestor_r(truth) / labels)",
            Neither,
            DESIGN,
        ),
        metric(
            "path_mrr",
            "One over the place of the first label in the right taxon of the rank, averaged; 0 where none listed is, left out where no image lists two.",
            "mean of 1 / (place of the first label with ancestor_r(label) = ancestor_r(truth))",
            Higher,
            "mean reciprocal rank; Voorhees 1999",
        ),
        metric(
            "disagree",
            "Share of images whose summed taxon is not the taxon of the best label.",
            "mean of [argmax_t Σ p(labels below t) ≠ ancestor_r(label)]",
            Neither,
            DESIGN,
        ),
        count(
            "tied",
            "Images of which several labels share the best score, equal to 40 significant bits; of these the first in the order of the taxonomy is answered.",
            "#{i : |{labels of the best score}| > 1}",
        ),
        count(
            "summed_tied",
            "Images of which several taxa of the rank share the most summed probability; of these the first in the order of the taxonomy is answered.",
            "#{i : |argmax_t Σ p(labels below t)| > 1}",
        ),
        count("classes", "Taxa of the rank that could be answered.", "#{ancestor_r(label) : labels}"),
    ]
}

/// Precision and F1 averaged over the taxa of a rank, by both rules.
pub(super) fn averages() -> Vec<Metric> {
    let metric = |name, sentence, formula| Metric {
        name,
        block: Block::Ranks,
        sentence,
        formula,
        direction: Direction::Higher,
        range: FRACTION,
        source: "scikit-learn, zero_division=0",
    };
    let precision = "mean over taxa that are a truth or an answer of (right / answered), 0 where never answered";
    let f1 = "mean over taxa that are a truth or an answer of 2 right / (images + answered)";
    let weighted_precision = "Σ images (right / answered) / Σ images";
    let weighted_f1 = "Σ images 2 right / (images + answered) / Σ images";
    vec![
        metric("path_macro_precision", "Precision by the path rule, averaged over the taxa of the rank.", precision),
        metric("path_macro_f1", "F1 by the path rule, averaged over the taxa of the rank.", f1),
        metric(
            "path_weighted_precision",
            "Precision by the path rule, averaged over the taxa of the rank by their images.",
            weighted_precision,
        ),
        metric("path_weighted_f1", "F1 by the path rule, averaged over the taxa of the rank by their images.", weighted_f1),
        metric("summed_macro_precision", "Precision by the summed rule, averaged over the taxa of the rank.", precision),
        metric("summed_macro_f1", "F1 by the summed rule, averaged over the taxa of the rank.", f1),
        metric(
            "summed_weighted_precision",
            "Precision by the summed rule, averaged over the taxa of the rank by their images.",
            weighted_precision,
        ),
        metric("summed_weighted_f1", "F1 by the summed rule, averaged over the taxa of the rank by their images.", weighted_f1),
    ]
}
