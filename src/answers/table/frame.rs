//! A file as columns of text: the format is told by the content, never by the extension.

use super::cell::{self, column_names};
use super::container::{self, Content};
use super::delimited::Delimited;
use super::error::{TableError, examples};
use super::source::TableSource;
use super::words::normalised;
use super::{json, text, workbook};
use crate::files::parquet::Parquet;
use polars::io::mmap::MmapBytesReader;
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
    /// Whether the first line names the columns; otherwise they are `column_1`, `column_2`, ...
    pub(super) header: bool,
    /// What was decided while it was read, one sentence each.
    pub(super) notes: Vec<String>,
    places: Places,
}

/// Where the rows stand in the file.
#[derive(Debug)]
enum Places {
    /// They are counted, behind so many of the file that are not in this table.
    Rows { before: usize },
    /// In lines of text, which may be in an encoding.
    Lines { encoding: Option<String> },
    /// In these rows of a sheet.
    Sheet(Vec<u32>),
}

impl Frame {
    /// Takes a table that is in memory, or reads a file as [`Frame::from_path`].
    pub(super) fn from_source(source: &TableSource, answers: &[&str], encoding: Option<&str>) -> Result<Frame, TableError> {
        match source.data() {
            Some(data) => Frame::counted(source.name(), data.clone()).tidy(),
            None => Frame::from_path(source.name(), answers, encoding),
        }
    }

    /// Reads a file, or standard input for `-`. `answers` are the columns whose integer cells may point into a list
    /// column `options` (JSON); `encoding` is that of text that is no UTF-8.
    pub(super) fn from_path(path: &Path, answers: &[&str], encoding: Option<&str>) -> Result<Frame, TableError> {
        let bytes = match container::read(path)? {
            Content::ParquetFile => return Frame::from_parquet_rows(path, None, None)?.tidy(),
            Content::Parquet(bytes) => return Frame::of_parquet(path, Cursor::new(bytes), None, None)?.tidy(),
            Content::Workbook(bytes, kind) => {
                let sheet = workbook::read(&bytes, kind, path)?;
                let places = Places::Sheet(sheet.rows);
                let (data, header, notes) = (sheet.data, sheet.header, sheet.notes);
                return Frame { path: path.to_path_buf(), data, header, notes, places }.not_empty();
            }
            Content::Text(bytes) => bytes,
        };
        let text = &text::decoded(bytes, path, encoding)?;
        if text.trim().is_empty() {
            return Err(TableError::Empty { path: path.to_path_buf() });
        }
        let frame = if text.trim_start().starts_with(['{', '[']) {
            Frame::counted(path, json::read(text, path, answers)?)
        } else {
            Frame::from_delimited(text, path, encoding)?
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
        let file = File::open(path).map_err(|source| TableError::Open { path: path.to_path_buf(), source })?;
        Frame::of_parquet(path, file, columns, rows)
    }

    fn of_parquet(
        path: &Path,
        file: impl MmapBytesReader,
        columns: Option<&[&str]>,
        rows: Option<(usize, usize)>,
    ) -> Result<Frame, TableError> {
        let broken = |error: PolarsError| TableError::Format {
            path: path.to_path_buf(),
            line: None,
            what: format!("not readable as Parquet: {error}"),
        };
        let mut file = Parquet::new(file).map_err(broken)?;
        let held: Option<Vec<&str>> = match columns {
            Some(columns) => {
                let schema = file.schema().map_err(broken)?;
                Some(columns.iter().copied().filter(|column| schema.contains(column)).collect())
            }
            None => None,
        };
        Ok(Frame::counted(path, file.read(held.as_deref(), rows).map_err(broken)?))
    }

    /// A table with names of columns, whose rows are counted.
    fn counted(path: &Path, data: DataFrame) -> Frame {
        Frame::behind(path, data, 0)
    }

    /// Some rows of a larger table with names of columns, behind so many others.
    pub(super) fn behind(path: &Path, data: DataFrame, before: usize) -> Frame {
        Frame { path: path.to_path_buf(), data, header: true, notes: vec![], places: Places::Rows { before } }
    }

    /// The same file as another table, whose rows are counted.
    pub(super) fn with_data(self, data: DataFrame) -> Frame {
        Frame { data, header: true, places: Places::Rows { before: 0 }, ..self }
    }

    /// Some rows of the table.
    pub(super) fn slice(&self, start: usize, count: usize) -> Frame {
        let data = self.data.slice(i64::try_from(start).unwrap_or(i64::MAX), count);
        let before = if let Places::Rows { before } = self.places { before + start } else { start };
        Frame { header: self.header, ..Frame::behind(&self.path, data, before) }
    }

    fn from_delimited(text: &str, path: &Path, encoding: Option<&str>) -> Result<Frame, TableError> {
        let fault = |(line, what)| TableError::Format { path: path.to_path_buf(), line, what };
        let unreadable = |error: PolarsError| (None, format!("not readable as a table of text: {error}"));
        let table = Delimited::of(text);
        if let Some(column) = table.header.then(|| table.repeated_name()).flatten() {
            return Err(TableError::RepeatedColumn { path: path.to_path_buf(), column });
        }
        let data = CsvReadOptions::default()
            .with_has_header(table.header)
            .with_infer_schema_length(Some(0))
            .with_parse_options(CsvParseOptions::default().with_separator(table.delimiter).with_quote_char(table.quote))
            .into_reader_with_file_handle(Cursor::new(table.text.as_bytes()))
            .finish()
            .map_err(|error| fault(table.ragged_line().unwrap_or_else(|| unreadable(error))))?;
        // Short rows are filled with nulls: look for them where the last column has any.
        let suspicious = data.columns().last().is_some_and(|column| column.null_count() > 0);
        if let Some(ragged) = suspicious.then(|| table.ragged_line()).flatten() {
            return Err(fault(ragged));
        }
        let tidy = |data: DataFrame| without_blank_rows(cell::clean(data)?);
        let mut data = tidy(data).map_err(|error| fault(unreadable(error)))?;
        if table.header {
            rename(&mut data, table.quote).map_err(|error| fault(unreadable(error)))?;
        }
        let places = Places::Lines { encoding: encoding.map(str::to_string) };
        Ok(Frame { path: path.to_path_buf(), data, header: table.header, notes: vec![], places })
    }

    /// The table with its texts cleaned, as those of a file of text are; one without rows is refused.
    pub(super) fn tidy(self) -> Result<Frame, TableError> {
        let cleaned = cell::clean(self.data);
        let fault = |error: PolarsError| TableError::Format {
            path: self.path.clone(),
            line: None,
            what: format!("not readable as a table: {error}"),
        };
        Frame { data: cleaned.map_err(fault)?, ..self }.not_empty()
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
        let written = |data: &Column| data.cast(&DataType::String).and_then(|text| Ok(text.str()?.rechunk().into_owned()));
        let DataType::Datetime(unit, Some(_)) = column_data.dtype() else { return written(column_data).map_err(broken) };
        // Whatever its zone, the instant is held in UTC: polars writes no zone without a table of them.
        let instants = column_data.cast(&DataType::Datetime(*unit, None)).map_err(broken)?;
        Ok(written(&instants).map_err(broken)?.apply_values(|text| format!("{text}Z").into()))
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

    /// Where rows stand: `line 7` for text, `row 7` (of the sheet, or from 1) otherwise. For messages only: reads
    /// the file again.
    pub(super) fn places(&self, rows: &[usize]) -> Vec<String> {
        let lines = match &self.places {
            Places::Lines { encoding } => record_lines(&self.path, encoding.as_deref()).unwrap_or_default(),
            Places::Rows { .. } | Places::Sheet(_) => vec![],
        };
        let place = |&row: &usize| match (&self.places, lines.get(row)) {
            (Places::Sheet(rows), _) if row < rows.len() => format!("row {}", rows[row]),
            (Places::Rows { before }, _) => format!("row {}", before + row + 1),
            (_, Some(line)) => format!("line {line}"),
            (_, None) => format!("row {}", row + 1),
        };
        rows.iter().map(place).collect()
    }
}

/// Drops rows without any cell: blank lines, and the rows of delimiters that spreadsheets append.
fn without_blank_rows(data: DataFrame) -> PolarsResult<DataFrame> {
    let held = data.columns().iter().map(Column::is_not_null).reduce(|a, b| a | b);
    match held {
        Some(held) if !held.all() => data.filter(&held),
        _ => Ok(data),
    }
}

/// Takes from the names of columns what stands around them.
fn rename(data: &mut DataFrame, quote: Option<u8>) -> PolarsResult<()> {
    let written: Vec<String> = data.get_column_names().into_iter().map(ToString::to_string).collect();
    let doubled = quote.map(|quote| (char::from(quote).to_string().repeat(2), char::from(quote).to_string()));
    // polars leaves quotes in a name doubled, those in cells not.
    let single = |name: &String| doubled.as_ref().map_or_else(|| name.clone(), |(two, one)| name.replace(two, one));
    let read: Vec<String> = written.iter().map(single).collect();
    let clean = column_names(read.iter().map(String::as_str));
    // A name of blanks alone may be there twice.
    let names: Vec<&str> =
        read.iter().zip(clean).map(|(read, clean)| if clean.is_empty() { read.as_str() } else { clean }).collect();
    if names == written { Ok(()) } else { data.set_column_names(&names) }
}

/// The line of every row that holds anything.
fn record_lines(path: &Path, encoding: Option<&str>) -> Option<Vec<u64>> {
    let Content::Text(bytes) = container::read(path).ok()? else { return None };
    Delimited::of(&text::decoded(bytes, path, encoding).ok()?).record_lines()
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
