//! The answers of one run, row by row: one column, several side by side, lists in cells, or a column for each class.

use super::columns::{AnswerColumns, Repeated, RunSource, Slot};
use super::error::TableError;
use super::frame::Frame;
use super::images::ImageRows;
use super::interned::Interned;
use super::label::{Label, LabelId, Labels, Reading};
use super::list;
use super::repeats::Repeats;
use super::score::{self, ScoreColumn};
use std::collections::HashMap;

/// Labels of one run with their scores.
#[derive(Debug, Default)]
pub(super) struct RunRows {
    pub(super) name: String,
    /// How its scores were read; empty where it has none.
    pub(super) scores_read: String,
    /// Labels of image `i` are `starts[i]..starts[i + 1]`.
    pub(super) starts: Vec<usize>,
    pub(super) labels: Vec<LabelId>,
    /// Scores, not-a-number where there is none.
    pub(super) scores: Vec<f64>,
    /// Whether the scores are probabilities.
    pub(super) probabilities: bool,
    /// Whether the table says in which order the labels of an image stand, by a column or side by side.
    pub(super) positioned: bool,
    pub(super) notes: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl RunRows {
    /// Gives images that come after the last one no answer.
    pub(super) fn extend_to(&mut self, images: usize) {
        let end = self.labels.len();
        self.starts.resize(images + 1, end);
    }

    /// Takes in what was found in a column of scores.
    fn note_scores(&mut self, column: &str, scores: &ScoreColumn) {
        // Scores side by side are of one kind: a fifth answer of 0.3 beside a first of 95 is a percentage.
        self.probabilities &= scores.probabilities;
        self.notes.extend(scores.notes.iter().cloned());
        self.warnings.extend(scores.warnings.iter().cloned());
        if self.scores_read.is_empty() {
            self.scores_read = format!("'{column}' {}", scores.how);
        }
    }
}

/// A table with the rows of each image.
#[derive(Clone, Copy)]
pub(super) struct ByImage<'a> {
    pub(super) frame: &'a Frame,
    pub(super) grouped: &'a ImageRows,
    /// The place of each row among those of its image, where the table has a column of them.
    pub(super) positions: Option<&'a [f64]>,
    /// What a label of one image is that has several scores.
    pub(super) repeats: Repeated,
}

/// Reads the labels and scores of a run.
///
/// # Errors
///
/// Columns that cannot be read; scores that are no numbers; a list with more or fewer scores than labels.
pub(super) fn read(
    by_image: ByImage<'_>,
    source: &RunSource,
    labels: &mut Labels,
    reading: Reading,
) -> Result<RunRows, TableError> {
    let run = RunRows { name: source.name.clone(), starts: vec![0], probabilities: true, ..RunRows::default() };
    match &source.answers {
        AnswerColumns::Slots(slots) => of_slots(run, by_image, slots, labels, reading),
        AnswerColumns::Lists { column, scores } => of_lists(run, by_image, (column, scores.as_deref()), labels, reading),
        AnswerColumns::Classes(classes) => of_classes(run, by_image, classes, labels, reading),
    }
}

fn of_slots(
    mut run: RunRows,
    by_image: ByImage<'_>,
    sources: &[Slot],
    labels: &mut Labels,
    reading: Reading,
) -> Result<RunRows, TableError> {
    let ByImage { frame, grouped, positions, repeats: kind } = by_image;
    run.positioned = positions.is_some() || sources.len() > 1;
    let mut slots = vec![];
    for slot in sources {
        let ids = labels.read(frame, &slot.label, reading)?;
        let scores = match slot.score.as_deref() {
            Some(column) => {
                let scores = score::read(frame, column)?;
                run.note_scores(column, &scores);
                scores.values
            }
            None => vec![],
        };
        slots.push((ids, scores));
    }
    let mut values = slots.iter().flat_map(|(_, scores)| scores).filter(|value| !value.is_nan()).peekable();
    let all_zero = values.peek().is_some() && values.all(|value| value.abs() <= 0.0);
    if all_zero {
        run.notes.push("all scores are 0: they say nothing of the answers and are left out".to_string());
    }
    let mut order: Vec<usize> = vec![];
    let mut repeats = Repeats::of(kind);
    for image in 0..grouped.images.len() {
        order.clear();
        order.extend_from_slice(grouped.rows(image));
        if let [(ids, scores)] = &slots[..] {
            repeats.drop_from(&mut order, &grouped.images[image], (ids, scores), labels);
        }
        if let Some(positions) = positions {
            order.sort_by(|&a, &b| positions[a].total_cmp(&positions[b]));
        }
        let first = run.labels.len();
        for &row in &order {
            for (ids, scores) in &slots {
                run.labels.push(ids[row]);
                let value = scores.get(row).copied().filter(|value| !value.is_nan() && !all_zero);
                run.scores.push(value.or_else(|| score_within(labels, ids[row])).unwrap_or(f64::NAN));
            }
        }
        drop_blank_ends(&mut run, first, labels);
        run.starts.push(run.labels.len());
    }
    run.notes.extend(repeats.note(&frame.path)?);
    Ok(run)
}

/// The score that is written into a label.
fn score_within(labels: &Labels, id: LabelId) -> Option<f64> {
    labels.all.get(id as usize).and_then(|label| if let Label::Named { score, .. } = label { *score } else { None })
}

/// Drops the blank answers at the end of an image's list, which begins at `first`.
fn drop_blank_ends(run: &mut RunRows, first: usize, labels: &Labels) {
    let missing = |id: &LabelId| matches!(labels.all[*id as usize], Label::Missing);
    let unscored = |run: &RunRows| run.scores.last().is_some_and(|score| score.is_nan());
    while run.labels.len() > first && run.labels.last().is_some_and(missing) && unscored(run) {
        run.labels.pop();
        run.scores.pop();
    }
}

/// Answers of each row that lie in one cell, best first unless they have scores.
fn of_lists(
    mut run: RunRows,
    by_image: ByImage<'_>,
    (column, score_column): (&str, Option<&str>),
    labels: &mut Labels,
    reading: Reading,
) -> Result<RunRows, TableError> {
    let ByImage { frame, grouped, .. } = by_image;
    run.positioned = true;
    let cells = Interned::of(&frame.texts(column)?);
    let lists: Vec<Vec<list::Listed>> = cells.texts.iter().map(|text| answers_of(text)).collect();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut texts: Vec<String> = vec![];
    for listed in lists.iter().flatten() {
        known.entry(&listed.label).or_insert_with(|| {
            texts.push(listed.label.clone());
            texts.len() - 1
        });
    }
    let ids = labels.read_texts(&texts, reading);
    let beside = score_column.map(|column| frame.texts(column)).transpose()?;
    for image in 0..grouped.images.len() {
        let first = run.labels.len();
        for &row in grouped.rows(image) {
            let list = &lists[cells.rows[row] as usize];
            let beside = beside.as_ref().and_then(|texts| texts.get(row)).and_then(list::numbers);
            if let Some(scores) = beside.as_ref().filter(|scores| scores.len() != list.len()) {
                let what = format!(
                    "column '{column}' lists {} answers of {} and column '{}' {} scores; they must be as many",
                    list.len(),
                    grouped.images[image],
                    score_column.unwrap_or_default(),
                    scores.len()
                );
                return Err(TableError::Format { path: frame.path.clone(), line: None, what });
            }
            for (place, listed) in list.iter().enumerate() {
                run.labels.push(ids[known[listed.label.as_str()]]);
                let score = beside.as_ref().and_then(|scores| scores[place]).or(listed.score);
                run.scores.push(score.unwrap_or(f64::NAN));
            }
        }
        drop_blank_ends(&mut run, first, labels);
        run.starts.push(run.labels.len());
    }
    let scored = || run.scores.iter().filter(|score| !score.is_nan());
    run.probabilities = scored().all(|score| (0.0..=1.0 + 1e-6).contains(score));
    if scored().next().is_some() {
        let how = if run.probabilities { "from 0 to 1" } else { "no probabilities: they only rank" };
        run.scores_read = format!("in the lists, {how}");
    }
    Ok(run)
}

/// The answers of a cell: those of a list, or the one name that it is.
fn answers_of(text: &str) -> Vec<list::Listed> {
    list::answers(text).unwrap_or_else(|| vec![list::Listed { label: text.to_string(), score: None }])
}

/// A score for every class, whole distributions where they add up to 1.
fn of_classes(
    mut run: RunRows,
    by_image: ByImage<'_>,
    classes: &[(String, String)],
    labels: &mut Labels,
    reading: Reading,
) -> Result<RunRows, TableError> {
    let ByImage { frame, grouped, .. } = by_image;
    let texts: Vec<String> = classes.iter().map(|(_, class)| class.clone()).collect();
    let ids = labels.read_texts(&texts, reading);
    let mut scores = vec![];
    for (column, _) in classes {
        let read = score::read(frame, column)?;
        run.probabilities &= read.probabilities;
        run.warnings.extend(read.warnings);
        scores.push(read.values);
    }
    for image in 0..grouped.images.len() {
        for &row in grouped.rows(image) {
            for (id, values) in ids.iter().zip(&scores).filter(|(_, values)| !values[row].is_nan()) {
                run.labels.push(*id);
                run.scores.push(values[row]);
            }
        }
        run.starts.push(run.labels.len());
    }
    let how = if run.probabilities { "from 0 to 1" } else { "no probabilities: they only rank" };
    run.scores_read = format!("in {} columns, one for each class, {how}", classes.len());
    Ok(run)
}
