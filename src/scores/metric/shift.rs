//! Metrics of two sets against each other, unpaired: `shift.json`, its tables and the page.

mod ranks;
mod clades;
mod overlap;
mod calibration;
mod mix;

pub use calibration::CALIBRATION_SHIFT;
pub use clades::CLADES;
pub use mix::{CLASS_MIX, LABEL_SHIFT};
pub use overlap::OVERLAP;
pub use ranks::{RANKS, STANDARDISED};

use super::description::Metric;
use super::measure::metrics_of;

/// All metrics of `shift`, in the order of its page.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::metric::shift;
///
/// let names: Vec<String> = shift::all().iter().map(|metric| format!("{}.{}", metric.block.key(), metric.name)).collect();
/// assert!(["shift_ranks.skill", "shift_clades.contribution", "shift.bbse"].iter().all(|name| names.contains(&name.to_string())));
/// ```
#[must_use]
pub fn all() -> Vec<Metric> {
    [
        metrics_of(&RANKS),
        metrics_of(&CLADES),
        metrics_of(&OVERLAP),
        metrics_of(&CALIBRATION_SHIFT),
        metrics_of(&LABEL_SHIFT),
        metrics_of(&CLASS_MIX),
    ]
    .concat()
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
        }
    }
}
