//! The figures of a comparison, as blocks; none without the feature `plots`.

use crate::report::document::Block;
use crate::report::error::ReportError;
use crate::scores::compare::Comparison;
use crate::scores::compare::clades::CladeDifference;
use crate::taxonomy::Taxonomy;

/// The differences of runs, metric by metric.
#[cfg(feature = "plots")]
pub(super) fn by_metric(comparison: &Comparison) -> Result<Option<Block>, ReportError> {
    Ok(crate::report::figures::forest(super::differences::by_metric(comparison))?.map(Block::Figure))
}

/// The differences of two runs, given by their places, clade by clade.
#[cfg(feature = "plots")]
pub(super) fn by_clade(
    taxonomy: &Taxonomy,
    comparison: &Comparison,
    clades: &[CladeDifference],
    (first, second): (usize, usize),
) -> Result<Option<Block>, ReportError> {
    let runs = &comparison.runs;
    let file = if runs.len() == 2 {
        "figures/clades.svg".to_string()
    } else {
        format!("figures/clades-{}-{}.svg", first + 1, second + 1)
    };
    let forest = super::differences::by_clade(taxonomy, clades, [&runs[first], &runs[second]], comparison.alpha, file);
    Ok(crate::report::figures::forest(forest)?.map(Block::Figure))
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
pub(super) fn by_metric(_comparison: &Comparison) -> Result<Option<Block>, ReportError> {
    Ok(None)
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
pub(super) fn by_clade(
    _taxonomy: &Taxonomy,
    _comparison: &Comparison,
    _clades: &[CladeDifference],
    _pair: (usize, usize),
) -> Result<Option<Block>, ReportError> {
    Ok(None)
}
