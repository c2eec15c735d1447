//! Two runs of a comparison, clade by clade.

use super::format::{CladeRow, ComparedPair, ComparedPairs};
use super::taxa::Taxa;
use crate::scores::compare::PairsOf;
use crate::scores::compare::clades::{CladeDifference, differences};
use crate::scores::compare::runs::ComparedRuns;
use rayon::prelude::*;

/// The pairs of runs that are compared, each with the clades in which they differ, the most uneven first.
pub(super) fn pairs(compared: &ComparedRuns, taxa: &Taxa) -> ComparedPairs {
    let runs = &compared.judgements;
    let firsts = if compared.comparison.compared == PairsOf::First { runs.len().min(1) } else { runs.len() };
    let places: Vec<(usize, usize)> =
        (0..firsts).flat_map(|first| (first + 1..runs.len()).map(move |second| (first, second))).collect();
    let pair = |&(first, second): &(usize, usize)| {
        let found = differences(&compared.taxonomy, &runs[first], &runs[second], &compared.clusters);
        ComparedPair { first, second, clades: found.iter().filter_map(|difference| row(difference, taxa)).collect() }
    };
    ComparedPairs { pairs: places.par_iter().map(pair).collect(), alpha: compared.comparison.alpha }
}

/// `None` for a clade that no image of the page lies in.
fn row(found: &CladeDifference, taxa: &Taxa) -> Option<CladeRow> {
    let CladeDifference { counts, difference, interval } = found;
    Some(CladeRow {
        taxon: taxa.number(counts.clade)?,
        images: counts.images,
        only_first: counts.only_first,
        only_second: counts.only_second,
        difference: *difference,
        low: interval.low,
        high: interval.high,
        adjusted: counts.adjusted,
    })
}
