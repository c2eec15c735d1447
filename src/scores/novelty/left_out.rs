//! Intervals of areas over some of the images, from leaving out groups of them.

use crate::numbers::interval::{FEWEST, Found, NoInterval};
use crate::scores::jackknife;
use rayon::prelude::*;

/// The interval of an estimate over items that belong to groups: that of [`jackknife::interval`] over the groups that have
/// any. `estimate` takes which items are kept.
///
/// # Errors
///
/// [`NoInterval`] of fewer than six groups, and where without one of them there is no estimate.
pub(super) fn interval(groups: &[usize], estimate: impl Fn(&dyn Fn(usize) -> bool) -> Option<f64> + Sync) -> Found {
    let found = estimate(&|_| true).ok_or(NoInterval::NoValue)?;
    let mut present = groups.to_vec();
    present.sort_unstable();
    present.dedup();
    if (present.len() as u64) < FEWEST {
        return Err(NoInterval::Few { clusters: present.len() as u64 });
    }
    let without: Option<Vec<f64>> = present.par_iter().map(|group| estimate(&|item| groups[item] != *group)).collect();
    let without = without.ok_or(NoInterval::NoMean("without some of the images there would be one kind alone"))?;
    jackknife::interval(found, &without, (0.0, 1.0))
}
