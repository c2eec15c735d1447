//! Finished parts of an unfinished run, and how they become its tables.

use super::record::{FILE, Identity, Record};
use super::{RunError, TableFormat, temporary_name};
use crate::parquet::Parquet;
use polars::prelude::*;
use std::fs::File;
use std::path::{Path, PathBuf};

const FOLDER: &str = ".unfinished";
const IDENTITY: &str = "identity.json";

/// A run directory being filled.
#[derive(Debug)]
pub struct Parts {
    directory: PathBuf,
}

/// What a run directory held before.
#[derive(Debug)]
pub enum Opened {
    /// A complete run of the same identity: nothing is left to do.
    Complete(Box<Record>),
    /// A folder to fill; parts of the same run that exist already are kept.
    Open(Parts),
}

impl Parts {
    /// Opens a run directory for writing.
    ///
    /// # Errors
    ///
    /// [`RunError::NotEmpty`] for a folder of other files, [`RunError::Other`] for another run;
    /// with `force` both are written over.
    pub fn open(directory: &Path, identity: &Identity, force: bool) -> Result<Opened, RunError> {
        let folder = directory.join(FOLDER);
        if directory.join(FILE).is_file() {
            let record = Record::read(directory)?;
            match record.identity.difference(identity) {
                None if record.complete => return Ok(Opened::Complete(Box::new(record))),
                Some(what) if !force => return Err(RunError::Other { path: directory.to_path_buf(), what }),
                _ => {}
            }
        } else if !force
            && !folder.is_dir()
            && let Some(example) = first_entry(directory)
        {
            return Err(RunError::NotEmpty { path: directory.to_path_buf(), example });
        }
        Self::keep_or_restart(directory, &folder, identity, force)?;
        Ok(Opened::Open(Parts { directory: directory.to_path_buf() }))
    }

    fn keep_or_restart(directory: &Path, folder: &Path, identity: &Identity, force: bool) -> Result<(), RunError> {
        let path = folder.join(IDENTITY);
        let known: Option<Identity> = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(known) = known {
            match known.difference(identity) {
                None => return Ok(()),
                Some(what) if !force => return Err(RunError::Other { path: directory.to_path_buf(), what }),
                Some(_) => {}
            }
        }
        if folder.is_dir() {
            std::fs::remove_dir_all(folder).map_err(RunError::file(folder, "remove"))?;
        }
        std::fs::create_dir_all(folder).map_err(RunError::file(folder, "create"))?;
        let json = serde_json::to_vec_pretty(identity).map_err(|source| RunError::Record { path: path.clone(), source })?;
        super::write_whole(&path, &json)
    }

    fn part(&self, table: &str, number: usize) -> PathBuf {
        self.directory.join(FOLDER).join(format!("{table}-{number:06}.parquet"))
    }

    /// Whether a part was finished, in this or an earlier attempt.
    #[must_use]
    pub fn has(&self, number: usize) -> bool {
        self.part("images", number).is_file()
    }

    /// Writes a part; its images last, because they say that it is finished.
    ///
    /// # Errors
    ///
    /// [`RunError`].
    pub fn write(&self, number: usize, predictions: &mut DataFrame, images: &mut DataFrame) -> Result<(), RunError> {
        write_table(&self.part("predictions", number), predictions, TableFormat::Parquet)?;
        write_table(&self.part("images", number), images, TableFormat::Parquet)
    }

    /// Writes the table of labels, which comes in frames, joins the parts `0..count` to the run's other tables, writes
    /// the record and removes the parts.
    ///
    /// # Errors
    ///
    /// [`RunError`].
    pub fn finish(
        self,
        count: usize,
        labels: impl Iterator<Item = PolarsResult<DataFrame>>,
        record: &Record,
    ) -> Result<(), RunError> {
        let format = record.identity.format;
        let extension = format.extension();
        let path = self.directory.join(format!("labels.{extension}"));
        write_batches(&path, format, labels.map(|frame| Ok(vec![frame.map_err(RunError::table(&path))?])))?;
        for table in ["predictions", "images"] {
            let path = self.directory.join(format!("{table}.{extension}"));
            write_batches(&path, format, self.frames(table, count))?;
        }
        record.write(&self.directory)?;
        let folder = self.directory.join(FOLDER);
        std::fs::remove_dir_all(&folder).map_err(RunError::file(&folder, "remove"))
    }

    /// Counts the images of each status over the parts `0..count`.
    ///
    /// # Errors
    ///
    /// [`RunError`] when a part cannot be read.
    pub fn statuses(&self, count: usize) -> Result<std::collections::BTreeMap<String, usize>, RunError> {
        let mut statuses = std::collections::BTreeMap::new();
        for number in 0..count {
            let path = self.part("images", number);
            let frame = read_table(&path, TableFormat::Parquet)?;
            let column = frame.column("status").and_then(|column| column.str().cloned()).map_err(RunError::table(&path))?;
            for status in column.iter().flatten() {
                *statuses.entry(status.to_string()).or_insert(0) += 1;
            }
        }
        Ok(statuses)
    }

    /// The frames of a table's parts.
    fn frames(&self, table: &'static str, count: usize) -> impl Iterator<Item = Result<Vec<DataFrame>, RunError>> {
        (0..count).map(move |number| Ok(vec![read_table(&self.part(table, number), TableFormat::Parquet)?]))
    }
}

/// Writes a table from frames that come one after the other, whole or not at all; each becomes a row group.
///
/// # Errors
///
/// [`RunError`], and whatever the frames' source reports.
pub fn write_batches(
    path: &Path,
    format: TableFormat,
    frames: impl Iterator<Item = Result<Vec<DataFrame>, RunError>>,
) -> Result<(), RunError> {
    let temporary = temporary_name(path);
    let mut file = File::create(&temporary).map_err(RunError::file(path, "create"))?;
    let mut writer = None;
    let mut first = true;
    for frames in frames {
        for frame in frames? {
            match format {
                TableFormat::Parquet => {
                    if writer.is_none() {
                        let target = file.try_clone().map_err(RunError::file(path, "open"))?;
                        writer = Some(ParquetWriter::new(target).batched(frame.schema()).map_err(RunError::table(path))?);
                    }
                    if let Some(writer) = writer.as_mut().filter(|_| frame.height() > 0) {
                        writer.write_batch(&frame).map_err(RunError::table(path))?;
                    }
                }
                TableFormat::Csv => {
                    let mut frame = without_vectors(&frame, format);
                    CsvWriter::new(&mut file).include_header(first).finish(&mut frame).map_err(RunError::table(path))?;
                }
            }
            first = false;
        }
    }
    if let Some(writer) = writer {
        writer.finish().map_err(RunError::table(path))?;
    }
    std::fs::rename(&temporary, path).map_err(RunError::file(path, "rename"))
}

fn first_entry(directory: &Path) -> Option<String> {
    let entry = std::fs::read_dir(directory).ok()?.flatten().next()?;
    Some(entry.file_name().to_string_lossy().into_owned())
}

fn without_vectors(frame: &DataFrame, format: TableFormat) -> DataFrame {
    match format {
        TableFormat::Parquet => frame.clone(),
        TableFormat::Csv => frame.drop("embedding").unwrap_or_else(|_| frame.clone()),
    }
}

/// Reads a table of a run directory; of CSV all columns are text.
///
/// # Errors
///
/// [`RunError`].
pub fn read_table(path: &Path, format: TableFormat) -> Result<DataFrame, RunError> {
    let file = File::open(path).map_err(RunError::file(path, "open"))?;
    match format {
        TableFormat::Parquet => Parquet::new(file).map_err(RunError::file(path, "read"))?.read(None, None),
        TableFormat::Csv => {
            CsvReadOptions::default().with_infer_schema_length(Some(0)).into_reader_with_file_handle(file).finish()
        }
    }
    .map_err(RunError::table(path))
}

/// Writes one table whole or not at all.
fn write_table(path: &Path, frame: &mut DataFrame, format: TableFormat) -> Result<(), RunError> {
    let temporary = temporary_name(path);
    let file = File::create(&temporary).map_err(RunError::file(path, "create"))?;
    match format {
        TableFormat::Parquet => ParquetWriter::new(file).finish(frame).map(|_| ()).map_err(RunError::table(path))?,
        TableFormat::Csv => CsvWriter::new(file).finish(frame).map_err(RunError::table(path))?,
    }
    std::fs::rename(&temporary, path).map_err(RunError::file(path, "rename"))
}
