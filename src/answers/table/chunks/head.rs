//! The rows by which columns are recognised: all of them, or of a large table some from all over it.

use super::super::error::TableError;
use super::super::frame::Frame;
use super::super::options::TableOptions;
use super::piece::Piece;
use polars::prelude::{Column, DataFrame, DataType, PolarsError, PolarsResult};

/// Places of a large table from which rows are taken.
const PLACES: usize = 64;

/// The rows by which columns are recognised, at most so many unless the table is as short.
///
/// # Errors
///
/// Rows that cannot be read.
pub(super) fn rows(pieces: &[Piece], most: usize, options: &TableOptions) -> Result<Frame, TableError> {
    let all: usize = pieces.iter().map(Piece::rows).sum();
    // Places are even over all pieces, so that none of them is overlooked.
    let count = PLACES.min(most).max(1);
    let mut all_places: Vec<usize> = (0..count).map(|place| place * all / count).collect();
    all_places.dedup();
    let mut frames = vec![];
    let mut before = 0;
    for piece in pieces {
        let rows = piece.rows();
        let places: Vec<usize> = if all <= most {
            vec![0]
        } else {
            let own = all_places.iter().filter(|place| (before..before + rows).contains(place));
            own.map(|place| place - before).collect()
        };
        before += rows;
        if places.is_empty() || rows == 0 {
            continue;
        }
        let opened = piece.open()?;
        let length = if all <= most { rows } else { (most / count).max(1) };
        for place in places {
            frames.push(piece.frame(&opened, place..(place + length).min(rows), None, options)?);
        }
    }
    stacked(frames)
}

/// Tables one below the other. A column that has other types in them is written as text; one that some have not is empty there.
fn stacked(frames: Vec<Frame>) -> Result<Frame, TableError> {
    let mut frames = frames.into_iter();
    let Some(first) = frames.next() else {
        return Err(TableError::Empty { path: std::path::PathBuf::new() });
    };
    let others: Vec<Frame> = frames.collect();
    if others.is_empty() {
        return Ok(first);
    }
    if let Some(other) = others.iter().find(|other| other.header != first.header) {
        let what = "it has a line with names of columns, or none, and the tables before it do not".to_string();
        return Err(TableError::Format { path: other.path.clone(), line: None, what });
    }
    let mut names: Vec<String> = vec![];
    for frame in std::iter::once(&first).chain(&others) {
        for name in frame.names() {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_string());
            }
        }
    }
    let tables: Vec<&DataFrame> = std::iter::once(&first).chain(&others).map(|frame| &frame.data).collect();
    let rows = tables.iter().map(|table| table.height()).sum();
    let columns: PolarsResult<Vec<Column>> = names.iter().map(|name| below_each_other(name, &tables)).collect();
    let data = columns.and_then(|columns| DataFrame::new(rows, columns));
    let fault = |error: PolarsError| TableError::Format { path: first.path.clone(), line: None, what: error.to_string() };
    let (data, header) = (data.map_err(fault)?, first.header);
    let mut frame = first.with_data(data);
    frame.header = header;
    Ok(frame)
}

fn below_each_other(name: &str, tables: &[&DataFrame]) -> PolarsResult<Column> {
    let held: Vec<Option<&Column>> = tables.iter().map(|table| table.column(name).ok()).collect();
    let mut types: Vec<&DataType> = vec![];
    for dtype in held.iter().flatten().map(|column| column.dtype()).filter(|dtype| **dtype != DataType::Null) {
        if !types.contains(&dtype) {
            types.push(dtype);
        }
    }
    let dtype = if let [only] = types[..] { only.clone() } else { DataType::String };
    let mut all: Option<Column> = None;
    for (column, table) in held.into_iter().zip(tables) {
        let part = match column {
            Some(column) => column.cast(&dtype)?,
            None => Column::full_null(name.into(), table.height(), &dtype),
        };
        match &mut all {
            Some(all) => {
                all.append(&part)?;
            }
            None => all = Some(part),
        }
    }
    Ok(all.unwrap_or_else(|| Column::full_null(name.into(), 0, &dtype)))
}
