//! Where labels stand in a table.

use crate::taxonomy::rank::Rank;
use serde::{Deserialize, Serialize};

/// Where labels stand in a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum LabelSource {
    /// One column: names, lineages or dictionaries.
    Text(String),
    /// One column per rank, and a column of common names beside them.
    Ranks { ranks: Vec<(Rank, String)>, common: Option<String> },
    /// A column of names and one that says their ranks.
    Levelled { text: String, level: String },
}

impl LabelSource {
    /// The columns, for notes.
    pub(super) fn columns(&self) -> Vec<&str> {
        match self {
            LabelSource::Text(column) => vec![column],
            LabelSource::Ranks { ranks, common } => {
                ranks.iter().map(|(_, column)| column.as_str()).chain(common.as_deref()).collect()
            }
            LabelSource::Levelled { text, level } => vec![text, level],
        }
    }

    /// The column that a run is called after: of names, or of the finest rank.
    pub(super) fn main_column(&self) -> &str {
        match self {
            LabelSource::Text(column) => column,
            LabelSource::Ranks { ranks, .. } => ranks.last().map_or("", |(_, column)| column),
            LabelSource::Levelled { text, .. } => text,
        }
    }
}
