//! Reading tables of sets over one taxonomy.

use super::assembling::Truths;
use super::gathered::Settled;
use super::options::SetOptions;
use super::side::{self, Against, Holds, Side, frame, keys, require_groups};
use crate::answers::sets::{AnswerSets, ImageSets};
use crate::answers::table::error::{TableError, examples};
use crate::answers::table::frame::Frame;
use crate::answers::table::label::{Label, LabelId, Labels};
use crate::answers::table::source::TableSource;
use crate::answers::table::tables::Built;
use crate::answers::table::tree;
use crate::numbers::counted::{counted, form};
use crate::taxonomy::{Taxonomy, name};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

/// Sets that were read, over one taxonomy.
#[derive(Debug)]
pub struct ReadSets<'a> {
    /// The taxonomy given, or one built from the tables.
    pub taxonomy: Cow<'a, Taxonomy>,
    /// Where it comes from.
    pub built: Built,
    /// Truths and answers, image by image.
    pub sets: ImageSets,
    /// Decisions that concern all of them, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

/// Reads tables of answers, each with one or several classifiers, and the truth: from `options.table.truth_file`, or from columns
/// of the tables.
///
/// A table has a row for each image and taxon, a list in each cell, or a column for every class; each taxon of a set counts once.
///
/// # Errors
///
/// [`TableError`]; its messages name the file, the columns and the option that helps.
///
/// # Examples
///
/// ```
/// use nearmiss::answers::table::{SetOptions, TableSource, read_sets};
/// use polars::prelude::df;
///
/// let table = df!(
///     "quadrat" => ["q1", "q2"],
///     "truth" => ["['Poa annua', 'Bellis perennis']", "[]"],
///     "predicted" => ["['Bellis perennis']", "['Poa annua']"],
/// )?;
/// let read = read_sets(&[TableSource::held("plots", table)], None, &SetOptions::default())?;
/// assert_eq!(read.sets.truths.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0]);
/// assert_eq!(read.sets.runs[0].listed.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_sets<'a>(
    sources: &[TableSource],
    taxonomy: Option<&'a Taxonomy>,
    options: &SetOptions,
) -> Result<ReadSets<'a>, TableError> {
    let mut labels = Labels::default();
    let (own, others, first) = sides(sources, taxonomy, options, &mut labels)?;
    let truth: &Side = own.as_ref().or(others.first()).ok_or_else(|| nothing(&first))?;
    let flat = taxonomy.is_none() && numbers_are_classes(&mut labels);
    let ids: Vec<LabelId> =
        truth.truth.iter().flat_map(|sets| sets.members.entries.iter().flatten().map(|entry| entry.label)).collect();
    let placed = tree::place(&mut labels, &ids, taxonomy, &options.table, &first)?;
    let settled = Settled { labels: &labels, placed: &placed };
    let truths = Truths::of(truth, settled);
    for side in others.iter().filter(|side| side.truth.is_some()).skip(1) {
        truths.require_same(&Truths::of(side, settled))?;
    }
    let mut sets = truths.image_sets(truth, &others)?;
    let is_one =
        others.iter().map(|side| side.answers.len()).sum::<usize>() == 1 || others.iter().all(|side| side.answers.len() == 1);
    for (place, side) in others.iter().enumerate() {
        let named = options.names.get(place).filter(|name| !name.is_empty()).cloned();
        let of_file = || side.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = named.unwrap_or_else(of_file);
        for found in &side.answers {
            let name = match (is_one, others.len()) {
                (true, _) => stem.clone(),
                (false, 1) => found.name.clone(),
                (false, _) => format!("{stem} {}", found.name),
            };
            let run: AnswerSets = truths.answers(side, found, name, settled)?;
            sets.runs.push(run);
        }
    }
    let mut notes: Vec<String> = own.iter().chain(&others).flat_map(|side| side.notes.iter().cloned()).collect();
    if flat {
        notes.push("names are numbers: each is a class by itself; ranks above them need --taxonomy".to_string());
    }
    notes.extend(placed.notes.iter().cloned());
    tell(&sets, truth, &mut notes);
    Ok(ReadSets { taxonomy: placed.taxonomy, built: placed.built, sets, notes, warnings: placed.warnings })
}

fn nothing(path: &Path) -> TableError {
    TableError::Empty { path: path.to_path_buf() }
}

/// The table of truths, if it is one of its own, those of answers, and the path of the first.
fn sides(
    sources: &[TableSource],
    taxonomy: Option<&Taxonomy>,
    options: &SetOptions,
    labels: &mut Labels,
) -> Result<(Option<Side>, Vec<Side>, std::path::PathBuf), TableError> {
    let frames = sources.iter().map(|source| frame(source, options)).collect::<Result<Vec<Frame>, _>>()?;
    let first = sources.first().map(|source| source.name().to_path_buf()).unwrap_or_default();
    let mut known: BTreeSet<String> = frames.iter().flat_map(keys).collect();
    let mut own = None;
    let truth_frame = options.table.truth_file.as_ref().map(|source| frame(source, options)).transpose()?;
    if let Some(truth) = &truth_frame {
        let against = Against { options, taxonomy, others: &known };
        own = Some(side::read(truth, Holds::Truth, against, labels)?);
        known.extend(keys(truth));
    }
    known.extend(labels.all.iter().map(|label| name::key(label.text())));
    let holds = if own.is_some() { Holds::Answers } else { Holds::Both };
    let mut others = vec![];
    for frame in &frames {
        others.push(side::read(frame, holds, Against { options, taxonomy, others: &known }, labels)?);
    }
    let all: Vec<&Side> = own.iter().chain(&others).collect();
    if let Some(first) = truth_frame.as_ref().or(frames.first()) {
        require_groups(&all, first, options)?;
    }
    Ok((own, others, first))
}

/// Takes numbers as they stand: without a taxonomy nobody knows which taxa they are ids of, and each is a class all the same.
fn numbers_are_classes(labels: &mut Labels) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut any = false;
    for label in &mut labels.all {
        if let Label::Name { text } = label
            && is_number(text)
        {
            *label = Label::Whole { text: std::mem::take(text) };
            any = true;
        }
    }
    any
}

/// Says what the truths are.
fn tell(sets: &ImageSets, truth: &Side, notes: &mut Vec<String>) {
    let columns = truth.truth.as_ref().map(|sets| sets.columns.clone()).unwrap_or_default();
    let shown = examples(&columns);
    let members: usize = sets.truths.iter().map(Vec::len).sum();
    let (images, taxa) = (counted(sets.images.len(), "image", "images"), counted(members, "member", "members"));
    notes.push(format!(
        "truth: {} {shown} of {}: {images} with {taxa}",
        form(columns.len(), "column", "columns"),
        truth.path.display()
    ));
    if sets.undetermined > 0 {
        let images = counted(sets.undetermined, "image", "images");
        notes.push(format!("{images} whose truth says that nobody knows: left out"));
    }
    if sets.outside > 0 {
        let images = counted(sets.outside, "image", "images");
        notes.push(format!("{images} of whose truths none is a taxon of the taxonomy: left out"));
    }
    let unknown: usize = sets.unknown_truths.values().sum();
    if unknown > 0 {
        let names: Vec<&String> = sets.unknown_truths.keys().collect();
        let members = counted(unknown, "truth", "truths");
        notes.push(format!("{members} outside the taxonomy, left out of their sets: {}", examples(&names)));
    }
    if sets.repeated > 0 {
        let members = counted(sets.repeated, "truth", "truths");
        notes.push(format!("{members} repeated a taxon of the same image: each counts once"));
    }
    let empty = sets.truths.iter().filter(|truth| truth.is_empty()).count();
    if empty > 0 {
        let images = counted(empty, "image", "images");
        notes.push(format!("{images} with an empty set of truths: nothing is there, and that is scored"));
    }
}
