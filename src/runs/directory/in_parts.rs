//! The rows of tables, a part at a time, as one process writes them.

use super::rows::{Rows, out_of_place};
use super::tables::stacked;
use super::{PART, RunError};
use polars::prelude::*;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// The column of names, which `images` and `predictions` have in the same order.
const NAMES: Option<&[&str]> = Some(&["image"]);

/// A table of a run.
pub(super) enum Source {
    /// `images`: a row for each.
    Images(PathBuf),
    /// `predictions`: some rows or none for each.
    Predictions {
        /// The images that they are of.
        images: PathBuf,
        /// The table.
        predictions: PathBuf,
    },
}

/// A table that is being read.
struct Opened {
    rows: Rows,
    /// Of predictions the names of the images.
    names: Option<Rows>,
}

impl Opened {
    fn of(source: &Source) -> Result<Opened, RunError> {
        Ok(match source {
            Source::Images(path) => Opened { rows: Rows::of(path, None)?, names: None },
            Source::Predictions { images, predictions } => {
                Opened { rows: Rows::of(predictions, None)?, names: Some(Rows::of(images, NAMES)?) }
            }
        })
    }

    /// The rows of the next images, at most so many; how many images they are of, none at the end of the table.
    fn take(&mut self, most: usize, part: &mut Vec<DataFrame>) -> Result<usize, RunError> {
        let Some(names) = &mut self.names else {
            let rows = self.rows.take(most)?;
            let images = rows.height();
            part.extend((images > 0).then_some(rows));
            return Ok(images);
        };
        let images = names.take(most)?;
        let images: Vec<String> = names_in(&images, names.path())?.map(str::to_string).collect();
        rows_of(&images, &mut self.rows, part)?;
        if images.is_empty() {
            self.end()?;
        }
        Ok(images.len())
    }

    /// At the end of the images no row is left.
    fn end(&mut self) -> Result<(), RunError> {
        let (row, path) = (self.rows.taken() + 1, self.rows.path().to_path_buf());
        let left = self.rows.left()?;
        match names_in(left, &path)?.next() {
            None => Ok(()),
            Some(name) => Err(RunError::table(&path)(out_of_place(row, name))),
        }
    }
}

/// The names of images in rows of a table.
fn names_in<'a>(rows: &'a DataFrame, path: &Path) -> Result<impl Iterator<Item = &'a str>, RunError> {
    let names = rows.column("image").and_then(|names| names.str()).map_err(RunError::table(path))?;
    Ok(names.iter().map(Option::unwrap_or_default))
}

/// Takes the rows of images, which stand in the order of these.
fn rows_of(images: &[String], rows: &mut Rows, part: &mut Vec<DataFrame>) -> Result<(), RunError> {
    let mut images = images.iter().peekable();
    loop {
        let left = rows.left()?.clone();
        let mut count = 0;
        for name in names_in(&left, rows.path())? {
            while images.next_if(|image| **image != name).is_some() {}
            if images.peek().is_none() {
                break;
            }
            count += 1;
        }
        if count > 0 {
            part.push(rows.take(count)?);
        }
        // A row group may end amid the rows of an image.
        if count < left.height() || left.height() == 0 {
            return Ok(());
        }
    }
}

/// The rows of several tables of the same columns, [`PART`] images at a time: what is in memory is a part, and a row group
/// of the table that is being read.
pub(super) struct InParts {
    sources: VecDeque<Source>,
    opened: Option<Opened>,
    begun: bool,
}

impl InParts {
    pub(super) fn new(sources: impl IntoIterator<Item = Source>) -> InParts {
        InParts { sources: sources.into_iter().collect(), opened: None, begun: false }
    }

    /// The next rows; `None` at the end.
    fn part(&mut self) -> Result<Option<DataFrame>, RunError> {
        let (mut part, mut wanted, mut none) = (vec![], PART, None);
        while wanted > 0 {
            if self.opened.is_none() {
                self.opened = self.sources.pop_front().as_ref().map(Opened::of).transpose()?;
            }
            let Some(opened) = &mut self.opened else { break };
            let images = opened.take(wanted, &mut part)?;
            none = Some((opened.rows.path().to_path_buf(), opened.rows.left()?.clear()));
            wanted -= images;
            if images == 0 {
                self.opened = None;
            }
        }
        // A table without rows has columns all the same.
        let is_first = !std::mem::replace(&mut self.begun, true);
        let Some((path, none)) = none.filter(|_| is_first || wanted < PART) else { return Ok(None) };
        if part.is_empty() {
            part.push(none);
        }
        stacked(part).map_err(RunError::table(&path))
    }
}

impl Iterator for InParts {
    type Item = Result<Vec<DataFrame>, RunError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.part().transpose().map(|part| part.map(|part| vec![part]))
    }
}
