//! One number before and after, with the difference that the prior makes.

use crate::numbers::calibration::error_interval;
use crate::numbers::interval::{Mean, MetricIntervals, NoInterval, Sample, difference_of_shares};
use crate::numbers::significance::{Significance, sign_flip};
use crate::numbers::statistics::{CalibrationBins, Sum};

/// One number before and after; `None` without images.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct BeforeAfter {
    /// What it is over: a rank, `mean_height`, or `outside`, `edge` and `within`.
    pub name: &'static str,
    /// Images.
    pub n: u64,
    pub before: Option<f64>,
    pub after: Option<f64>,
    pub difference: Option<f64>,
    /// Sign-flip randomisation over images, or over the clusters that intervals are drawn by.
    pub significance: Significance,
    pub adjusted: f64,
    pub ece_before: Option<f64>,
    pub ece_after: Option<f64>,
    /// The intervals of its values.
    pub intervals: MetricIntervals,
}

impl BeforeAfter {
    /// Of shares: of each image its place, and whether it is right before and after.
    pub(super) fn of_shares(sample: &Sample, name: &'static str, images: &[(usize, bool, bool)]) -> Self {
        let number = |right: bool| f64::from(u8::from(right));
        let values: Vec<(usize, f64, f64)> =
            images.iter().map(|&(image, before, after)| (image, number(before), number(after))).collect();
        let mut row = Self::of(sample, name, &values);
        row.intervals.add("before", sample.share(images.iter().map(|&(image, before, _)| (image, before))), sample.noun);
        row.intervals.add("after", sample.share(images.iter().map(|&(image, _, after)| (image, after))), sample.noun);
        let unlike = images.iter().filter(|(_, before, after)| before != after).count() as u64;
        let kinds = sample.kinds(values.iter().map(|&(image, before, after)| (image, after - before, 1.0)));
        row.intervals.add("difference", difference_of_shares(&kinds, unlike), sample.noun);
        row.without_calibration(sample)
    }

    /// Of means: of each image its place, and its value before and after; `range` is that of the values.
    pub(super) fn of_means(sample: &Sample, name: &'static str, images: &[(usize, f64, f64)], range: Option<(f64, f64)>) -> Self {
        let mut row = Self::of(sample, name, images);
        let kinds = |value: &dyn Fn(f64, f64) -> f64| {
            sample.kinds(images.iter().map(|&(image, before, after)| (image, value(before, after), 1.0)))
        };
        let means = [
            Mean { kinds: kinds(&|before, _| before), range },
            Mean { kinds: kinds(&|_, after| after), range },
            Mean { kinds: kinds(&|before, after| after - before), range: None },
        ];
        for (name, found) in ["before", "after", "difference"].into_iter().zip(sample.means(&means)) {
            row.intervals.add(name, found, sample.noun);
        }
        row.without_calibration(sample)
    }

    fn of(sample: &Sample, name: &'static str, images: &[(usize, f64, f64)]) -> Self {
        let mean = |value: &dyn Fn(f64, f64) -> f64| {
            images.iter().map(|&(_, before, after)| value(before, after)).collect::<Sum>().mean()
        };
        let kinds = sample.kinds(images.iter().map(|&(image, before, after)| (image, after - before, 1.0)));
        let clusters: Vec<f64> = kinds.one_by_one().into_iter().map(|(sum, _)| sum).collect();
        Self {
            name,
            n: images.len() as u64,
            before: mean(&|before, _| before),
            after: mean(&|_, after| after),
            difference: mean(&|before, after| after - before),
            significance: sign_flip(&clusters, &format!("prior\n{name}")),
            adjusted: 1.0,
            ece_before: None,
            ece_after: None,
            intervals: MetricIntervals::default(),
        }
        .alone()
    }

    /// The same where nothing else is adjusted with it.
    fn alone(self) -> Self {
        Self { adjusted: self.significance.p, ..self }
    }

    fn without_calibration(mut self, sample: &Sample) -> Self {
        for name in ["ece_before", "ece_after"] {
            self.intervals.add(name, Err(NoInterval::NoValue), sample.noun);
        }
        self
    }

    /// The same with the calibration errors: of each image its place, the probability of its answer, and whether this is
    /// right.
    pub(super) fn with_calibration(
        mut self,
        sample: &Sample,
        before: &[(usize, f64, bool)],
        after: &[(usize, f64, bool)],
    ) -> Self {
        let mut error = |name: &'static str, images: &[(usize, f64, bool)]| {
            let mut bins = CalibrationBins::default();
            for (_, probability, right) in images {
                bins.add(*probability, (*right).into());
            }
            let value = bins.expected_error();
            let found = error_interval(sample, &bins, images.iter().copied());
            self.intervals.add_for(name, value, found, sample.noun);
            value
        };
        let (of_before, of_after) = (error("ece_before", before), error("ece_after", after));
        Self { ece_before: of_before, ece_after: of_after, ..self }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::numbers::significance::Method;

    fn near(found: Option<f64>, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?}, not {expected}");
    }

    #[test]
    fn shares_before_and_after_by_hand() {
        // Of ten images the first 4 are right before. After it the fourth is lost and the next 4 are won: 7 are right.
        let before = [true, true, true, true, false, false, false, false, false, false];
        let after = [true, true, true, false, true, true, true, true, false, false];
        let images: Vec<(usize, bool, bool)> = (0..10).map(|image| (image, before[image], after[image])).collect();
        let row = BeforeAfter::of_shares(&Sample::default(), "species", &images);
        near(row.before, 0.4);
        near(row.after, 0.7);
        near(row.difference, 0.3);
        // 4 of 5 up, exact: P = 2 (5 + 1) / 32.
        assert!((row.significance.p - 0.375).abs() < 1e-12 && row.significance.method == Method::Binomial);
        // Bonett & Price: d = 0.3 · 10 / 12 = 0.25, u = (5 + 2) / 12, half = z √((7/12 − 0.0625) / 12).
        let half = 1.959_963_984_540_054 * ((7.0 / 12.0 - 0.0625_f64) / 12.0).sqrt();
        let interval = row.intervals.of("difference").unwrap();
        assert!((interval.low - (0.25 - half)).abs() < 1e-9 && (interval.high - (0.25 + half)).abs() < 1e-9, "{interval:?}");
        assert_eq!((row.ece_before, row.intervals.of("ece_after")), (None, None));
        // Without images nothing is known.
        let none = BeforeAfter::of_shares(&Sample::default(), "outside", &[]);
        assert_eq!((none.n, none.before, none.difference, none.intervals.of("before")), (0, None, None, None));
    }

    #[test]
    fn heights_and_calibration_by_hand() {
        // Heights 0, 3, 7, 1 become 0, 1, 7, 2: differences 0, −2, 0, 1.
        let heights = [(0, 0.0, 0.0), (1, 3.0, 1.0), (2, 7.0, 7.0), (3, 1.0, 2.0)];
        let row = BeforeAfter::of_means(&Sample::default(), "mean_height", &heights, Some((0.0, 7.0)));
        near(row.before, 11.0 / 4.0);
        near(row.after, 10.0 / 4.0);
        near(row.difference, -0.25);
        // Changes of sign of 2 and 1: sums 3, 1, 1, 3 in size, all at least 1.
        assert!((row.significance.p - 1.0).abs() < 1e-12);
        // One bin each: probabilities 0.9 and 0.92 with one of two right, |0.91 − 0.5|; after, 0.5 right: 0.5.
        let before = [(0, 0.9, true), (1, 0.92, false)];
        let row = row.with_calibration(&Sample::default(), &before, &[(0, 0.5, true)]);
        near(row.ece_before, 0.41);
        near(row.ece_after, 0.5);
    }
}
