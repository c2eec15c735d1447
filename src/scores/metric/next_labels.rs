//! Metrics of which images to label next: `next-labels.csv`, what is said of the models, and the simulation.

use super::description::{Block, Metric};
use super::measure::{Measure, Row, RowValues, Value, metrics_of};
use super::uncertainty::{NO_MEAN, Uncertainty};
use crate::numbers::interval::MetricIntervals;
use crate::scores::next_labels::{ModelEstimate, OrderedImage, SimulatedMethod};
use serde::{Serialize, Serializer};

const CODA: &str = "CODA, Kay et al. 2025, ICCV";
const COMMITTEE: &str = "query by committee, Dagan & Engelson 1995";

/// An image in the order.
pub static NEXT_LABELS: [Measure<OrderedImage>; 5] = [
    Measure {
        metric: Block::NextLabels
            .metric("score", "What the image is ordered by: the metric of the method; none at random.", "by --method")
            .neither()
            .within("0 or more, but for rounding"),
        value: |row| Value::Number(row.score),
    },
    Measure {
        metric: Block::NextLabels
            .metric(
                "information",
                "Bits that its label is expected to tell of which model is the best; none where all models agree and others do not.",
                "H(best) − Σ_c P(c | i) H(best | c)",
            )
            .within("0 or more bits, but for rounding")
            .by(CODA),
        value: |row| Value::Number(row.information),
    },
    Measure {
        metric: Block::NextLabels
            .metric("vote_entropy", "Entropy of the models' answers.", "−Σ_c v_c/M log₂(v_c/M)")
            .neither()
            .within("0 to log₂ of the models, in bits")
            .by(COMMITTEE),
        value: |row| Value::Number(Some(row.disagreement.vote_entropy)),
    },
    Measure {
        metric: Block::NextLabels
            .metric("pairs_disagree", "Share of pairs of models that answer differently.", "mean over pairs of [a_i ≠ b_i]")
            .neither()
            .by("defined here"),
        value: |row| Value::Number(Some(row.disagreement.pairs_disagree)),
    },
    Measure {
        metric: Block::NextLabels
            .metric(
                "pair_height",
                "How far apart the answers of two models are: rungs from the finer one up to where they meet, mean over pairs.",
                "mean over pairs of δ(a_i, b_i)",
            )
            .neither()
            .within("0 or more rungs")
            .by("defined here"),
        value: |row| Value::Number(Some(row.disagreement.pair_height)),
    },
];

/// A model.
pub static NEXT_LABELS_MODELS: [Measure<ModelEstimate>; 3] = [
    Measure {
        metric: Block::NextLabelsModels
            .metric("p_best", "Probability that the model is the best, by what is known so far.", "Σ_c π_c P(model best in c)")
            .by(CODA),
        value: |row| Value::Number(Some(row.p_best)),
    },
    Measure {
        metric: Block::NextLabelsModels.metric("labelled", "Images with a truth.", "#{i}").count(),
        value: |row| Value::Count(Some(row.labelled)),
    },
    Measure {
        metric: Block::NextLabelsModels
            .metric(
                "accuracy",
                "Share of these that the model is right of; images that were chosen for their disagreement make it too low.",
                "mean of [a_i = t_i]",
            )
            .with(Uncertainty::Interval("Wilson")),
        value: |row| Value::Number(row.accuracy),
    },
];

/// A method in a simulation.
pub static SIMULATION: [Measure<SimulatedMethod>; 5] = [
    Measure {
        metric: Block::NextLabelsSimulation
            .metric("repetitions", "How often the method was tried; once where no chance is in it.", "#")
            .count(),
        value: |row| Value::Count(Some(row.repetitions)),
    },
    Measure {
        metric: Block::NextLabelsSimulation
            .metric("found", "Share of repetitions in which the best model is the one taken when labels run out.", "mean of [best found]")
            .with(NO_MEAN),
        value: |row| Value::Within(Some(row.found), None),
    },
    Measure {
        metric: Block::NextLabelsSimulation
            .metric(
                "labels_needed",
                "Labels until the best model is taken and stays taken, median over repetitions; none where half of them do not find it.",
                "median of min {m : regret is 0 from m on}",
            )
            .count()
            .lower(),
        value: |row| Value::Count(row.labels_needed),
    },
    Measure {
        metric: Block::NextLabelsSimulation
            .metric(
                "cumulative_regret",
                "How much less accurate the model taken is than the best, summed over all labels, mean over repetitions.",
                "Σ_m accuracy(best) − accuracy(taken after m)",
            )
            .lower()
            .within("0 or more")
            .by(CODA)
            .with(NO_MEAN),
        value: |row| Value::Within(Some(row.cumulative_regret), None),
    },
    Measure {
        metric: Block::NextLabelsSimulation
            .metric("final_regret", "The same after the last label.", "accuracy(best) − accuracy(taken)")
            .lower()
            .by(CODA)
            .with(NO_MEAN),
        value: |row| Value::Within(Some(row.final_regret), None),
    },
];

/// All metrics of `next-labels`, in the order of its files.
#[must_use]
pub fn all() -> Vec<Metric> {
    [metrics_of(&NEXT_LABELS), metrics_of(&NEXT_LABELS_MODELS), metrics_of(&SIMULATION)].concat()
}

impl Row for OrderedImage {
    fn measures() -> &'static [Measure<Self>] {
        &NEXT_LABELS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Row for ModelEstimate {
    fn measures() -> &'static [Measure<Self>] {
        &NEXT_LABELS_MODELS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Serialize for ModelEstimate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            name: &'a str,
            #[serde(flatten)]
            values: RowValues<'a, ModelEstimate>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { name: &self.name, values: RowValues::of(self), intervals: &self.intervals }.serialize(serializer)
    }
}

impl Row for SimulatedMethod {
    fn measures() -> &'static [Measure<Self>] {
        &SIMULATION
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Serialize for SimulatedMethod {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            method: &'static str,
            #[serde(flatten)]
            values: RowValues<'a, SimulatedMethod>,
            needed: &'a [Option<u64>],
            regret: &'a [f64],
            found_by: &'a [f64],
        }
        let values = RowValues::of(self);
        Whole { method: self.method.name(), values, needed: &self.needed, regret: &self.regret, found_by: &self.found_by }
            .serialize(serializer)
    }
}
