//! Metrics that take the whole distribution of each image.

use super::{Block, DESIGN, Direction, FRACTION, Metric};

pub(super) fn decisions() -> Vec<Metric> {
    use Direction::{Higher, Neither};
    let metric = |name, sentence, formula, direction, range, source| Metric {
        name,
        block: Block::Decisions,
        sentence,
        formula,
        direction,
        range,
        source,
    };
    vec![
        metric("n", "Images scored; every rule answers the root where nothing was answered.", "#{i}", Neither, "a count", DESIGN),
        metric(
            "accuracy",
            "Share of images right at each rank by a rule: path, summed, top_down, expected_height, back_off.",
            "mean of [ancestor_r(answer) = ancestor_r(truth)]",
            Higher,
            FRACTION,
            DESIGN,
        ),
        metric(
            "difference",
            "A rule minus path, in accuracy at the finest rank and in mean height.",
            "mean of x(rule) − x(path)",
            Neither,
            "−1 to 1, −7 to 7",
            DESIGN,
        ),
        metric(
            "p",
            "Probability of a difference as large if rule and path were exchangeable, observation by observation.",
            "share of changes of sign with |Σ ± d| ≥ |Σ d|",
            Neither,
            FRACTION,
            "Fisher 1935",
        ),
        metric(
            "adjusted",
            "p adjusted over the four rules that are held against path.",
            "Holm's step-down",
            Neither,
            FRACTION,
            "Holm 1979",
        ),
    ]
}

pub(super) fn calibration() -> Vec<Metric> {
    use Direction::{Lower, Neither};
    let metric = |name, sentence, formula, direction, range, source| Metric {
        name,
        block: Block::Calibration,
        sentence,
        formula,
        direction,
        range,
        source,
    };
    vec![
        metric("n", "Images whose truth has a taxon at the rank, answered or not.", "#{i}", Neither, "a count", DESIGN),
        metric(
            "ece",
            "How far the summed probability of the best taxon of the rank is from how often it is right; no answer has probability 0.",
            "Σ_bins (n_b / n) |share right_b − mean probability_b|, 15 bins of equal width, 1 in the last",
            Lower,
            FRACTION,
            "Naeini 2015, Guo 2017",
        ),
        metric("mce", "The same in the worst bin.", "max over bins of the gap", Lower, FRACTION, "Naeini 2015"),
        metric(
            "adaptive_ece",
            "The same in 15 bins of equally many images; images of equal probability share what is right of them.",
            "Σ_bins |Σ_b (probability − right)| / n",
            Lower,
            FRACTION,
            "Nixon 2019",
        ),
        metric(
            "brier",
            "Squared distance of the summed probabilities of the rank from the truth; 1 for no answer.",
            "mean of Σ over taxa of the rank of (P − truth)², truth 1 or 0",
            Lower,
            "0 to 2",
            "Brier 1950, over all classes",
        ),
        metric(
            "nll",
            "Surprise at the true taxon of the rank, in nats; 36 for no answer.",
            "mean of −ln max(P(truth), 2⁻⁵²)",
            Lower,
            "0 to 36",
            "log loss; floor as scikit-learn",
        ),
        metric("mean_probability", "Mean summed probability of the best taxon.", "mean of max P", Neither, FRACTION, DESIGN),
        metric(
            "right",
            "Share of images whose best taxon is right.",
            "mean of [argmax P = truth]",
            Direction::Higher,
            FRACTION,
            DESIGN,
        ),
    ]
}

pub(super) fn selective() -> Vec<Metric> {
    use Direction::{Higher, Lower, Neither};
    let metric = |name, sentence, formula, direction, source| Metric {
        name,
        block: Block::Selective,
        sentence,
        formula,
        direction,
        range: FRACTION,
        source,
    };
    let valmadre = "Valmadre 2022";
    vec![
        Metric {
            range: "a count",
            ..metric("n", "Images scored; those without an answer are answered by the root.", "#{i}", Neither, DESIGN)
        },
        metric(
            "ac_exact",
            "Area under correctness over exactness, all thresholds of backing off together.",
            "∫ most share correct at share exact ≥ x dx",
            Higher,
            valmadre,
        ),
        metric(
            "ac_info_recall",
            "Area under correctness over recall of information.",
            "∫ most share correct at recall ≥ x dx",
            Higher,
            valmadre,
        ),
        metric(
            "ac_depth_recall",
            "Area under correctness over recall of depth.",
            "as ac_info_recall, by depth",
            Higher,
            valmadre,
        ),
        metric(
            "ap_info_recall",
            "Area under precision over recall of information.",
            "∫ most precision at recall ≥ x dx",
            Higher,
            valmadre,
        ),
        metric("ap_depth_recall", "Area under precision over recall of depth.", "as ap_info_recall, by depth", Higher, valmadre),
        metric(
            "info_recall_at_90_correct",
            "Most information found with at least 90 % of the answers correct as far as they go.",
            "max recall where share correct ≥ 0.90",
            Higher,
            valmadre,
        ),
        metric(
            "info_recall_at_95_correct",
            "Most information found with at least 95 % of the answers correct as far as they go.",
            "max recall where share correct ≥ 0.95",
            Higher,
            valmadre,
        ),
        metric(
            "haurc",
            "Area under risk over coverage when answers climb from the best label until they are probable enough.",
            "∫ risk d coverage by trapezes, coverage = 1 − log leaves(answer) / log leaves(root)",
            Lower,
            "Goren 2024 (climbing)",
        ),
    ]
}
