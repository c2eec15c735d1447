//! Calibration at one rank.

use crate::numbers::calibration::{Calibration, Confidence, FLOOR, error_interval};
use crate::numbers::counted::counted;
use crate::numbers::interval::{Mean, MetricIntervals, NoInterval, Sample};
use crate::numbers::statistics::CalibrationBins;
use crate::taxonomy::rank::Rank;

/// Calibration at one rank.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone)]
pub struct RankCalibration {
    /// The rank.
    pub rank: Rank,
    /// Its calibration.
    pub calibration: Calibration,
    /// The intervals of its values.
    pub intervals: MetricIntervals,
    /// Why it counts fewer images than are scored; `None` where it counts all.
    pub why_n: Option<String>,
}

/// The ranks at which images count: of each its place and what it says rank by rank.
pub(super) fn by_rank(sample: &Sample, confidences: &[(usize, [Option<Confidence>; 7])]) -> Vec<RankCalibration> {
    let at = |(index, rank): (usize, Rank)| {
        let counting: Vec<(usize, Confidence)> =
            confidences.iter().filter_map(|(image, at)| Some((*image, at[index]?))).collect();
        let images: Vec<Confidence> = counting.iter().map(|(_, confidence)| *confidence).collect();
        let without = confidences.len() - images.len();
        let why_n = (without > 0)
            .then(|| format!("the truth of {without} of {} has no {rank}", counted(confidences.len(), "image", "images")));
        (!images.is_empty()).then(|| RankCalibration {
            rank,
            calibration: Calibration::of(&images),
            intervals: intervals(sample, &counting),
            why_n,
        })
    };
    Rank::MAIN.into_iter().enumerate().filter_map(at).collect()
}

/// The largest gap, and gaps of bins that move with the images.
const NO_MEAN: [(&str, &str); 2] = [
    ("mce", "it is the gap of one bin, the largest, and no mean over images"),
    ("adaptive_ece", "its bins move with the images: see that of ece"),
];

fn intervals(sample: &Sample, images: &[(usize, Confidence)]) -> MetricIntervals {
    let mut bins = CalibrationBins::default();
    for (_, one) in images {
        bins.add(one.probability, one.right.into());
    }
    let mut intervals = MetricIntervals::default();
    let answers = images.iter().map(|(image, one)| (*image, one.probability, one.right));
    intervals.add("ece", error_interval(sample, &bins, answers), sample.noun);
    intervals.add("right", sample.share(images.iter().map(|(image, one)| (*image, one.right))), sample.noun);
    let mean = |value: &dyn Fn(&Confidence) -> f64, most: f64| Mean {
        kinds: sample.kinds(images.iter().map(|(image, one)| (*image, value(one), 1.0))),
        range: Some((0.0, most)),
    };
    let means = [mean(&|one| one.probability, 1.0), mean(&|one| one.brier, 2.0), mean(&Confidence::surprise, -FLOOR.ln())];
    for (name, found) in ["mean_probability", "brier", "nll"].into_iter().zip(sample.means(&means)) {
        intervals.add(name, found, sample.noun);
    }
    for (name, reason) in NO_MEAN {
        intervals.add(name, Err(NoInterval::NoMean(reason)), sample.noun);
    }
    intervals
}
