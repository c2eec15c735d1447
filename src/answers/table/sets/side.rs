//! One table of sets: its images, their groups and members.

use super::members::{self, Members, Table};
use super::options::SetOptions;
use crate::answers::table::columns::{
    FoundSets, MemberColumns, SetReading, answer_columns, answer_sets, group_column, image_of_sets, truth_sets,
};
use crate::answers::table::error::TableError;
use crate::answers::table::frame::{Frame, named_column};
use crate::answers::table::images::ImageRows;
use crate::answers::table::label::{Labels, Reading};
use crate::answers::table::source::TableSource;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::name;
use std::collections::BTreeSet;

/// Columns of sites.
const SITES: &[&str] = &[
    "site",
    "site_id",
    "site_name",
    "location",
    "location_id",
    "location_name",
    "locality",
    "station",
    "station_id",
    "camera",
    "camera_id",
    "deployment_id",
    "parc",
    "plot_site",
];
/// Columns of transects.
const TRANSECTS: &[&str] = &["transect", "transect_id", "transect_name"];

/// Which groups a column is of.
pub(super) const GROUPS: [&[&str]; 2] = [TRANSECTS, SITES];

/// Members of one set of columns, with what they are called.
#[derive(Debug)]
pub(super) struct Sets {
    pub(super) name: String,
    pub(super) is_classes: bool,
    pub(super) members: Members,
    pub(super) columns: Vec<String>,
}

/// A table that was read.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) path: std::path::PathBuf,
    pub(super) images: Vec<String>,
    /// The transect and the site of each image, where the table has them.
    pub(super) groups: [Option<Vec<String>>; 2],
    /// The truths, where they stand in the table.
    pub(super) truth: Option<Sets>,
    /// The answers, none in a table of truths.
    pub(super) answers: Vec<Sets>,
    pub(super) notes: Vec<String>,
}

/// Which of truth and answers a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Truth,
    Answers,
    Both,
}

/// What the tables are read against.
#[derive(Clone, Copy)]
pub(super) struct Against<'a> {
    pub(super) options: &'a SetOptions,
    pub(super) taxonomy: Option<&'a Taxonomy>,
    /// Keys of names in the other tables.
    pub(super) others: &'a BTreeSet<String>,
}

/// A table as columns.
pub(super) fn frame(source: &TableSource, options: &SetOptions) -> Result<Frame, TableError> {
    if let Some(folder) = source.folder() {
        let what = "sets are read from tables: name its predictions, a file".to_string();
        return Err(TableError::Format { path: folder.to_path_buf(), line: None, what });
    }
    Frame::from_source(source, &answer_columns(&options.table), options.table.encoding.as_deref())
}

/// Keys of the names of a table's columns.
pub(super) fn keys(frame: &Frame) -> BTreeSet<String> {
    frame.names().into_iter().map(|column| name::key(&column.replace(['_', '.'], " "))).collect()
}

/// Reads a table.
///
/// # Errors
///
/// [`TableError`]: columns that are not found or of which there are several; cells that cannot be read.
pub(super) fn read(frame: &Frame, holds: Holds, against: Against<'_>, labels: &mut Labels) -> Result<Side, TableError> {
    let options = against.options;
    let image = image(frame, holds, options)?;
    let grouped = ImageRows::of(frame, Some(&image))?;
    let named = [&options.transect_column, &options.site_column];
    let columns: Vec<Option<String>> = named
        .iter()
        .zip(GROUPS)
        .map(|(named, usual)| group_column(frame, named.as_deref(), usual).filter(|column| named.is_some() || *column != image))
        .collect();
    // What R writes where there is nothing is the name of no group.
    let written = |cell: String| if name::is_missing(&cell) { String::new() } else { cell };
    let cells = |place: usize| {
        let held = columns[place].as_ref().map(|column| grouped.cells(frame, column)).transpose();
        held.map(|cells| cells.map(|cells| cells.into_iter().map(written).collect::<Vec<String>>()))
    };
    let groups = [cells(0)?, cells(1)?];
    let taken: Vec<String> = columns.into_iter().flatten().collect();
    let reading = SetReading {
        frame,
        image: &image,
        options: &options.table,
        separator: options.list_separator,
        taxonomy: against.taxonomy,
        others: against.others,
        taken: &taken,
    };
    let table =
        Table { frame, grouped: &grouped, reading: Reading { separator: options.table.lineage_separator, pattern: None } };
    let mut side =
        Side { path: frame.path.clone(), images: vec![], groups, truth: None, answers: vec![], notes: frame.notes.clone() };
    if holds != Holds::Answers {
        let found = truth_sets(reading, holds == Holds::Truth)?;
        let none = || TableError::NoTruth { path: frame.path.clone(), columns: frame.listed() };
        side.truth = Some(sets(found.ok_or_else(none)?, table, &mut side.notes, labels)?);
    }
    if holds != Holds::Truth {
        let truth = side.truth.as_ref().map(|truth| truth.columns.clone()).unwrap_or_default();
        for found in answer_sets(reading, &truth)? {
            side.answers.push(sets(found, table, &mut side.notes, labels)?);
        }
        if side.answers.is_empty() {
            return Err(TableError::NoPredicted { path: frame.path.clone(), columns: frame.listed() });
        }
    }
    side.images = grouped.images;
    Ok(side)
}

/// The column of images.
fn image(frame: &Frame, holds: Holds, options: &SetOptions) -> Result<String, TableError> {
    let of_truth = options.table.truth_image_column.as_deref().filter(|_| holds == Holds::Truth);
    let of_all = options.table.image_column.as_deref().filter(|column| holds != Holds::Truth || frame.has(column));
    let named = of_truth.map(|column| (column, "--truth-image-column")).or(of_all.map(|column| (column, "--image-column")));
    let missing = || match holds {
        Holds::Truth => TableError::NoTruthImages { path: frame.path.clone(), columns: frame.listed() },
        Holds::Answers | Holds::Both => TableError::NoImages {
            path: frame.path.clone(),
            columns: frame.listed(),
            needed: "the members of a set belong together by it",
        },
    };
    image_of_sets(frame, named)?.ok_or_else(missing)
}

fn sets(found: FoundSets, table: Table<'_>, notes: &mut Vec<String>, labels: &mut Labels) -> Result<Sets, TableError> {
    let columns = found.columns();
    let members = members::read(table, &found.columns, labels)?;
    notes.extend(found.notes.iter().chain(&members.notes).cloned());
    let is_classes = matches!(found.columns, MemberColumns::Classes(_));
    Ok(Sets { name: found.name, is_classes, members, columns })
}

/// Refuses a column of groups that no table has.
///
/// # Errors
///
/// [`TableError::NoSuchColumn`], of the first table.
pub(super) fn require_groups(sides: &[&Side], first: &Frame, options: &SetOptions) -> Result<(), TableError> {
    let named = [(&options.transect_column, "--transect-column"), (&options.site_column, "--site-column")];
    for (place, (column, option)) in named.into_iter().enumerate() {
        if let Some(column) = column
            && sides.iter().all(|side| side.groups[place].is_none())
        {
            named_column(first, column, option)?;
        }
    }
    Ok(())
}
