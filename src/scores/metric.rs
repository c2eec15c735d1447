//! Every metric as one small described value: the list that tables, `metrics.json`, the page, `--list-metrics`,
//! the table of `docs/which-metric.md` and the tests all read.
//!
//! Each is a [`Measure`] in the list of its block: it carries how its value is taken from a row of scores and how its
//! interval is made; columns, cells and keys are made from the lists. [`all`] are those of `report`; [`compare`] has
//! those of `compare`, [`crate::spaces::metric`] those of `latent` and `retrieve`.

mod uncertainty;
mod description;
mod measure;
mod ranks;
mod how_wrong;
mod best_of;
mod flags;
mod costs;
mod non_taxa;
mod groups;
mod events;
mod presence;
mod decisions;
mod prior;
mod calibration;
mod selective;
mod consistency;
mod novelty;
mod taxa;
pub mod compare;
pub mod sets;
pub mod shift;
pub mod agreement;
pub mod annotators;
pub mod next_labels;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

pub use best_of::BEST_OF;
pub use calibration::CALIBRATION;
pub use consistency::CONSISTENCY;
pub use costs::COSTS;
pub use decisions::{DECISION, DECISIONS, DIFFERENCES};
pub use description::{Block, Direction, Metric};
pub use events::{EVENT_RULES, EVENTS};
pub use flags::FLAGS;
pub use groups::GROUPS;
pub use how_wrong::{HOW_WRONG, more_of_how_wrong};
pub(crate) use measure::joined;
pub use measure::{ByRank, Measure, Row, Value, metrics_of};
pub use non_taxa::{NON_TAXA, NON_TAXON_CLASSES};
pub use novelty::{NOVELTY, NOVELTY_BACK_OFF, NOVELTY_DETECTION, NOVELTY_OPEN_SET, NOVELTY_ROWS};
pub use presence::{PRESENCE, SITES};
pub use prior::{BEFORE_AFTER, PRIOR};
pub use ranks::RANKS;
pub use selective::SELECTIVE;
pub use taxa::TAXA;
pub use uncertainty::Uncertainty;

/// All metrics of `report`, in the order of the report.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::metric;
///
/// // As gates name them: the block of `metrics.json`, and the key there.
/// let names: Vec<String> = metric::all().iter().map(|metric| format!("{}.{}", metric.block.key(), metric.name)).collect();
/// assert_eq!(names.first().map(String::as_str), Some("ranks.n"));
/// assert!(names.contains(&"how_wrong.severity".to_string()));
/// ```
#[must_use]
pub fn all() -> Vec<Metric> {
    [
        metrics_of(&RANKS),
        metrics_of(&HOW_WRONG),
        metrics_of(&BEST_OF),
        metrics_of(&FLAGS),
        metrics_of(&COSTS),
        metrics_of(&NON_TAXA),
        metrics_of(&NON_TAXON_CLASSES),
        metrics_of(&GROUPS),
        metrics_of(&EVENTS),
        metrics_of(&EVENT_RULES),
        metrics_of(&PRESENCE),
        metrics_of(&SITES),
        metrics_of(&DECISIONS),
        metrics_of(&DECISION),
        metrics_of(&DIFFERENCES),
        metrics_of(&CALIBRATION),
        metrics_of(&SELECTIVE),
        metrics_of(&CONSISTENCY),
        metrics_of(&NOVELTY),
        metrics_of(&NOVELTY_ROWS),
        metrics_of(&NOVELTY_DETECTION),
        metrics_of(&NOVELTY_OPEN_SET),
        metrics_of(&NOVELTY_BACK_OFF),
        metrics_of(&TAXA),
        metrics_of(&PRIOR),
        metrics_of(&BEFORE_AFTER),
    ]
    .concat()
}

/// The metric of `report` of a name; names are unique within a block.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::metric::{self, Block, Direction};
///
/// let severity = metric::find(Block::HowWrong, "severity").ok_or("there is no such metric")?;
/// assert_eq!(severity.direction, Direction::Lower);
/// assert!(severity.has_interval());
/// // The block of ranks has none of that name.
/// assert_eq!(metric::find(Block::Ranks, "severity"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn find(block: Block, name: &str) -> Option<Metric> {
    all().into_iter().find(|metric| metric.block == block && metric.name == name)
}
