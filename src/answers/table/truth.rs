//! The truth: in the table, in a second one, or in the class folders of the image paths.

use super::columns::Roles;
use super::error::TableError;
use super::frame::Frame;
use super::join;
use super::label::{Label, LabelId, Labels, Reading, name_label};
use super::options::TableOptions;
use super::rows::{NO_LABEL, Rows};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::{HashMap, HashSet};

/// Gives every image its truth.
pub(super) fn join(
    mut rows: Rows,
    frame: &Frame,
    roles: &Roles,
    options: &TableOptions,
    labels: &mut Labels,
) -> Result<Rows, TableError> {
    if let Some(path) = &options.truth_file {
        if roles.image.is_none() {
            let needed = "the truth table is joined by it";
            return Err(TableError::NoImages { path: frame.path.clone(), columns: frame.listed(), needed });
        }
        return join::join_file(rows, path, &frame.path, options, labels);
    }
    if roles.truth.is_none() && options.without_truth {
        rows.truths = vec![NO_LABEL; rows.images.len()];
        return Ok(rows);
    }
    if roles.truth.is_none() {
        return class_folders(rows, frame, labels);
    }
    // Of a part of a table nobody knows what all answers are; the whole of it is cut before.
    if roles.bare_truth && !labels.are_of_parts() {
        rows.notes.extend(cut_to_answers(&rows.truths, labels));
    }
    Ok(rows)
}

/// Meets the truths of a part of a table.
///
/// # Errors
///
/// As [`join`] of what one part tells: columns that cannot be read; no truth at all.
pub(super) fn look(frame: &Frame, roles: &Roles, options: &TableOptions, labels: &mut Labels) -> Result<(), TableError> {
    let reading = Reading { separator: options.lineage_separator, pattern: None };
    match (&options.truth_file, &roles.truth) {
        (Some(source), _) => join::look(source, roles.image.as_deref(), options, labels),
        (None, Some(source)) => labels.read(frame, source, reading).map(|_| ()),
        (None, None) if options.without_truth => Ok(()),
        (None, None) => {
            let none = || TableError::NoTruth { path: frame.path.clone(), columns: frame.listed() };
            let texts = frame.texts(roles.image.as_deref().ok_or_else(none)?)?;
            let folders = distinct_folders(texts.iter().map(Option::unwrap_or_default)).ok_or_else(none)?;
            labels.read_texts(&folders.distinct, &frame.path, Reading::default()).map(|_| ())
        }
    }
}

/// The folders of images.
struct Folders<'a> {
    distinct: Vec<String>,
    /// The place of each image's folder among these.
    of_images: Vec<usize>,
    known: HashMap<&'a str, usize>,
}

/// The folders of images; `None` where one lies in none.
fn distinct_folders<'a>(images: impl Iterator<Item = &'a str>) -> Option<Folders<'a>> {
    let mut folders = Folders { distinct: vec![], of_images: vec![], known: HashMap::new() };
    for image in images {
        let folder = folder(image)?;
        let place = *folders.known.entry(folder).or_insert_with(|| {
            folders.distinct.push(folder.to_string());
            folders.distinct.len() - 1
        });
        folders.of_images.push(place);
    }
    Some(folders)
}

/// Takes the folder of each image as its truth where every image lies in a folder and at least one
/// folder is among the answers.
fn class_folders(mut rows: Rows, frame: &Frame, labels: &mut Labels) -> Result<Rows, TableError> {
    let none = || TableError::NoTruth { path: frame.path.clone(), columns: frame.listed() };
    let folders = distinct_folders(rows.images.iter().map(String::as_str)).ok_or_else(none)?;
    let ids = labels.read_texts(&folders.distinct, &frame.path, Reading::default())?;
    if !labels.are_of_parts() && !are_answered(labels, ids.iter().copied()) {
        return Err(none());
    }
    rows.truths = folders.of_images.iter().map(|&place| ids[place]).collect();
    rows.notes.push("truth: the folder of each image".to_string());
    Ok(rows)
}

/// Whether at least one folder is among the answers, which are all labels before those of the folders.
pub(super) fn are_answered(labels: &Labels, mut folders: impl Iterator<Item = LabelId> + Clone) -> bool {
    let first = folders.clone().min().unwrap_or_default() as usize;
    let answered: HashSet<String> = labels.all.iter().take(first).flat_map(keys).collect();
    folders.any(|id| labels.all.get(id as usize).is_some_and(|label| own_keys(label).iter().any(|key| answered.contains(key))))
}

/// Keys of all names in a label.
fn keys(label: &Label) -> Vec<String> {
    match label {
        Label::Named { steps, .. } => steps.iter().map(|(_, step)| name::key(step)).collect(),
        Label::Lineage { cells, .. } => cells.iter().map(|(_, step)| name::key(step)).collect(),
        // Taken apart, the name has a genus.
        Label::Name { text } => own_keys(label).into_iter().chain(keys(&name_label(text, None))).collect(),
        Label::Whole { .. } | Label::Unreadable(_) => own_keys(label),
        Label::Missing | Label::NonTaxon { .. } => vec![],
    }
}

/// Keys of what a label is itself: its last name, as written and without its author.
fn own_keys(label: &Label) -> Vec<String> {
    let text = match label {
        Label::Named { steps, .. } => steps.last().map(|(_, step)| step.as_str()),
        Label::Lineage { cells, .. } => cells.iter().rev().map(|(_, step)| step.as_str()).find(|step| !name::is_missing(step)),
        other => Some(other.text()),
    };
    let text = text.unwrap_or_default();
    let parsed = name::parse(text).map(|parsed| name::key(&parsed.canonical));
    std::iter::once(name::key(text)).chain(parsed).filter(|key| !key.is_empty()).collect()
}

fn folder(image: &str) -> Option<&str> {
    let (folder, _) = image.rsplit_once(['/', '\\'])?;
    folder.rsplit(['/', '\\']).next().filter(|folder| !folder.is_empty() && *folder != "." && *folder != "..")
}

/// Where every answer is a genus (or higher) and the truth comes from bare columns (`Genus`,
/// `ScientificName`), the classifier was asked for genera: finer truths are cut there, which is said.
pub(super) fn cut_to_answers(truths: &[LabelId], labels: &mut Labels) -> Option<String> {
    let truths: HashSet<LabelId> = truths.iter().copied().collect();
    let answers = labels.all.iter().zip(0..).filter(|(_, id)| !truths.contains(id));
    let finest = answers.filter_map(|(label, _)| label.rank()).filter(|rank| !rank.is_unranked()).max();
    if finest != Some(Rank::Genus) {
        return None;
    }
    let mut cut = 0;
    for id in truths {
        if let Some(Label::Named { steps, .. }) = labels.all.get_mut(id as usize)
            && steps.last().is_some_and(|(rank, _)| *rank > Rank::Genus)
        {
            steps.retain(|(rank, _)| *rank <= Rank::Genus);
            cut += 1;
        }
    }
    (cut > 0).then(|| "all answers are genera: truths are taken at the genus".to_string())
}
