//! The truth: in the table, in a second one, or in the class folders of the image paths.

use super::columns::Roles;
use super::error::TableError;
use super::frame::Frame;
use super::join;
use super::label::{Label, LabelId, Labels, Reading, name_label};
use super::options::TableOptions;
use super::rows::Rows;
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
    if roles.truth.is_none() {
        return class_folders(rows, frame, labels);
    }
    if roles.bare_truth {
        cut_to_answers(&mut rows, labels);
    }
    Ok(rows)
}

/// Takes the folder of each image as its truth where every image lies in a folder and at least one
/// folder is among the answers.
fn class_folders(mut rows: Rows, frame: &Frame, labels: &mut Labels) -> Result<Rows, TableError> {
    let none = || TableError::NoTruth { path: frame.path.clone(), columns: frame.listed() };
    let folders: Option<Vec<&str>> = rows.images.iter().map(|image| folder(image)).collect();
    let folders = folders.ok_or_else(none)?;
    let answered: HashSet<String> = labels.all.iter().flat_map(keys).collect();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut distinct: Vec<String> = vec![];
    for &folder in &folders {
        known.entry(folder).or_insert_with(|| {
            distinct.push(folder.to_string());
            distinct.len() - 1
        });
    }
    let ids = labels.read_texts(&distinct, Reading::default());
    let met = ids.iter().any(|&id| own_keys(&labels.all[id as usize]).iter().any(|key| answered.contains(key)));
    if !met {
        return Err(none());
    }
    rows.truths = folders.iter().map(|folder| ids[known[folder]]).collect();
    rows.notes.push("truth: the folder of each image".to_string());
    Ok(rows)
}

/// Keys of all names in a label.
fn keys(label: &Label) -> Vec<String> {
    match label {
        Label::Named { steps, .. } => steps.iter().map(|(_, step)| name::key(step)).collect(),
        Label::Lineage { cells, .. } => cells.iter().map(|(_, step)| name::key(step)).collect(),
        // Taken apart, the name has a genus.
        Label::Name { text } => own_keys(label).into_iter().chain(keys(&name_label(text, None))).collect(),
        Label::Whole { .. } | Label::Unreadable(_) => own_keys(label),
        Label::Missing => vec![],
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
/// `ScientificName`), the classifier was asked for genera: finer truths are cut there.
fn cut_to_answers(rows: &mut Rows, labels: &mut Labels) {
    let truths: HashSet<LabelId> = rows.truths.iter().copied().collect();
    let answers = labels.all.iter().zip(0..).filter(|(_, id)| !truths.contains(id));
    let finest = answers.filter_map(|(label, _)| label.rank()).filter(|rank| !rank.is_unranked()).max();
    if finest != Some(Rank::Genus) {
        return;
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
    if cut > 0 {
        rows.notes.push("all answers are genera: truths are taken at the genus".to_string());
    }
}
