//! The intervals of how wrong a run is.

use crate::numbers::interval::{Grouped, Mean, MetricIntervals, Sample, share};
use crate::numbers::statistics::Interval;
use crate::scores::distance::Distance;
use crate::scores::similarity::{NAMES, Values};

/// A mean over images: its name, its range, and what an image adds to its sum and to its weight.
type Ratio = (&'static str, Option<(f64, f64)>, fn(&Distance) -> (f64, f64));

const FRACTION: Option<(f64, f64)> = Some((0.0, 1.0));

const RATIOS: [Ratio; 10] = [
    ("between_rungs_edges", None, |image| if image.is_between_rungs() { (f64::from(image.climb), 1.0) } else { (0.0, 0.0) }),
    ("mean_height", None, |image| (f64::from(image.height), 1.0)),
    ("severity", None, |image| (f64::from(image.height), f64::from(u8::from(!image.right)))),
    ("mean_edges", None, |image| (f64::from(image.edges()), 1.0)),
    ("hp", FRACTION, |image| (f64::from(image.lca_depth), f64::from(image.predicted_depth))),
    ("hr", FRACTION, |image| (f64::from(image.lca_depth), f64::from(image.truth_depth))),
    ("hf", FRACTION, |image| (f64::from(2 * image.lca_depth), f64::from(image.truth_depth + image.predicted_depth))),
    ("hp_mean", FRACTION, |image| of_value(image.precision())),
    ("hr_mean", FRACTION, |image| of_value(image.recall())),
    ("hf_mean", FRACTION, |image| of_value(image.f1())),
];

/// What a value adds to a mean over those that are defined.
fn of_value(value: Option<f64>) -> (f64, f64) {
    value.map_or((0.0, 0.0), |value| (value, 1.0))
}

/// The intervals of all means of a block, from its images by pair of truth and answer; `ladder` is the range of heights.
pub(super) fn of(
    ladder: Option<(f64, f64)>,
    images: &Grouped,
    distances: &[Distance],
    values: &Values<'_>,
    sample: &Sample,
) -> MetricIntervals {
    let mut rows = vec![];
    for (name, range, of) in RATIOS {
        let range = if matches!(name, "mean_height" | "severity") { ladder } else { range };
        rows.push((name, Mean { kinds: images.kinds(|pair| of(&distances[pair])), range }));
    }
    let mut intervals = MetricIntervals::default();
    for (place, (name, range)) in NAMES.into_iter().enumerate() {
        let kinds = images.kinds(|pair| of_value(values.get(pair, place)));
        if matches!(name, "exact" | "correct") {
            intervals.add(name, share(&kinds, kinds.weight()), sample.noun);
        } else {
            rows.push((name, Mean { kinds, range }));
        }
    }
    let (names, means): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    for (name, found) in names.into_iter().zip(sample.means(&means)) {
        intervals.add(name, found, sample.noun);
    }
    intervals
}

/// The intervals of the shares of images that are right, and of mistakes that meet their truth at each rung.
pub(super) fn of_rungs(images: &Grouped, distances: &[Distance]) -> Vec<Option<Interval>> {
    let right = share_of(images, distances, &|image| image.right);
    let rungs = (0..8).map(|rung| share_of(images, distances, &|image| !image.right && image.rung == rung));
    std::iter::once(right).chain(rungs).collect()
}

/// The intervals of the shares of images of each height, from 0.
pub(super) fn of_heights(images: &Grouped, distances: &[Distance], heights: usize) -> Vec<Option<Interval>> {
    (0_u32..).take(heights).map(|height| share_of(images, distances, &|image| image.height == height)).collect()
}

fn share_of(images: &Grouped, distances: &[Distance], counts: &dyn Fn(&Distance) -> bool) -> Option<Interval> {
    let kinds = images.share(|pair| counts(&distances[pair]));
    share(&kinds, kinds.weight()).ok()
}
