//! Sets at one rank: each member stands for its ancestor there.

use super::averages::{Averages, Over};
use super::chosen::Chosen;
use crate::taxonomy::rank::Rank;

/// The sets of all images at one main rank.
#[derive(Debug, Clone, PartialEq)]
pub struct SetRankScores {
    /// The rank.
    pub rank: Rank,
    /// Precision, recall and F1 there.
    pub averages: Averages,
}

impl SetRankScores {
    pub(super) fn of(rank: Rank, chosen: &Chosen, over: Over<'_>) -> SetRankScores {
        SetRankScores { rank, averages: Averages::of(chosen, over) }
    }
}
