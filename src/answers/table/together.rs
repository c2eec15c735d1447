//! Reading several tables over one taxonomy.

use super::columns;
use super::error::TableError;
use super::frame::Frame;
use super::label::{LabelId, Labels};
use super::options::TableOptions;
use super::placed::Placed;
use super::reading::read_rows;
use super::source::TableSource;
use super::tables::{Built, Tables};
use super::{alarms, camtrap, rows, run, tree};
use crate::taxonomy::Taxonomy;
use std::borrow::Cow;

/// Tables read over one taxonomy that is built from all of them.
#[derive(Debug)]
pub struct Together {
    /// The taxonomy built from the labels of all tables.
    pub taxonomy: Taxonomy,
    /// Where it comes from.
    pub built: Built,
    /// What concerns the taxonomy, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
    /// One per table, over an empty taxonomy of its own: all taxa are of the one above.
    pub tables: Vec<Tables<'static>>,
}

/// Reads several tables that bring their own names; `None` where one of them is a run directory.
///
/// # Errors
///
/// As [`read_tables`](super::read_tables).
pub fn read_together(sources: &[TableSource], options: &TableOptions) -> Result<Option<Together>, TableError> {
    let each: Vec<(TableSource, TableOptions)> = sources.iter().map(|source| (source.clone(), options.clone())).collect();
    read_each_together(&each)
}

/// [`read_together`] of tables of which each is read in its own way; the clade is that of the first.
///
/// # Errors
///
/// As [`read_tables`](super::read_tables).
pub fn read_each_together(sources: &[(TableSource, TableOptions)]) -> Result<Option<Together>, TableError> {
    let Some((first, first_options)) = sources.first() else { return Ok(None) };
    let mut labels = Labels::default();
    let mut read = vec![];
    for (source, options) in sources {
        if source.folder().is_some() {
            return Ok(None);
        }
        let frame = Frame::from_source(source, &columns::answer_columns(options), options.encoding.as_deref())?;
        if source.file().and_then(|path| run::folder_of_predictions(path, &frame.names())).is_some() {
            return Ok(None);
        }
        let frame = columns::without_zeros(camtrap::reshaped(frame)?)?;
        read.push(read_rows(&frame, options, &mut labels, None)?);
    }
    let truths: Vec<LabelId> = read.iter().flat_map(|table| table.truths.iter().copied()).collect();
    let placed = tree::place(&mut labels, &truths, None, first_options, first.name())?;
    let (built, notes, warnings) = (placed.built, placed.notes.clone(), placed.warnings.clone());
    let taxonomy = placed.taxonomy.clone().into_owned();
    let mut tables = vec![];
    for (table, (source, options)) in read.into_iter().zip(sources) {
        let placed = Placed { taxonomy: Cow::Borrowed(&taxonomy), notes: vec![], warnings: vec![], ..placed.clone() };
        let read = alarms::raised(rows::finish(table, &labels, placed, options), source.name())?;
        tables.push(Tables { taxonomy: Cow::Owned(Taxonomy::empty()), ..read });
    }
    Ok(Some(Together { taxonomy, built, notes, warnings, tables }))
}
