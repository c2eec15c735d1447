//! Tables of data sets: text with a header and a row a line.

use super::error::DatasetError;
use crate::taxonomy::name;
use std::path::Path;

/// The text of a file without its byte-order mark.
pub(super) fn text<'bytes>(bytes: &'bytes [u8], path: &Path) -> Result<&'bytes str, DatasetError> {
    let text = std::str::from_utf8(bytes).map_err(|error| DatasetError::Encoding {
        path: path.to_path_buf(),
        line: bytes[..error.valid_up_to()].split(|&byte| byte == b'\n').count(),
    })?;
    Ok(text.trim_start_matches('\u{feff}'))
}

/// A row of a table.
pub(super) struct Row {
    cells: Vec<String>,
    pub(super) line: u64,
}

/// Header and rows; the delimiter is the one the header has most of.
pub(super) fn rows(text: &str, path: &Path) -> Result<(Vec<String>, Vec<Row>), DatasetError> {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|&byte| byte == delimiter).count();
    let delimiter = *[b';', b'|', b'\t', b','].iter().max_by_key(|&&byte| count(byte)).unwrap_or(&b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let bad = |error: &csv::Error| DatasetError::Row {
        path: path.to_path_buf(),
        line: error.position().map_or(0, csv::Position::line),
        what: error.to_string(),
    };
    let header = reader.headers().map_err(|error| bad(&error))?.iter().map(str::to_string).collect();
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(|error| bad(&error))?;
        if record.iter().any(|cell| !cell.is_empty()) {
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(Row { cells: record.iter().map(str::to_string).collect(), line });
        }
    }
    Ok((header, rows))
}

/// Reads a table of a data set: header and rows.
pub(super) fn table(path: &Path) -> Result<(Vec<String>, Vec<Row>), DatasetError> {
    let bytes =
        crate::files::regular_file::read(path).map_err(|source| DatasetError::Unreadable { path: path.to_path_buf(), source })?;
    rows(text(&bytes, path)?, path)
}

/// The place of a column that a layout must have.
pub(super) fn required(header: &[String], name: &str, path: &Path) -> Result<usize, DatasetError> {
    header.iter().position(|cell| cell.eq_ignore_ascii_case(name)).ok_or_else(|| DatasetError::NoColumn {
        path: path.to_path_buf(),
        column: name.to_string(),
        found: header.to_vec(),
    })
}

impl Row {
    pub(super) fn at(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    pub(super) fn cell(&self, column: Option<usize>) -> Option<&str> {
        self.cells.get(column?).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    pub(super) fn known(&self, column: Option<usize>) -> Option<&str> {
        self.cell(column).filter(|cell| !name::is_missing(cell))
    }
}
