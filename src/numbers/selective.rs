//! Knowing when to stop: what an answer loses in depth and gains in correctness at every threshold.

use crate::numbers::statistics::{Sum, to_f64};
use crate::numbers::ties::{self, reaches};
use serde::Serialize;

/// Answers of one image by falling threshold, the first for a threshold of 1, with `K` values each.
pub type Steps<const K: usize> = Vec<(f64, [f64; K])>;

/// What an image answers to a threshold: the values of its last step that reaches it.
#[must_use]
pub fn answer_at<const K: usize>(steps: &Steps<K>, threshold: f64) -> Option<[f64; K]> {
    steps.iter().rfind(|(probability, _)| reaches(*probability, threshold)).or(steps.first()).map(|(_, values)| *values)
}

/// Means over images at every threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve<const K: usize> {
    /// Falling; the first is 1.
    pub thresholds: Vec<f64>,
    /// Mean values with all steps that reach the threshold taken.
    pub means: Vec<[f64; K]>,
}

/// A step of one image: at which threshold its values change, and by how much.
#[derive(Debug, Clone, Copy)]
struct Event<const K: usize> {
    threshold: f64,
    /// The image's part, of those that may be left out.
    part: usize,
    change: [f64; K],
}

/// The steps of `N` images in order, from which curves are drawn.
#[derive(Debug, Clone)]
pub struct Events<const K: usize> {
    events: Vec<Event<K>>,
    /// Images and the sums of their first values, part by part.
    firsts: Vec<(u64, [Sum; K])>,
}

impl<const K: usize> Events<K> {
    /// The steps of images that fall into parts, `part[i]` for image `i`, counted from 0.
    #[must_use]
    pub fn of(images: &[Steps<K>], parts: &[usize]) -> Self {
        let count = parts.iter().max().map_or(1, |most| most + 1);
        let mut firsts = vec![(0, [Sum::default(); K]); count];
        let mut events = vec![];
        for (steps, &part) in images.iter().zip(parts) {
            let Some(((_, first), rest)) = steps.split_first() else { continue };
            firsts[part].0 += 1;
            change(&mut firsts[part].1, first);
            let mut before = first;
            for (threshold, values) in rest {
                events.push(Event { threshold: *threshold, part, change: std::array::from_fn(|k| values[k] - before[k]) });
                before = values;
            }
        }
        events.sort_by(|a, b| ties::falling(a.threshold, b.threshold));
        Self { events, firsts }
    }

    /// The curve of all images but those of one part; `None` without images.
    ///
    /// Thresholds of one [`ties::level`] are one: sums of probabilities carry rounding.
    ///
    /// # Source
    ///
    /// Valmadre 2022 (`operating_curve`), which groups by exact equality.
    #[must_use]
    pub fn curve(&self, without: Option<usize>) -> Option<Curve<K>> {
        let kept = self.firsts.iter().enumerate().filter(|(part, _)| Some(*part) != without);
        let (mut images, mut totals) = (0, [Sum::default(); K]);
        for (_, (count, sums)) in kept {
            images += count;
            totals.iter_mut().zip(sums).for_each(|(total, sum)| total.merge(*sum));
        }
        if images == 0 {
            return None;
        }
        let n = to_f64(images);
        let means = |totals: &[Sum; K]| totals.map(|total| total.total() / n);
        let mut curve = Curve { thresholds: vec![1.0], means: vec![means(&totals)] };
        for equal in self.events.chunk_by(|a, b| ties::falling(a.threshold, b.threshold).is_eq()) {
            let mut changed = false;
            for event in equal.iter().filter(|event| Some(event.part) != without) {
                change(&mut totals, &event.change);
                changed = true;
            }
            if changed {
                curve.thresholds.push(ties::level(equal[0].threshold));
                curve.means.push(means(&totals));
            }
        }
        Some(curve)
    }
}

impl<const K: usize> Curve<K> {
    /// The curve of `N` images; `None` without images.
    #[must_use]
    pub fn of(images: &[Steps<K>]) -> Option<Self> {
        Events::of(images, &vec![0; images.len()]).curve(None)
    }

    /// One of the `K` values along the curve.
    #[must_use]
    pub fn column(&self, index: usize) -> Vec<f64> {
        self.means.iter().map(|values| values[index]).collect()
    }
}

fn change<const K: usize>(totals: &mut [Sum; K], values: &[f64; K]) {
    totals.iter_mut().zip(values).for_each(|(total, value)| total.add_change(*value));
}

/// Area under the staircase of the points that no other beats in both coordinates: ∫ over x from 0
/// of the most y at that x or beyond.
///
/// # Source
///
/// Valmadre 2022 (`pareto_integrate`).
#[must_use]
pub fn pareto_area(x: &[f64], y: &[f64]) -> f64 {
    let mut points: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    points.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)));
    let (mut area, mut most) = (0.0, 0.0_f64);
    for (index, &(at, value)) in points.iter().enumerate() {
        most = most.max(value);
        let next = points.get(index + 1).map_or(0.0, |point| point.0);
        area += (at - next) * most;
    }
    area
}

/// The most y among points of at least this x; 0 where there is none.
///
/// # Source
///
/// Valmadre 2022 (`pareto_intercept`).
#[must_use]
pub fn pareto_intercept(x: &[f64], y: &[f64], at_least: f64) -> f64 {
    x.iter().zip(y).filter(|(x, _)| **x >= at_least).map(|(_, y)| *y).fold(0.0, f64::max)
}

/// Area under a line through points, by trapezes: ∫ y dx, x falling or rising.
#[must_use]
pub fn trapezoid(x: &[f64], y: &[f64]) -> f64 {
    let pairs = x.windows(2).zip(y.windows(2));
    pairs.map(|(x, y)| (x[1] - x[0]).abs() * f64::midpoint(y[0], y[1])).sum()
}

/// The least threshold from which on, upwards, the error on the images stays within a target.
///
/// `error` falls along with rising thresholds, though not strictly; the answer is conservative.
/// `None` where even the most careful answers err too often.
#[must_use]
pub fn threshold_for(thresholds: &[f64], errors: &[f64], target: f64) -> Option<f64> {
    let within = thresholds.iter().zip(errors).take_while(|(_, error)| **error <= target + 1e-12);
    within.last().map(|(threshold, _)| *threshold)
}

/// A point of the operating curve, for files and figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// An answer is the most informative taxon of at least this probability.
    pub threshold: f64,
    /// Share of images whose answer is right as far as it goes.
    pub correct: f64,
    /// Share of images whose answer is right down to the truth.
    pub exact: f64,
    /// Share of the truths' information that the answers find.
    pub info_recall: f64,
    /// Share of the answers' information that is right.
    pub info_precision: f64,
    /// Share of the truths' depth that the answers find.
    pub depth_recall: f64,
    /// Share of the answers' depth that is right.
    pub depth_precision: f64,
}

impl Point {
    /// From the six values of a curve, in the order of the fields.
    #[must_use]
    pub fn new(threshold: f64, [correct, exact, info_recall, info_precision, depth_recall, depth_precision]: [f64; 6]) -> Self {
        Self { threshold: ties::shortest(threshold), correct, exact, info_recall, info_precision, depth_recall, depth_precision }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn curve(images: &[(&[f64], &[f64])]) -> (Vec<f64>, Vec<f64>) {
        let steps: Vec<Steps<1>> = images
            .iter()
            .map(|(scores, values)| scores.iter().zip(*values).map(|(score, value)| (*score, [*value])).collect())
            .collect();
        let curve = Curve::of(&steps).unwrap();
        let n = to_f64(images.len() as u64);
        (
            curve.thresholds[1..].iter().map(|threshold| ties::shortest(*threshold)).collect(),
            curve.column(0).into_iter().map(|mean| mean * n).collect(),
        )
    }

    #[test]
    fn steps_are_pooled_by_falling_threshold() {
        // Two images of values 1 2 4 and 8 16 32 64: at first 1 + 8; from .9 on 2 + 8, and so on.
        let (thresholds, totals) =
            curve(&[(&[1.0, 0.9, 0.2], &[1.0, 2.0, 4.0]), (&[1.0, 0.8, 0.6, 0.1], &[8.0, 16.0, 32.0, 64.0])]);
        assert_eq!(thresholds, [0.9, 0.8, 0.6, 0.2, 0.1]);
        assert_eq!(totals, [9.0, 10.0, 18.0, 34.0, 36.0, 68.0]);
        let (thresholds, totals) =
            curve(&[(&[1.0, 0.9, 0.2], &[1.0, 2.0, 4.0]), (&[1.0, 0.9, 0.6, 0.2], &[8.0, 16.0, 32.0, 64.0])]);
        assert_eq!(thresholds, [0.9, 0.6, 0.2]);
        assert_eq!(totals, [9.0, 18.0, 34.0, 68.0]);
    }

    #[test]
    fn areas_and_intercepts_follow_the_staircase() {
        let (x, y) = ([0.1, 0.2, 0.8], [0.9, 0.5, 0.3]);
        // .1 × .9 + .1 × .5 + .6 × .3, either way round.
        assert!((pareto_area(&x, &y) - 0.32).abs() < 1e-12);
        assert!((pareto_area(&y, &x) - 0.32).abs() < 1e-12);
        let queries = [-1.0, 0.0, 0.05, 0.1, 0.15, 0.2, 0.5, 0.7, 0.8, 0.9, 1.0, 2.0];
        let found = queries.map(|query| pareto_intercept(&x, &y, query));
        let expected = [0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.3, 0.3, 0.3, 0.0, 0.0, 0.0];
        assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-15), "{found:?}");
    }

    #[test]
    fn a_threshold_is_chosen_from_above() {
        let thresholds = [1.0, 0.9, 0.7, 0.5, 0.2];
        // The error is within 5 % down to 0.7; that it is again at 0.2 does not count.
        assert_eq!(threshold_for(&thresholds, &[0.0, 0.01, 0.05, 0.2, 0.04], 0.05), Some(0.7));
        assert_eq!(threshold_for(&thresholds, &[0.1, 0.2, 0.3, 0.3, 0.3], 0.05), None);
    }
}
