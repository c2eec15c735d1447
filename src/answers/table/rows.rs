//! Rows into images: who was asked what, and answered what.

use super::columns::{Roles, RunSource};
use super::error::{TableError, examples};
use super::frame::Frame;
use super::images::ImageRows;
use super::label::{Label, LabelId, Labels, Reading};
use super::options::{MissingTruth, TableOptions};
use super::repeats::Repeats;
use super::tables::{Built, Tables};
use super::tree::{Place, Placed};
use super::{groups, score, summed};
use crate::answers::{Answer, Answers, Grouping, Ranked, Truth};
use crate::numbers::ties;
use std::collections::{BTreeMap, BTreeSet, HashSet};

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
    pub(super) splits: Option<Vec<String>>,
    pub(super) runs: Vec<RunRows>,
    pub(super) notes: Vec<String>,
}

/// Labels of one run with their scores.
#[derive(Debug, Default)]
pub(super) struct RunRows {
    name: String,
    /// Labels of image `i` are `starts[i]..starts[i + 1]`.
    starts: Vec<usize>,
    labels: Vec<LabelId>,
    /// Scores, not-a-number where there is none.
    scores: Vec<f64>,
    /// Whether the scores are probabilities.
    probabilities: bool,
    /// Whether the table says in which order the labels of an image stand, by a column or side by side.
    positioned: bool,
    notes: Vec<String>,
}

impl RunRows {
    /// Gives images that come after the last one no answer.
    pub(super) fn extend_to(&mut self, images: usize) {
        let end = self.labels.len();
        self.starts.resize(images + 1, end);
    }
}

/// Reads images, their truths where the table has them, and the ranked labels of every run.
pub(super) fn read(frame: &Frame, roles: &Roles, options: &TableOptions, labels: &mut Labels) -> Result<Rows, TableError> {
    let grouped = ImageRows::of(frame, roles.image.as_deref())?;
    let mut rows = Rows::default();
    if roles.image.is_none() {
        rows.notes.push("no column names the images: each row is one image".to_string());
    }
    check_repeats(frame, roles, &grouped)?;
    if frame.len() > grouped.images.len() {
        rows.notes.push(format!(
            "{} rows show {} images: the rows of an image are its answers, the best {} first",
            frame.len(),
            grouped.images.len(),
            if roles.position.is_some() { "position" } else { "score" }
        ));
    }
    let position = roles.position.as_deref().map(|column| score::read(frame, column)).transpose()?;
    let positions = position.as_ref().map(|position| &position.values[..]);
    let by_image = ByImage { frame, grouped: &grouped, positions };
    for source in &roles.runs {
        let reading = Reading { separator: options.lineage_separator, pattern: options.predicted_pattern.as_ref() };
        rows.runs.push(run_rows(by_image, source, labels, reading)?);
        let columns: Vec<&str> = source.slots.iter().flat_map(|slot| slot.label.columns()).collect();
        rows.notes.push(format!("predictions of '{}': {}", source.name, columns_text(&columns)));
    }
    if let Some(source) = &roles.truth
        && options.truth_file.is_none()
    {
        let reading = Reading { separator: options.lineage_separator, pattern: None };
        let by_row = labels.read(frame, source, reading)?;
        rows.truths = truths(frame, &grouped, &by_row, labels)?;
        rows.notes.push(format!("truth: {}", columns_text(&source.columns())));
    }
    if let Some(column) = &roles.observation {
        rows.observations = Some(grouped.cells(frame, column)?);
    }
    rows.groups = groups::read(frame, &grouped, &options.group_columns)?;
    rows.images = grouped.images;
    Ok(rows)
}

fn columns_text(columns: &[&str]) -> String {
    let word = if columns.len() == 1 { "column" } else { "columns" };
    format!("{word} {}", columns.iter().map(|column| format!("'{column}'")).collect::<Vec<_>>().join(", "))
}

/// Several rows of one image need something that ranks them.
fn check_repeats(frame: &Frame, roles: &Roles, grouped: &ImageRows) -> Result<(), TableError> {
    let scored = roles.runs.iter().all(|run| matches!(&run.slots[..], [slot] if slot.score.is_some()));
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

/// A table with the rows of each image.
#[derive(Clone, Copy)]
struct ByImage<'a> {
    frame: &'a Frame,
    grouped: &'a ImageRows,
    /// The place of each row among those of its image, where the table has a column of them.
    positions: Option<&'a [f64]>,
}

fn run_rows(by_image: ByImage<'_>, source: &RunSource, labels: &mut Labels, reading: Reading) -> Result<RunRows, TableError> {
    let ByImage { frame, grouped, positions } = by_image;
    let positioned = positions.is_some() || source.slots.len() > 1;
    let mut run = RunRows { name: source.name.clone(), starts: vec![0], probabilities: true, positioned, ..RunRows::default() };
    let mut slots = vec![];
    for slot in &source.slots {
        let ids = labels.read(frame, &slot.label, reading)?;
        let scores = slot.score.as_deref().map(|column| score::read(frame, column)).transpose()?;
        // Scores side by side are of one kind: a fifth answer of 0.3 beside a first of 95 is a percentage.
        run.probabilities &= scores.as_ref().is_none_or(|scores| scores.probabilities);
        let scores = scores.unwrap_or_default();
        run.notes.extend(scores.notes.iter().cloned());
        slots.push((ids, scores));
    }
    let mut values = slots.iter().flat_map(|(_, scores)| &scores.values).filter(|value| !value.is_nan()).peekable();
    let all_zero = values.peek().is_some() && values.all(|value| value.abs() <= 0.0);
    if all_zero {
        run.notes.push("all scores are 0: they say nothing of the answers and are left out".to_string());
    }
    let mut order: Vec<usize> = vec![];
    let mut repeats = Repeats::default();
    for image in 0..grouped.images.len() {
        order.clear();
        order.extend_from_slice(grouped.rows(image));
        if let [(ids, scores)] = &slots[..] {
            repeats.drop_from(&mut order, &grouped.images[image], (ids, &scores.values), labels);
        }
        if let Some(positions) = positions {
            order.sort_by(|&a, &b| positions[a].total_cmp(&positions[b]));
        }
        let first = run.labels.len();
        for &row in &order {
            for (ids, scores) in &slots {
                run.labels.push(ids[row]);
                let within = labels
                    .all
                    .get(ids[row] as usize)
                    .and_then(|label| if let Label::Named { score, .. } = label { *score } else { None });
                let value = scores.values.get(row).copied().filter(|value| !value.is_nan() && !all_zero);
                run.scores.push(value.or(within).unwrap_or(f64::NAN));
            }
        }
        let missing = |id: &LabelId| matches!(labels.all[*id as usize], Label::Missing);
        let unscored = |run: &RunRows| run.scores.last().is_some_and(|score| score.is_nan());
        while run.labels.len() > first && run.labels.last().is_some_and(missing) && unscored(&run) {
            run.labels.pop();
            run.scores.pop();
        }
        run.starts.push(run.labels.len());
    }
    run.notes.extend(repeats.note(&frame.path)?);
    Ok(run)
}

fn truths(frame: &Frame, grouped: &ImageRows, by_row: &[LabelId], labels: &Labels) -> Result<Vec<LabelId>, TableError> {
    let mut differing = vec![];
    let truths = (0..grouped.images.len())
        .map(|image| {
            let rows = grouped.rows(image);
            if let Some(&other) = rows.iter().find(|&&row| by_row[row] != by_row[rows[0]]) {
                let text = |row: usize| labels.all[by_row[row] as usize].text();
                differing.push(format!("{} is {} and {}", grouped.images[image], text(rows[0]), text(other)));
            }
            by_row[rows[0]]
        })
        .collect();
    if differing.is_empty() {
        return Ok(truths);
    }
    Err(TableError::SeveralTruths { path: frame.path.clone(), count: differing.len(), examples: examples(&differing) })
}

/// Turns labels into taxa.
pub(super) fn finish<'a>(mut rows: Rows, labels: &Labels, placed: Placed<'a>, options: &TableOptions) -> Tables<'a> {
    let answered = |run: RunRows| {
        let (ranked, outside_answers, remarks) = ranked(&run, labels, &placed);
        let mut notes = run.notes;
        notes.extend(remarks);
        let summed = summed::summed(&ranked, &placed.taxonomy).unwrap_or_else(|note| {
            notes.push(note);
            Default::default()
        });
        Answers { name: run.name, ranked, summed, outside_answers, notes, ..Answers::default() }
    };
    let runs = std::mem::take(&mut rows.runs).into_iter().map(answered).collect();
    with_truths(rows, runs, labels, placed, options)
}

/// Gives runs their images and truths.
pub(super) fn with_truths<'a>(
    mut rows: Rows,
    mut runs: Vec<Answers>,
    labels: &Labels,
    placed: Placed<'a>,
    options: &TableOptions,
) -> Tables<'a> {
    // An image of no named observation is an observation of its own.
    for (observation, image) in rows.observations.iter_mut().flatten().zip(&rows.images) {
        if observation.trim().is_empty() {
            observation.clone_from(image);
        }
    }
    let mut outside_truths = BTreeMap::new();
    let truths: Vec<Truth> = rows.truths.iter().map(|&id| truth(id, labels, &placed, &mut outside_truths)).collect();
    let mut notes = rows.notes;
    notes.extend(placed.notes.iter().cloned());
    notes.push(built_note(placed.built).to_string());
    let missing = truths.iter().filter(|truth| **truth == Truth::Missing).count();
    if missing > 0 {
        let fate = if options.missing_truth == MissingTruth::Wrong { "counted as wrong" } else { "left out of the scores" };
        notes.push(format!("{missing} of {} images have no truth: {fate}", truths.len()));
    }
    let by_synonym: HashSet<LabelId> = placed.synonyms.iter().copied().collect();
    let synonym_truths: BTreeSet<usize> =
        rows.truths.iter().enumerate().filter(|(_, label)| by_synonym.contains(label)).map(|(row, _)| row).collect();
    for run in &mut runs {
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
            run.splits.clone_from(&rows.splits);
        }
        (last.images, last.truths, last.observations) = (rows.images, truths, rows.observations);
        (last.groups, last.splits) = (rows.groups, rows.splits);
    }
    Tables { taxonomy: placed.taxonomy, built: placed.built, runs, notes }
}

fn built_note(built: Built) -> &'static str {
    match built {
        Built::Recorded => "the taxonomy is the one that the run names",
        Built::Given => "names were looked up in the taxonomy given",
        Built::Lineages => "the taxonomy was built from the lineages of the table",
        Built::Binomials { clade: false } => {
            "the taxonomy was built from names alone: it has no rank above the genus but those the table names"
        }
        Built::Binomials { clade: true } => "the taxonomy was built from names alone, below the clade given",
    }
}

fn truth(id: LabelId, labels: &Labels, placed: &Placed, outside: &mut BTreeMap<String, usize>) -> Truth {
    let Some(label) = labels.all.get(id as usize) else { return Truth::Missing };
    match (placed.places[id as usize], placed.missing) {
        (Place::Taxon(taxon), _) | (Place::Missing, Some(taxon)) => Truth::Taxon(taxon),
        (Place::Missing, None) => Truth::Missing,
        (Place::Outside, _) => {
            *outside.entry(label.text().to_string()).or_default() += 1;
            Truth::Outside
        }
    }
}

/// The labels of every image in order, the unknown names that came first, and remarks on the order.
fn ranked(run: &RunRows, labels: &Labels, placed: &Placed) -> (Ranked, BTreeMap<String, usize>, Vec<String>) {
    let mut ranked = if run.probabilities { Ranked::default() } else { Ranked::of_scores() };
    let mut outside = BTreeMap::new();
    let (mut disordered, mut only_zeros) = (0_usize, 0_usize);
    let answer = |id: LabelId| match (placed.places[id as usize], placed.missing) {
        (Place::Taxon(taxon), _) | (Place::Missing, Some(taxon)) => Answer::Taxon(taxon),
        (Place::Missing, None) => Answer::Nothing,
        (Place::Outside, _) => Answer::Outside,
    };
    let text = |id: LabelId| labels.all[id as usize].text();
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
        disordered += usize::from(turned && run.positioned);
        only_zeros += usize::from(ranked.answers(image).is_empty() && !list.is_empty());
        if ranked.answers(image).first() == Some(&Answer::Outside) {
            let unknown = list.iter().filter(|(_, answer, _)| *answer == Answer::Outside);
            if let Some((id, ..)) = unknown.min_by(|a, b| ties::falling(a.2, b.2)) {
                *outside.entry(text(*id).to_string()).or_default() += 1;
            }
        }
    }
    let mut remarks = vec![];
    if disordered > 0 {
        remarks.push(disorder_note(disordered, ranked.len()));
    }
    if only_zeros > 0 {
        remarks.push(format!(
            "{only_zeros} of {} images list only labels of probability 0, which are no answers: they count as not answered",
            ranked.len()
        ));
    }
    (ranked, outside, remarks)
}

/// What is said of images whose positions and scores disagree.
pub(super) fn disorder_note(images: usize, of: usize) -> String {
    format!(
        "{images} of {of} images list an answer above another one of higher score: the scores order the answers, not the positions"
    )
}
