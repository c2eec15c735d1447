//! Whether probabilities mean what they say.

use crate::numbers::interval::{Found, Sample};
use crate::numbers::statistics::{BINS, CalibrationBins, Interval, Sum, bin, to_f64};
use crate::numbers::ties;
use rayon::prelude::*;
use serde::Serialize;

/// The least probability that a logarithm is taken of: the distance from 1 to the next number.
pub const FLOOR: f64 = f64::EPSILON;

/// What one image says about the calibration at one rank.
///
/// Where no taxon of the rank has any probability none is answered: probability 0, not right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence {
    /// Probability of the most probable taxon.
    pub probability: f64,
    /// Whether that taxon is right.
    pub right: bool,
    /// Σ over the taxa of the rank of (probability − truth)², truth being 1 or 0.
    pub brier: f64,
    /// Probability of the true taxon.
    pub of_truth: f64,
}

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Lower end of the probabilities of the bin.
    pub low: f64,
    /// Upper end, which belongs to the next bin but for the last.
    pub high: f64,
    /// Images.
    pub n: u64,
    /// Their mean probability; `None` without images.
    pub mean_probability: Option<f64>,
    /// Share of them that is right.
    pub right: Option<f64>,
}

/// Calibration of the summed probabilities at one rank; `None` without images.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct Calibration {
    pub n: u64,
    pub ece: Option<f64>,
    pub mce: Option<f64>,
    pub adaptive_ece: Option<f64>,
    pub brier: Option<f64>,
    pub nll: Option<f64>,
    pub mean_probability: Option<f64>,
    pub right: Option<f64>,
    /// Bins of equal width, lowest first.
    pub bins: Vec<Bin>,
}

impl Calibration {
    /// The calibration that some images show.
    #[must_use]
    pub fn of(images: &[Confidence]) -> Self {
        let n = images.len() as u64;
        let mean = |value: &dyn Fn(&Confidence) -> f64| images.iter().map(value).collect::<Sum>().mean();
        let mut counted = CalibrationBins::default();
        for image in images {
            counted.add(image.probability, image.right.into());
        }
        let bins = bins(&counted);
        Self {
            n,
            ece: counted.expected_error(),
            mce: (n > 0).then(|| bins.iter().map(gap).fold(0.0, f64::max)),
            adaptive_ece: adaptive(images),
            brier: mean(&|image| image.brier),
            nll: mean(&Confidence::surprise),
            mean_probability: mean(&|image| image.probability),
            right: mean(&|image| f64::from(u8::from(image.right))),
            bins,
        }
    }
}

impl Confidence {
    /// −ln of the probability of the true taxon, in nats, at most 36: 0 where it is certain.
    #[must_use]
    pub fn surprise(&self) -> f64 {
        // Sums can pass 1 by their rounding; nobody is surprised less than not at all.
        (-self.of_truth.max(FLOOR).ln()).max(0.0)
    }
}

/// The interval of an expected calibration error: of each image its place, its probability and whether
/// it is right, as in the bins.
///
/// The error is a mean over images of s (right − probability), where s is the sign of the gap of the
/// image's bin; the interval is that of the mean with these signs held fast (the delta method). It is too
/// narrow where the error is near 0, for there signs are chance.
///
/// # Errors
///
/// As for [`crate::numbers::interval::means`].
pub fn error_interval(sample: &Sample, bins: &CalibrationBins, images: impl IntoIterator<Item = (usize, f64, bool)>) -> Found {
    let signs = bins.signs();
    let term = |(image, probability, right): (usize, f64, bool)| {
        (image, signs[bin(probability)] * (f64::from(u8::from(right)) - probability.clamp(0.0, 1.0)), 1.0)
    };
    let found = sample.mean(images.into_iter().map(term), Some((-1.0, 1.0)))?;
    Ok(Interval { low: found.low.max(0.0), high: found.high.max(0.0) })
}

fn gap(bin: &Bin) -> f64 {
    bin.right.zip(bin.mean_probability).map_or(0.0, |(right, probability)| (right - probability).abs())
}

fn bins(counted: &CalibrationBins) -> Vec<Bin> {
    let width = to_f64(BINS as u64);
    let bin = |(index, (n, mean_probability, right)): (u64, (u64, Option<f64>, Option<f64>))| Bin {
        low: to_f64(index) / width,
        high: to_f64(index + 1) / width,
        n,
        mean_probability,
        right,
    };
    (0..).zip(counted.rows()).map(bin).collect()
}

/// ECE with bins of equal mass: images sorted by probability. Images of equal probability stand for
/// each other, each with the mean of what they are right, so that their order does not matter.
fn adaptive(images: &[Confidence]) -> Option<f64> {
    let mut sorted: Vec<&Confidence> = images.iter().collect();
    sorted.sort_by(|a, b| ties::falling(b.probability, a.probability));
    let equal = sorted.chunk_by(|a, b| ties::falling(a.probability, b.probability).is_eq());
    let gaps: Vec<f64> = equal
        .flat_map(|equal| {
            let gaps: Sum = equal.iter().map(|image| image.probability - f64::from(u8::from(image.right))).collect();
            std::iter::repeat_n(gaps.mean().unwrap_or(0.0), equal.len())
        })
        .collect();
    let n = gaps.len();
    let gap = |part: &[f64]| part.iter().copied().collect::<Sum>().total().abs();
    (n > 0).then(|| (0..BINS).map(|bin| gap(&gaps[bin * n / BINS..(bin + 1) * n / BINS])).sum::<f64>() / to_f64(n as u64))
}

/// The temperature that makes the truths most probable: the minimum over `T` of the mean of
/// −ln softmax(l / T) at the truth, for the logarithms `l` of the probabilities of each image.
///
/// Golden-section search on ln `T` from 1/100 to 100; the function has one minimum, being convex in
/// 1/`T`. `None` without images.
///
/// # Source
///
/// Guo 2017.
#[must_use]
pub fn temperature(images: &[(Vec<f64>, usize)]) -> Option<f64> {
    if images.is_empty() {
        return None;
    }
    let loss = |log_temperature: f64| -> f64 {
        let inverse = (-log_temperature).exp();
        let losses: Vec<f64> = images.par_iter().map(|(logs, truth)| log_loss(logs, *truth, inverse)).collect();
        losses.into_iter().collect::<Sum>().total()
    };
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (-(100.0_f64.ln()), 100.0_f64.ln());
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (loss(left), loss(right));
    while high - low > 1e-6 {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - golden * (high - low);
            at_left = loss(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + golden * (high - low);
            at_right = loss(right);
        }
    }
    Some(f64::midpoint(low, high).exp())
}

/// −ln of the probability of the truth at a temperature, with the floor of [`FLOOR`].
fn log_loss(logs: &[f64], truth: usize, inverse: f64) -> f64 {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logs.iter().map(|log| ((log - most) * inverse).exp()).sum();
    let log = (logs[truth] - most) * inverse - total.ln();
    -log.max(FLOOR.ln())
}

/// Probabilities at a temperature: proportional to `p^(1/T)`.
pub fn temper(probabilities: &mut [f64], temperature: f64) {
    let most = probabilities.iter().copied().fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let mut total = 0.0;
    for probability in probabilities.iter_mut() {
        *probability = (*probability / most).powf(1.0 / temperature);
        total += *probability;
    }
    for probability in probabilities.iter_mut() {
        *probability /= total;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn near(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
    }

    #[test]
    fn five_images_worked_by_hand() {
        let image =
            |probability, right, of_truth: f64| Confidence { probability, right, brier: (1.0 - of_truth).powi(2), of_truth };
        // Bins of 1/15: 0.80 right and 0.84 wrong in the bin from 12/15; 1.0 wrong and 0.95 right in
        // the last, which is closed; 0.15 wrong in the bin from 2/15.
        let images = [
            image(0.80, true, 0.80),
            image(0.84, false, 0.1),
            image(1.0, false, 0.0),
            image(0.95, true, 0.95),
            image(0.15, false, 0.05),
        ];
        let found = Calibration::of(&images);
        // |1 - 1.64| + |1 - 1.95| + |0 - 0.15| over 5.
        near(found.ece, (0.64 + 0.95 + 0.15) / 5.0);
        // The gaps of the bins: 0.32, 0.475, 0.15.
        near(found.mce, 0.475);
        // Five images in fifteen bins of equal mass: one image each: .2 + .84 + 1 + .05 + .15.
        near(found.adaptive_ece, (0.20 + 0.84 + 1.0 + 0.05 + 0.15) / 5.0);
        near(found.brier, (0.04 + 0.81 + 1.0 + 0.0025 + 0.9025) / 5.0);
        let nll = -(0.80_f64.ln() + 0.1_f64.ln() + FLOOR.ln() + 0.95_f64.ln() + 0.05_f64.ln()) / 5.0;
        near(found.nll, nll);
        assert_eq!(found.bins.iter().map(|bin| bin.n).collect::<Vec<_>>(), [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2]);
        assert_eq!(Calibration::of(&[]).ece, None);
    }

    #[test]
    fn the_temperature_undoes_a_sharpening() {
        // Three images of two classes, 2/3 right: the best fit gives the chosen class 2/3 always.
        // At p = 0.9: (0.9/0.1)^(1/T) = 2, so T = ln 9 / ln 2.
        let logs = vec![0.9_f64.ln(), 0.1_f64.ln()];
        let found = temperature(&[(logs.clone(), 0), (logs.clone(), 0), (logs, 1)]).unwrap();
        assert!((found - 9.0_f64.ln() / 2.0_f64.ln()).abs() < 1e-5, "{found}");
        let mut probabilities = [0.9, 0.1];
        temper(&mut probabilities, found);
        assert!((probabilities[0] - 2.0 / 3.0).abs() < 1e-5, "{probabilities:?}");
    }
}
