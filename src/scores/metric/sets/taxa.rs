//! Metrics of one taxon of sets.

use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, Value};
use crate::scores::metric::uncertainty::{NO_MEAN, SHARE};
use crate::scores::sets::SetTaxonScores;

/// The metrics of a taxon, in the order of their columns.
pub static SET_TAXA: [Measure<SetTaxonScores>; 7] = [
    Measure {
        metric: Block::SetTaxa
            .metric(
                "n",
                "Images that show the taxon.",
                "#{i : t ∈ T_i}",
            ).count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::SetTaxa
            .metric(
                "answered",
                "Images of which it is answered.",
                "#{i : t ∈ A_i}",
            ).count(),
        value: |row| Value::Count(Some(row.answered)),
    },
    Measure {
        metric: Block::SetTaxa
            .metric(
                "right",
                "Images that show it and of which it is answered.",
                "#{i : t ∈ T_i ∩ A_i}",
            ).count(),
        value: |row| Value::Count(Some(row.right)),
    },
    Measure {
        metric: Block::SetTaxa
            .metric(
                "precision",
                "Share of its answers that are right.",
                "right / answered",
            ).with(SHARE),
        value: |row| Value::Within(row.precision, row.precision_interval),
    },
    Measure {
        metric: Block::SetTaxa
            .metric(
                "recall",
                "Share of its images of which it is answered.",
                "right / n",
            ).with(SHARE),
        value: |row| Value::Within(row.recall, row.recall_interval),
    },
    Measure {
        metric: Block::SetTaxa
            .metric(
                "f1",
                "Harmonic mean of precision and recall.",
                "2 right / (n + answered)",
            ).with(NO_MEAN),
        value: |row| Value::Number(row.f1),
    },
    Measure {
        metric: Block::SetTaxa
            .metric(
                "average_precision",
                "Area under precision over recall as the score falls, of the taxon as it is named; left out without scores, and where no image shows it.",
                "Σ (R_k − R_{k−1}) P_k",
            ).by("scikit-learn, average_precision_score").with(NO_MEAN),
        value: |row| Value::Number(row.average_precision),
    },
];

impl Row for SetTaxonScores {
    fn measures() -> &'static [Measure<Self>] {
        &SET_TAXA
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}
