//! The rows of all ranks.

use super::column::Column;
use super::rank_scores::RankScores;
use super::tally::TaxonCounts;

/// The rows, with the counts per taxon that they were made from.
pub(in crate::scores) struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<RankScores>,
    pub counts: TaxonCounts,
}
