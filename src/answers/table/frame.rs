//! A file as columns of text: the format is told by the content, never by the extension.

use super::error::{TableError, examples};
use super::words::{IMAGES, normalised};
use super::{json, lineage, text};
use crate::files::parquet::Parquet;
use crate::files::regular_file;
use polars::prelude::*;
use rapidfuzz::distance::damerau_levenshtein;
use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// A table in memory.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) path: PathBuf,
    pub(super) data: DataFrame,
    /// How rows are separated into cells, for delimited text.
    delimiter: Option<u8>,
    /// Whether the first line names the columns; otherwise they are `column_1`, `column_2`, ...
    pub(super) header: bool,
}

impl Frame {
    /// Reads a file. `answers` are the columns whose integer cells may point into a list column
    /// `options` (JSON).
    pub(super) fn from_path(path: &Path, answers: &[&str]) -> Result<Frame, TableError> {
        if is_parquet(path)? {
            return Frame::from_parquet(path, None);
        }
        let text = &text::read(path)?;
        if text.trim().is_empty() {
            return Err(TableError::Empty { path: path.to_path_buf() });
        }
        let frame = if text.trim_start().starts_with(['{', '[']) {
            let data = json::read(text, path, answers)?;
            Frame { path: path.to_path_buf(), data, delimiter: None, header: true }
        } else {
            Frame::from_delimited(text, path)?
        };
        frame.not_empty()
    }

    /// Reads a Parquet file, all columns or some.
    pub(super) fn from_parquet(path: &Path, columns: Option<&[&str]>) -> Result<Frame, TableError> {
        Frame::from_parquet_rows(path, columns, None)?.not_empty()
    }

    /// Reads some columns (those of the list that the file has) and rows (offset, count) of a Parquet file.
    pub(super) fn from_parquet_rows(
        path: &Path,
        columns: Option<&[&str]>,
        rows: Option<(usize, usize)>,
    ) -> Result<Frame, TableError> {
        let open = |source| TableError::Open { path: path.to_path_buf(), source };
        let broken = |error: PolarsError| TableError::Format {
            path: path.to_path_buf(),
            line: None,
            what: format!("not readable as Parquet: {error}"),
        };
        let mut file = Parquet::new(File::open(path).map_err(open)?).map_err(broken)?;
        let held: Option<Vec<&str>> = match columns {
            Some(columns) => {
                let schema = file.schema().map_err(broken)?;
                Some(columns.iter().copied().filter(|column| schema.contains(column)).collect())
            }
            None => None,
        };
        let data = file.read(held.as_deref(), rows).map_err(broken)?;
        Ok(Frame { path: path.to_path_buf(), data, delimiter: None, header: true })
    }

    /// Some rows of the table.
    pub(super) fn slice(&self, start: usize, count: usize) -> Frame {
        let data = self.data.slice(i64::try_from(start).unwrap_or(i64::MAX), count);
        Frame { path: self.path.clone(), data, delimiter: None, header: self.header }
    }

    fn from_delimited(text: &str, path: &Path) -> Result<Frame, TableError> {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let delimiter = delimiter(first);
        let header = !first_line_is_data(first, delimiter);
        if let Some(column) = header.then(|| repeated_name(text, delimiter)).flatten() {
            return Err(TableError::RepeatedColumn { path: path.to_path_buf(), column });
        }
        let data = CsvReadOptions::default()
            .with_has_header(header)
            .with_infer_schema_length(Some(0))
            .with_parse_options(CsvParseOptions::default().with_separator(delimiter).with_quote_char(quote(text, delimiter)))
            .into_reader_with_file_handle(Cursor::new(text.as_bytes()))
            .finish()
            .map_err(|error| {
                let (line, what) =
                    ragged_line(text, delimiter).unwrap_or_else(|| (None, format!("not readable as a table of text: {error}")));
                TableError::Format { path: path.to_path_buf(), line, what }
            })?;
        // Short rows are filled with nulls: look for them where the last column has any.
        let suspicious = data.columns().last().is_some_and(|column| column.null_count() > 0);
        if let Some((line, what)) = suspicious.then(|| ragged_line(text, delimiter)).flatten() {
            return Err(TableError::Format { path: path.to_path_buf(), line, what });
        }
        let data = without_blank_rows(data).map_err(|error| TableError::Format {
            path: path.to_path_buf(),
            line: None,
            what: format!("not readable as a table of text: {error}"),
        })?;
        Ok(Frame { path: path.to_path_buf(), data, delimiter: Some(delimiter), header })
    }

    fn not_empty(self) -> Result<Frame, TableError> {
        if self.data.height() == 0 { Err(TableError::Empty { path: self.path }) } else { Ok(self) }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.data.height()
    }

    /// Names of the columns, in order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.data.get_column_names().into_iter().map(PlSmallStr::as_str).collect()
    }

    /// Names of the columns, for messages.
    pub(super) fn listed(&self) -> String {
        self.names().iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.names().contains(&column)
    }

    /// A column as text; numbers are written out.
    pub(super) fn texts(&self, column: &str) -> Result<StringChunked, TableError> {
        let broken = |error: PolarsError| self.broken(column, &error);
        let column_data = self.data.column(column).map_err(broken)?;
        let text = column_data.cast(&DataType::String).map_err(broken)?;
        text.str().map(|text| text.rechunk().into_owned()).map_err(broken)
    }

    /// A column as numbers, where it is stored as numbers; `None` for text.
    pub(super) fn numbers(&self, column: &str) -> Result<Option<Float64Chunked>, TableError> {
        let broken = |error: PolarsError| self.broken(column, &error);
        let column_data = self.data.column(column).map_err(broken)?;
        if !column_data.dtype().is_primitive_numeric() {
            return Ok(None);
        }
        let numbers = column_data.cast(&DataType::Float64).map_err(broken)?;
        numbers.f64().map(|numbers| Some(numbers.rechunk().into_owned())).map_err(broken)
    }

    fn broken(&self, column: &str, error: &PolarsError) -> TableError {
        let what = format!("column '{column}' cannot be read: {error}");
        TableError::Format { path: self.path.clone(), line: None, what }
    }

    /// Where rows stand: `line 7` for text, `row 7` (from 1) otherwise. For messages only: reads
    /// the file again.
    pub(super) fn places(&self, rows: &[usize]) -> Vec<String> {
        let records = self.delimiter.and_then(|delimiter| record_lines(&self.path, delimiter, self.header));
        let place = |&row: &usize| match records.as_ref().and_then(|lines| lines.get(row)) {
            Some(line) => format!("line {line}"),
            None => format!("row {}", row + 1),
        };
        rows.iter().map(place).collect()
    }
}

fn is_parquet(path: &Path) -> Result<bool, TableError> {
    use std::io::Read;
    let open = |source| TableError::Open { path: path.to_path_buf(), source };
    let mut magic = [0; 4];
    let mut file = regular_file::open(path).map_err(open)?;
    let read = file.read(&mut magic).map_err(open)?;
    Ok(read == 4 && &magic == b"PAR1")
}

/// The delimiter that the first line has most of, outside quotes; comma before tab before others.
fn delimiter(first: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [0_usize; 4];
    for byte in first.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            _ => counts.iter_mut().zip(DELIMITERS).filter(|(_, delimiter)| *delimiter == byte).for_each(|(count, _)| *count += 1),
        }
    }
    // Lineages hold `;` and `|`, so a tab anywhere decides against them.
    if counts[1] > 0 && counts[0] == 0 {
        return b'\t';
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    counts.iter().zip(DELIMITERS).find(|(count, _)| **count == most && most > 0).map_or(b',', |(_, delimiter)| delimiter)
}

const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Whether the first line cannot name columns: it holds a lineage, a "no hit" or a number.
fn first_line_is_data(first: &str, delimiter: u8) -> bool {
    let cells: Vec<&str> = first.split(char::from(delimiter)).map(|cell| cell.trim().trim_matches('"')).collect();
    cells.len() > 1
        && !cells.iter().any(|cell| IMAGES.contains(&normalised(cell).as_str()))
        && cells.iter().any(|cell| {
            let number = cell.parse::<f64>().is_ok() && !cell.is_empty();
            let answer = ["unassigned", "no blast hit", "unclassified"].contains(&cell.to_lowercase().as_str());
            number || answer || lineage::has_prefixes(cell)
        })
}

/// Drops rows without any cell: blank lines, and the rows of delimiters that spreadsheets append.
fn without_blank_rows(data: DataFrame) -> PolarsResult<DataFrame> {
    let held = data.columns().iter().map(Column::is_not_null).reduce(|a, b| a | b);
    match held {
        Some(held) if !held.all() => data.filter(&held),
        _ => Ok(data),
    }
}

/// Tab-separated files are often written without quoting: a lone `"` there is a letter.
fn quote(text: &str, delimiter: u8) -> Option<u8> {
    let quotes = text.bytes().filter(|&byte| byte == b'"').count();
    let opening = format!("{}\"", char::from(delimiter));
    let opens = text.starts_with('"') || text.contains("\n\"") || text.contains(&opening);
    (delimiter != b'\t' || (opens && quotes % 2 == 0)).then_some(b'"')
}

/// The first line with another number of cells than the header.
fn ragged_line(text: &str, delimiter: u8) -> Option<(Option<u64>, String)> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(quote(text, delimiter).is_some())
        .has_headers(false)
        .flexible(false)
        .from_reader(text.as_bytes());
    let error = reader.records().find_map(Result::err)?;
    let line = error.position().map(csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            Some((line, format!("{len} cells where the first line has {expected_len}; quote cells that hold the delimiter")))
        }
        _ => Some((line, error.to_string())),
    }
}

/// A name that two columns have; columns without a name are not asked for by any.
fn repeated_name(text: &str, delimiter: u8) -> Option<String> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(quote(text, delimiter).is_some())
        .has_headers(false)
        .from_reader(text.trim_start().as_bytes());
    let first = reader.records().next()?.ok()?;
    let names: Vec<&str> = first.iter().map(str::trim).filter(|name| !name.is_empty()).collect();
    let twice = (1..names.len()).find(|&index| names[..index].contains(&names[index]))?;
    Some(names[twice].to_string())
}

/// The line of every row that holds anything.
fn record_lines(path: &Path, delimiter: u8, header: bool) -> Option<Vec<u64>> {
    let text = text::read(path).ok()?;
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(header).flexible(true).from_reader(text.as_bytes());
    let mut lines = vec![];
    for record in reader.records() {
        let record = record.ok()?;
        if record.iter().any(|cell| !cell.is_empty()) {
            lines.push(record.position()?.line());
        }
    }
    Some(lines)
}

/// The column that an option names: exactly, or the only one that differs in case, `-` and spaces.
pub(super) fn named_column(frame: &Frame, column: &str, option: &'static str) -> Result<String, TableError> {
    if frame.has(column) {
        return Ok(column.to_string());
    }
    let same: Vec<&str> = frame.names().into_iter().filter(|name| normalised(name) == normalised(column)).collect();
    match same[..] {
        [one] => Ok(one.to_string()),
        [] => Err(no_such_column(frame, column, option)),
        _ => Err(TableError::SeveralColumns { path: frame.path.clone(), role: "one named", candidates: examples(&same), option }),
    }
}

fn no_such_column(frame: &Frame, column: &str, option: &'static str) -> TableError {
    let similarity =
        |name: &str| damerau_levenshtein::normalized_similarity(normalised(name).chars(), normalised(column).chars());
    let nearest = frame.names().into_iter().map(|name| (similarity(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    TableError::NoSuchColumn {
        path: frame.path.clone(),
        column: column.to_string(),
        option,
        suggestion: nearest.filter(|(similarity, _)| *similarity >= 0.6).map(|(_, name)| name.to_string()),
        columns: frame.listed(),
    }
}
