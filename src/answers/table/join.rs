//! A second table with the truth, joined to the predictions by image.

use super::columns;
use super::error::{TableError, examples};
use super::frame::{Frame, named_column};
use super::images::ImageRows;
use super::label::{LabelId, LabelSource, Labels, Reading};
use super::options::TableOptions;
use super::pairing::{self, Pairing, Unpaired};
use super::rows::{NO_LABEL, Rows};
use super::source::TableSource;
use super::{camtrap, groups, taken};
use crate::answers::Grouping;
use std::path::Path;

/// Images with their truths.
struct TruthTable {
    images: Vec<String>,
    truths: Vec<LabelId>,
    columns: Vec<String>,
    groups: Vec<Grouping>,
    taken: taken::Found,
    observations: Option<Vec<String>>,
    notes: Vec<String>,
}

/// A table of truths with the columns of images and of labels.
struct Opened {
    frame: Frame,
    image: String,
    labels: LabelSource,
}

/// Opens a table of truths; where none is named, the column that is called as the images are in the first table names the images.
fn opened(source: &TableSource, in_first: Option<&str>, options: &TableOptions) -> Result<Opened, TableError> {
    let frame = Frame::from_source(source, &columns::answer_columns(options), options.encoding.as_deref())?;
    let frame = columns::without_zeros(camtrap::reshaped(frame)?)?;
    let Some(image) = image_column(&frame, in_first, options)? else {
        return Err(TableError::NoTruthImages { path: source.name().to_path_buf(), columns: frame.listed() });
    };
    let labels = columns::truth_source(&frame, &image, options)?;
    Ok(Opened { frame, image, labels })
}

/// Meets the labels of a table of truths.
///
/// # Errors
///
/// As [`join_file`], of what that table alone tells.
pub(super) fn look(
    source: &TableSource,
    in_first: Option<&str>,
    options: &TableOptions,
    labels: &mut Labels,
) -> Result<(), TableError> {
    let table = opened(source, in_first, options)?;
    labels.read(&table.frame, &table.labels, Reading { separator: options.lineage_separator, pattern: None }).map(|_| ())
}

impl TruthTable {
    /// Reads a table.
    fn read(
        source: &TableSource,
        in_first: Option<&str>,
        options: &TableOptions,
        labels: &mut Labels,
    ) -> Result<TruthTable, TableError> {
        let Opened { frame, image, labels: source } = opened(source, in_first, options)?;
        let by_row = labels.read(&frame, &source, Reading { separator: options.lineage_separator, pattern: None })?;
        let grouped = ImageRows::of(&frame, Some(&image))?;
        let truths = truths(&frame, &grouped, &by_row, labels)?;
        let columns = source.columns().iter().map(ToString::to_string).collect();
        let groups = groups::read(&frame, &grouped, &options.group_columns)?;
        let taken = taken::read(&frame, &grouped, Some(&image), options)?;
        let observations = columns::observation(&frame).map(|column| grouped.cells(&frame, &column)).transpose()?;
        Ok(TruthTable { images: grouped.images, truths, columns, groups, taken, observations, notes: frame.notes })
    }
}

/// The column of images: the one named for this table or for both, the one called as in the first table, or a usual name.
fn image_column(frame: &Frame, in_first: Option<&str>, options: &TableOptions) -> Result<Option<String>, TableError> {
    if let Some(column) = &options.truth_image_column {
        return named_column(frame, column, "--truth-image-column").map(Some);
    }
    let in_first = in_first.filter(|_| frame.header);
    let own = options.image_column.as_deref().into_iter().chain(in_first).find(|column| frame.has(column));
    columns::image_column(frame, &TableOptions { image_column: own.map(str::to_string), ..TableOptions::default() })
}

/// The truth of each image; a blank gives way to what another row of the image says.
fn truths(frame: &Frame, grouped: &ImageRows, by_row: &[LabelId], labels: &Labels) -> Result<Vec<LabelId>, TableError> {
    let is_blank = |row: usize| labels.says_nothing(by_row[row]);
    let mut differing = vec![];
    let truths = (0..grouped.images.len())
        .map(|image| {
            let rows = grouped.rows(image);
            let first = rows.iter().copied().find(|&row| !is_blank(row)).unwrap_or(rows[0]);
            if rows.iter().any(|&row| by_row[row] != by_row[first] && !is_blank(row)) {
                differing.push(format!("{} ({})", grouped.images[image], frame.places(rows).join(", ")));
            }
            by_row[first]
        })
        .collect();
    if differing.is_empty() {
        return Ok(truths);
    }
    Err(TableError::SeveralTruths { path: frame.path.clone(), count: differing.len(), examples: examples(&differing) })
}

/// Reads a manifest: image names with the text of their truth (blank where it is missing).
///
/// # Errors
///
/// [`TableError`], as for a table of predictions.
pub fn read_manifest(path: &Path, options: &TableOptions) -> Result<Vec<(String, String)>, TableError> {
    let mut labels = Labels::default();
    let table = TruthTable::read(&path.into(), None, options, &mut labels)?;
    Ok(table.images.into_iter().zip(table.truths.iter().map(|&id| labels.text(id).to_string())).collect())
}

/// For each image the place of the same one among others, by the ends of their paths; `None` where no two are the same.
pub(crate) fn paired(images: &[String], others: &[String]) -> Option<Vec<Option<usize>>> {
    pairing::pair(images, others).ok().map(|pairing| pairing.truths)
}

/// Gives images the truths, groups and observations of a second table; its images without prediction come behind them.
pub(super) fn join_file(
    mut rows: Rows,
    source: &TableSource,
    predictions: &Path,
    options: &TableOptions,
    labels: &mut Labels,
) -> Result<Rows, TableError> {
    let in_first = rows.columns.iter().find(|column| column.role == "image").and_then(|column| column.columns.first());
    let path = source.name();
    let table = TruthTable::read(source, in_first.map(String::as_str), options, labels)?;
    let pairing = pairing::pair(&rows.images, &table.images).map_err(|unpaired| {
        let first = |images: &[String]| images.first().cloned().unwrap_or_default();
        let (path, truth_path) = (predictions.to_path_buf(), path.to_path_buf());
        match unpaired {
            Unpaired::Strangers => {
                let (image, truth_image) = (first(&rows.images), first(&table.images));
                TableError::NoCommonImage { path, truth_path, image, truth_image }
            }
            Unpaired::OtherFolders { image, truth } => TableError::OtherFolders { path, truth_path, image, truth_image: truth },
            Unpaired::Doubtful { image, others: [one, other] } => {
                TableError::DoubtfulImages { path, truth_path, image, others: format!("'{one}' or '{other}'") }
            }
        }
    })?;
    rows.truths = pairing.truths.iter().map(|row| row.map_or(NO_LABEL, |row| table.truths[row])).collect();
    rows.notes.extend(table.notes.iter().cloned());
    tell(&mut rows, &pairing, path, options.without_truth);
    let truth_rows = if options.without_truth {
        rows.notes.extend(unasked(&table, &pairing));
        pairing.truths.clone()
    } else {
        append_unanswered(&mut rows, &table, &pairing, path)
    };
    if let (None, Some(observations)) = (&rows.observations, &table.observations) {
        let of = |row: &Option<usize>| row.map_or_else(String::new, |row| observations[row].clone());
        rows.observations = Some(truth_rows.iter().map(of).collect());
    }
    groups::join(&mut rows.groups, table.groups, &truth_rows);
    rows.columns.extend(table.taken.columns);
    rows.notes.extend(table.taken.notes);
    taken::join(&mut rows.taken, table.taken.taken, &truth_rows);
    let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
    rows.say("truth", &columns, &format!("of {}", path.display()));
    Ok(rows)
}

/// Says how images were joined, and which were not; where few truths are known yet it is no wonder that few are joined.
fn tell(rows: &mut Rows, pairing: &Pairing, path: &Path, few_are_known: bool) {
    rows.notes.extend(pairing.notes.iter().cloned());
    rows.warnings.extend(pairing.warnings.iter().cloned());
    let (all, path) = (rows.images.len(), path.display());
    let joined = pairing.truths.iter().flatten().count();
    if joined < all {
        let without = all - joined;
        rows.notes.push(match without {
            1 => format!("1 predicted image is not in the truth table {path}"),
            _ => format!("{without} predicted images are not in the truth table {path}"),
        });
    }
    let missing = rows.images.iter().zip(&pairing.truths).find(|(_, row)| row.is_none());
    if let Some((image, _)) = missing
        && joined * 2 < all
        && !few_are_known
    {
        let are = if joined == 1 { "is" } else { "are" };
        rows.warnings.push(format!(
            "only {joined} of {all} predicted images {are} in the truth table {path} ('{image}' is not); are these truths of the \
             same photographs?"
        ));
    }
}

/// How many labels are of images that nobody was asked of: they say nothing of the answers.
fn unasked(table: &TruthTable, pairing: &Pairing) -> Option<String> {
    match table.images.len().saturating_sub(pairing.truths.iter().flatten().count() + pairing.doubtful.len()) {
        0 => None,
        1 => Some("1 image of the truth table has no prediction and was left out".to_string()),
        count => Some(format!("{count} images of the truth table have no prediction and were left out")),
    }
}

/// Adds the images of the truth table that nobody answered; gives the row of the truth table of every image.
fn append_unanswered(rows: &mut Rows, table: &TruthTable, pairing: &Pairing, path: &Path) -> Vec<Option<usize>> {
    let mut truth_rows = pairing.truths.clone();
    let mut is_met = vec![false; table.images.len()];
    // Of doubtful truths nobody can say that there is no prediction.
    pairing.truths.iter().flatten().chain(&pairing.doubtful).for_each(|&row| is_met[row] = true);
    for row in (0..table.images.len()).filter(|&row| !is_met[row]) {
        rows.images.push(table.images[row].clone());
        rows.truths.push(table.truths[row]);
        truth_rows.push(Some(row));
    }
    let added = rows.images.len() - pairing.truths.len();
    if added == 0 {
        return truth_rows;
    }
    let images = rows.images.len();
    rows.runs.iter_mut().for_each(|run| run.extend_to(images));
    for texts in [&mut rows.observations, &mut rows.splits, &mut rows.licences].into_iter().flatten() {
        texts.resize(images, String::new());
    }
    rows.notes.push(match added {
        1 => "1 image of the truth table has no prediction: scored as no answer".to_string(),
        _ => format!("{added} images of the truth table have no prediction: scored as no answer"),
    });
    let all = table.images.len();
    if added * 2 > all {
        rows.warnings.push(format!(
            "{added} of {all} images of the truth table {} have no prediction and are scored as no answer; leave out of it what \
             the classifier was not asked",
            path.display()
        ));
    }
    truth_rows
}
