//! How the interval of a metric is made.

use serde::Serialize;

/// How the interval of a metric is made: `x_low` and `x_high` beside every `x` that has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Uncertainty {
    /// It takes none: a count, a yardstick, or a p-value.
    Exact,
    /// It has one, made so.
    Interval(&'static str),
    /// It has none, for this reason.
    Missing(&'static str),
}

pub(super) const SHARE: Uncertainty = Uncertainty::Interval("Wilson on the effective number of images");
pub(super) const MEAN: Uncertainty = Uncertainty::Interval("BCa of whole clusters; Wilson in the range where they agree");
pub(super) const UNBOUNDED: Uncertainty = Uncertainty::Interval("BCa of whole clusters; none where they agree");
pub(super) const AVERAGE: Uncertainty = Uncertainty::Interval("Wilson on the effective number of images, weighted as the taxa");
pub(super) const SIGNED: Uncertainty = Uncertainty::Interval("as a mean, the signs of the bins' gaps held fast");
pub(super) const LEFT_OUT: Uncertainty =
    Uncertainty::Interval("t on the jackknife of at most 30 groups of whole clusters; Kott 1998");
pub(super) const DIFFERENCE: Uncertainty = Uncertainty::Interval("accuracy: Bonett & Price 2012; height: BCa of whole clusters");
pub(super) const NO_MEAN: Uncertainty = Uncertainty::Missing("none: no mean over images");
pub(super) const JUMPS: Uncertainty = Uncertainty::Missing("none: it jumps along the curve");
