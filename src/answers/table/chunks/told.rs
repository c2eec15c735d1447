//! What is said of a table that was read chunk by chunk.

use super::super::alarms;
use super::super::error::TableError;
use super::super::options::TableOptions;
use super::label_lists::{LabelLists, Said};
use super::tally::Tally;
use crate::answers::understood::Understood;
use crate::taxonomy::Taxonomy;
use std::path::Path;

/// What is said of a table, as it is said of one that is read at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What was understood of it.
    pub understood: Understood,
    /// Decisions that concern all runs, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
    /// The same of each run, in the order of the runs.
    pub runs: Vec<ToldOfRun>,
}

/// What is said of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToldOfRun {
    /// Decisions, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

/// What is said of a table by what it came to; `path` is for messages.
///
/// # Errors
///
/// [`TableError::NothingKnown`]: no answer of any run is a taxon.
pub(super) fn of(tally: &Tally, said: &Said, path: &Path) -> Result<Told, TableError> {
    let understood = tally.counts.understood(tally.column_roles(), said.taxonomy, said.matched.clone());
    let of_labels: Vec<String> = said.cut.iter().chain(&said.notes).cloned().collect();
    let mut warnings = tally.warnings.0.clone().unwrap_or_default();
    warnings.extend(said.warnings.iter().cloned());
    warnings.extend(alarms::warnings(&understood, path)?);
    let runs = tally.of_runs().into_iter().map(|(notes, warnings)| ToldOfRun { notes, warnings }).collect();
    Ok(Told { notes: tally.notes(&of_labels), understood, warnings, runs })
}

impl Told {
    /// What is said of a table whose parts were read apart: of what they come to and of their labels, both added up. `path` is for
    /// messages.
    ///
    /// # Errors
    ///
    /// [`TableError::Differs`]: a label that is another one among those of all parts than among those of its own;
    /// [`TableError::NothingKnown`]: no answer of any run is a taxon.
    pub fn of(
        tally: &Tally,
        labels: &mut LabelLists,
        taxonomy: &Taxonomy,
        options: &TableOptions,
        path: &Path,
    ) -> Result<Told, TableError> {
        of(tally, &labels.said(taxonomy, options, path)?, path)
    }
}
