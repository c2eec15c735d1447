//! A list of taxa as columns of text.

use super::error::PriorError;
use crate::answers::table::{TableSource, columns_of};
use crate::files::regular_file;
use crate::taxonomy::name::vernacular::without_accents;
use polars::prelude::DataType;

/// Headers of a column of taxa, the best first.
pub(super) const TAXA: [&str; 16] = [
    "taxon",
    "scientificname",
    "acceptedscientificname",
    "species",
    "taxonname",
    "name",
    "canonicalname",
    "nomscientifique",
    "lbnom",
    "nomvalide",
    "espece",
    "especes",
    "especie",
    "label",
    "taxa",
    "taxons",
];

/// Columns of text with their headers.
pub(super) struct Sheet {
    /// Headers as they stand there.
    pub headers: Vec<String>,
    /// Headers in small letters without accents, and digits, alone.
    keys: Vec<String>,
    columns: Vec<Vec<String>>,
}

/// A header without capitals, accents, blanks and signs.
pub(super) fn key(header: &str) -> String {
    without_accents(header).chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Sheet {
    /// Reads a table, or a list of names, one in a line.
    pub fn read(source: &TableSource) -> Result<Sheet, PriorError> {
        if let Some(names) = names(source)? {
            return Sheet::of(source, vec![TAXA[0].to_string()], vec![names]);
        }
        let table = columns_of(source)?;
        let texts = |column: &polars::prelude::Column| -> Vec<String> {
            // What cannot be written as text is as blank.
            let Ok(texts) = column.cast(&DataType::String) else { return vec![String::new(); column.len()] };
            let Ok(texts) = texts.str() else { return vec![String::new(); column.len()] };
            texts.iter().map(|cell| cell.unwrap_or_default().trim().to_string()).collect()
        };
        let headers = table.get_column_names().iter().map(std::string::ToString::to_string).collect();
        Sheet::of(source, headers, table.columns().iter().map(texts).collect())
    }

    fn of(source: &TableSource, headers: Vec<String>, columns: Vec<Vec<String>>) -> Result<Sheet, PriorError> {
        if columns.iter().all(Vec::is_empty) {
            return Err(PriorError::Empty { path: source.name().to_path_buf() });
        }
        let keys = headers.iter().map(|header| key(header)).collect();
        Ok(Sheet { headers, keys, columns })
    }

    /// The first column with one of these keys, by the order of the keys.
    pub fn find(&self, keys: &[&str]) -> Option<usize> {
        keys.iter().find_map(|wanted| self.keys.iter().position(|key| key == wanted))
    }

    /// The key of a column.
    pub fn key(&self, column: usize) -> &str {
        &self.keys[column]
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// The text of a cell.
    pub fn cell(&self, column: usize, row: usize) -> &str {
        &self.columns[column][row]
    }

    /// The text of a cell of a column that may not be there.
    pub fn cell_of(&self, column: Option<usize>, row: usize) -> &str {
        column.map_or("", |column| self.cell(column, row))
    }
}

/// Whether the only comma of a line stands between the author of a name and the year.
fn ends_in_year(line: &str) -> bool {
    let year = line.trim_end_matches(')').rsplit_once(", ").filter(|(before, _)| !before.contains(','));
    year.is_some_and(|(_, year)| year.len() == 4 && year.bytes().all(|digit| digit.is_ascii_digit()))
}

/// The names of a text file that has no columns; `None` for anything else.
fn names(source: &TableSource) -> Result<Option<Vec<String>>, PriorError> {
    let Some(path) = source.file().filter(|path| path.is_file()) else { return Ok(None) };
    let bytes = regular_file::read(path).map_err(|source| PriorError::File { path: path.to_path_buf(), source })?;
    let Ok(text) = String::from_utf8(bytes) else { return Ok(None) };
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).peekable();
    let Some(first) = lines.peek() else { return Err(PriorError::Empty { path: path.to_path_buf() }) };
    let is_cut = first.contains([';', '\t', '|', '\0']) || first.contains(',') && !ends_in_year(first);
    if is_cut || first.starts_with(['{', '[']) || first.starts_with("PAR1") {
        return Ok(None);
    }
    let is_header = TAXA.contains(&key(first).as_str());
    Ok(Some(lines.skip(usize::from(is_header)).map(str::to_string).collect()))
}
