//! Files of judgements and runs: ranx JSON, TREC lines, Parquet, each packed by gzip or not.
//!
//! What a file is, its content says: `{` begins JSON, `PAR1` Parquet, else it is lines.

use super::documents::Documents;
use crate::answers::table::{TableError, TableSource, columns_of};
use crate::files::parquet::Parquet;
use hashbrown::{HashMap, HashSet};
use polars::prelude::{DataFrame, DataType, PolarsError};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use std::fmt;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Grades, whole numbers.
    Qrels,
    /// Scores.
    Run,
}

impl Kind {
    fn value(self) -> &'static str {
        match self {
            Kind::Qrels => "grade",
            Kind::Run => "score",
        }
    }

    fn columns(self) -> (usize, &'static str) {
        match self {
            Kind::Qrels => (4, "judgements have 4: query 0 document grade"),
            Kind::Run => (6, "a run has 6: query Q0 document rank score tag"),
        }
    }

    /// The value, if it is one that such a file can hold.
    fn check(self, value: f64) -> Result<f64, &'static str> {
        match self {
            _ if value.is_nan() => Err("is no number that can be ranked by"),
            Kind::Qrels if value.fract() != 0.0 || value.abs() > 1e6 => Err("is no whole number"),
            _ => Ok(value),
        }
    }
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum FileError {
    #[error("{}: cannot read: {what}", path.display())]
    Unreadable { path: PathBuf, what: String },
    #[error("{}: it holds no query", path.display())]
    Empty { path: PathBuf },
    #[error("{}:{line}: {found} columns; {wanted}", path.display())]
    Columns { path: PathBuf, line: usize, found: usize, wanted: &'static str },
    #[error("{}:{line}: the {kind} '{value}' of {of} {what}", path.display())]
    Value { path: PathBuf, line: usize, kind: &'static str, value: String, of: String, what: &'static str },
    #[error("{}:{line}: document '{document}' stands twice for query '{query}', the second time with {value}; remove one", path.display())]
    Duplicate { path: PathBuf, line: usize, query: String, document: String, value: f64 },
    #[error("{}: not readable as JSON of the form {{query: {{document: {kind}}}}}: {what}", path.display())]
    Json { path: PathBuf, kind: &'static str, what: String },
    #[error("{}: {what}", path.display())]
    Parquet { path: PathBuf, what: String },
    #[error(transparent)]
    Table(#[from] TableError),
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) queries: Vec<String>,
    pub(super) scored: Vec<Vec<(u32, f64)>>,
    /// Name of the run, where the file has one.
    pub(super) tag: Option<String>,
}

/// Whether a Parquet file holds vectors and neither judgements nor a run; false for files of other kinds.
#[must_use]
pub fn holds_vectors(path: &Path) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return false };
    let Ok(schema) = Parquet::new(file).and_then(|mut file| file.schema()) else { return false };
    !DOCUMENT.iter().any(|name| schema.contains(name))
}

/// Whether a file begins as judgements do: JSON of objects, a Parquet table of documents, or lines of four columns that end in a
/// whole number, each packed by gzip or not. A table of predictions does not.
#[must_use]
pub fn is_judgements(path: &Path) -> bool {
    const START: u64 = 64 * 1024;
    let read = || -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![];
        std::fs::File::open(path)?.take(START).read_to_end(&mut bytes)?;
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut unpacked = vec![];
            // The packed file was cut: what comes before the end is enough.
            let _ = flate2::read::MultiGzDecoder::new(&bytes[..]).take(START).read_to_end(&mut unpacked);
            bytes = unpacked;
        }
        Ok(bytes)
    };
    let Ok(bytes) = read() else { return false };
    if bytes.starts_with(b"PAR1") {
        return !holds_vectors(path);
    }
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if let Some(inside) = text.strip_prefix('{') {
        let mut parts = serde_json::Deserializer::from_str(inside.trim_start()).into_iter::<String>();
        let Some(Ok(_)) = parts.next() else { return false };
        let behind = inside.trim_start()[parts.byte_offset()..].trim_start();
        return behind.strip_prefix(':').is_some_and(|value| value.trim_start().starts_with('{'));
    }
    let columns: Vec<&str> = text.lines().next().unwrap_or_default().split_whitespace().collect();
    matches!(columns[..], [_, _, _, grade] if grade.parse::<i64>().is_ok())
}

/// Names of the columns of queries, documents and values.
const QUERY: [&str; 4] = ["q_id", "query_id", "qid", "query"];
const DOCUMENT: [&str; 4] = ["doc_id", "docid", "docno", "document"];
const VALUE: [&str; 4] = ["score", "grade", "rel", "relevance"];

/// Reads a file.
pub(super) fn read(path: &Path, kind: Kind, documents: &mut Documents) -> Result<Rows, FileError> {
    let unreadable = |error: std::io::Error| FileError::Unreadable { path: path.to_path_buf(), what: error.to_string() };
    let mut bytes = std::fs::read(path).map_err(unreadable)?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = vec![];
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).map_err(unreadable)?;
        bytes = unpacked;
    }
    let first = bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    let rows = if bytes.starts_with(b"PAR1") {
        parquet(bytes, path, kind, documents)?
    } else if first == Some(b'{') {
        json(&bytes, path, kind, documents)?
    } else {
        let text = std::str::from_utf8(&bytes).map_err(|error| FileError::Unreadable {
            path: path.to_path_buf(),
            what: format!("it is neither JSON, Parquet nor text in UTF-8 ({error})"),
        })?;
        lines(text.trim_start_matches('\u{feff}'), path, kind, documents)?
    };
    if rows.queries.is_empty() {
        return Err(FileError::Empty { path: path.to_path_buf() });
    }
    Ok(rows)
}

/// Rows that come in any order, put together query by query.
struct Gathered<'a> {
    path: &'a Path,
    rows: Rows,
    places: HashMap<String, usize>,
    seen: HashSet<(u32, u32)>,
    last: usize,
}

impl<'a> Gathered<'a> {
    fn new(path: &'a Path) -> Self {
        Gathered { path, rows: Rows::default(), places: HashMap::new(), seen: HashSet::new(), last: 0 }
    }

    fn query(&mut self, query: &str) -> usize {
        if self.rows.queries.get(self.last).is_none_or(|last| last != query) {
            self.last = if let Some(&place) = self.places.get(query) {
                place
            } else {
                self.places.insert(query.to_string(), self.rows.queries.len());
                self.rows.queries.push(query.to_string());
                self.rows.scored.push(vec![]);
                self.rows.queries.len() - 1
            };
        }
        self.last
    }

    fn add(&mut self, query: &str, document: &str, value: f64, line: usize, documents: &mut Documents) -> Result<(), FileError> {
        let place = self.query(query);
        let number = documents.number(document);
        if !self.seen.insert((u32::try_from(place).unwrap_or(u32::MAX), number)) {
            return Err(FileError::Duplicate {
                path: self.path.to_path_buf(),
                line,
                query: query.to_string(),
                document: document.to_string(),
                value,
            });
        }
        self.rows.scored[place].push((number, value));
        Ok(())
    }
}

fn lines(text: &str, path: &Path, kind: Kind, documents: &mut Documents) -> Result<Rows, FileError> {
    let mut gathered = Gathered::new(path);
    let (wanted, sentence) = kind.columns();
    for (index, text) in text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let line = index + 1;
        let mut cells = [""; 6];
        let mut found = 0;
        for cell in text.split_ascii_whitespace() {
            if found < cells.len() {
                cells[found] = cell;
            }
            found += 1;
        }
        if found != wanted {
            return Err(FileError::Columns { path: path.to_path_buf(), line, found, wanted: sentence });
        }
        let [query, _, document, ..] = cells;
        let cell = if kind == Kind::Qrels { cells[3] } else { cells[4] };
        let value = cell.parse::<f64>().map_err(|_| "is no number").and_then(|value| kind.check(value));
        let value = value.map_err(|what| FileError::Value {
            path: path.to_path_buf(),
            line,
            kind: kind.value(),
            value: cell.to_string(),
            of: format!("document '{document}' for query '{query}'"),
            what,
        })?;
        if kind == Kind::Run && gathered.rows.tag.is_none() {
            gathered.rows.tag = Some(cells[5].to_string());
        }
        gathered.add(query, document, value, line, documents)?;
    }
    Ok(gathered.rows)
}

fn parquet(bytes: Vec<u8>, path: &Path, kind: Kind, documents: &mut Documents) -> Result<Rows, FileError> {
    let read = || Parquet::new(Cursor::new(bytes))?.read(None, None);
    let fault =
        |error: PolarsError| FileError::Parquet { path: path.to_path_buf(), what: format!("not readable as Parquet: {error}") };
    table(&read().map_err(fault)?, path, kind, documents)
}

/// Reads a table with a row for each query and document, in memory or of any format that tables have.
pub(super) fn held(source: &TableSource, kind: Kind, documents: &mut Documents) -> Result<Rows, FileError> {
    table(&columns_of(source)?, source.name(), kind, documents)
}

/// A table with a row for each query and document.
fn table(data: &DataFrame, path: &Path, kind: Kind, documents: &mut Documents) -> Result<Rows, FileError> {
    let fault = |what: String| FileError::Parquet { path: path.to_path_buf(), what };
    let column = |names: [&str; 4], wanted: &DataType| {
        let found = names.iter().find_map(|name| data.column(name).ok()).ok_or_else(|| {
            let columns = data.get_column_names().iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
            fault(format!("no column '{}' (q_id, doc_id, score are wanted); its columns are {columns}", names[0]))
        })?;
        found.cast(wanted).map_err(|error| fault(error.to_string()))
    };
    let (queries, named) = (column(QUERY, &DataType::String)?, column(DOCUMENT, &DataType::String)?);
    let values = column(VALUE, &DataType::Float64)?;
    let text = |error: PolarsError| fault(error.to_string());
    let (queries, named, values) = (queries.str().map_err(text)?, named.str().map_err(text)?, values.f64().map_err(text)?);
    let mut gathered = Gathered::new(path);
    for (row, ((query, document), value)) in queries.iter().zip(named.iter()).zip(values.iter()).enumerate() {
        let (query, document) = (query.unwrap_or_default(), document.unwrap_or_default());
        let checked = value.ok_or("is missing").and_then(|value| kind.check(value));
        let value = checked.map_err(|what| FileError::Value {
            path: path.to_path_buf(),
            line: row + 1,
            kind: kind.value(),
            value: value.map_or_else(String::new, |value| value.to_string()),
            of: format!("document '{document}' for query '{query}'"),
            what,
        })?;
        gathered.add(query, document, value, row + 1, documents)?;
    }
    Ok(gathered.rows)
}

fn json(bytes: &[u8], path: &Path, kind: Kind, documents: &mut Documents) -> Result<Rows, FileError> {
    let fault = |error: serde_json::Error| {
        // Python writes not-a-number as NaN, which is no JSON.
        let line = bytes.split(|byte| *byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
        let around = &line[error.column().saturating_sub(4).min(line.len())..(error.column() + 3).min(line.len())];
        let nan = if String::from_utf8_lossy(around).contains("NaN") { "a NaN cannot be ranked by; " } else { "" };
        FileError::Json { path: path.to_path_buf(), kind: kind.value(), what: format!("{nan}{error}") }
    };
    let mut rows = Rows::default();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Queries { rows: &mut rows, documents, kind }.deserialize(&mut reader).map_err(fault)?;
    reader.end().map_err(fault)?;
    Ok(rows)
}

/// The whole JSON.
struct Queries<'a> {
    rows: &'a mut Rows,
    documents: &'a mut Documents,
    kind: Kind,
}

impl<'de> DeserializeSeed<'de> for Queries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Queries<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("queries")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(query) = map.next_key::<String>()? {
            if !seen.insert(query.clone()) {
                return Err(A::Error::custom(format!("query '{query}' stands twice")));
            }
            let scored = map.next_value_seed(Scored { query: &query, documents: self.documents, kind: self.kind })?;
            self.rows.queries.push(query);
            self.rows.scored.push(scored);
        }
        Ok(())
    }
}

/// The documents of one query.
struct Scored<'a> {
    query: &'a str,
    documents: &'a mut Documents,
    kind: Kind,
}

impl<'de> DeserializeSeed<'de> for Scored<'_> {
    type Value = Vec<(u32, f64)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Scored<'_> {
    type Value = Vec<(u32, f64)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "documents with a {} each", self.kind.value())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut scored, mut seen) = (vec![], HashSet::new());
        while let Some(document) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let (query, kind) = (self.query, self.kind.value());
            let value = map.next_value::<Number>()?.0;
            let value = value.ok_or("is null, which can not be ranked by").and_then(|value| self.kind.check(value));
            let value = value
                .map_err(|what| A::Error::custom(format!("the {kind} of document '{document}' for query '{query}' {what}")))?;
            let number = self.documents.number(&document);
            if !seen.insert(number) {
                return Err(A::Error::custom(format!(
                    "document '{document}' stands twice for query '{query}', the second time with {value}; remove one"
                )));
            }
            scored.push((number, value));
        }
        Ok(scored)
    }
}

/// A number or null.
struct Number(Option<f64>);

impl<'de> serde::Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<f64>::deserialize(deserializer).map(Number)
    }
}
