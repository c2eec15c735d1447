//! Metrics of what a prior changes.

use super::description::Block;
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::{DIFFERENCE, SIGNED, Uncertainty};
use crate::numbers::interval::MetricIntervals;
use crate::numbers::significance::Method;
use crate::scores::prior::{BeforeAfter, ImageFates, ListRead, PriorScores};
use serde::{Serialize, Serializer};

const PRIOR_OR_GEOFENCE: &str = "user's lists (--prior, --geofence); Mac Aodha 2019 for the product";
const SHARE_OR_MEAN: Uncertainty =
    Uncertainty::Interval("share: Wilson on the effective number of images; height: BCa of whole clusters");

/// The metrics of a prior as a whole, in the order of their keys.
pub static PRIOR: [Measure<PriorScores>; 4] = [
    Measure {
        metric: Block::Prior.metric("n", "Images scored.", "#{i}").count().by(PRIOR_OR_GEOFENCE),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Prior
            .metric("changed", "Images whose best answer the prior changes.", "#{i : argmax p ≠ argmax p π}")
            .count()
            .by(PRIOR_OR_GEOFENCE),
        value: |row| Value::Count(Some(row.changed)),
    },
    Measure {
        metric: Block::Prior
            .metric("better", "Images whose error is less high with the prior.", "#{i : height after < height before}")
            .count()
            .by(PRIOR_OR_GEOFENCE),
        value: |row| Value::Count(Some(row.better)),
    },
    Measure {
        metric: Block::Prior
            .metric("worse", "Images whose error is higher with the prior.", "#{i : height after > height before}")
            .count()
            .by(PRIOR_OR_GEOFENCE),
        value: |row| Value::Count(Some(row.worse)),
    },
];

/// The metrics of one number before and after, in the order of their keys.
pub static BEFORE_AFTER: [Measure<BeforeAfter>; 7] = [
    Measure {
        metric: Block::Prior
            .metric(
                "before",
                "Without the prior: share right at a rank, mean height, or share right of truths outside, at the edge of and within their list.",
                "mean of x(argmax p)",
            )
            .neither()
            .within("0 to 1, 0 to 7")
            .by(PRIOR_OR_GEOFENCE)
            .with(SHARE_OR_MEAN),
        value: |row| Value::Number(row.before),
    },
    Measure {
        metric: Block::Prior
            .metric("after", "The same with the prior: each probability times the weight of its taxon.", "mean of x(argmax p π)")
            .neither()
            .within("0 to 1, 0 to 7")
            .by(PRIOR_OR_GEOFENCE)
            .with(SHARE_OR_MEAN),
        value: |row| Value::Number(row.after),
    },
    Measure {
        metric: Block::Prior
            .metric("difference", "With the prior minus without it.", "after − before")
            .neither()
            .within("−1 to 1, −7 to 7")
            .by(PRIOR_OR_GEOFENCE)
            .with(DIFFERENCE),
        value: |row| Value::Number(row.difference),
    },
    Measure {
        metric: Block::Prior
            .metric(
                "p",
                "Probability of a difference as large if before and after were exchangeable, observation by observation.",
                "share of changes of sign with |Σ ± d| ≥ |Σ d|",
            )
            .neither()
            .by("Fisher 1935; McNemar 1947"),
        value: |row| Value::Number(Some(row.significance.p)),
    },
    Measure {
        metric: Block::Prior
            .metric("adjusted", "p adjusted over the ranks, or over the kinds of rarity.", "Holm's step-down")
            .neither()
            .by("Holm 1979"),
        value: |row| Value::Number(Some(row.adjusted)),
    },
    Measure {
        metric: Block::Prior
            .metric(
                "ece_before",
                "Calibration error of the summed probabilities without the prior.",
                "Σ_bins n_b / n |right_b − mean probability_b|",
            )
            .lower()
            .by("Guo 2017")
            .with(SIGNED),
        value: |row| Value::Number(row.ece_before),
    },
    Measure {
        metric: Block::Prior
            .metric("ece_after", "The same with the prior.", "Σ_bins n_b / n |right_b − mean probability_b|")
            .lower()
            .by("Guo 2017")
            .with(SIGNED),
        value: |row| Value::Number(row.ece_after),
    },
];

impl Row for PriorScores {
    fn measures() -> &'static [Measure<Self>] {
        &PRIOR
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Row for BeforeAfter {
    fn measures() -> &'static [Measure<Self>] {
        &BEFORE_AFTER
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block of `metrics.json`: the metrics, what was applied to what, the rows before and after.
impl Serialize for PriorScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, PriorScores>,
            applied_to: &'a str,
            why_listed: &'a Option<String>,
            images: ImageFates,
            lists: &'a [ListRead],
            ranks: &'a [BeforeAfter],
            mean_height: &'a BeforeAfter,
            rarities: &'a [BeforeAfter],
        }
        let whole = Whole {
            values: RowValues::of(self),
            applied_to: self.applied_to,
            why_listed: &self.why_listed,
            images: self.images,
            lists: &self.lists,
            ranks: &self.ranks,
            mean_height: &self.mean_height,
            rarities: &self.rarities,
        };
        whole.serialize(serializer)
    }
}

/// One number before and after, with how it was tested.
impl Serialize for BeforeAfter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            name: &'a str,
            n: u64,
            #[serde(flatten)]
            values: RowValues<'a, BeforeAfter>,
            method: Method,
            standard_error: Option<f64>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let whole = Whole {
            name: self.name,
            n: self.n,
            values: RowValues::of(self),
            method: self.significance.method,
            standard_error: self.significance.standard_error,
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}
