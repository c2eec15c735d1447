//! Which photographs pages show.

use clap::ValueEnum;

/// Which photographs a page may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThumbnailChoice {
    /// Those whose licence allows it, and those of data sets that say nothing of licences.
    Licensed,
    /// All.
    All,
    /// None.
    None,
}
