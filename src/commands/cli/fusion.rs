//! Options of fusion encoders, for `nearmiss latent` and `nearmiss retrieve`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Heading of what reads texts and photographs together.
pub(super) const FUSION: &str = "Texts with photographs";

/// Positions of a fusion encoder whose states are averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OverChoice {
    /// Prompt, text and regions.
    All,
    /// The text.
    Text,
    /// The regions.
    Regions,
}

/// What a fusion encoder reads beside texts.
#[derive(Debug, Clone, Default, Args)]
pub struct FusionArgs {
    /// Regions of photographs, a .safetensors or .npz of `features` and `boxes`: --model is then a fusion encoder (VL-T5) that
    /// reads each row's `text` beside the regions of its `image`.
    #[arg(long, help_heading = FUSION, group = "regions", requires = "model", value_name = "FILE")]
    pub features: Option<PathBuf>,
    /// An image tower whose patches are the regions, in place of a file.
    #[arg(long, help_heading = FUSION, group = "regions", requires = "model", value_name = "MODEL")]
    pub grid: Option<PathBuf>,
    /// Positions whose states are averaged [default: all].
    #[arg(long, help_heading = FUSION, requires = "regions", value_enum, value_delimiter = ',')]
    pub over: Vec<OverChoice>,
    /// The task whose adapters and prompt are taken, of models that have several.
    #[arg(long, help_heading = FUSION, requires = "regions", value_name = "NAME")]
    pub task: Option<String>,
}

impl FusionArgs {
    /// Whether a fusion encoder is asked for.
    #[must_use]
    pub fn is_asked_for(&self) -> bool {
        self.features.is_some() || self.grid.is_some()
    }
}
