//! A stretch of photographs whose rows are finished: a part of a run, or what an interrupt left of one.

use super::sum::FileSum;
use super::tables::{read_columns, read_table, texts, write_table};
use super::{RunError, TableFormat, write_whole};
use crate::files::output::is_part;
use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Tables of a piece, in the order in which they are written.
const TABLES: [&str; 2] = ["predictions", "images"];

/// A piece that is whole, by what its record says.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// Places of its photographs in the data set.
    pub(super) range: Range<usize>,
    /// Stamps of its photographs as they were read; none where there are no photographs.
    pub(super) stamps: Vec<String>,
}

/// What is kept of a piece beside its tables, written last: it says that they are finished.
#[derive(Debug, Serialize, Deserialize)]
struct PieceRecord {
    tables: BTreeMap<String, FileSum>,
    stamps: Vec<String>,
}

/// What lay in the folder of an unfinished run.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Whole pieces, by place.
    pub(super) pieces: Vec<Piece>,
    /// Pieces that are not, a sentence each; they are removed.
    pub(super) damaged: Vec<String>,
}

fn file(folder: &Path, table: &str, range: &Range<usize>, extension: &str) -> PathBuf {
    folder.join(format!("{table}-{:09}-{:09}.{extension}", range.start, range.end))
}

fn record_file(folder: &Path, range: &Range<usize>) -> PathBuf {
    file(folder, "piece", range, "json")
}

/// The places that the name of a record gives.
fn range_of(name: &str) -> Option<Range<usize>> {
    let (start, end) = name.strip_prefix("piece-")?.strip_suffix(".json")?.split_once('-')?;
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (start < end).then_some(start..end)
}

/// Whether the tables of a piece are as long as its record says.
fn is_as_long(folder: &Path, range: &Range<usize>) -> bool {
    let record = std::fs::read(record_file(folder, range)).ok().and_then(|text| serde_json::from_slice(&text).ok());
    record.is_some_and(|record: PieceRecord| {
        let whole = |table: &&str| {
            let sum = record.tables.get(*table);
            sum.is_some_and(|sum| sum.check_length(&file(folder, table, range, "parquet")).is_ok())
        };
        TABLES.iter().all(whole)
    })
}

impl Piece {
    /// Writes a piece; everything has reached the disk when this returns.
    pub(super) fn write(
        folder: &Path,
        range: Range<usize>,
        predictions: &mut DataFrame,
        images: &mut DataFrame,
        stamps: Vec<String>,
    ) -> Result<Piece, RunError> {
        let mut record = PieceRecord { tables: BTreeMap::new(), stamps };
        for (table, frame) in TABLES.into_iter().zip([predictions, images]) {
            let path = file(folder, table, &range, "parquet");
            write_table(&path, frame)?;
            record.tables.insert(table.to_string(), FileSum::of(&path).map_err(RunError::file(&path, "read"))?);
        }
        let path = record_file(folder, &range);
        let json = serde_json::to_vec(&record).map_err(|source| RunError::Record { path: path.clone(), source })?;
        write_whole(&path, &json)?;
        Ok(Piece { range, stamps: record.stamps })
    }

    /// Reads the record of a piece, and its tables as far as their sums go.
    fn read(folder: &Path, range: Range<usize>) -> Result<Piece, String> {
        let path = record_file(folder, &range);
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read(&path).map_err(|error| format!("{}: {error}", name(&path)))?;
        let record: PieceRecord = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", name(&path)))?;
        for table in TABLES {
            let path = file(folder, table, &range, "parquet");
            let sum = record.tables.get(table).ok_or_else(|| format!("{}: not in its record", name(&path)))?;
            sum.check(&path).map_err(|reason| format!("{}: {reason}", name(&path)))?;
        }
        Ok(Piece { range, stamps: record.stamps })
    }

    /// Photographs of the whole pieces in the folder of an unfinished run, whose tables are looked at by their lengths;
    /// nothing in it is changed.
    pub(super) fn kept(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut ranges: Vec<_> = entries.filter_map(|entry| range_of(&entry.file_name().to_string_lossy())).collect();
        ranges.sort_by_key(|range| (range.start, range.end));
        let (mut kept, mut end) = (0, 0);
        for range in ranges {
            if range.start >= end && is_as_long(folder, &range) {
                kept += range.len();
                end = range.end;
            }
        }
        kept
    }

    /// Everything in the folder of an unfinished run: whole pieces are kept, others removed and told.
    pub(super) fn all(folder: &Path, fits: impl Fn(&Range<usize>) -> bool) -> Result<Found, RunError> {
        let mut found = Found::default();
        let (mut ranges, mut tables) = (vec![], vec![]);
        for entry in std::fs::read_dir(folder).map_err(RunError::file(folder, "read"))? {
            let entry = entry.map_err(RunError::file(folder, "read"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(range) = range_of(&name) {
                ranges.push(range);
            } else if name.ends_with(".parquet") {
                tables.push(entry.path());
            } else if is_part(&name) {
                // Of a process that was killed; if it cannot be removed, it is written over or goes with the folder.
                let _ = std::fs::remove_file(entry.path());
            }
        }
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut end = 0;
        for range in ranges {
            match Piece::read(folder, range.clone()) {
                Ok(piece) if range.start >= end && fits(&range) => {
                    end = range.end;
                    tables.retain(|path| !TABLES.iter().any(|table| *path == file(folder, table, &range, "parquet")));
                    found.pieces.push(piece);
                    continue;
                }
                Ok(_) => {}
                Err(reason) => found.damaged.push(format!(
                    "the finished part of photographs {} to {} is damaged ({reason}): they are classified again",
                    range.start + 1,
                    range.end
                )),
            }
            tables.retain(|path| !TABLES.iter().any(|table| *path == file(folder, table, &range, "parquet")));
            Piece { range, stamps: vec![] }.remove(folder)?;
        }
        if !tables.is_empty() {
            let example = tables[0].file_name().unwrap_or_default().to_string_lossy().into_owned();
            found.damaged.push(format!("'{example}' is no part that was finished: its photographs are classified again"));
        }
        for path in tables {
            std::fs::remove_file(&path).map_err(RunError::file(&path, "remove"))?;
        }
        Ok(found)
    }

    /// Removes its files; the record first, for it says that the others are whole.
    pub(super) fn remove(&self, folder: &Path) -> Result<(), RunError> {
        let paths = TABLES.map(|table| file(folder, table, &self.range, "parquet"));
        for path in std::iter::once(record_file(folder, &self.range)).chain(paths) {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(RunError::File { path, action: "remove", source: error });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// One of its tables.
    pub(super) fn table(&self, folder: &Path, table: &str) -> Result<DataFrame, RunError> {
        read_table(&file(folder, table, &self.range, "parquet"), TableFormat::Parquet)
    }

    /// A column of text of its images.
    pub(super) fn image_texts(&self, folder: &Path, column: &str) -> Result<Vec<Option<String>>, RunError> {
        let path = file(folder, "images", &self.range, "parquet");
        let frame = read_columns(&path, TableFormat::Parquet, &[column])?;
        Ok(texts(&frame, column).unwrap_or_default())
    }
}
