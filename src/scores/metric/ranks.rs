//! Metrics with one value per rank.

use super::description::{Block, Metric};
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::{AVERAGE, MEAN, NO_MEAN, SHARE, SIGNED};
use crate::numbers::interval::MetricIntervals;
use crate::scores::ranks::RankScores;
use crate::taxonomy::rank::Rank;
use serde::{Serialize, Serializer};

/// Precision or F1 averaged over the taxa of a rank.
const fn average(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Ranks.metric(name, sentence, formula).by("scikit-learn, zero_division=0").with(NO_MEAN)
}

const PRECISION: &str = "mean over taxa that are a truth or an answer of (right / answered), 0 where never answered";
const F1: &str = "mean over taxa that are a truth or an answer of 2 right / (images + answered)";
const WEIGHTED_PRECISION: &str = "Σ images (right / answered) / Σ images";
const WEIGHTED_F1: &str = "Σ images 2 right / (images + answered) / Σ images";

/// The metrics of a rank, in the order of their columns.
pub static RANKS: [Measure<RankScores>; 26] = [
    Measure {
        metric: Block::Ranks
            .metric("n", "Images whose truth has a taxon at the rank.", "#{i : truth_i has an ancestor at r}")
            .count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "path_top1",
                "Share of images whose best label lies in the right taxon of the rank.",
                "mean of [ancestor_r(label) = ancestor_r(truth)]",
            )
            .with(SHARE),
        value: |row| Value::Number(row.path_top1),
    },
    Measure {
        metric: Block::Ranks.metric(
            "path_top1_least",
            "path_top1 if every shared best score were resolved against the classifier.",
            "mean of [all labels of the best score lie in ancestor_r(truth)]",
        ),
        value: |row| Value::Number(row.path_top1_least),
    },
    Measure {
        metric: Block::Ranks.metric(
            "path_top1_most",
            "path_top1 if every shared best score were resolved in favour of the classifier.",
            "mean of [some label of the best score lies in ancestor_r(truth)]",
        ),
        value: |row| Value::Number(row.path_top1_most),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "path_top5",
                "Share of images with the right taxon of the rank above one of the five best labels; left out unless every image lists five answers, all that there are, all of the probability, or none.",
                "mean of [ancestor_r(truth) is among ancestor_r(label 1 to 5)]",
            )
            .with(SHARE),
        value: |row| Value::Number(row.path_top5),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "path_macro",
                "Recall by the path rule, averaged over the true taxa of the rank, rare ones counting as much as common ones.",
                "mean over true taxa of (right images / images)",
            )
            .by("balanced accuracy")
            .with(AVERAGE),
        value: |row| Value::Number(row.path_macro),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "summed_top1",
                "Share of images where the taxon with most summed probability at the rank is right; where none has any, nothing is answered.",
                "mean of [argmax_t Σ p(labels below t) = ancestor_r(truth)]",
            )
            .by("pybioclip, Valmadre 2022")
            .with(SHARE),
        value: |row| Value::Number(row.summed_top1),
    },
    Measure {
        metric: Block::Ranks.metric(
            "summed_top1_least",
            "summed_top1 if every shared best sum were resolved against the classifier.",
            "mean of [all taxa of the best sum are ancestor_r(truth)]",
        ),
        value: |row| Value::Number(row.summed_top1_least),
    },
    Measure {
        metric: Block::Ranks.metric(
            "summed_top1_most",
            "summed_top1 if every shared best sum were resolved in favour of the classifier.",
            "mean of [some taxon of the best sum is ancestor_r(truth)]",
        ),
        value: |row| Value::Number(row.summed_top1_most),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "summed_top5",
                "Share of images with the right taxon among the five of most summed probability at the rank; left out as path_top5 is, of the taxa that share the probability.",
                "mean of [ancestor_r(truth) is among the 5 best taxa]",
            )
            .by("pybioclip")
            .with(SHARE),
        value: |row| Value::Number(row.summed_top5),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "summed_macro",
                "Recall by the summed rule, averaged over the true taxa of the rank.",
                "mean over true taxa of (right images / images)",
            )
            .by("balanced accuracy")
            .with(AVERAGE),
        value: |row| Value::Number(row.summed_macro),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "ece",
                "How far the summed probability of the best taxon of the rank is from how often it is right; no answer has probability 0.",
                "Σ_bins (n_b / n) |share right_b − mean probability_b|, 15 bins of equal width",
            )
            .lower()
            .by("Naeini 2015, Guo 2017")
            .with(SIGNED),
        value: |row| Value::Number(row.ece),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "chance",
                "What a guess drawn evenly from the candidate labels would reach; where these are unknown, one in the taxa of the rank among truths and answers.",
                "mean of (labels below ancestor_r(truth) / labels)",
            )
            .neither(),
        value: |row| Value::Number(row.chance),
    },
    Measure {
        metric: Block::Ranks
            .metric("classes", "Taxa of the rank that could be answered.", "#{ancestor_r(label) : labels}")
            .count(),
        value: |row| Value::Count(Some(row.classes)),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "path_mrr",
                "One over the place of the first label in the right taxon of the rank, averaged; 0 where none listed is, left out where no image lists two.",
                "mean of 1 / (place of the first label with ancestor_r(label) = ancestor_r(truth))",
            )
            .by("mean reciprocal rank; Voorhees 1999")
            .with(MEAN),
        value: |row| Value::Number(row.path_mrr),
    },
    Measure {
        metric: average("path_macro_precision", "Precision by the path rule, averaged over the taxa of the rank.", PRECISION),
        value: |row| Value::Number(row.path_macro_precision),
    },
    Measure {
        metric: average("path_macro_f1", "F1 by the path rule, averaged over the taxa of the rank.", F1),
        value: |row| Value::Number(row.path_macro_f1),
    },
    Measure {
        metric: average(
            "path_weighted_precision",
            "Precision by the path rule, averaged over the taxa of the rank by their images.",
            WEIGHTED_PRECISION,
        ),
        value: |row| Value::Number(row.path_weighted_precision),
    },
    Measure {
        metric: average(
            "path_weighted_f1",
            "F1 by the path rule, averaged over the taxa of the rank by their images.",
            WEIGHTED_F1,
        ),
        value: |row| Value::Number(row.path_weighted_f1),
    },
    Measure {
        metric: average("summed_macro_precision", "Precision by the summed rule, averaged over the taxa of the rank.", PRECISION),
        value: |row| Value::Number(row.summed_macro_precision),
    },
    Measure {
        metric: average("summed_macro_f1", "F1 by the summed rule, averaged over the taxa of the rank.", F1),
        value: |row| Value::Number(row.summed_macro_f1),
    },
    Measure {
        metric: average(
            "summed_weighted_precision",
            "Precision by the summed rule, averaged over the taxa of the rank by their images.",
            WEIGHTED_PRECISION,
        ),
        value: |row| Value::Number(row.summed_weighted_precision),
    },
    Measure {
        metric: average(
            "summed_weighted_f1",
            "F1 by the summed rule, averaged over the taxa of the rank by their images.",
            WEIGHTED_F1,
        ),
        value: |row| Value::Number(row.summed_weighted_f1),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "disagree",
                "Share of images whose summed taxon is not the taxon of the best label.",
                "mean of [argmax_t Σ p(labels below t) ≠ ancestor_r(label)]",
            )
            .neither()
            .with(SHARE),
        value: |row| Value::Number(row.disagree),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "tied",
                "Images of which several labels share the best score, equal to 40 significant bits; of these the first in the order of the taxonomy is answered.",
                "#{i : |{labels of the best score}| > 1}",
            )
            .count(),
        value: |row| Value::Count(Some(row.tied)),
    },
    Measure {
        metric: Block::Ranks
            .metric(
                "summed_tied",
                "Images of which several taxa of the rank share the most summed probability; of these the first in the order of the taxonomy is answered.",
                "#{i : |argmax_t Σ p(labels below t)| > 1}",
            )
            .count(),
        value: |row| Value::Count(row.summed_tied),
    },
];

impl Row for RankScores {
    fn measures() -> &'static [Measure<Self>] {
        &RANKS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// A row of `metrics.json`: the rank, the metrics, their intervals.
impl Serialize for RankScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rank: Rank,
            #[serde(flatten)]
            values: RowValues<'a, RankScores>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { rank: self.rank, values: RowValues::of(self), intervals: &self.intervals }.serialize(serializer)
    }
}
