//! Metrics of the mix of classes in the second set.

use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, RowValues, Value};
use crate::scores::metric::uncertainty::Uncertainty;
use crate::scores::shift::{ClassMix, LabelShift};
use crate::taxonomy::rank::Rank;
use serde::{Serialize, Serializer};

const DRAWN: Uncertainty = Uncertainty::Interval("percentiles of up to 500 draws (EM: 200) of both sets, cluster by cluster");
const DISTANCE: Uncertainty = Uncertainty::Missing("none: a distance between mixes that are drawn is never 0");
const BBSE: &str = "Lipton, Wang & Smola 2018 (BBSE, hard)";
const EM: &str = "Saerens, Latinne & Decaestecker 2002";
const TOTAL_VARIATION: &str = "total variation distance";

/// What is said of the mix of the second set, in the order of its keys.
pub static LABEL_SHIFT: [Measure<LabelShift>; 12] = [
    Measure {
        metric: Block::Shift
            .metric("images_first", "Images of the first set whose truth is a class: the confusion matrix.", "#{i}")
            .count(),
        value: |row| Value::Count(Some(row.images_first)),
    },
    Measure {
        metric: Block::Shift
            .metric("images_second", "Images of the second set that could be read, with a truth or without.", "#{i}")
            .count(),
        value: |row| Value::Count(Some(row.images_second)),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "condition_number",
                "How many times errors of the answers may grow in the estimate by answers; none where classes are answered alike.",
                "largest / smallest singular value of P(answer | truth) in the first set",
            )
            .lower()
            .within("1 or more"),
        value: |row| Value::Number(row.condition_number),
    },
    Measure {
        metric: Block::Shift
            .metric("moved", "How far the true mix of the second set is from that of the first.", "½ Σ_k |q_k − p_k|")
            .neither()
            .by(TOTAL_VARIATION)
            .with(DISTANCE),
        value: |row| Value::Number(row.moved),
    },
    Measure {
        metric: Block::Shift
            .metric("error_answers", "How far the answers, counted as they are, are from the true mix.", "½ Σ_k |answered_k − q_k|")
            .lower()
            .by("total variation distance; classify and count, Forman 2008")
            .with(DISTANCE),
        value: |row| Value::Number(row.error_answers),
    },
    Measure {
        metric: Block::Shift
            .metric("error_bbse", "How far the estimate by answers is from the true mix.", "½ Σ_k |bbse_k − q_k|")
            .lower()
            .by(TOTAL_VARIATION)
            .with(DISTANCE),
        value: |row| Value::Number(row.error_bbse),
    },
    Measure {
        metric: Block::Shift
            .metric("error_em", "How far the estimate by whole distributions is from the true mix.", "½ Σ_k |em_k − q_k|")
            .lower()
            .by(TOTAL_VARIATION)
            .with(DISTANCE),
        value: |row| Value::Number(row.error_em),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "outside",
                "Share of the second set's truths that are in no class: no estimate can give them anything.",
                "#{truth in no class} / #{truth}",
            )
            .lower()
            .with(Uncertainty::Exact),
        value: |row| Value::Number(row.outside),
    },
    Measure {
        metric: Block::Shift.metric("accuracy_first", "Share right of the first set at the rank.", "Σ_k p_k r_k").with(Uncertainty::Exact),
        value: |row| Value::Number(row.accuracy_first),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "accuracy_bbse",
                "Share right that is to be expected of the second set if the mix alone has changed, estimated by answers.",
                "Σ_k bbse_k r_k, r the share right of the class in the first set",
            )
            .by(BBSE)
            .with(DRAWN),
        value: |row| Value::Number(row.accuracy_bbse),
    },
    Measure {
        metric: Block::Shift
            .metric("accuracy_em", "The same, estimated by whole distributions.", "Σ_k em_k r_k")
            .by(EM)
            .with(DRAWN),
        value: |row| Value::Number(row.accuracy_em),
    },
    Measure {
        metric: Block::Shift
            .metric("accuracy_second", "Share right of the second set at the rank, where its truth is known.", "right / #{truth}")
            .with(Uncertainty::Exact),
        value: |row| Value::Number(row.accuracy_second),
    },
];

/// What is said of one class in both mixes, in the order of the columns.
pub static CLASS_MIX: [Measure<ClassMix>; 5] = [
    Measure {
        metric: Block::Shift.metric("true_first", "Share of the class in the first set.", "p_k").neither(),
        value: |row| Value::Number(row.true_first),
    },
    Measure {
        metric: Block::Shift
            .metric("true_second", "Share of the class in the second set, where its truth is known.", "q_k")
            .neither(),
        value: |row| Value::Number(row.true_second),
    },
    Measure {
        metric: Block::Shift
            .metric("answered", "Share of the second set's answers that are the class.", "#{answer = k} / n")
            .neither(),
        value: |row| Value::Number(row.answered),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "bbse",
                "Share of the class in the second set, estimated by how it is answered.",
                "least squares of P(answer | truth) q = answered, q ≥ 0, Σ q = 1",
            )
            .neither()
            .by(BBSE)
            .with(DRAWN),
        value: |row| Value::Number(row.bbse),
    },
    Measure {
        metric: Block::Shift
            .metric(
                "em",
                "Share of the class in the second set, estimated by whole distributions.",
                "q ← mean of P_i(k) q_k / p_k, made to add up to 1 image by image",
            )
            .neither()
            .by(EM)
            .with(DRAWN),
        value: |row| Value::Number(row.em),
    },
];

impl Row for LabelShift {
    fn measures() -> &'static [Measure<Self>] {
        &LABEL_SHIFT
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Row for ClassMix {
    fn measures() -> &'static [Measure<Self>] {
        &CLASS_MIX
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block `label_shift` without its classes: rank, how many classes, the metrics, why there is no estimate, intervals.
impl Serialize for LabelShift {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rank: Rank,
            classes: usize,
            #[serde(flatten)]
            values: RowValues<'a, LabelShift>,
            held_at_zero: bool,
            no_bbse: Option<&'a str>,
            no_em: Option<&'a str>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let whole = Whole {
            rank: self.rank,
            classes: self.classes,
            values: RowValues::of(self),
            held_at_zero: self.held_at_zero,
            no_bbse: self.no_bbse.as_deref(),
            no_em: self.no_em.as_deref(),
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}
