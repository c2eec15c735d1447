//! Metrics with one value per run: the depth of its errors.

mod distances;
mod heights;
mod lineages;
mod similarities;

use super::measure::{Measure, Row, RowValues, joined};
use crate::numbers::interval::MetricIntervals;
use crate::scores::best_of::BestOf;
use crate::scores::how_wrong::{HeightUnit, HowWrong};
use crate::scores::tree::Tree;
use crate::taxonomy::information::InformationFrom;
use distances::DISTANCES;
use heights::HEIGHTS;
use lineages::LINEAGES;
use serde::{Serialize, Serializer};
use similarities::SIMILARITIES;

/// The metrics of how wrong a run is, in the order of their keys.
pub static HOW_WRONG: [Measure<HowWrong>; 33] = joined(&[&HEIGHTS, &LINEAGES, &SIMILARITIES, &DISTANCES]);

/// Those that say the same again along other measures of lineages, in bits, or as a competition does.
#[must_use]
pub fn more_of_how_wrong() -> &'static [Measure<HowWrong>] {
    &HOW_WRONG[HEIGHTS.len() + LINEAGES.len()..]
}

impl Row for HowWrong {
    fn measures() -> &'static [Measure<Self>] {
        &HOW_WRONG
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block of `metrics.json`: the metrics, lists of several answers, what is counted, the intervals.
impl Serialize for HowWrong {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, HowWrong>,
            best_of: &'a [BestOf],
            information: InformationFrom,
            height_unit: HeightUnit,
            tree: Tree,
            full_lineages: bool,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let whole = Whole {
            values: RowValues::of(self),
            best_of: &self.best_of,
            information: self.information,
            height_unit: self.height_unit,
            tree: self.tree,
            full_lineages: self.full_lineages,
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}
