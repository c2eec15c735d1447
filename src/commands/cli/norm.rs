//! How vectors are scaled, as options say it.

use clap::ValueEnum;

/// How vectors are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NormChoice {
    /// Divided by their lengths.
    L2,
    /// As they are.
    None,
}
