//! Which taxa are steps of lineages.

use serde::Serialize;

/// Which tree edges and lineages are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tree {
    /// Every taxon between the root and the truth is a step.
    #[default]
    Full,
    /// Only the seven main ranks are steps.
    MainRanks,
}

impl Tree {
    /// The name of the choice on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tree::Full => "full",
            Tree::MainRanks => "main-ranks",
        }
    }
}
