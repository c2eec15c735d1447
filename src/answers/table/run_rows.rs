//! The answers of one run, row by row: one column, several side by side, lists in cells, or a column for each class.

use super::columns::{AnswerColumns, Repeated, RunSource, Slot};
use super::error::TableError;
use super::frame::Frame;
use super::images::ImageRows;
use super::label::{LabelId, Labels, Reading};
use super::list_column::ListColumn;
use super::repeats::{RepeatedRows, Repeats};
use super::score::{self, ScoreColumn};
use super::score_pins::ScorePins;
use super::seen::{Seen, Spread};

/// What is said of scores that are all 0.
pub(super) const ALL_ZERO: &str = "all scores are 0: they say nothing of the answers and are left out";

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
    /// Rows that say again what others say.
    pub(super) repeated: RepeatedRows,
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
    /// What was seen of the scores of the whole table, where this is a part of one.
    pub(super) pins: Option<&'a ScorePins>,
}

impl ByImage<'_> {
    /// A column of scores.
    fn scores(&self, column: &str) -> Result<ScoreColumn, TableError> {
        score::read_as(self.frame, column, self.pins.and_then(|pins| pins.column(column)))
    }
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

/// Meets the labels of a run in a part of a table, and the scores in lists of them.
///
/// # Errors
///
/// Columns that cannot be read.
pub(super) fn look(
    frame: &Frame,
    source: &RunSource,
    labels: &mut Labels,
    reading: Reading,
    pins: &mut ScorePins,
) -> Result<(), TableError> {
    match &source.answers {
        AnswerColumns::Slots(slots) => {
            for slot in slots {
                labels.read(frame, &slot.label, reading)?;
            }
        }
        AnswerColumns::Lists { column, scores } => {
            let lists = ListColumn::read(frame, column, scores.as_deref())?;
            labels.read_texts(&lists.labels().0, &frame.path, reading)?;
            pins.take_lists(column, &lists.spread());
        }
        AnswerColumns::Classes(classes) => {
            labels.read_texts(&texts_of(classes), &frame.path, reading)?;
        }
    }
    Ok(())
}

/// The names of classes.
fn texts_of(classes: &[(String, String)]) -> Vec<String> {
    classes.iter().map(|(_, class)| class.clone()).collect()
}

fn of_slots(
    mut run: RunRows,
    by_image: ByImage<'_>,
    sources: &[Slot],
    labels: &mut Labels,
    reading: Reading,
) -> Result<RunRows, TableError> {
    let ByImage { frame, grouped, positions, repeats: kind, .. } = by_image;
    run.positioned = positions.is_some() || sources.len() > 1;
    let (mut slots, mut seen) = (vec![], vec![]);
    for slot in sources {
        let ids = labels.read(frame, &slot.label, reading)?;
        let scores = match slot.score.as_deref() {
            Some(column) => {
                let scores = by_image.scores(column)?;
                run.note_scores(column, &scores);
                seen.push(scores.seen);
                scores.values
            }
            None => vec![],
        };
        slots.push((ids, scores));
    }
    let all_zero = Seen::are_zero(&seen);
    if all_zero {
        run.notes.push(ALL_ZERO.to_string());
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
                run.scores.push(value.or_else(|| labels.score(ids[row])).unwrap_or(f64::NAN));
            }
        }
        drop_blank_ends(&mut run, first, labels);
        run.starts.push(run.labels.len());
    }
    run.repeated = repeats.counted(&frame.path)?;
    run.notes.extend(run.repeated.note());
    Ok(run)
}

/// Drops the blank answers at the end of an image's list, which begins at `first`.
fn drop_blank_ends(run: &mut RunRows, first: usize, labels: &Labels) {
    let missing = |id: &LabelId| labels.says_nothing(*id);
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
    let lists = ListColumn::read(frame, column, score_column)?;
    let (texts, known) = lists.labels();
    let ids = labels.read_texts(&texts, &frame.path, reading)?;
    for image in 0..grouped.images.len() {
        let first = run.labels.len();
        for &row in grouped.rows(image) {
            let list = lists.list(row);
            let beside = lists.beside(row);
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
            for (listed, score) in list.iter().zip(lists.scores(row, beside.as_deref())) {
                run.labels.push(ids[known[listed.label.as_str()]]);
                run.scores.push(score.unwrap_or(f64::NAN));
            }
        }
        drop_blank_ends(&mut run, first, labels);
        run.starts.push(run.labels.len());
    }
    let spread = by_image.pins.map_or_else(|| Spread::of(run.scores.iter().copied()), |pins| pins.lists(column));
    run.probabilities = spread.are_shares();
    run.scores_read = how_in_lists(&spread);
    Ok(run)
}

/// How scores in lists are read, in words; empty where there are none.
pub(super) fn how_in_lists(spread: &Spread) -> String {
    let how = if spread.are_shares() { "from 0 to 1" } else { "no probabilities: they only rank" };
    if spread.is_any() { format!("in the lists, {how}") } else { String::new() }
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
    let ids = labels.read_texts(&texts_of(classes), &frame.path, reading)?;
    let mut scores = vec![];
    for (column, _) in classes {
        let read = by_image.scores(column)?;
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
