//! The truth: in the table, in a second one, or in the class folders of the image paths.

use super::columns::{self, Roles};
use super::error::{TableError, examples};
use super::frame::Frame;
use super::groups;
use super::images::ImageRows;
use super::label::{Label, LabelId, Labels, Reading, name_label};
use super::options::TableOptions;
use super::rows::{NO_LABEL, Rows};
use crate::answers::Grouping;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::{HashMap, HashSet};
use std::path::Path;

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
        return join_file(rows, path, &frame.path, options, labels);
    }
    if roles.truth.is_none() {
        return class_folders(rows, frame, labels);
    }
    if roles.bare_truth {
        cut_to_answers(&mut rows, labels);
    }
    Ok(rows)
}

/// A second table with images and their truths.
struct TruthTable {
    images: Vec<String>,
    truths: Vec<LabelId>,
    columns: String,
    groups: Vec<Grouping>,
    observations: Option<Vec<String>>,
}

fn read_truths(path: &Path, options: &TableOptions, labels: &mut Labels) -> Result<TruthTable, TableError> {
    let frame = Frame::from_path(path, &columns::answer_columns(options))?;
    let own = options.image_column.as_ref().filter(|column| frame.has(column)).cloned();
    let image = columns::image_column(&frame, &TableOptions { image_column: own, ..TableOptions::default() })?;
    let Some(image) = image else {
        let needed = "the truth table is joined by it";
        return Err(TableError::NoImages { path: path.to_path_buf(), columns: frame.listed(), needed });
    };
    let source = columns::truth_source(&frame, &image, options)?;
    let by_row = labels.read(&frame, &source, Reading { separator: options.lineage_separator, pattern: None })?;
    let grouped = ImageRows::of(&frame, Some(&image))?;
    let mut repeated = vec![];
    let truths = (0..grouped.images.len())
        .map(|at| {
            let of_image = grouped.rows(at);
            if of_image.iter().any(|&row| by_row[row] != by_row[of_image[0]]) {
                repeated.push(format!("{} ({})", grouped.images[at], frame.places(of_image).join(", ")));
            }
            by_row[of_image[0]]
        })
        .collect();
    if !repeated.is_empty() {
        return Err(TableError::SeveralTruths { path: path.to_path_buf(), count: repeated.len(), examples: examples(&repeated) });
    }
    let columns = source.columns().iter().map(|column| format!("'{column}'")).collect::<Vec<_>>().join(", ");
    let groups = groups::read(&frame, &grouped, &options.group_columns)?;
    let observations = columns::observation(&frame).map(|column| grouped.cells(&frame, &column)).transpose()?;
    Ok(TruthTable { images: grouped.images, truths, columns, groups, observations })
}

/// Reads a manifest: image names with the text of their truth (blank where it is missing).
///
/// # Errors
///
/// [`TableError`], as for a table of predictions.
pub fn read_manifest(path: &Path, options: &TableOptions) -> Result<Vec<(String, String)>, TableError> {
    let mut labels = Labels::default();
    let table = read_truths(path, options, &mut labels)?;
    Ok(table.images.into_iter().zip(table.truths.iter().map(|&id| labels.all[id as usize].text().to_string())).collect())
}

pub(super) fn join_file(
    mut rows: Rows,
    path: &Path,
    predictions: &Path,
    options: &TableOptions,
    labels: &mut Labels,
) -> Result<Rows, TableError> {
    let table = read_truths(path, options, labels)?;
    let whole = |image: &str| image.to_string();
    let mut key: fn(&str) -> String = whole;
    let wanted: HashSet<&str> = rows.images.iter().map(String::as_str).collect();
    if !table.images.iter().any(|image| wanted.contains(image.as_str())) {
        if !share_file_names(&rows.images, &table.images) {
            return Err(TableError::NoCommonImage {
                path: predictions.to_path_buf(),
                truth_path: path.to_path_buf(),
                image: rows.images.first().cloned().unwrap_or_default(),
                truth_image: table.images.first().cloned().unwrap_or_default(),
            });
        }
        key = file_name;
        rows.notes.push("images were joined by file name: the folders differ in the two tables".to_string());
    }
    let truths: HashMap<String, LabelId> =
        table.images.iter().map(|image| key(image)).zip(table.truths.iter().copied()).collect();
    rows.truths = rows.images.iter().map(|image| truths.get(&key(image)).copied().unwrap_or(NO_LABEL)).collect();
    let without = rows.truths.iter().filter(|&&id| id == NO_LABEL).count();
    if without > 0 {
        rows.notes.push(format!("{without} predicted images are not in the truth table {}", path.display()));
    }
    let predicted: HashSet<String> = rows.images.iter().map(|image| key(image)).collect();
    let before = rows.images.len();
    for (image, &truth) in table.images.iter().zip(&table.truths) {
        if !predicted.contains(&key(image)) {
            rows.images.push(image.clone());
            rows.truths.push(truth);
        }
    }
    let added = rows.images.len() - before;
    if added > 0 {
        rows.notes.push(format!("{added} images of the truth table have no prediction: scored as no answer"));
        let images = rows.images.len();
        rows.runs.iter_mut().for_each(|run| run.extend_to(images));
        if let Some(observations) = &mut rows.observations {
            observations.resize(images, String::new());
        }
    }
    let place: HashMap<String, usize> = table.images.iter().enumerate().map(|(at, image)| (key(image), at)).collect();
    if let (None, Some(observations)) = (&rows.observations, &table.observations) {
        let of = |image: &String| place.get(&key(image)).map_or_else(String::new, |&at| observations[at].clone());
        rows.observations = Some(rows.images.iter().map(of).collect());
    }
    groups::join(&mut rows.groups, &rows.images, table.groups, &place, key);
    rows.notes.push(format!("truth: {} of {}", table.columns, path.display()));
    Ok(rows)
}

/// The last part of a path, whichever way its slashes lean.
fn file_name(image: &str) -> String {
    image.rsplit(['/', '\\']).next().unwrap_or(image).to_string()
}

/// Whether two lists of paths can be joined by file name: unique in each, and some in common.
fn share_file_names(a: &[String], b: &[String]) -> bool {
    let names = |images: &[String]| images.iter().map(|image| file_name(image)).collect::<HashSet<_>>();
    let (names_a, names_b) = (names(a), names(b));
    names_a.len() == a.len() && names_b.len() == b.len() && !names_a.is_disjoint(&names_b)
}

/// Takes the folder of each image as its truth where every image lies in a folder and at least one
/// folder is among the answers.
fn class_folders(mut rows: Rows, frame: &Frame, labels: &mut Labels) -> Result<Rows, TableError> {
    let none = || TableError::NoTruth { path: frame.path.clone(), columns: frame.listed() };
    let folders: Option<Vec<&str>> = rows.images.iter().map(|image| folder(image)).collect();
    let folders = folders.ok_or_else(none)?;
    let answered: HashSet<String> = labels
        .all
        .iter()
        .flat_map(|label| match label {
            Label::Named { steps, .. } => steps.iter().map(|(_, step)| name::key(step)).collect(),
            Label::Lineage { cells, .. } => cells.iter().map(|(_, step)| name::key(step)).collect(),
            Label::Missing | Label::Unreadable(_) => vec![],
        })
        .collect();
    let mut known: HashMap<&str, LabelId> = HashMap::new();
    let mut met = false;
    for &folder in &folders {
        known.entry(folder).or_insert_with(|| {
            let label = name_label(folder, None);
            met |= matches!(&label, Label::Named { steps, .. } if steps.last().is_some_and(|(_, last)| answered.contains(&name::key(last))));
            labels.push(label)
        });
    }
    if !met {
        return Err(none());
    }
    rows.truths = folders.iter().map(|folder| known[folder]).collect();
    rows.notes.push("truth: the folder of each image".to_string());
    Ok(rows)
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
