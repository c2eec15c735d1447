//! What was seen of all scores of a table that is read part by part: it decides how those of each part are read.

use super::seen::{Seen, Spread};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was seen of the scores of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScorePins {
    columns: BTreeMap<String, Seen>,
    /// Those in the lists of a column.
    lists: BTreeMap<String, Spread>,
}

impl ScorePins {
    /// What was seen of a column; `None` for one that holds no scores.
    pub(super) fn column(&self, column: &str) -> Option<&Seen> {
        self.columns.get(column)
    }

    /// What was seen of the scores in a column of lists.
    pub(super) fn lists(&self, column: &str) -> Spread {
        self.lists.get(column).copied().unwrap_or_default()
    }

    /// Takes in what was seen of a column of a part.
    pub(super) fn take_column(&mut self, column: &str, seen: &Seen) {
        self.columns.entry(column.to_string()).or_default().add(seen);
    }

    /// Takes in what was seen in the lists of a column of a part.
    pub(super) fn take_lists(&mut self, column: &str, spread: &Spread) {
        self.lists.entry(column.to_string()).or_default().add(spread);
    }

    /// Takes in what was seen in other parts.
    pub(super) fn add(&mut self, other: &ScorePins) {
        other.columns.iter().for_each(|(column, seen)| self.take_column(column, seen));
        other.lists.iter().for_each(|(column, spread)| self.take_lists(column, spread));
    }
}
