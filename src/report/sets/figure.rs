//! F1 of sets at each rank, with its interval.

use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::report::figures::{RankShares, shares_per_rank};
use crate::scores::metric::Row;
use crate::scores::sets::RunSets;

/// Draws F1 per rank. `None` where no rank has a truth.
pub(super) fn by_rank(runs: &[RunSets]) -> Result<Option<Figure>, ReportError> {
    let series = |run: &RunSets| RankShares {
        name: run.name.clone(),
        ranks: run.ranks.iter().map(|row| (row.rank, row.within("sample_f1"))).collect(),
    };
    let series: Vec<RankShares> = runs.iter().map(series).collect();
    let caption = "F1 of the sets of each image, averaged over images, when every member stands for its ancestor at the rank; with \
                   95 % intervals.";
    shares_per_rank(&series, "figures/f1_per_rank.svg", "F1 at each rank", caption)
}
