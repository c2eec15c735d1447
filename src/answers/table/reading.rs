//! Reading one table.

use super::columns::{self, Roles};
use super::error::TableError;
use super::frame::Frame;
use super::label::Labels;
use super::options::TableOptions;
use super::rows::{self, Rows};
use super::source::TableSource;
use super::tables::Tables;
use super::{alarms, camtrap, groups, run, taken, tree, truth};
use crate::taxonomy::Taxonomy;

/// Reads a table of predictions, in a file or in memory; a directory is read as a run by [`read_run`](super::read_run), if it
/// holds answers.
///
/// CSV, TSV, `;`- and `|`-separated text, Parquet, JSON Lines and JSON are told apart by their
/// content. Columns are recognised by their usual names unless `options` name them.
///
/// # Errors
///
/// [`TableError`]; its messages name the file, the columns and the option that helps. [`TableError::NoAnswers`] for a run of
/// vectors alone.
pub fn read_tables<'a>(
    source: impl Into<TableSource>,
    taxonomy: Option<&'a Taxonomy>,
    options: &TableOptions,
) -> Result<Tables<'a>, TableError> {
    let source = source.into();
    if let Some(folder) = source.folder() {
        run::require_answers(folder)?;
        return run::read_run_tables(folder, taxonomy, options);
    }
    let frame = Frame::from_source(&source, &columns::answer_columns(options), options.encoding.as_deref())?;
    if let Some(folder) = source.file().and_then(|path| run::folder_of_predictions(path, &frame.names())) {
        return run::read_run_tables(folder, taxonomy, options);
    }
    let frame = columns::without_zeros(camtrap::reshaped(frame)?)?;
    let mut labels = Labels::default();
    let table = read_rows(&frame, options, &mut labels, taxonomy)?;
    let placed = tree::place(&mut labels, &table.truths, taxonomy, options, source.name())?;
    alarms::raised(rows::finish(table, &labels, placed, options), source.name())
}

/// A table as it is, in memory or told by its content: columns of text, or of Parquet's own types.
///
/// # Errors
///
/// [`TableError`]: unreadable, or without rows.
pub fn columns_of(source: impl Into<TableSource>) -> Result<polars::frame::DataFrame, TableError> {
    Ok(Frame::from_source(&source.into(), &[], None)?.data)
}

/// The rows of a table with their truths, groups and observations.
///
/// # Errors
///
/// As [`read_tables`].
pub(super) fn read_rows(
    frame: &Frame,
    options: &TableOptions,
    labels: &mut Labels,
    taxonomy: Option<&Taxonomy>,
) -> Result<Rows, TableError> {
    let roles = Roles::recognise(frame, options, taxonomy)?;
    let table = rows::read(frame, &roles, options, labels)?;
    let table = truth::join(table, frame, &roles, options, labels)?;
    groups::require(&table.groups, frame, &options.group_columns)?;
    taken::require(&table.taken, frame, &options.taken)?;
    Ok(table)
}
