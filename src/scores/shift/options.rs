//! What two sets are compared by, and how.

use crate::numbers::bootstrap;
use crate::numbers::standardisation::Standard;
use crate::scores::outcome::Unreachable;
use crate::taxonomy::rank::Rank;

/// What two sets are compared by, and how.
#[derive(Debug, Clone, Copy)]
pub struct ShiftOptions {
    /// The composition that shares and means are standardised to.
    pub standard: Standard,
    /// Rank of the classes whose mix is estimated; chosen by the answers where none is given.
    pub rank: Option<Rank>,
    /// Images whose true taxon was no candidate.
    pub unreachable: Unreachable,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Seed of all chance.
    pub seed: u64,
}

impl Default for ShiftOptions {
    fn default() -> Self {
        Self { standard: Standard::default(), rank: None, unreachable: Unreachable::default(), draws: bootstrap::DRAWS, seed: 0 }
    }
}
