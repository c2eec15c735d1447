//! Options of `nearmiss atlas`.

use super::heading::OUTPUT;
use clap::Args;
use std::path::PathBuf;

/// `nearmiss atlas`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss atlas -o atlas
  nearmiss atlas --seed 7 --hierarchy 0 --species 60 --pictures 1200 -o control")]
pub struct AtlasArgs {
    /// The folder of the atlas.
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: PathBuf,
    /// Where chance starts; equal seeds give equal bytes.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Species.
    #[arg(long, default_value_t = 120)]
    pub species: usize,
    /// Pictures in all.
    #[arg(long, default_value_t = 5_000)]
    pub pictures: usize,
    /// How much of a species' looks comes from its ancestors, 0 to 1.
    #[arg(long, default_value_t = 1.0)]
    pub hierarchy: f64,
    /// Which individuals are drawn: another number draws others, of the same species.
    #[arg(long, default_value_t = 0)]
    pub sample: u64,
}
