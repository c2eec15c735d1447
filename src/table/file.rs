//! A file as named columns of text.

use super::TableError;
use polars::prelude::*;
use std::borrow::Cow;
use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// A table with its columns as text.
#[derive(Debug)]
pub struct Table {
    /// Where it was read.
    pub path: PathBuf,
    frame: DataFrame,
}

impl Table {
    /// Reads CSV, TSV (any delimiter, told from the first line), Parquet, JSON or JSON Lines.
    pub fn read(path: &Path) -> Result<Table, TableError> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
        let frame = match extension.as_str() {
            "parquet" | "pq" => Self::parquet(path)?,
            "json" | "jsonl" | "ndjson" => Self::json(path)?,
            _ => Self::delimited(path)?,
        };
        if frame.height() == 0 {
            return Err(TableError::Empty { path: path.to_path_buf() });
        }
        Ok(Table { path: path.to_path_buf(), frame })
    }

    /// Names of the columns, in order.
    pub fn names(&self) -> Vec<&str> {
        self.frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect()
    }

    /// The columns as a list for a message.
    pub fn list(&self) -> String {
        self.names().iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.frame.height()
    }

    /// A column as text; numbers are written as polars writes them.
    pub fn text(&self, name: &str) -> Result<StringChunked, TableError> {
        let column = self.frame.column(name).map_err(|error| unreadable(&self.path, &error))?;
        let text = column.cast(&DataType::String).map_err(|error| unreadable(&self.path, &error))?;
        text.str().cloned().map_err(|error| unreadable(&self.path, &error))
    }

    /// A column as numbers, `67%` as 0.67; `None` where a cell is no number.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>, TableError> {
        let column = self.frame.column(name).map_err(|error| unreadable(&self.path, &error))?;
        if column.dtype().is_primitive_numeric() {
            let numbers = column.cast(&DataType::Float64).map_err(|error| unreadable(&self.path, &error))?;
            return Ok(numbers.f64().map_err(|error| unreadable(&self.path, &error))?.iter().collect());
        }
        Ok(self.text(name)?.iter().map(|cell| number(cell?)).collect())
    }

    /// Makes a table from a frame that was read elsewhere.
    pub fn from_frame(path: &Path, frame: DataFrame) -> Table {
        Table { path: path.to_path_buf(), frame }
    }

    /// Some columns of a Parquet file, all when `columns` is `None`.
    pub fn parquet_columns(path: &Path, columns: Option<&[&str]>) -> Result<DataFrame, TableError> {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        ParquetReader::new(file)
            .with_columns(columns.map(|columns| columns.iter().map(ToString::to_string).collect()))
            .finish()
            .map_err(|error| unreadable(path, &error))
    }

    fn parquet(path: &Path) -> Result<DataFrame, TableError> {
        let frame = Self::parquet_columns(path, None)?;
        let flat: Vec<PlSmallStr> =
            frame.columns().iter().filter(|column| !column.dtype().is_nested()).map(|column| column.name().clone()).collect();
        frame.select(flat).map_err(|error| unreadable(path, &error))
    }

    fn delimited(path: &Path) -> Result<DataFrame, TableError> {
        let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            unreadable(path, &format!("line {line} is not UTF-8 text; convert the file to UTF-8"))
        })?;
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or_default();
        let delimiter = delimiter(first);
        let has_header = !is_lineage_row(first, delimiter);
        let columns = split_line(first, delimiter);
        let names: Vec<String> = if has_header {
            columns
                .iter()
                .enumerate()
                .map(|(index, name)| if name.is_empty() { format!("column_{}", index + 1) } else { name.clone() })
                .collect()
        } else {
            (0..columns.len())
                .map(|index| {
                    ["id", "taxon", "confidence"].get(index).map_or_else(|| format!("column_{}", index + 1), ToString::to_string)
                })
                .collect()
        };
        let schema: Schema = names.iter().map(|name| Field::new(name.as_str().into(), DataType::String)).collect();
        if schema.len() < names.len() {
            return Err(TableError::Invalid {
                path: path.to_path_buf(),
                what: format!("two columns have one name: {}", names.join(", ")),
            });
        }
        CsvReadOptions::default()
            .with_has_header(has_header)
            .with_schema(Some(schema.into()))
            .map_parse_options(|options| options.with_separator(delimiter).with_missing_is_null(true))
            .into_reader_with_file_handle(Cursor::new(text.as_bytes()))
            .finish()
            .map_err(|error| unreadable(path, &error))
    }

    fn json(path: &Path) -> Result<DataFrame, TableError> {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        let records = records(path, text.trim_start_matches('\u{feff}'))?;
        let mut names: Vec<String> = vec![];
        for record in &records {
            for name in record.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>() {
                names.push(name);
            }
        }
        let columns = names.iter().map(|name| {
            let cells: Vec<Option<String>> = records.iter().map(|record| json_text(record, name)).collect();
            Column::new(name.as_str().into(), cells)
        });
        DataFrame::new_infer_height(columns.collect()).map_err(|error| unreadable(path, &error))
    }
}

type Record = serde_json::Map<String, serde_json::Value>;

/// The objects of a JSON Lines file, of an array, or of the one array of objects inside an object.
fn records(path: &Path, text: &str) -> Result<Vec<Record>, TableError> {
    use serde_json::Value;
    let objects = |values: Vec<Value>| -> Vec<Record> {
        values.into_iter().filter_map(|value| if let Value::Object(record) = value { Some(record) } else { None }).collect()
    };
    match serde_json::from_str::<Value>(&without_nan(text)) {
        Ok(Value::Array(values)) => return Ok(objects(values)),
        Ok(Value::Object(object)) => {
            let arrays: Vec<&Vec<Value>> =
                object.values().filter_map(Value::as_array).filter(|array| array.first().is_some_and(Value::is_object)).collect();
            return match arrays[..] {
                [array] => Ok(objects(array.clone())),
                [] => Ok(vec![object]),
                _ => Err(TableError::Invalid {
                    path: path.to_path_buf(),
                    what: "several arrays of objects; keep the one with the predictions".into(),
                }),
            };
        }
        _ => {}
    }
    let mut records = vec![];
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(&without_nan(line)) {
            Ok(Value::Object(record)) => records.push(record),
            Ok(_) => return Err(unreadable(path, &format!("line {} is no JSON object", number + 1))),
            Err(error) => return Err(unreadable(path, &format!("line {}: {error}", number + 1))),
        }
    }
    Ok(records)
}

/// Python writes `NaN` where JSON has `null`.
fn without_nan(text: &str) -> Cow<'_, str> {
    if text.contains(": NaN") { Cow::Owned(text.replace(": NaN", ": null")) } else { Cow::Borrowed(text) }
}

/// A field as text; a number that points into the record's `options` is the option it points to.
fn json_text(record: &Record, name: &str) -> Option<String> {
    use serde_json::Value;
    match record.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if name.contains("answer") => {
            let options = record.get("options").and_then(Value::as_array);
            let chosen = options.and_then(|options| options.get(usize::try_from(number.as_u64()?).ok()?)).and_then(Value::as_str);
            Some(chosen.map_or_else(|| number.to_string(), str::to_string))
        }
        other => Some(other.to_string()),
    }
}

pub(super) fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    match cell.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|value| value / 100.0),
        None => cell.parse().ok(),
    }
}

pub(super) fn unreadable(path: &Path, what: &dyn std::fmt::Display) -> TableError {
    TableError::Unreadable { path: path.to_path_buf(), what: what.to_string() }
}

/// The delimiter that the first line has most of; a tab wins over commas inside lineages.
fn delimiter(first: &str) -> u8 {
    if first.contains('\t') {
        return b'\t';
    }
    let count = |delimiter: char| first.matches(delimiter).count();
    *[b',', b';', b'|'].iter().max_by_key(|&&byte| (count(char::from(byte)), byte == b',')).unwrap_or(&b',')
}

/// Whether the first line is already a row: a cell with a lineage such as `k__Fungi;p__...`.
fn is_lineage_row(first: &str, delimiter: u8) -> bool {
    split_line(first, delimiter).iter().any(|cell| cell.starts_with("k__") || cell.starts_with("d__") || cell.contains(";p__"))
}

fn split_line(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(|cell| cell.trim().to_string()).collect()
}
