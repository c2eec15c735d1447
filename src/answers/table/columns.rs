//! Which column is what, by the usual names and by what is in them. Never by order.

mod sources;
mod content;
mod names;
mod headerless;
mod images;
mod scores;
mod lists;
mod wide;
mod labels;
mod truths;
mod runs;
mod classes;
mod class_runs;
mod sets;

pub(super) use class_runs::answer_columns;
pub(super) use headerless::without_zeros;
pub(super) use images::image_column;
pub(super) use sets::{FoundSets, MemberColumns, Reading as SetReading, answer_sets, group_column, image_of_sets, truth_sets};
pub(super) use sources::{AnswerColumns, Repeated, RunSource, Slot};
pub(super) use truths::truth_source;

use super::error::{TableError, examples};
use super::frame::{Frame, named_column};
use super::label::LabelSource;
use super::options::TableOptions;
use super::words::{DETECTIONS, OBSERVATION_IDS, OBSERVATIONS, POSITIONS, is_media_file};
use crate::taxonomy::Taxonomy;
use content::Ids;
use labels::{PREDICTION, TRUTH};
use names::Columns;
use truths::FoundTruth;

/// Which column is what.
#[derive(Debug, Clone)]
pub(super) struct Roles {
    pub(super) image: Option<String>,
    pub(super) truth: Option<LabelSource>,
    /// Whether the truth comes from bare rank columns (`genus`, `ScientificName`): it may be finer
    /// than what the classifier was asked.
    pub(super) bare_truth: bool,
    pub(super) runs: Vec<RunSource>,
    pub(super) position: Option<String>,
    pub(super) observation: Option<String>,
    pub(super) repeats: Repeated,
    /// What was found that the names of columns do not say.
    pub(super) notes: Vec<String>,
}

/// The column with observations.
pub(super) fn observation(frame: &Frame) -> Option<String> {
    observation_of(&Columns::of(frame, None, Ids::Any))
}

fn observation_of(columns: &Columns) -> Option<String> {
    columns.find(&[OBSERVATIONS, OBSERVATION_IDS].concat())
}

impl Roles {
    /// Finds the columns by the names given, or else by the usual ones and by what is in them.
    pub(super) fn recognise(frame: &Frame, options: &TableOptions, taxonomy: Option<&Taxonomy>) -> Result<Roles, TableError> {
        if let Some(first) = frame.names().into_iter().find(|name| frame.header && is_media_file(name)) {
            return Err(TableError::FirstLineIsData { path: frame.path.clone(), first: first.to_string() });
        }
        let image = image_column(frame, options)?;
        let columns = Columns::of(frame, image.as_deref(), Ids::Of(taxonomy));
        let (mut runs, notes) = if options.predicted_columns.is_empty() {
            found_runs(&columns, options)?
        } else {
            (columns.named_runs(options)?, vec![])
        };
        let truth = truth(&columns, &runs, options)?;
        set_score(&columns, &mut runs, options)?;
        let position = columns.find(POSITIONS).filter(|column| {
            let numbers = columns.content.numbers(column);
            numbers.iter().all(|number| !number.is_nan())
        });
        let is_detection = columns.find(DETECTIONS).is_some();
        let repeats = if is_detection { Repeated::Best } else { headerless::repeated(frame) };
        let observation = observation_of(&columns);
        Ok(Roles { image, truth: truth.label, bare_truth: truth.is_bare, runs, position, observation, repeats, notes })
    }
}

/// The runs of a table of which no predicted column is named, with what is to be said of them.
fn found_runs(columns: &Columns, options: &TableOptions) -> Result<(Vec<RunSource>, Vec<String>), TableError> {
    let frame = columns.content.frame;
    if !frame.header
        && let Some(run) = headerless::run(frame)?
    {
        return Ok((vec![run], vec![]));
    }
    let mut found = columns.found_runs();
    let mut notes = columns.add_classes(&mut found, options)?;
    if !found.runs.is_empty() {
        return Ok((found.runs, notes));
    }
    // Numbers that are called predictions are not passed over for another column.
    if let Some(column) = found.refused {
        return Err(columns.numbers_refused(column, PREDICTION));
    }
    if let Some(label) = columns.lone_label(PREDICTION)? {
        let name = label.main_column().to_string();
        let run = match label {
            LabelSource::Text(column) if columns.content.holds_lists(&column) => columns.list_run(column),
            label => RunSource::single(name, label, None),
        };
        return Ok((vec![run], notes));
    }
    let mut lists = columns.lists();
    match (lists.pop(), &lists[..]) {
        (Some(only), []) => {
            notes.push(format!("column '{only}' holds lists of names: the answers of each row, the first first"));
            Ok((vec![columns.list_run(only)], notes))
        }
        (Some(last), _) => Err(columns.several(&[lists, vec![last]].concat(), PREDICTION)),
        (None, _) => Err(TableError::NoPredicted { path: frame.path.clone(), columns: frame.listed() }),
    }
}

/// The truth: as named, by the usual names, or the lone label beside columns of classes.
fn truth(columns: &Columns, runs: &[RunSource], options: &TableOptions) -> Result<FoundTruth, TableError> {
    let frame = columns.content.frame;
    if let Some(column) = options.truth_column.as_ref().filter(|column| options.truth_file.is_none() || frame.has(column)) {
        let column = named_column(frame, column, "--truth-column")?;
        return Ok(FoundTruth { label: Some(LabelSource::Text(column)), is_bare: false });
    }
    if options.truth_file.is_some() {
        return Ok(FoundTruth::default());
    }
    let taken: Vec<&str> = runs.iter().flat_map(RunSource::columns).collect();
    let found = columns.truth(&taken)?;
    let are_classes = || matches!(runs, [RunSource { answers: AnswerColumns::Classes(_), .. }]);
    if found.label.is_none() && are_classes() {
        return Ok(FoundTruth { label: columns.lone_label(TRUTH)?, is_bare: false });
    }
    Ok(found)
}

/// Gives the only run its column of scores.
fn set_score(columns: &Columns, runs: &mut [RunSource], options: &TableOptions) -> Result<(), TableError> {
    let frame = columns.content.frame;
    let Some(column) = &options.score_column else {
        if let [run] = runs
            && let AnswerColumns::Slots(slots) = &mut run.answers
            && let [slot] = &mut slots[..]
            && slot.score.is_none()
        {
            slot.score = columns.lone_score();
        }
        return Ok(());
    };
    let column = named_column(frame, column, "--score-column")?;
    let read: Vec<String> = runs.iter().flat_map(RunSource::columns).map(str::to_string).collect();
    let refused = |column| TableError::ScoreOfSeveral { path: frame.path.clone(), column, columns: examples(&read) };
    let [only] = runs else { return Err(refused(column)) };
    match &mut only.answers {
        AnswerColumns::Lists { scores, .. } => *scores = Some(column),
        AnswerColumns::Slots(slots) if slots.len() == 1 => slots.iter_mut().for_each(|slot| slot.score = Some(column.clone())),
        _ => return Err(refused(column)),
    }
    Ok(())
}
