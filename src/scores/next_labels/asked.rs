//! Reading the runs of several models, as `nearmiss next-labels` does it.

use super::error::NextLabelsError;
use super::votes::Votes;
use crate::answers::side_by_side::{self, Asked};
use crate::answers::table::{TableOptions, TableSource};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::source::TaxonomySource;

/// Which models, and how they are read.
#[derive(Debug, Clone)]
pub struct NextLabelsAsked {
    /// Run directories or tables; each predicted column of a table is a model.
    pub runs: Vec<TableSource>,
    /// What they are called; as their files where there is no name.
    pub names: Vec<String>,
    /// The taxonomy; what the runs say, or one built of their names, where there is none.
    pub taxonomy: Option<TaxonomySource>,
    /// How tables are read.
    pub table: TableOptions,
    /// The rank at which models are to be told apart; answers as they are where it is not said.
    pub rank: Option<Rank>,
}

/// What was read.
#[derive(Debug)]
pub struct NextLabels {
    /// The answers.
    pub votes: Votes,
    /// What was read and decided, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

impl NextLabelsAsked {
    /// Of runs, everything else as `nearmiss next-labels` does it unless told otherwise.
    #[must_use]
    pub fn of(runs: Vec<impl Into<TableSource>>) -> NextLabelsAsked {
        let runs = runs.into_iter().map(Into::into).collect();
        NextLabelsAsked { runs, names: vec![], taxonomy: None, table: TableOptions::default(), rank: None }
    }

    /// Reads them.
    ///
    /// # Errors
    ///
    /// [`NextLabelsError`].
    pub fn read(&self) -> Result<NextLabels, NextLabelsError> {
        let table = TableOptions { without_truth: true, ..self.table.clone() };
        let called = side_by_side::names(&self.runs.iter());
        let asked: Vec<Asked> = self
            .runs
            .iter()
            .zip(called)
            .enumerate()
            .map(|(place, (source, called))| Asked {
                source: source.clone(),
                options: table.clone(),
                // The columns of one table have names of their own.
                name: self.names.get(place).cloned().or(called).filter(|_| self.runs.len() > 1),
            })
            .collect();
        let read = side_by_side::read(&asked, self.taxonomy.as_ref())?;
        let (votes, left_out) = Votes::of(&read, self.rank)?;
        let notes = read.notes.into_iter().chain(left_out).collect();
        Ok(NextLabels { votes, notes, warnings: read.warnings })
    }
}
