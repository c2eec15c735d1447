//! Columns of classes as a run, beside columns of answers or alone.

use super::classes::{Truths, run};
use super::content::{Content, Ids};
use super::images::image_column;
use super::labels::{PREDICTION, TRUTH};
use super::names::Columns;
use super::runs::FoundRuns;
use super::sources::RunSource;
use super::truths::truth_source;
use crate::answers::table::error::TableError;
use crate::answers::table::frame::{Frame, named_column};
use crate::answers::table::label::LabelSource;
use crate::answers::table::options::TableOptions;
use crate::answers::table::source::TableSource;
use crate::answers::table::words::{PREDICTED, TRUTHS};

/// Columns whose integer cells may point into a list of options.
pub(in crate::answers::table) fn answer_columns(options: &TableOptions) -> Vec<&str> {
    let named = options.truth_column.iter().chain(&options.predicted_columns).map(String::as_str);
    TRUTHS.iter().chain(PREDICTED).copied().chain(named).collect()
}

impl Columns<'_> {
    /// Adds the run of columns of classes, where there are any, in place of a column that names the best of them; gives
    /// what is to be said of it.
    pub(super) fn add_classes(&self, found: &mut FoundRuns, options: &TableOptions) -> Result<Vec<String>, TableError> {
        if !self.may_have_classes() {
            return Ok(vec![]);
        }
        let truths = self.truths(&found.runs, options)?;
        let Some((classes, mut notes)) = self.classes(truths.as_ref(), !found.runs.is_empty()) else { return Ok(vec![]) };
        if found.runs.is_empty()
            && options.truth_file.is_some()
            && let Ok(Some(LabelSource::Text(column))) = self.lone_label(PREDICTION)
        {
            found.runs.push(RunSource::single(column.clone(), LabelSource::Text(column), None));
        }
        let mut name = "classes".to_string();
        let names_best = |run: &RunSource| match &run.columns()[..] {
            [column] => self.is_best_class(&classes, column),
            _ => false,
        };
        if let Some(at) = found.runs.iter().position(names_best) {
            name = found.runs.remove(at).name;
            notes
                .push(format!("column '{name}' names the best class of every row: the columns of classes are read in its place"));
        }
        notes.push(format!("{} columns of numbers are the scores of as many classes", classes.len()));
        found.runs.push(run(name, classes));
        Ok(notes)
    }

    /// The truths of the table or of the second one, by which columns of classes are known.
    fn truths(&self, runs: &[RunSource], options: &TableOptions) -> Result<Option<Truths>, TableError> {
        let frame = self.content.frame;
        if let Some(path) = &options.truth_file {
            return truths_of_file(path, options);
        }
        if let Some(column) = &options.truth_column {
            let column = named_column(frame, column, "--truth-column")?;
            return Ok(Some(Truths::of(self.content, &LabelSource::Text(column))));
        }
        let taken: Vec<&str> = runs.iter().flat_map(RunSource::columns).collect();
        let label = match self.truth(&taken)?.label {
            Some(label) => Some(label),
            None if runs.is_empty() => self.lone_label(TRUTH).ok().flatten(),
            None => None,
        };
        Ok(label.map(|label| Truths::of(self.content, &label)))
    }
}

fn truths_of_file(source: &TableSource, options: &TableOptions) -> Result<Option<Truths>, TableError> {
    let frame = Frame::from_source(source, &answer_columns(options), options.encoding.as_deref())?;
    let named = options.truth_image_column.as_ref().or(options.image_column.as_ref());
    let own = named.filter(|column| frame.has(column)).cloned();
    let image = image_column(&frame, &TableOptions { image_column: own, ..TableOptions::default() })?;
    let Some(image) = image else { return Ok(None) };
    let source = truth_source(&frame, &image, options)?;
    Ok(Some(Truths::of(Content { frame: &frame, ids: Ids::Any }, &source)))
}
