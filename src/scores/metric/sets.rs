//! Metrics of sets of truths and answers: `sets.json`, `set_ranks.csv`, `set_taxa.csv`, `sites.csv`, the tables of the page.

mod averages;
mod whole;
mod ranks;
mod taxa;
mod sites;
mod thresholds;

pub use ranks::SET_RANKS;
pub use sites::SET_SITES;
pub use taxa::SET_TAXA;
pub use thresholds::SET_THRESHOLDS;
pub use whole::SETS;

use super::description::Metric;
use super::measure::metrics_of;

/// All metrics of `sets`.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::metric::sets;
///
/// let names: Vec<&str> = sets::all().iter().map(|metric| metric.name).collect();
/// assert!(["sample_f1", "transect_f1", "height", "bray_curtis"].iter().all(|name| names.contains(name)));
/// ```
#[must_use]
pub fn all() -> Vec<Metric> {
    [metrics_of(&SETS), metrics_of(&SET_RANKS), metrics_of(&SET_TAXA), metrics_of(&SET_SITES), metrics_of(&SET_THRESHOLDS)]
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::sets::{Averages, SetRankScores, SetScores};
    use crate::taxonomy::rank::Rank;

    #[test]
    fn what_is_written_has_the_keys_of_its_list() {
        let (scores, row) = (SetScores::default(), SetRankScores { rank: Rank::Genus, averages: Averages::default() });
        let keys = |value: serde_json::Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>());
        let of = |metrics: Vec<Metric>| metrics.iter().map(|metric| metric.name.to_string()).collect::<Vec<_>>();
        let written = serde_json::to_value(&scores).ok().and_then(keys);
        assert_eq!(written, Some(of(metrics_of(&SETS))));
        let written = serde_json::to_value(&row).ok().and_then(keys);
        assert_eq!(written.map(|keys| keys[1..].to_vec()), Some(of(metrics_of(&SET_RANKS))));
    }

    #[test]
    fn every_metric_is_described_and_named_once_in_its_block() {
        let metrics = all();
        for metric in &metrics {
            assert!(metric.sentence.ends_with('.') && !metric.formula.is_empty() && !metric.source.is_empty(), "{}", metric.name);
            let same = metrics.iter().filter(|other| other.block == metric.block && other.name == metric.name);
            assert_eq!(same.count(), 1, "{}", metric.name);
        }
    }
}
