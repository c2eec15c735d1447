//! Rows into images: who was asked what, and answered what.

use super::columns::{AnswerColumns, Roles};
use super::counts::{Counts, Order, RunCounts};
use super::error::{TableError, examples};
use super::frame::Frame;
use super::images::ImageRows;
use super::label::{LabelId, Labels, Reading};
use super::options::{MissingTruth, TableOptions};
use super::placed::{Place, Placed};
use super::repeats::RepeatedRows;
use super::run_rows::{self, ByImage, RunRows};
use super::score_pins::ScorePins;
use super::tables::Tables;
use super::{answered, counts, groups, score, summed, taken};
use crate::answers::taken::Taken;
use crate::answers::understood::ColumnRole;
use crate::answers::{Answer, Answers, Grouping, Ranked, Truth};
use crate::numbers::ties;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What is said of images that no column names.
pub(super) const NO_NAMES: &str = "no column names the images: each row is one image";

/// A truth that no table gave.
pub(super) const NO_LABEL: LabelId = LabelId::MAX;

/// Images with labels that are not yet taxa.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) images: Vec<String>,
    /// One per image, once the truth is known.
    pub(super) truths: Vec<LabelId>,
    pub(super) observations: Option<Vec<String>>,
    pub(super) groups: Vec<Grouping>,
    pub(super) taken: Taken,
    pub(super) splits: Option<Vec<String>>,
    pub(super) licences: Option<Vec<String>>,
    pub(super) runs: Vec<RunRows>,
    /// Rows of the table, the images that they show, and what its columns are.
    pub(super) read: usize,
    pub(super) shown: usize,
    pub(super) columns: Vec<ColumnRole>,
    pub(super) notes: Vec<String>,
    /// What would mislead if it were overlooked.
    pub(super) warnings: Vec<String>,
}

impl Rows {
    /// Says what a column is.
    pub(super) fn say(&mut self, role: &'static str, columns: &[&str], more: &str) {
        let columns = columns.iter().map(ToString::to_string).collect();
        self.columns.push(ColumnRole { role, columns, more: more.to_string() });
    }
}

/// Reads images, their truths where the table has them, and the ranked labels of every run.
pub(super) fn read(frame: &Frame, roles: &Roles, options: &TableOptions, labels: &mut Labels) -> Result<Rows, TableError> {
    read_part(frame, roles, options, labels, None)
}

/// [`read`] of a part of a table, whose scores are read as those of the whole were seen to be.
pub(super) fn read_part(
    frame: &Frame,
    roles: &Roles,
    options: &TableOptions,
    labels: &mut Labels,
    pins: Option<&ScorePins>,
) -> Result<Rows, TableError> {
    let grouped = ImageRows::of(frame, roles.image.as_deref())?;
    let notes = frame.notes.iter().chain(&roles.notes).cloned().collect();
    let mut rows = Rows { read: frame.len(), shown: grouped.images.len(), notes, ..Rows::default() };
    match &roles.image {
        Some(column) => rows.say("image", &[column], ""),
        None => rows.notes.push(NO_NAMES.to_string()),
    }
    check_repeats(frame, roles, &grouped)?;
    rows.notes.extend(counts::rows_note(frame.len() as u64, grouped.images.len() as u64, roles.position.is_some()));
    let position = roles.position.as_deref().map(|column| score::read(frame, column)).transpose()?;
    let positions = position.as_ref().map(|position| &position.values[..]);
    let by_image = ByImage { frame, grouped: &grouped, positions, repeats: roles.repeats, pins };
    for source in &roles.runs {
        let reading = Reading { separator: options.lineage_separator, pattern: options.predicted_pattern.as_ref() };
        let run = run_rows::read(by_image, source, labels, reading)?;
        let scores = if run.scores_read.is_empty() { String::new() } else { format!("scores {}", run.scores_read) };
        rows.say("prediction", &source.columns(), &scores);
        rows.runs.push(run);
    }
    if let Some(source) = &roles.truth
        && options.truth_file.is_none()
    {
        let reading = Reading { separator: options.lineage_separator, pattern: None };
        let by_row = labels.read(frame, source, reading)?;
        rows.truths = truths(frame, &grouped, &by_row, labels)?;
        rows.say("truth", &source.columns(), "");
    }
    if let Some(column) = &roles.position {
        rows.say("position", &[column], "");
    }
    if let Some(column) = &roles.observation {
        rows.observations = Some(grouped.cells(frame, column)?);
        rows.say("observation", &[column], "");
    }
    rows.groups = groups::read(frame, &grouped, &options.group_columns)?;
    let found = taken::read(frame, &grouped, roles.image.as_deref(), options)?;
    rows.columns.extend(found.columns);
    rows.notes.extend(found.notes);
    rows.taken = found.taken;
    rows.images = grouped.images;
    Ok(rows)
}

/// Several rows of one image need something that ranks them.
fn check_repeats(frame: &Frame, roles: &Roles, grouped: &ImageRows) -> Result<(), TableError> {
    let scored = roles.runs.iter().all(|run| match &run.answers {
        AnswerColumns::Slots(slots) => matches!(&slots[..], [slot] if slot.score.is_some()),
        AnswerColumns::Lists { .. } | AnswerColumns::Classes(_) => false,
    });
    if scored || roles.position.is_some() {
        return Ok(());
    }
    let repeated: Vec<usize> = (0..grouped.images.len()).filter(|&image| grouped.rows(image).len() > 1).collect();
    if repeated.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = repeated
        .iter()
        .take(5)
        .map(|&image| format!("'{}' ({})", grouped.images[image], frame.places(grouped.rows(image)).join(", ")))
        .collect();
    Err(TableError::RepeatedImages { path: frame.path.clone(), count: repeated.len(), examples: shown.join("; ") })
}

fn truths(frame: &Frame, grouped: &ImageRows, by_row: &[LabelId], labels: &Labels) -> Result<Vec<LabelId>, TableError> {
    let mut differing = vec![];
    let truths = (0..grouped.images.len())
        .map(|image| {
            let rows = grouped.rows(image);
            // A blank gives way to what another row of the image says.
            let is_blank = |row: usize| labels.says_nothing(by_row[row]);
            let first = rows.iter().copied().find(|&row| !is_blank(row)).unwrap_or(rows[0]);
            if let Some(&other) = rows.iter().find(|&&row| by_row[row] != by_row[first] && !is_blank(row)) {
                let text = |row: usize| labels.text(by_row[row]);
                differing.push(format!("{} is {} and {}", grouped.images[image], text(first), text(other)));
            }
            by_row[first]
        })
        .collect();
    if differing.is_empty() {
        return Ok(truths);
    }
    Err(TableError::SeveralTruths { path: frame.path.clone(), count: differing.len(), examples: examples(&differing) })
}

/// Turns labels into taxa.
pub(super) fn finish<'a>(mut rows: Rows, labels: &Labels, placed: Placed<'a>, options: &TableOptions) -> Tables<'a> {
    let finished = |run: RunRows| {
        let Answered { mut run, counts, .. } = answered(run, labels, &placed);
        run.notes.extend(counts.notes());
        if counts.totals().are_whole() {
            run.summed = summed::sums(&run.ranked, &placed.taxonomy);
        }
        (run, counts)
    };
    let (runs, counts) = std::mem::take(&mut rows.runs).into_iter().map(finished).unzip();
    with_truths(rows, (runs, counts), labels, placed, options)
}

/// Turns labels of a part of a table into taxa: what is said of the whole table is not said of it. Its runs have sums at every
/// rank as long as the part itself lists whole distributions.
pub(super) fn finish_part(mut rows: Rows, labels: &Labels, placed: &Placed, options: &TableOptions) -> (Vec<Answers>, Counts) {
    let finished = |run: RunRows| {
        let Answered { mut run, counts } = answered(run, labels, placed);
        (run.notes, run.warnings) = (vec![], vec![]);
        if counts.totals().may_be_whole() {
            run.summed = summed::sums(&run.ranked, &placed.taxonomy);
        }
        (run, counts)
    };
    let (mut runs, counts): (Vec<Answers>, Vec<RunCounts>) = std::mem::take(&mut rows.runs).into_iter().map(finished).unzip();
    let counts = give_truths(rows, (&mut runs, counts), labels, placed, options);
    (runs, counts)
}

/// The answers of a run, and what was counted of them.
struct Answered {
    run: Answers,
    counts: RunCounts,
}

fn answered(run: RunRows, labels: &Labels, placed: &Placed) -> Answered {
    let (ranked, outside_answers, order) = ranked(&run, labels, placed);
    let non_taxa = answered::of_run(&run, &ranked, labels, placed);
    let RunRows { name, notes, warnings, repeated, .. } = run;
    let run = Answers { name, ranked, outside_answers, notes, warnings, non_taxa, ..Answers::default() };
    let counts = RunCounts::of(&run, order, repeated);
    Answered { run, counts }
}

/// Gives the answers of a run directory their images and truths.
pub(super) fn of_run<'a>(rows: Rows, run: Answers, labels: &Labels, placed: Placed<'a>, options: &TableOptions) -> Tables<'a> {
    let counts = RunCounts::of(&run, Order::default(), RepeatedRows::default());
    with_truths(rows, (vec![run], vec![counts]), labels, placed, options)
}

/// Gives runs their images and truths.
fn with_truths<'a>(
    mut rows: Rows,
    (mut runs, counts): (Vec<Answers>, Vec<RunCounts>),
    labels: &Labels,
    placed: Placed<'a>,
    options: &TableOptions,
) -> Tables<'a> {
    let (mut notes, mut warnings) = (std::mem::take(&mut rows.notes), std::mem::take(&mut rows.warnings));
    notes.extend(placed.notes.iter().cloned());
    warnings.extend(placed.warnings.iter().cloned());
    let columns = std::mem::take(&mut rows.columns);
    let counts = give_truths(rows, (&mut runs, counts), labels, &placed, options);
    let understood = counts.understood(columns, placed.built.words(), placed.matched);
    notes.extend(counts.notes(options.missing_truth, options.without_truth));
    runs.iter_mut().for_each(answered::forget_unsaid);
    Tables { taxonomy: placed.taxonomy, built: placed.built, runs, understood, notes, warnings }
}

/// Gives runs the images and truths of rows, and counts these.
fn give_truths(
    mut rows: Rows,
    (runs, counts): (&mut Vec<Answers>, Vec<RunCounts>),
    labels: &Labels,
    placed: &Placed,
    options: &TableOptions,
) -> Counts {
    // An image of no named observation is an observation of its own.
    for (observation, image) in rows.observations.iter_mut().flatten().zip(&rows.images) {
        if observation.trim().is_empty() {
            observation.clone_from(image);
        }
    }
    let mut outside_truths = BTreeMap::new();
    let truths: Vec<Truth> = rows.truths.iter().map(|&id| truth(id, labels, placed, &mut outside_truths)).collect();
    let apart = answered::not_taxa(&rows.truths, placed);
    let counts = Counts::of((rows.read, rows.shown), &truths, apart, outside_truths.clone(), counts);
    answered::give_truths(runs, &rows.truths, placed);
    let by_synonym: HashSet<LabelId> = placed.synonyms.iter().copied().collect();
    let synonym_truths: BTreeSet<usize> =
        rows.truths.iter().enumerate().filter(|(_, label)| by_synonym.contains(label)).map(|(row, _)| row).collect();
    for run in runs.iter_mut() {
        run.synonym_truths.clone_from(&synonym_truths);
        run.outside_truths.clone_from(&outside_truths);
        run.count_outside_as_wrong = options.missing_truth == MissingTruth::Wrong;
    }
    if let Some((last, others)) = runs.split_last_mut() {
        for run in others {
            run.images.clone_from(&rows.images);
            run.truths.clone_from(&truths);
            run.observations.clone_from(&rows.observations);
            run.groups.clone_from(&rows.groups);
            run.taken.clone_from(&rows.taken);
            run.splits.clone_from(&rows.splits);
            run.licences.clone_from(&rows.licences);
        }
        (last.images, last.truths, last.observations) = (rows.images, truths, rows.observations);
        last.taken = rows.taken;
        (last.groups, last.splits, last.licences) = (rows.groups, rows.splits, rows.licences);
    }
    counts
}

fn truth(id: LabelId, labels: &Labels, placed: &Placed, outside: &mut BTreeMap<String, usize>) -> Truth {
    let Some(place) = placed.places.get(id as usize) else { return Truth::Missing };
    match (*place, placed.missing) {
        (Place::Taxon(taxon), _) | (Place::Missing, Some(taxon)) => Truth::Taxon(taxon),
        (Place::Missing, None) => Truth::Missing,
        (Place::Outside, _) => {
            *outside.entry(labels.text(id).to_string()).or_default() += 1;
            Truth::Outside
        }
    }
}

/// The labels of every image in order, the unknown names that came first, and what was found of the order.
fn ranked(run: &RunRows, labels: &Labels, placed: &Placed) -> (Ranked, BTreeMap<String, usize>, Order) {
    let mut ranked = if run.probabilities { Ranked::default() } else { Ranked::of_scores() };
    let mut outside = BTreeMap::new();
    let mut order = Order::default();
    let answer = |id: LabelId| match (placed.places[id as usize], placed.missing) {
        (Place::Taxon(taxon), _) | (Place::Missing, Some(taxon)) => Answer::Taxon(taxon),
        (Place::Missing, None) => Answer::Nothing,
        (Place::Outside, _) => Answer::Outside,
    };
    let text = |id: LabelId| labels.text(id);
    let mut list: Vec<(LabelId, Answer, f64)> = vec![];
    for image in 0..run.starts.len() - 1 {
        let range = run.starts[image]..run.starts[image + 1];
        if let (true, Some(blank)) = (range.is_empty(), placed.missing) {
            ranked.push([(Answer::Taxon(blank), None)]);
            continue;
        }
        list.clear();
        list.extend(range.map(|at| (run.labels[at], answer(run.labels[at]), run.scores[at])));
        // Where only scores order the labels, the order of the rows must not.
        if !run.positioned && list.len() > 1 && list.iter().any(|(.., score)| !score.is_nan()) {
            list.sort_by_key(|&(id, answer, _)| (answer, text(id)));
        }
        let turned =
            ranked.push_positioned(list.iter().map(|&(_, answer, score)| (answer, Some(score).filter(|score| !score.is_nan()))));
        order.disordered += usize::from(turned && run.positioned);
        order.only_zeros += usize::from(ranked.answers(image).is_empty() && !list.is_empty());
        if ranked.answers(image).first() == Some(&Answer::Outside) {
            let unknown = list.iter().filter(|(_, answer, _)| *answer == Answer::Outside);
            if let Some((id, ..)) = unknown.min_by(|a, b| ties::falling(a.2, b.2)) {
                *outside.entry(text(*id).to_string()).or_default() += 1;
            }
        }
    }
    (ranked, outside, order)
}
