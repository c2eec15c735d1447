//! Reading several tables over one taxonomy.

use super::columns;
use super::error::TableError;
use super::frame::Frame;
use super::label::{LabelId, Labels};
use super::options::TableOptions;
use super::reading::read_rows;
use super::tables::Built;
use super::tree::{self, Placed};
use super::{rows, run};
use crate::answers::Answers;
use crate::taxonomy::Taxonomy;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Tables read over one taxonomy that is built from all of them.
#[derive(Debug)]
pub struct Together {
    /// The taxonomy built from the labels of all tables.
    pub taxonomy: Taxonomy,
    /// Where it comes from.
    pub built: Built,
    /// What concerns the taxonomy, one sentence each.
    pub notes: Vec<String>,
    /// One per table: a run per predicted column, and the notes that concern the table.
    pub tables: Vec<(Vec<Answers>, Vec<String>)>,
}

/// Reads several tables that bring their own names; `None` where one of them is a run directory.
///
/// # Errors
///
/// As [`read_tables`](super::read_tables).
pub fn read_together(paths: &[PathBuf], options: &TableOptions) -> Result<Option<Together>, TableError> {
    let mut labels = Labels::default();
    let mut read = vec![];
    for path in paths {
        if path.is_dir() {
            return Ok(None);
        }
        let frame = Frame::from_path(path, &columns::answer_columns(options))?;
        if run::folder_of_predictions(path, &frame).is_some() {
            return Ok(None);
        }
        read.push(read_rows(&frame, options, &mut labels)?);
    }
    let truths: Vec<LabelId> = read.iter().flat_map(|table| table.truths.iter().copied()).collect();
    let first = paths.first().map_or(Path::new(""), PathBuf::as_path);
    let placed = tree::place(&mut labels, &truths, None, options, first)?;
    let (built, notes, taxonomy) = (placed.built, placed.notes.clone(), placed.taxonomy.clone().into_owned());
    let tables = read.into_iter().map(|table| {
        let placed = Placed { taxonomy: Cow::Borrowed(&taxonomy), notes: vec![], ..placed.clone() };
        let tables = rows::finish(table, &labels, placed, options);
        (tables.runs, tables.notes)
    });
    let tables = tables.collect();
    Ok(Some(Together { taxonomy, built, notes, tables }))
}
