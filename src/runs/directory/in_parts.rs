//! The rows of tables, a part at a time, as one process writes them.

use super::tables::{read_table, stacked};
use super::{PART, RunError, TableFormat};
use polars::prelude::*;
use std::path::{Path, PathBuf};

/// Where the rows of each image start among those of a table that has them in the same order, and where the last ends.
pub(super) fn starts(images: &[String], rows: &[String]) -> PolarsResult<Vec<usize>> {
    let mut row = 0;
    let mut starts = vec![0];
    for image in images {
        row += rows[row..].iter().take_while(|name| *name == image).count();
        starts.push(row);
    }
    if row < rows.len() {
        polars_bail!(ComputeError: "row {} is of '{}', which 'images' does not hold in its place", row + 1, rows[row]);
    }
    Ok(starts)
}

/// A table of a run, and where the rows of each of its images start.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) starts: Vec<usize>,
}

/// The rows of several tables, [`PART`] images at a time.
pub(super) struct InParts {
    sources: Vec<Source>,
    format: TableFormat,
    /// The table being read and the next image in it.
    source: usize,
    image: usize,
    frame: Option<DataFrame>,
}

impl InParts {
    pub(super) fn new(sources: Vec<Source>, format: TableFormat) -> InParts {
        InParts { sources, format, source: 0, image: 0, frame: None }
    }

    /// The next rows; `None` at the end.
    fn part(&mut self) -> Result<Option<DataFrame>, RunError> {
        let mut part = vec![];
        let mut wanted = PART;
        while wanted > 0
            && let Some(source) = self.sources.get(self.source)
        {
            let images = source.starts.len() - 1;
            let frame = match &mut self.frame {
                Some(frame) => frame,
                none => none.insert(read_table(&source.path, self.format)?),
            };
            let until = (self.image + wanted).min(images);
            let (start, end) = (source.starts[self.image], source.starts[until]);
            let rows = frame.slice(i64::try_from(start).unwrap_or(i64::MAX), end - start);
            wanted -= until - self.image;
            self.image = until;
            part.push(rows);
            if until == images {
                (self.source, self.image, self.frame) = (self.source + 1, 0, None);
            }
        }
        let last = self.sources.get(self.source.saturating_sub(1)).map_or(Path::new(""), |source| source.path.as_path());
        stacked(part).map_err(RunError::table(last))
    }
}

impl Iterator for InParts {
    type Item = Result<Vec<DataFrame>, RunError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.part().transpose().map(|part| part.map(|part| vec![part]))
    }
}
