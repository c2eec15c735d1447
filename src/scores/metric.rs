//! Every metric as one small described value: the list that tables, `metrics.json`, the page, `--list-metrics`,
//! the table of `docs/which-metric.md` and the tests all read.
//!
//! Each is a [`Measure`] in the list of its block: it carries how its value is taken from a row of scores and how its
//! interval is made; columns, cells and keys are made from the lists.

mod best_of;
mod calibration;
mod consistency;
mod costs;
mod decisions;
mod description;
mod flags;
mod groups;
mod how_wrong;
mod measure;
mod ranks;
mod selective;
mod taxa;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
mod uncertainty;

pub use best_of::BEST_OF;
pub use calibration::CALIBRATION;
pub use consistency::CONSISTENCY;
pub use costs::COSTS;
pub use decisions::{DECISION, DECISIONS, DIFFERENCES};
pub use description::{Block, Direction, Metric};
pub use flags::FLAGS;
pub use groups::GROUPS;
pub use how_wrong::{HOW_WRONG, more_of_how_wrong};
pub use measure::{ByRank, Measure, Row, Value};
pub use ranks::RANKS;
pub use selective::SELECTIVE;
pub use taxa::TAXA;
pub use uncertainty::Uncertainty;

/// All metrics, in the order of the report.
#[must_use]
pub fn all() -> Vec<Metric> {
    [
        of(&RANKS),
        of(&HOW_WRONG),
        of(&BEST_OF),
        of(&FLAGS),
        of(&COSTS),
        of(&GROUPS),
        of(&DECISIONS),
        of(&DECISION),
        of(&DIFFERENCES),
        of(&CALIBRATION),
        of(&SELECTIVE),
        of(&CONSISTENCY),
        of(&TAXA),
    ]
    .concat()
}

/// The descriptions of a list.
fn of<R>(measures: &[Measure<R>]) -> Vec<Metric> {
    measures.iter().map(|measure| measure.metric).collect()
}

/// The metric of a name; names are unique within a block.
#[must_use]
pub fn find(block: Block, name: &str) -> Option<Metric> {
    all().into_iter().find(|metric| metric.block == block && metric.name == name)
}
