//! Our own run directories: `images`, `labels` and `predictions`, as Parquet or CSV.

use super::error::{TableError, examples};
use super::frame::Frame;
use super::images::ImageRows;
use super::interned::Interned;
use super::label::{Label, LabelId, Labels, name_label};
use super::options::TableOptions;
use super::placed::{Place, Placed};
use super::rows::{self, Rows};
use super::run_predictions::{Distinct, Predicted, Remarks, broken};
use super::tables::{Built, Tables};
use super::{alarms, counts, groups, join, lineage, recorded, taken, tree};
use crate::answers::understood::Understood;
use crate::answers::{Answers, Ranked};
use crate::runs::directory::record::{FILE, Record};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy, name};
use polars::prelude::{ChunkFullNull, StringChunked};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Rows of the predictions read at once while looking for the lineages of their taxa.
const SLICE: usize = 1 << 18;

/// Reads a run directory (`images`, `predictions` and, where there is one, `labels`).
///
/// Without a taxonomy the one that `run.json` names is read, if it has not changed since; else one
/// is built from the lineages of the labels and the predictions, and taxa keep the ids of the files. Of a run of vectors alone,
/// whose model names no taxon, no image has an answer.
///
/// # Errors
///
/// [`TableError`], also when `images` and `predictions` do not belong together.
pub fn read_run<'a>(folder: &Path, taxonomy: Option<&'a Taxonomy>) -> Result<Tables<'a>, TableError> {
    read_run_tables(folder, taxonomy, &TableOptions::default())
}

/// The run directory of a file that is its table of predictions, by the names of its columns.
pub(super) fn folder_of_predictions<'a>(path: &'a Path, columns: &[&str]) -> Option<&'a Path> {
    let ours = ["image", "rank", "position", "taxon", "probability"].iter().all(|column| columns.contains(column));
    let folder = path.parent().filter(|folder| file_in(folder, "images").is_some())?;
    let is_table = file_in(folder, "predictions").as_deref() == Some(path);
    (ours && is_table).then_some(folder)
}

/// Whether a folder is a run directory: it has a record, or the tables of one.
pub(super) fn is_run(folder: &Path) -> bool {
    let has = |stem: &str| file_in(folder, stem).is_some();
    folder.join(FILE).is_file() || (has("images") && has("predictions"))
}

/// Whether a run holds vectors alone; one without a readable record does not say so.
fn is_without_answers(folder: &Path) -> bool {
    Record::read(folder).is_ok_and(|record| !record.identity.has_answers())
}

/// Refuses a run of vectors alone, for those who want answers.
///
/// # Errors
///
/// [`TableError::NoAnswers`].
pub(super) fn require_answers(folder: &Path) -> Result<(), TableError> {
    if is_without_answers(folder) { Err(TableError::NoAnswers { path: folder.to_path_buf() }) } else { Ok(()) }
}

fn file_in(folder: &Path, stem: &str) -> Option<PathBuf> {
    ["parquet", "csv", "tsv"].iter().map(|extension| folder.join(format!("{stem}.{extension}"))).find(|file| file.is_file())
}

/// Whether a run has a table of labels.
pub(super) fn has_labels(folder: &Path) -> bool {
    file_in(folder, "labels").is_some()
}

/// A table of a run, all columns or, of a Parquet file, some.
fn table_in(folder: &Path, stem: &str, columns: Option<&[&str]>) -> Result<Frame, TableError> {
    let file = file_in(folder, stem).ok_or_else(|| broken(folder, &format!("it has no {stem}.parquet or {stem}.csv")))?;
    let frame = if file.extension().is_some_and(|extension| extension == "parquet") {
        Frame::from_parquet(&file, columns)?
    } else {
        Frame::from_path(&file, &[], None)?
    };
    Ok(frame)
}

fn require(frame: &Frame, columns: &[&str]) -> Result<(), TableError> {
    let missing: Vec<&str> = columns.iter().copied().filter(|column| !frame.has(column)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(broken(&frame.path, &format!("no column {}; columns: {}", examples(&missing), frame.listed())))
}

/// Reads a run; without a taxonomy given, by the one it names if that is unchanged, else by the
/// lineages of its labels.
pub(super) fn read_run_tables<'a>(
    folder: &Path,
    taxonomy: Option<&'a Taxonomy>,
    options: &TableOptions,
) -> Result<Tables<'a>, TableError> {
    let recorded = recorded::of(folder)?;
    let mut tables = match (taxonomy, &recorded.taxonomy) {
        (None, Some(own)) => {
            let tables = read_with(folder, Some(own), options, &recorded.unusable)?;
            let understood = Understood { taxonomy: Built::Recorded.words().to_string(), ..tables.understood };
            Tables {
                taxonomy: Cow::Owned(own.clone()),
                built: Built::Recorded,
                runs: tables.runs,
                understood,
                notes: tables.notes,
                warnings: tables.warnings,
            }
        }
        _ => read_with(folder, taxonomy, options, &recorded.unusable)?,
    };
    if taxonomy.is_none() {
        tables.notes.extend(recorded.note);
    }
    let taxonomy = &*tables.taxonomy;
    let one = |text: &String| if let Found::One(taxon) = taxonomy.find(text) { Some(taxon) } else { None };
    let unusable: Vec<TaxonId> = recorded.unusable.iter().filter_map(one).collect();
    tables.runs.iter_mut().for_each(|run| run.unusable_candidates.clone_from(&unusable));
    if let Some(name) = recorded.name {
        tables.runs.iter_mut().for_each(|run| run.name.clone_from(&name));
    }
    Ok(tables)
}

fn read_with<'a>(
    folder: &Path,
    taxonomy: Option<&'a Taxonomy>,
    options: &TableOptions,
    unusable: &[String],
) -> Result<Tables<'a>, TableError> {
    if is_without_answers(folder) {
        return read_images_alone(folder, taxonomy, options);
    }
    let predictions = table_in(folder, "predictions", Some(&["image", "rank", "position", "taxon", "probability"]))?;
    require(&predictions, &["image", "rank", "position", "taxon"])?;
    let mut taxa = Taxa::default();
    if has_labels(folder) {
        taxa.read_candidates(folder)?;
    }
    let frame = images_table(folder, options)?;
    let (mut images, unreadable) = read_images(&frame, &mut taxa, options)?;
    let predicted = taxa.read_predicted(folder, &predictions)?;
    if let Some(path) = &options.truth_file {
        images = join::join_file(images, path, &predictions.path, options, &mut taxa.labels)?;
    }
    groups::require(&images.groups, &frame, &options.group_columns)?;
    taken::require(&images.taken, &frame, &options.taken)?;
    let placed = tree::place(&mut taxa.labels, &images.truths, taxonomy, options, folder)?;
    let by_rank = Predicted::of(&predictions, &images.images, &predicted)?;
    let labels_rank = by_rank.labels_rank(&taxa.ranks, &predictions.path)?;
    let mut remarks = Remarks::default();
    let mut run = Answers {
        name: name_of(folder),
        ranked: by_rank.ranked(&labels_rank, images.images.len(), &taxa.labels, &placed, &mut remarks),
        unreadable,
        candidates: taxa.candidates(&placed),
        ..Answers::default()
    };
    let unanswered = taxa.unanswered_ranks(&by_rank, &taxa.usable(&placed, unusable), &placed.taxonomy);
    for (index, rank) in Rank::MAIN.iter().enumerate() {
        if by_rank.has(rank.name()) {
            run.summed[index] =
                Some(by_rank.ranked(rank.name(), images.images.len(), &taxa.labels, &placed, &mut Remarks::default()));
        } else if unanswered.contains(rank) {
            run.summed[index] = Some(Ranked::unanswered(images.images.len()));
        }
    }
    if remarks.disordered > 0 {
        run.notes.push(counts::disorder_note(remarks.disordered as u64, run.ranked.len() as u64));
    }
    run.outside_answers = remarks.outside_answers;
    alarms::raised(rows::of_run(images, run, &taxa.labels, placed, options), folder)
}

/// The images of a run that answers none of them.
fn read_images_alone<'a>(
    folder: &Path,
    taxonomy: Option<&'a Taxonomy>,
    options: &TableOptions,
) -> Result<Tables<'a>, TableError> {
    let mut taxa = Taxa::default();
    let frame = images_table(folder, options)?;
    let (mut images, unreadable) = read_images(&frame, &mut taxa, options)?;
    if let Some(path) = &options.truth_file {
        images = join::join_file(images, path, &frame.path, options, &mut taxa.labels)?;
    }
    groups::require(&images.groups, &frame, &options.group_columns)?;
    taken::require(&images.taken, &frame, &options.taken)?;
    let placed = tree::place(&mut taxa.labels, &images.truths, taxonomy, options, folder)?;
    let ranked = Ranked::unanswered(images.images.len());
    let run = Answers { name: name_of(folder), ranked, unreadable, ..Answers::default() };
    Ok(rows::of_run(images, run, &taxa.labels, placed, options))
}

/// What a run is called that has no record: as its folder.
fn name_of(folder: &Path) -> String {
    folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Labels of a run, by the id they have in its files.
#[derive(Debug, Default)]
pub(super) struct Taxa {
    pub(super) labels: Labels,
    by_id: HashMap<String, LabelId>,
    candidates: Vec<LabelId>,
    /// Rank of every candidate.
    ranks: Vec<String>,
}

impl Taxa {
    pub(super) fn read_candidates(&mut self, folder: &Path) -> Result<(), TableError> {
        let mut columns = vec!["taxon", "name", "rank"];
        columns.extend(Rank::MAIN.iter().map(|rank| rank.name()));
        let frame = table_in(folder, "labels", Some(&columns[..]))?;
        require(&frame, &["taxon", "name", "rank"])?;
        self.candidates = self.read_taxa(&frame)?;
        self.ranks = frame.texts("rank")?.iter().map(|rank| rank.unwrap_or_default().to_string()).collect();
        Ok(())
    }

    /// Adds the taxa of a table that are not known yet; gives the label of every row.
    fn read_taxa(&mut self, frame: &Frame) -> Result<Vec<LabelId>, TableError> {
        let ids = frame.texts("taxon")?;
        let mut lineages = vec![];
        for rank in Rank::MAIN.into_iter().filter(|rank| frame.has(rank.name())) {
            lineages.push((rank, frame.texts(rank.name())?));
        }
        let names = frame.texts("name")?;
        let ranks = frame.texts("rank")?;
        let mut rows = vec![];
        for row in 0..frame.len() {
            let id = ids.get(row).unwrap_or_default();
            if let Some(&known) = self.by_id.get(id) {
                rows.push(known);
                continue;
            }
            let cells: Vec<(Rank, &str)> =
                lineages.iter().map(|(rank, texts)| (*rank, texts.get(row).unwrap_or_default())).collect();
            let rank = Rank::parse(ranks.get(row).unwrap_or_default()).unwrap_or(Rank::Unranked);
            let label = taxon_label(id, names.get(row).unwrap_or_default(), rank, &cells);
            let label = self.labels.push(label);
            self.by_id.insert(id.to_string(), label);
            rows.push(label);
        }
        Ok(rows)
    }

    /// Labels of the distinct taxa of the predictions, and the distinct taxon of every row. Taxa
    /// that are no candidates (coarser ones) have their lineages read from the predictions.
    fn read_predicted(&mut self, folder: &Path, predictions: &Frame) -> Result<Distinct, TableError> {
        let interned = Interned::of(&predictions.texts("taxon")?);
        let mut unknown: Vec<&String> = interned.texts.iter().filter(|id| !name::is_missing(id)).collect();
        let mut columns = vec!["taxon", "name", "rank"];
        columns.extend(Rank::MAIN.iter().map(|rank| rank.name()));
        for start in (0..predictions.len()).step_by(SLICE) {
            unknown.retain(|id| !self.by_id.contains_key(*id));
            if unknown.is_empty() {
                break;
            }
            self.read_taxa(&slice_of(folder, predictions, &columns, start)?)?;
        }
        let missing = self.labels.push(Label::Missing);
        let labels = interned.texts.iter().map(|id| self.by_id.get(id).copied().unwrap_or(missing)).collect();
        Ok(Distinct { labels, rows: interned.rows })
    }

    /// Main ranks of which no candidate has a taxon: nothing can be answered there. They have no rows, as
    /// ranks have of which the run does not list the sums.
    fn unanswered_ranks(&self, by_rank: &Predicted, candidates: &[TaxonId], taxonomy: &Taxonomy) -> Vec<Rank> {
        let Some(finest) = self.ranks.iter().filter_map(|rank| Rank::parse(rank)).filter(|rank| !rank.is_unranked()).max() else {
            return vec![];
        };
        let lists_sums = Rank::MAIN.iter().any(|rank| *rank < finest && by_rank.has(rank.name()));
        let has_none = |index: usize, rank: Rank| {
            let may_lack_rows = rank > finest || (rank < finest && lists_sums);
            may_lack_rows && candidates.iter().all(|&candidate| taxonomy.main_ancestor(candidate, index).is_none())
        };
        Rank::MAIN.into_iter().enumerate().filter(|&(index, rank)| has_none(index, rank)).map(|(_, rank)| rank).collect()
    }

    /// The candidates that can get any probability: all but some, by their ids.
    fn usable(&self, placed: &Placed, unusable: &[String]) -> Vec<TaxonId> {
        let dead: HashSet<LabelId> = unusable.iter().filter_map(|id| self.by_id.get(id).copied()).collect();
        let alive = self.candidates.iter().filter(|candidate| !dead.contains(candidate));
        alive.filter_map(|&id| if let Place::Taxon(taxon) = placed.places[id as usize] { Some(taxon) } else { None }).collect()
    }

    fn candidates(&self, placed: &Placed) -> Option<Vec<TaxonId>> {
        let taxon = |&id: &LabelId| if let Place::Taxon(taxon) = placed.places[id as usize] { Some(taxon) } else { None };
        (!self.candidates.is_empty()).then(|| self.candidates.iter().filter_map(taxon).collect())
    }
}

fn slice_of(folder: &Path, predictions: &Frame, columns: &[&str], start: usize) -> Result<Frame, TableError> {
    if predictions.has("name") {
        return Ok(predictions.slice(start, SLICE));
    }
    let file = file_in(folder, "predictions").unwrap_or_else(|| folder.to_path_buf());
    let frame = Frame::from_parquet_rows(&file, Some(columns), Some((start, SLICE)))?;
    require(&frame, &["taxon", "name", "rank"])?;
    Ok(frame)
}

/// The label of a row with an id, a name, a rank and the names of the main ranks.
fn taxon_label(id: &str, name: &str, rank: Rank, cells: &[(Rank, &str)]) -> Label {
    if name::is_missing(id) {
        return Label::Missing;
    }
    let mut cells: Vec<(Rank, &str)> =
        cells.iter().copied().filter(|(cell, text)| (rank.is_unranked() || *cell <= rank) && !name::is_missing(text)).collect();
    if cells.last().is_none_or(|(finest, _)| *finest != rank) {
        cells.push((rank, name));
    }
    let steps = cells.into_iter().map(|(rank, text)| (rank, name::normalise(text))).collect();
    Label::Named { text: name.to_string(), steps, id: Some(id.to_string()), score: None, common: None }
}

/// The table of images: all its columns where groups are asked for, by whatever spelling and as often as may be.
fn images_table(folder: &Path, options: &TableOptions) -> Result<Frame, TableError> {
    let ours = ["image", "truth", "truth_name", "observation", "split", "licence", "status"];
    let frame = table_in(folder, "images", (options.group_columns.is_empty() && !options.taken.any()).then_some(&ours[..]))?;
    require(&frame, &["image"])?;
    Ok(frame)
}

/// Images, truths, observations, and the rows that could not be read.
fn read_images(frame: &Frame, taxa: &mut Taxa, options: &TableOptions) -> Result<(Rows, BTreeMap<usize, String>), TableError> {
    let mut images = Rows { images: owned(&frame.texts("image")?), read: frame.len(), ..Rows::default() };
    images.say("image", &["image"], "of the run's table of images");
    images.say("truth", &["truth"], "of the run's table of images");
    images.say("prediction", &["taxon"], "of the run's table of predictions");
    images.truths = truths(&text_of(frame, "truth")?, &text_of(frame, "truth_name")?, taxa);
    images.observations = known(&text_of(frame, "observation")?);
    images.groups = groups::read(frame, &ImageRows::of(frame, Some("image"))?, &options.group_columns)?;
    let found = taken::read(frame, &ImageRows::of(frame, Some("image"))?, Some("image"), options)?;
    images.columns.extend(found.columns);
    images.notes.extend(found.notes);
    images.taken = found.taken;
    images.splits = known(&text_of(frame, "split")?);
    images.licences = known(&text_of(frame, "licence")?);
    let status = text_of(frame, "status")?;
    let failed =
        |(row, status): (usize, Option<&str>)| status.filter(|status| *status != "ok").map(|status| (row, status.to_string()));
    let unreadable = status.iter().enumerate().filter_map(failed).collect();
    Ok((images, unreadable))
}

/// A column as text, null where it is missing.
fn text_of(frame: &Frame, column: &str) -> Result<StringChunked, TableError> {
    if frame.has(column) { frame.texts(column) } else { Ok(StringChunked::full_null(column.into(), frame.len())) }
}

/// The texts of a column; `None` where all are blank.
fn known(texts: &StringChunked) -> Option<Vec<String>> {
    texts.iter().any(|text| text.is_some_and(|text| !text.is_empty())).then(|| owned(texts))
}

fn owned(texts: &StringChunked) -> Vec<String> {
    texts.iter().map(|text| text.unwrap_or_default().to_string()).collect()
}

/// The truths by id; those that are no candidates by lineage or by name.
pub(super) fn truths(ids: &StringChunked, names: &StringChunked, taxa: &mut Taxa) -> Vec<LabelId> {
    let mut known: HashMap<(&str, &str), LabelId> = HashMap::new();
    let mut truths = Vec::with_capacity(ids.len());
    for (id, name) in ids.iter().zip(names.iter()) {
        let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
        if let Some(&label) = taxa.by_id.get(id) {
            truths.push(label);
            continue;
        }
        let label = known.entry((id, name)).or_insert_with(|| taxa.labels.push(truth_label(id, name)));
        truths.push(*label);
    }
    truths
}

/// A truth that is no candidate: an id that is a lineage of all main ranks says where it belongs.
fn truth_label(id: &str, name: &str) -> Label {
    if id.split(';').count() == Rank::MAIN.len() {
        let steps = lineage::cells(id, ';', &Rank::MAIN).into_iter().map(|(rank, text)| (rank, name::normalise(text))).collect();
        return Label::Named { text: name.to_string(), steps, id: Some(id.to_string()), score: None, common: None };
    }
    let known_id = !name::is_missing(id);
    match name_label(name, None) {
        Label::Named { text, steps, .. } => {
            Label::Named { text, steps, id: known_id.then(|| id.to_string()), score: None, common: None }
        }
        Label::Missing if known_id => Label::Unreadable(id.to_string()),
        other => other,
    }
}
