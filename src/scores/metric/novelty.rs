//! Metrics of truths that are no candidates: by how new they are, whether that is noticed, where back-off stops.

use super::description::{Block, Metric};
use super::measure::{ByRank, Measure, Row, RowValues, Value};
use super::uncertainty::{LEFT_OUT, MEAN, NO_MEAN, SHARE, Uncertainty};
use crate::numbers::interval::MetricIntervals;
use crate::scores::novelty::{DetectionRow, Novelty, NoveltyBackOff, NoveltyRow, OneKind, OpenSetRow, StopRow};
use crate::taxonomy::rank::Rank;
use serde::{Serialize, Serializer};

const COMPONENTS: Uncertainty = Uncertainty::Interval("DeLong 1988, by clusters as Obuchowski 1997, on the scale of log odds");
const THRESHOLD_HELD: Uncertainty = Uncertainty::Interval("Wilson on the effective number of images, the threshold held fast");
const RUNGS: &str = "0 to 7 rungs";

/// The metrics of all images together.
pub static NOVELTY: [Measure<Novelty>; 4] = [
    Measure {
        metric: Block::Novelty
            .metric("images", "Images whose truth the taxonomy holds, scored elsewhere or not.", "#{i}")
            .count(),
        value: |row| Value::Count(Some(row.images)),
    },
    Measure {
        metric: Block::Novelty
            .metric("known", "Those whose truth can be told from the candidates.", "#{a candidate reaches the truth}")
            .count(),
        value: |row| Value::Count(Some(row.known)),
    },
    Measure {
        metric: Block::Novelty.metric("novel", "Those whose truth is no candidate and cannot be told.", "images − known").count(),
        value: |row| Value::Count(Some(row.novel)),
    },
    Measure {
        metric: Block::Novelty.metric("candidates", "Taxa that could be answered.", "#{candidate}").count(),
        value: |row| Value::Count(Some(row.candidates)),
    },
];

/// The metrics of images that are equally new, in the order of their keys.
pub static NOVELTY_ROWS: [Measure<NoveltyRow>; 7] = [
    Measure {
        metric: Block::Novelty.metric("n", "Images of the row.", "#{i in row}").count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Novelty
            .metric(
                "accuracy",
                "Accuracy by the path rule at each main rank, over the images whose truth the candidates reach there; at best 1.",
                "mean of [ancestor_r(answer) = ancestor_r(truth)], r at or above the deepest shared taxon",
            )
            .with(SHARE),
        value: |row| Value::ByRank(ByRank { shares: &row.accuracy, low: &row.accuracy_low, high: &row.accuracy_high }),
    },
    Measure {
        metric: Block::Novelty
            .metric(
                "reached",
                "Share of answers that are right down to the deepest taxon of the truth that some candidate shares; at best 1.",
                "mean of [the answer lies in that taxon]",
            )
            .with(SHARE),
        value: |row| Value::Number(row.reached),
    },
    Measure {
        metric: Block::Novelty
            .metric("mean_height", "Mean height of the error over the row.", "mean of height")
            .lower()
            .within(RUNGS)
            .with(MEAN),
        value: |row| Value::Number(row.mean_height),
    },
    Measure {
        metric: Block::Novelty
            .metric(
                "best_height",
                "Mean height that the best answer among the candidates would still have.",
                "mean of rung(deepest shared taxon) − rung(truth)",
            )
            .neither()
            .within(RUNGS),
        value: |row| Value::Number(row.best_height),
    },
    Measure {
        metric: Block::Novelty
            .metric("excess_height", "Mean height above that of the best answer among the candidates.", "mean_height − best_height")
            .lower()
            .within(RUNGS)
            .with(MEAN),
        value: |row| Value::Number(row.excess_height),
    },
    Measure {
        metric: Block::Novelty
            .metric(
                "over_specific",
                "Share of novel images answered by more than the candidates can know: below the deepest shared taxon, or of a finer rank elsewhere.",
                "mean of [the answer lies below that taxon, or its rank is finer]",
            )
            .lower()
            .with(SHARE),
        value: |row| Value::Number(row.over_specific),
    },
];

/// The metrics of detection at a rank by a score, in the order of their keys.
pub static NOVELTY_DETECTION: [Measure<DetectionRow>; 7] = [
    Measure {
        metric: Block::NoveltyDetection.metric("n", "Images that have a truth at the rank, and the score.", "#{i}").count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::NoveltyDetection
            .metric("positives", "Those whose taxon at the rank holds no candidate.", "#{new at the rank}")
            .count(),
        value: |row| Value::Count(Some(row.positives)),
    },
    Measure {
        metric: Block::NoveltyDetection.metric("negatives", "Those whose taxon at the rank holds one.", "n − positives").count(),
        value: |row| Value::Count(Some(row.negatives)),
    },
    Measure {
        metric: Block::NoveltyDetection
            .metric(
                "auroc",
                "Share of pairs of a new and a known taxon that the score puts in order, ties counting half; chance is 0.5.",
                "area under true over false positives",
            )
            .by("Hanley & McNeil 1982; Hendrycks & Gimpel 2017")
            .with(COMPONENTS),
        value: |row| Value::Number(row.auroc),
    },
    Measure {
        metric: Block::NoveltyDetection
            .metric(
                "aupr",
                "Average precision of finding what is new by falling score.",
                "Σ (recall − recall before) · precision, by thresholds",
            )
            .by("Davis & Goadrich 2006; Hendrycks & Gimpel 2017")
            .with(LEFT_OUT),
        value: |row| Value::Number(row.aupr),
    },
    Measure {
        metric: Block::NoveltyDetection
            .metric("aupr_chance", "What the average precision of a score without meaning comes to.", "positives / n")
            .neither(),
        value: |row| Value::Number(row.aupr_chance),
    },
    Measure {
        metric: Block::NoveltyDetection
            .metric(
                "fpr_at_95",
                "Share of what is known that is taken for new where at least 95 % of what is new is found.",
                "false positives at the highest threshold of recall ≥ 0.95",
            )
            .lower()
            .by("Liang 2018 (ODIN)")
            .with(THRESHOLD_HELD),
        value: |row| Value::Number(row.fpr_at_95),
    },
];

/// The metrics of the open set by a score, in the order of their keys.
pub static NOVELTY_OPEN_SET: [Measure<OpenSetRow>; 4] = [
    Measure {
        metric: Block::NoveltyOpenSet.metric("known", "Known images that have the score.", "#{i known}").count(),
        value: |row| Value::Count(Some(row.known)),
    },
    Measure {
        metric: Block::NoveltyOpenSet.metric("novel", "Novel images that have the score.", "#{i novel}").count(),
        value: |row| Value::Count(Some(row.novel)),
    },
    Measure {
        metric: Block::NoveltyOpenSet
            .metric(
                "accuracy",
                "Share of the known images answered right if all are answered: the most that oscr can be, twice what chance gives.",
                "mean of [right] over known",
            )
            .with(SHARE),
        value: |row| Value::Number(row.accuracy),
    },
    Measure {
        metric: Block::NoveltyOpenSet
            .metric(
                "oscr",
                "Area under the share of known images answered right over the share of novel images answered, all thresholds together.",
                "share of pairs of a known and a novel image in which the known is right and scores as less novel",
            )
            .by("Dhamija 2018")
            .with(LEFT_OUT),
        value: |row| Value::Number(row.oscr),
    },
];

/// The metrics of where back-off stops at a threshold, in the order of their keys.
pub static NOVELTY_BACK_OFF: [Measure<StopRow>; 6] = [
    Measure {
        metric: Block::NoveltyBackOff.metric("n", "Images, known or novel.", "#{i}").count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: stop(
            "too_early",
            "Share of answers that are right as far as they go but stop above the deepest taxon that some candidate shares.",
            "mean of [answer above it]",
        )
        .lower(),
        value: |row| Value::Number(row.too_early),
    },
    Measure {
        metric: stop("right", "Share of answers that stop where they should.", "mean of [answer is it, or lies in the truth]"),
        value: |row| Value::Number(row.right),
    },
    Measure {
        metric: stop("too_late", "Share of answers that say more than the candidates can know.", "mean of [answer below it]")
            .lower(),
        value: |row| Value::Number(row.too_late),
    },
    Measure {
        metric: stop("wrong_branch", "Share of answers anywhere else.", "mean of [neither above nor below it]").lower(),
        value: |row| Value::Number(row.wrong_branch),
    },
    Measure {
        metric: Block::NoveltyBackOff
            .metric(
                "balanced",
                "Known and novel images that stop where they should, counting alike.",
                "mean of right over known and novel",
            )
            .by("Lee 2018")
            .with(NO_MEAN),
        value: |row| Value::Number(row.balanced),
    },
];

const fn stop(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::NoveltyBackOff.metric(name, sentence, formula).by("Lee 2018 (hierarchical novelty detection)").with(THRESHOLD_HELD)
}

impl Row for NoveltyRow {
    fn measures() -> &'static [Measure<Self>] {
        &NOVELTY_ROWS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Row for DetectionRow {
    fn measures() -> &'static [Measure<Self>] {
        &NOVELTY_DETECTION
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Row for OpenSetRow {
    fn measures() -> &'static [Measure<Self>] {
        &NOVELTY_OPEN_SET
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Row for StopRow {
    fn measures() -> &'static [Measure<Self>] {
        &NOVELTY_BACK_OFF
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Row for Novelty {
    fn measures() -> &'static [Measure<Self>] {
        &NOVELTY
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

/// The block of `metrics.json`: the counts, the rows, what could not be done and why.
impl Serialize for Novelty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, Novelty>,
            rows: &'a [NoveltyRow],
            detection: &'a [DetectionRow],
            one_kind: &'a [OneKind],
            open_set: &'a [OpenSetRow],
            #[serde(skip_serializing_if = "Option::is_none")]
            back_off: Option<&'a NoveltyBackOff>,
            without_distribution: u64,
            #[serde(skip_serializing_if = "Option::is_none")]
            why_no_detection: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            why_no_energy: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            why_no_nearest_neighbour: Option<&'a str>,
        }
        let whole = Whole {
            values: RowValues::of(self),
            rows: &self.rows,
            detection: &self.detection,
            one_kind: &self.one_kind,
            open_set: &self.open_set,
            back_off: self.back_off.as_ref(),
            without_distribution: self.without_distribution,
            why_no_detection: self.why_no_detection.as_deref(),
            why_no_energy: self.why_no_energy.as_deref(),
            why_no_nearest_neighbour: self.why_no_nearest_neighbour.as_deref(),
        };
        whole.serialize(serializer)
    }
}

/// A row: how new its images are, the metrics, their intervals.
impl Serialize for NoveltyRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            reach: String,
            known_rank: Option<Rank>,
            new_rank: Option<Rank>,
            #[serde(flatten)]
            values: RowValues<'a, NoveltyRow>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let whole = Whole {
            reach: self.newness.name(),
            known_rank: self.newness.known_rank(),
            new_rank: self.newness.new_rank(),
            values: RowValues::of(self),
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}

/// A row of `detection`: rank, images, score, the metrics, their intervals.
impl Serialize for DetectionRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rank: Option<Rank>,
            among: &'a str,
            score: &'a str,
            #[serde(flatten)]
            values: RowValues<'a, DetectionRow>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let whole = Whole {
            rank: self.rank,
            among: self.among.name(),
            score: self.score.name(),
            values: RowValues::of(self),
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}

/// A row of `open_set`: the score, the metrics, their intervals.
impl Serialize for OpenSetRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            score: &'a str,
            #[serde(flatten)]
            values: RowValues<'a, OpenSetRow>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { score: self.score.name(), values: RowValues::of(self), intervals: &self.intervals }.serialize(serializer)
    }
}

/// A row of `back_off.rows`: which threshold and which images, the metrics, their intervals.
impl Serialize for StopRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            at: &'a str,
            images: &'a str,
            threshold: f64,
            #[serde(flatten)]
            values: RowValues<'a, StopRow>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let whole = Whole {
            at: self.at.name(),
            images: self.kind(),
            threshold: self.threshold,
            values: RowValues::of(self),
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}
