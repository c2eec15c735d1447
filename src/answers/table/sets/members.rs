//! The members of the sets of one table, image by image, as labels.

use crate::answers::table::columns::MemberColumns;
use crate::answers::table::error::TableError;
use crate::answers::table::frame::Frame;
use crate::answers::table::images::ImageRows;
use crate::answers::table::interned::Interned;
use crate::answers::table::label::{LabelId, LabelSource, Labels, Reading};
use crate::answers::table::{list, score};
use crate::taxonomy::name;
use crate::taxonomy::name::placeholder::{is_empty_picture, is_no_organism};
use std::collections::HashMap;

/// A member of a set before it is a taxon.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) label: LabelId,
    /// Not-a-number where there is none.
    pub(super) score: f64,
    /// Whether its cell says something; a blank cell, `blank`, `empty` and `person` say that no taxon is there.
    pub(super) is_word: bool,
}

/// The members of the sets of one table.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// One list for each image.
    pub(super) entries: Vec<Vec<Entry>>,
    /// How the scores were read.
    pub(super) notes: Vec<String>,
    pub(super) warnings: Vec<String>,
}

/// A table with the rows of each image.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) frame: &'a Frame,
    pub(super) grouped: &'a ImageRows,
    pub(super) reading: Reading<'a>,
}

/// Reads the members of all sets.
///
/// # Errors
///
/// Columns that cannot be read; as many scores beside a list as it has no members.
pub(super) fn read(table: Table<'_>, columns: &MemberColumns, labels: &mut Labels) -> Result<Members, TableError> {
    match columns {
        MemberColumns::Rows { label, score } => of_rows(table, label, score.as_deref(), labels),
        MemberColumns::Lists { column, scores, separator } => of_lists(table, (column, scores.as_deref()), *separator, labels),
        MemberColumns::Classes(classes) => of_classes(table, classes, labels),
    }
}

/// Whether a text says anything of the taxa that are there; a person or a car says that none is.
fn says(text: &str) -> bool {
    !text.trim().is_empty() && !is_empty_picture(text) && !is_no_organism(text)
}

fn of_rows(table: Table<'_>, label: &LabelSource, score: Option<&str>, labels: &mut Labels) -> Result<Members, TableError> {
    let Table { frame, grouped, reading } = table;
    let ids = labels.read(frame, label, reading)?;
    let text = match label {
        LabelSource::Text(column) | LabelSource::Levelled { text: column, .. } => Some(frame.texts(column)?),
        LabelSource::Ranks { .. } => None,
    };
    let scores = score.map(|column| score::read(frame, column)).transpose()?.unwrap_or_default();
    let entry = |&row: &usize| Entry {
        label: ids[row],
        score: scores.values.get(row).copied().unwrap_or(f64::NAN),
        is_word: text.as_ref().is_some_and(|texts| texts.get(row).is_some_and(says)),
    };
    let entries = (0..grouped.images.len()).map(|image| grouped.rows(image).iter().map(entry).collect()).collect();
    let mut notes = scores.notes;
    notes.extend(score.map(|column| format!("scores: column '{column}', {}", scores.how)));
    Ok(Members { entries, notes, warnings: scores.warnings })
}

/// What a cell lists, with the scores that stand in it.
fn listed(text: &str, separator: Option<char>) -> Vec<(String, Option<f64>)> {
    if let Some(by) = separator {
        let parts = list::bare(text).split(by).map(str::trim).filter(|part| !part.is_empty());
        return parts.map(|part| (part.to_string(), None)).collect();
    }
    match list::answers(text) {
        Some(listed) => listed.into_iter().map(|entry| (entry.label, entry.score)).collect(),
        None if text.trim().is_empty() || text.trim() == "{}" => vec![],
        None => vec![(text.to_string(), None)],
    }
}

/// The scores beside a list: a list themselves, or with the same character between them.
fn scores_beside(text: &str, separator: Option<char>) -> Option<Vec<Option<f64>>> {
    match separator {
        Some(by) => Some(list::bare(text).split(by).map(str::trim).filter(|part| !part.is_empty()).map(score::number).collect()),
        None => list::numbers(text),
    }
}

fn of_lists(
    table: Table<'_>,
    (column, score_column): (&str, Option<&str>),
    separator: Option<char>,
    labels: &mut Labels,
) -> Result<Members, TableError> {
    let Table { frame, grouped, reading } = table;
    let cells = Interned::of(&frame.texts(column)?);
    let lists: Vec<Vec<(String, Option<f64>)>> = cells.texts.iter().map(|text| listed(text, separator)).collect();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut texts: Vec<String> = vec![];
    for (label, _) in lists.iter().flatten() {
        known.entry(label).or_insert_with(|| {
            texts.push(label.clone());
            texts.len() - 1
        });
    }
    let ids = labels.read_texts(&texts, &frame.path, reading)?;
    let beside = score_column.map(|column| frame.texts(column)).transpose()?;
    let mut entries = vec![];
    for image in 0..grouped.images.len() {
        let mut held = vec![];
        for &row in grouped.rows(image) {
            let list = &lists[cells.rows[row] as usize];
            let beside = beside
                .as_ref()
                .and_then(|texts| texts.get(row))
                .and_then(|text| scores_beside(text, separator))
                .unwrap_or_default();
            if !beside.is_empty() && beside.len() != list.len() {
                let what = format!(
                    "column '{column}' lists {} members of {} and column '{}' {} scores; they must be as many",
                    list.len(),
                    grouped.images[image],
                    score_column.unwrap_or_default(),
                    beside.len()
                );
                return Err(TableError::Format { path: frame.path.clone(), line: None, what });
            }
            for (place, (label, own)) in list.iter().enumerate() {
                let score = beside.get(place).copied().flatten().or(*own).unwrap_or(f64::NAN);
                held.push(Entry { label: ids[known[label.as_str()]], score, is_word: says(label) });
            }
        }
        entries.push(held);
    }
    Ok(Members { entries, ..Members::default() })
}

/// The numbers of a column of a class: yes is 1, no is 0, blank is nothing.
fn class_values(frame: &Frame, column: &str) -> Result<Vec<f64>, TableError> {
    let texts = frame.texts(column)?;
    let yes = ["true", "yes", "t", "oui", "si", "sí", "ja", "vrai"];
    let no = ["false", "no", "f", "non", "nein", "faux"];
    let value = |text: &str| {
        let word = text.trim().to_lowercase();
        if yes.contains(&word.as_str()) {
            return Some(1.0);
        }
        no.contains(&word.as_str()).then_some(0.0)
    };
    let mut cells = texts.iter().flatten().filter(|text| !name::is_missing(text)).peekable();
    if cells.peek().is_some() && cells.all(|text| value(text).is_some()) {
        return Ok(texts.iter().map(|text| text.and_then(value).unwrap_or(f64::NAN)).collect());
    }
    Ok(score::read(frame, column)?.values)
}

/// Rows that say of no class whether it is there, in words (`NA`); where all cells are blank nothing is there.
fn unknown_rows(frame: &Frame, classes: &[(String, String)], values: &[Vec<f64>]) -> Result<Vec<bool>, TableError> {
    let mut unknown: Vec<bool> = (0..frame.len()).map(|row| values.iter().all(|values| values[row].is_nan())).collect();
    if unknown.contains(&true) {
        let mut has_word = vec![false; frame.len()];
        for (column, _) in classes {
            for (has_word, text) in has_word.iter_mut().zip(frame.texts(column)?.iter()) {
                *has_word |= text.is_some_and(|text| !text.trim().is_empty());
            }
        }
        unknown.iter_mut().zip(has_word).for_each(|(unknown, has_word)| *unknown &= has_word);
    }
    Ok(unknown)
}

fn of_classes(table: Table<'_>, classes: &[(String, String)], labels: &mut Labels) -> Result<Members, TableError> {
    let Table { frame, grouped, reading } = table;
    let texts: Vec<String> = classes.iter().map(|(_, class)| class.clone()).collect();
    let ids = labels.read_texts(&texts, &frame.path, reading)?;
    let values = classes.iter().map(|(column, _)| class_values(frame, column)).collect::<Result<Vec<_>, _>>()?;
    let unknown = unknown_rows(frame, classes, &values)?;
    let nobody_knows =
        if unknown.contains(&true) { labels.read_texts(&["NA".to_string()], &frame.path, reading)? } else { vec![] };
    let of_image = |image: usize| {
        let rows = grouped.rows(image).iter();
        let of_row = |&row: &usize| {
            let held = ids.iter().zip(&values).filter(move |(_, values)| !values[row].is_nan());
            let word = nobody_knows.iter().filter(|_| unknown[row]).map(|&label| Entry { label, score: 1.0, is_word: true });
            held.map(move |(&label, values)| Entry { label, score: values[row], is_word: true }).chain(word).collect::<Vec<_>>()
        };
        rows.flat_map(of_row).collect()
    };
    Ok(Members { entries: (0..grouped.images.len()).map(of_image).collect(), ..Members::default() })
}
