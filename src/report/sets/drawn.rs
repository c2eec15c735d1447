//! The figures of sets, as blocks; none without the feature `plots`.

use crate::report::document::Block;
use crate::report::error::ReportError;
use crate::scores::sets::RunSets;

/// F1 at each rank.
#[cfg(feature = "plots")]
pub(super) fn by_rank(runs: &[RunSets]) -> Result<Option<Block>, ReportError> {
    Ok(super::figure::by_rank(runs)?.map(Block::Figure))
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
pub(super) fn by_rank(_runs: &[RunSets]) -> Result<Option<Block>, ReportError> {
    Ok(None)
}
