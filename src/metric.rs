//! Every metric as one small described value: the list that tables, `metrics.json`, the page, `--list-metrics`,
//! the README's table and the tests all read.
//!
//! Metrics of ranks and of taxa are [`Measure`]s: they carry how their value is taken from a row of scores too, and
//! columns, cells and keys are made from their list.

mod consistency;
mod costs;
mod groups;
mod how_wrong;
mod intervals;
mod measure;
mod ranks;
mod taxa;
mod whole;

pub use measure::{Measure, Row, Value};
pub use ranks::RANKS;
pub use taxa::TAXA;

use serde::Serialize;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: a yardstick or a count.
    Neither,
}

impl Direction {
    /// One word for tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Direction::Higher => "higher",
            Direction::Lower => "lower",
            Direction::Neither => "neither",
        }
    }
}

/// The block of `metrics.json` that holds a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// One value per rank.
    Ranks,
    /// One value per run: the depth of its errors.
    HowWrong,
    /// One value per length of the list of answers.
    BestOf,
    /// One value per run: right, acceptable, wrong.
    Flags,
    /// One value per run: what its mistakes cost.
    Costs,
    /// One value per decision rule; beside these each has a `how_wrong` of its own.
    Decisions,
    /// One value per rank: whether probabilities mean what they say.
    Calibration,
    /// One value per run: knowing when to stop.
    Selective,
    /// One value per group of images.
    Groups,
    /// One value per run: whether its ranks agree.
    Consistency,
    /// One value per taxon.
    Taxa,
}

impl Block {
    /// The key in `metrics.json`, or the table's file name without its ending.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Block::Ranks => "ranks",
            Block::HowWrong => "how_wrong",
            Block::BestOf => "best_of",
            Block::Flags => "flags",
            Block::Costs => "costs",
            Block::Decisions => "decisions",
            Block::Calibration => "calibration",
            Block::Selective => "selective",
            Block::Groups => "groups",
            Block::Consistency => "consistency",
            Block::Taxa => "taxa",
        }
    }
}

/// A metric, described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Metric {
    /// Key in `metrics.json` and column in the tables.
    pub name: &'static str,
    /// Where its values stand.
    pub block: Block,
    /// What it says, in one sentence.
    pub sentence: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Which way is better.
    pub direction: Direction,
    /// The values it can take, with the unit.
    pub range: &'static str,
    /// Who defined it.
    pub source: &'static str,
}

impl Metric {
    /// How its interval is made, or that it has none; `None` for counts, yardsticks and what is read off a curve.
    #[must_use]
    pub fn interval(&self) -> Option<&'static str> {
        intervals::of(self.block, self.name)
    }
}

const FRACTION: &str = "0 to 1";
const DESIGN: &str = "standard";

/// All metrics, in the order of the report.
#[must_use]
pub fn all() -> Vec<Metric> {
    [
        RANKS.iter().map(|measure| measure.metric).collect(),
        how_wrong::heights(),
        how_wrong::lineages(),
        how_wrong::similarities(),
        how_wrong::distances(),
        how_wrong::best_of(),
        costs::flags(),
        costs::costs(),
        groups::groups(),
        whole::decisions(),
        whole::calibration(),
        whole::selective(),
        consistency::consistency(),
        TAXA.iter().map(|measure| measure.metric).collect(),
    ]
    .concat()
}

/// The metric of a name; names are unique within a block.
#[must_use]
pub fn find(block: Block, name: &str) -> Option<Metric> {
    all().into_iter().find(|metric| metric.block == block && metric.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_described_and_named_once_in_its_block() {
        let metrics = all();
        for metric in &metrics {
            assert!(metric.sentence.ends_with('.') && !metric.formula.is_empty() && !metric.source.is_empty(), "{}", metric.name);
            let same = metrics.iter().filter(|other| other.block == metric.block && other.name == metric.name).count();
            assert_eq!(same, 1, "{}", metric.name);
            assert_eq!(find(metric.block, metric.name), Some(*metric));
        }
    }
}
