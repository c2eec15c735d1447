//! Metrics of annotators and of classifiers among them: `annotators.json`, its tables and its page; how far they agree stands apart.

use super::agreement::{AGREEMENT, AGREEMENT_TREE, PAIRS_OF_RATERS};
use super::description::{Block, Metric};
use super::measure::{Measure, Row, RowValues, Value, metrics_of};
use super::uncertainty::{MEAN, NO_MEAN, SHARE};
use crate::numbers::interval::MetricIntervals;
use crate::scores::annotators::{HumanRank, RaterRank, RaterScores};
use serde::{Serialize, Serializer};

const DAWID: &str = "Dawid & Skene 1979, the tree for structure";
const LEFT_OUT: &str = "leave-one-out majority";
const HEIGHTS: &str = "0 or more rungs";

/// An annotator or a classifier.
pub static ANNOTATORS: [Measure<RaterScores>; 6] = [
    Measure {
        metric: Block::Annotators.metric("labels", "Images that it labels or answers.", "#{i}").count(),
        value: |row| Value::Count(Some(row.labels)),
    },
    Measure {
        metric: Block::Annotators
            .metric("outside", "Its labels that are no taxon of the taxonomy.", "#{i : l_i outside}")
            .count(),
        value: |row| Value::Count(Some(row.outside)),
    },
    Measure {
        metric: Block::Annotators.metric("n", "Images of which the others have a majority below the root.", "#{i : r_i}").count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Annotators
            .metric(
                "mean_height",
                "Rungs from what most of the others say up to where the label meets it; of a classifier, most of all annotators.",
                "mean of rung(lca(r_i, l_i)) − rung(r_i)",
            )
            .lower()
            .within(HEIGHTS)
            .by(LEFT_OUT)
            .with(MEAN),
        value: |row| Value::Number(row.mean_height),
    },
    Measure {
        metric: Block::Annotators
            .metric("consensus_n", "Images of which the others have a consensus below the root.", "#{i : t_i}")
            .count(),
        value: |row| Value::Count(Some(row.consensus_n)),
    },
    Measure {
        metric: Block::Annotators
            .metric(
                "consensus_height",
                "The same height from the probable truth, the annotator's own label left out.",
                "mean of rung(lca(t_i, l_i)) − rung(t_i)",
            )
            .lower()
            .within(HEIGHTS)
            .by(DAWID)
            .with(MEAN),
        value: |row| Value::Number(row.consensus_height),
    },
];

/// An annotator or a classifier at a rank.
pub static ANNOTATOR_RANKS: [Measure<RaterRank>; 7] = [
    Measure {
        metric: Block::AnnotatorRanks.metric("n", "Images of which most of the others say a taxon of the rank.", "#{i : ancestor_r(r_i)}").count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::AnnotatorRanks
            .metric(
                "accuracy",
                "Share of these images of which it says the same at the rank; a label that stops above is not the same.",
                "mean of [ancestor_r(l_i) = ancestor_r(r_i)]",
            )
            .by(LEFT_OUT)
            .with(SHARE),
        value: |row| Value::Number(row.accuracy),
    },
    Measure {
        metric: Block::AnnotatorRanks
            .metric("place", "Its place among the annotators by accuracy: 1 and as many as are better.", "1 + #{a : accuracy_a > accuracy}")
            .lower()
            .within("1 or more"),
        value: |row| Value::Count(row.place),
    },
    Measure {
        metric: Block::AnnotatorRanks.metric("consensus_n", "Images whose probable truth reaches the rank.", "#{i : ancestor_r(t_i)}").count(),
        value: |row| Value::Count(Some(row.consensus_n)),
    },
    Measure {
        metric: Block::AnnotatorRanks
            .metric(
                "consensus_accuracy",
                "Share of these images of which it says the same; of an annotator without its own label.",
                "mean of [ancestor_r(l_i) = ancestor_r(t_i)]",
            )
            .by(DAWID)
            .with(SHARE),
        value: |row| Value::Number(row.consensus_accuracy),
    },
    Measure {
        metric: Block::AnnotatorRanks
            .metric("compared", "Labels of annotators beside which a classifier is held; none of an annotator.", "#{(i, a)}")
            .count(),
        value: |row| Value::Count(Some(row.compared)),
    },
    Measure {
        metric: Block::AnnotatorRanks
            .metric(
                "difference",
                "How much more often a classifier says what the others say than the annotator beside it, on the same images and references.",
                "mean over (i, a) of [classifier right of r_i−a] − [a right of r_i−a]",
            )
            .within("−1 to 1, 0 for the human level")
            .by(LEFT_OUT)
            .with(MEAN),
        value: |row| Value::Number(row.difference),
    },
];

/// The human level at a rank.
pub static HUMAN_LEVEL: [Measure<HumanRank>; 3] = [
    Measure {
        metric: Block::HumanLevel
            .metric("n", "Labels of annotators of which the others have a majority at the rank.", "#{(i, a)}")
            .count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::HumanLevel
            .metric(
                "mean",
                "Share of the annotators' labels that most of the others agree with: the human level.",
                "mean over (i, a) of [l_ia right of r_i−a]",
            )
            .by(LEFT_OUT)
            .with(MEAN),
        value: |row| Value::Number(row.mean),
    },
    Measure {
        metric: Block::HumanLevel
            .metric(
                "best",
                "Accuracy of the best annotator among those who were compared at least half as often as the busiest.",
                "max_a accuracy_a",
            )
            .by(LEFT_OUT)
            .with(NO_MEAN),
        value: |row| Value::Within(row.best, None),
    },
];

/// All metrics of `annotators`, in the order of its files.
#[must_use]
pub fn all() -> Vec<Metric> {
    [
        metrics_of(&AGREEMENT),
        metrics_of(&AGREEMENT_TREE),
        metrics_of(&ANNOTATORS),
        metrics_of(&ANNOTATOR_RANKS),
        metrics_of(&HUMAN_LEVEL),
        metrics_of(&PAIRS_OF_RATERS),
    ]
    .concat()
}

impl Row for RaterScores {
    fn measures() -> &'static [Measure<Self>] {
        &ANNOTATORS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Serialize for RaterScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            name: &'a str,
            classifier: bool,
            #[serde(flatten)]
            values: RowValues<'a, RaterScores>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
            ranks: &'a [RaterRank],
        }
        let values = RowValues::of(self);
        Whole { name: &self.name, classifier: self.is_classifier, values, intervals: &self.intervals, ranks: &self.ranks }
            .serialize(serializer)
    }
}

impl Row for RaterRank {
    fn measures() -> &'static [Measure<Self>] {
        &ANNOTATOR_RANKS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Serialize for RaterRank {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rank: &'static str,
            #[serde(flatten)]
            values: RowValues<'a, RaterRank>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let values = RowValues::of(self);
        Whole { rank: self.rank.name(), values, intervals: &self.intervals }.serialize(serializer)
    }
}

impl Row for HumanRank {
    fn measures() -> &'static [Measure<Self>] {
        &HUMAN_LEVEL
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Serialize for HumanRank {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rank: &'static str,
            best_name: Option<&'a str>,
            #[serde(flatten)]
            values: RowValues<'a, HumanRank>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let values = RowValues::of(self);
        Whole { rank: self.rank.name(), best_name: self.best_name.as_deref(), values, intervals: &self.intervals }
            .serialize(serializer)
    }
}
