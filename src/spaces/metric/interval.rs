//! Intervals of the numbers of spaces and rankings: how they are made, and where they stand.

use crate::numbers::statistics::Interval;
use crate::scores::metric::{Uncertainty, Value};

/// Of a share of points.
pub(super) const SHARE: Uncertainty = Uncertainty::Interval("Wilson on the effective number of points");
/// Of a mean over points, whose values have bounds.
pub(super) const MEAN: Uncertainty =
    Uncertainty::Interval("BCa of whole observations, of many their standard error; Wilson in the range where they agree");
/// Of a mean over taxa.
pub(super) const OF_TAXA: Uncertainty = Uncertainty::Interval("as a mean, taxa drawn");
/// Sums over all points at once, which a test by permutation goes with.
pub(super) const TESTED: Uncertainty = Uncertainty::Missing("none: sums over all points at once; permanova_p is its uncertainty");
/// Of pairs of points.
pub(super) const OF_PAIRS: Uncertainty = Uncertainty::Missing("none: pairs of points are not independent");
/// Of one tree or clustering of all points.
pub(super) const ONE_TREE: Uncertainty = Uncertainty::Missing("none: one tree or clustering of all points");
/// Of one tree of all taxa.
pub(super) const TREE_OF_TAXA: Uncertainty = Uncertainty::Missing("none: one tree of all taxa; its p is its uncertainty");
/// Of the spectrum or the distances of all points.
pub(super) const ALL_POINTS: Uncertainty = Uncertainty::Missing("none: of all points at once");

/// A value with the ends of its interval, which stand beside it.
pub(super) fn within([value, low, high]: [Option<f64>; 3]) -> Value<'static> {
    Value::Within(value, low.zip(high).map(|(low, high)| Interval { low, high }))
}
