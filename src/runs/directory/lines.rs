//! The lines of a CSV table of a run directory, as they stand in the file.

use super::RunError;
use super::rows::out_of_place;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A CSV table; of its records one is in memory.
pub(super) struct Lines {
    path: PathBuf,
    records: csv::Reader<File>,
    columns: Vec<String>,
}

impl Lines {
    pub(super) fn of(path: &Path) -> Result<Lines, RunError> {
        let file = File::open(path).map_err(RunError::file(path, "open"))?;
        let mut records = csv::Reader::from_reader(file);
        let head = records.headers().map_err(|error| RunError::file(path, "read")(error.into()))?;
        let columns = head.iter().map(str::to_string).collect();
        Ok(Lines { path: path.to_path_buf(), records, columns })
    }

    /// The names of the columns.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The cells of the column `image`, one after the other.
    pub(super) fn each_image(mut self, mut work: impl FnMut(&str) -> Result<(), RunError>) -> Result<(), RunError> {
        let missing = || polars::prelude::polars_err!(ColumnNotFound: "there is no column 'image' of text");
        let place = self.columns.iter().position(|name| name == "image");
        let place = place.ok_or_else(missing).map_err(RunError::table(&self.path))?;
        let mut record = csv::StringRecord::new();
        while self.records.read_record(&mut record).map_err(|error| RunError::file(&self.path, "read")(error.into()))? {
            work(record.get(place).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Writes all but the head of the table, byte by byte as it is.
    fn copy_into(&self, target: &mut File) -> Result<(), RunError> {
        copied(&self.path, self.records.position().byte(), target).map_err(RunError::file(&self.path, "copy"))
    }
}

/// Copies a file from a place on, and ends the last line.
fn copied(path: &Path, start: u64, target: &mut File) -> std::io::Result<()> {
    let mut file = File::open(path)?;
    if file.seek(SeekFrom::End(0))? <= start {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    file.seek(SeekFrom::Start(start))?;
    std::io::copy(&mut file, target)?;
    if last == *b"\n" { Ok(()) } else { target.write_all(b"\n") }
}

/// Writes tables of the same columns under each other, under the head of the first.
pub(super) fn join(tables: &[PathBuf], target: &mut File, path: &Path) -> Result<(), RunError> {
    for (place, table) in tables.iter().enumerate() {
        let lines = Lines::of(table)?;
        if place == 0 {
            let mut head = csv::Writer::from_writer(&mut *target);
            let written = head.write_record(lines.columns()).and_then(|()| Ok(head.flush()?));
            written.map_err(|error| RunError::file(path, "write")(error.into()))?;
        }
        lines.copy_into(target)?;
    }
    Ok(())
}

/// Whether the rows of `predictions` stand in the order of the images.
pub(super) fn check_order(images: &Path, predictions: &Path) -> Result<(), RunError> {
    let fault = |error: csv::Error| RunError::file(images, "read")(error.into());
    let of_images = Lines::of(images)?;
    let place = of_images.columns.iter().position(|name| name == "image");
    let mut records = of_images.records;
    let (mut image, mut row) = (csv::StringRecord::new(), 0);
    // Before the first record nothing is held, and no row is of it.
    let mut held = records.read_record(&mut image).map_err(fault)?;
    Lines::of(predictions)?.each_image(|name| {
        row += 1;
        while held && place.and_then(|place| image.get(place)) != Some(name) {
            held = records.read_record(&mut image).map_err(fault)?;
        }
        if held { Ok(()) } else { Err(RunError::table(predictions)(out_of_place(row, name))) }
    })
}
