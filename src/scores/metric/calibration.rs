//! Metrics of whether probabilities mean what they say.

use super::description::Block;
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::{MEAN, NO_MEAN, SHARE, SIGNED};
use crate::numbers::calibration::Bin;
use crate::numbers::interval::MetricIntervals;
use crate::scores::calibration::RankCalibration;
use crate::taxonomy::rank::Rank;
use serde::{Serialize, Serializer};

/// The metrics of calibration at a rank, in the order of their keys.
pub static CALIBRATION: [Measure<RankCalibration>; 8] = [
    Measure {
        metric: Block::Calibration.metric("n", "Images whose truth has a taxon at the rank, answered or not.", "#{i}").count(),
        value: |row| Value::Count(Some(row.calibration.n)),
    },
    Measure {
        metric: Block::Calibration
            .metric(
                "ece",
                "How far the summed probability of the best taxon of the rank is from how often it is right; no answer has probability 0.",
                "Σ_bins (n_b / n) |share right_b − mean probability_b|, 15 bins of equal width, 1 in the last",
            )
            .lower()
            .by("Naeini 2015, Guo 2017")
            .with(SIGNED),
        value: |row| Value::Number(row.calibration.ece),
    },
    Measure {
        metric: Block::Calibration
            .metric("mce", "The same in the worst bin.", "max over bins of the gap")
            .lower()
            .by("Naeini 2015")
            .with(NO_MEAN),
        value: |row| Value::Number(row.calibration.mce),
    },
    Measure {
        metric: Block::Calibration
            .metric(
                "adaptive_ece",
                "The same in 15 bins of equally many images; images of equal probability share what is right of them.",
                "Σ_bins |Σ_b (probability − right)| / n",
            )
            .lower()
            .by("Nixon 2019")
            .with(NO_MEAN),
        value: |row| Value::Number(row.calibration.adaptive_ece),
    },
    Measure {
        metric: Block::Calibration
            .metric(
                "brier",
                "Squared distance of the summed probabilities of the rank from the truth; 1 for no answer.",
                "mean of Σ over taxa of the rank of (P − truth)², truth 1 or 0",
            )
            .lower()
            .within("0 to 2")
            .by("Brier 1950, over all classes")
            .with(MEAN),
        value: |row| Value::Number(row.calibration.brier),
    },
    Measure {
        metric: Block::Calibration
            .metric(
                "nll",
                "Surprise at the true taxon of the rank, in nats; 36 for no answer.",
                "mean of −ln max(P(truth), 2⁻⁵²)",
            )
            .lower()
            .within("0 to 36")
            .by("log loss; floor as scikit-learn")
            .with(MEAN),
        value: |row| Value::Number(row.calibration.nll),
    },
    Measure {
        metric: Block::Calibration
            .metric("mean_probability", "Mean summed probability of the best taxon.", "mean of max P")
            .neither()
            .with(MEAN),
        value: |row| Value::Number(row.calibration.mean_probability),
    },
    Measure {
        metric: Block::Calibration
            .metric("right", "Share of images whose best taxon is right.", "mean of [argmax P = truth]")
            .with(SHARE),
        value: |row| Value::Number(row.calibration.right),
    },
];

impl Row for RankCalibration {
    fn measures() -> &'static [Measure<Self>] {
        &CALIBRATION
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// A row of `calibration.ranks`: the rank, the metrics, the bins of the diagram, the intervals, images left out.
impl Serialize for RankCalibration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rank: Rank,
            #[serde(flatten)]
            values: RowValues<'a, RankCalibration>,
            bins: &'a [Bin],
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
            why_n: Option<&'a str>,
        }
        let whole = Whole {
            rank: self.rank,
            values: RowValues::of(self),
            bins: &self.calibration.bins,
            intervals: &self.intervals,
            why_n: self.why_n.as_deref(),
        };
        whole.serialize(serializer)
    }
}
