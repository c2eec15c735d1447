//! The columns of a table of texts, found by what they are usually called.

use super::error::TextsError;
use crate::answers::table::columns_of;
use crate::runs::directory::columns::TAXON_COLUMNS;
use crate::taxonomy::rank::Rank;
use polars::prelude::*;
use std::path::{Path, PathBuf};

/// A table of texts.
pub(super) struct Columns {
    path: PathBuf,
    data: DataFrame,
}

impl Columns {
    /// Reads CSV, TSV, JSON, JSON Lines, Parquet or a workbook, packed or not; the content says which.
    ///
    /// # Errors
    ///
    /// [`TextsError::Table`].
    pub fn read(path: &Path) -> Result<Columns, TextsError> {
        Ok(Columns { path: path.to_path_buf(), data: columns_of(path)? })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.data.height()
    }

    fn names(&self) -> Vec<&str> {
        self.data.get_column_names().into_iter().map(PlSmallStr::as_str).collect()
    }

    /// The column of the first of some words that one is called by, whatever its case and what stands between words.
    ///
    /// # Errors
    ///
    /// [`TextsError::SeveralColumns`] where two columns are called by that word.
    pub fn find(&self, words: &[&str], wanted: &'static str) -> Result<Option<&str>, TextsError> {
        for word in words {
            let called: Vec<&str> = self.names().into_iter().filter(|name| squashed(name) == *word).collect();
            match called[..] {
                [] => {}
                [one] => return Ok(Some(one)),
                _ => return Err(TextsError::SeveralColumns { path: self.path.clone(), wanted, columns: quoted(&called) }),
            }
        }
        Ok(None)
    }

    /// As [`Columns::find`], where there must be one.
    ///
    /// # Errors
    ///
    /// Also [`TextsError::NoColumn`].
    pub fn required(&self, words: &[&str], wanted: &'static str) -> Result<&str, TextsError> {
        self.find(words, wanted)?.ok_or_else(|| TextsError::NoColumn {
            path: self.path.clone(),
            wanted,
            columns: quoted(&self.names()),
            names: words.iter().take(3).map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" or "),
        })
    }

    /// All columns that are called by one of some words, with a number behind it or not, in their order.
    pub fn numbered(&self, words: &[&str]) -> Vec<&str> {
        let is_one = |name: &&str| words.contains(&squashed(name).trim_end_matches(|letter: char| letter.is_ascii_digit()));
        self.names().into_iter().filter(is_one).collect()
    }

    /// The cells of a column as text without blanks around it; `None` for nothing.
    ///
    /// # Errors
    ///
    /// [`TextsError::Column`] for what cannot be written as text.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>, TextsError> {
        let broken = |error: PolarsError| self.broken(name, &error);
        let column = self.data.column(name).map_err(broken)?.cast(&DataType::String).map_err(broken)?;
        let texts = column.str().map_err(broken)?;
        Ok(texts.iter().map(|cell| cell.and_then(kept)).collect())
    }

    /// The texts of each cell of a column: those of a list, of a list in JSON, or the one; blank ones are none.
    ///
    /// # Errors
    ///
    /// [`TextsError::PythonList`]; [`TextsError::Column`].
    pub fn lists(&self, name: &str) -> Result<Vec<Vec<String>>, TextsError> {
        let broken = |error: PolarsError| self.broken(name, &error);
        let column = self.data.column(name).map_err(broken)?;
        if !matches!(column.dtype(), DataType::List(_) | DataType::Array(..)) {
            let cells = self.texts(name)?;
            return cells.into_iter().enumerate().map(|(row, cell)| self.listed(name, row, cell)).collect();
        }
        let lists = column.cast(&DataType::List(Box::new(DataType::String))).map_err(broken)?;
        let mut cells = Vec::with_capacity(self.len());
        for cell in lists.list().map_err(broken)?.amortized_iter() {
            let Some(cell) = cell else {
                cells.push(vec![]);
                continue;
            };
            let texts = cell.as_ref().str().map_err(broken)?.clone();
            cells.push(texts.iter().flatten().filter_map(kept).collect());
        }
        Ok(cells)
    }

    fn listed(&self, name: &str, row: usize, cell: Option<String>) -> Result<Vec<String>, TextsError> {
        let Some(cell) = cell else { return Ok(vec![]) };
        if !cell.starts_with('[') {
            return Ok(vec![cell]);
        }
        match serde_json::from_str::<Vec<Option<String>>>(&cell) {
            Ok(texts) => Ok(texts.iter().flatten().filter_map(|text| kept(text)).collect()),
            Err(_) if cell.starts_with("['") || cell.starts_with("[\"") => Err(TextsError::PythonList {
                path: self.path.clone(),
                column: name.to_string(),
                row: row + 1,
                start: cell.chars().take(20).collect(),
            }),
            Err(_) => Ok(vec![cell]),
        }
    }

    fn broken(&self, column: &str, error: &PolarsError) -> TextsError {
        TextsError::Column { path: self.path.clone(), column: column.to_string(), what: error.to_string() }
    }

    /// What the table says of taxa for some of its rows, with a name for each: `image`, then the columns of taxa and ranks under
    /// the names that tables of embeddings have; `None` where it says nothing.
    ///
    /// # Errors
    ///
    /// [`TextsError::Column`].
    pub fn taxa(&self, names: &[String], rows: &[usize]) -> Result<Option<DataFrame>, TextsError> {
        let known = || TAXON_COLUMNS.into_iter().chain(Rank::MAIN.iter().map(|rank| rank.name()));
        let mut columns = vec![Column::new("image".into(), names)];
        for known in known() {
            let is_taken = columns.iter().any(|column| column.name().as_str() == known);
            let Some(name) = self.names().into_iter().find(|name| name.to_lowercase() == known).filter(|_| !is_taken) else {
                continue;
            };
            let cells = self.texts(name)?;
            let cells: Vec<Option<&str>> = rows.iter().map(|&row| cells.get(row).and_then(Option::as_deref)).collect();
            columns.push(Column::new(known.into(), cells));
        }
        if columns.len() == 1 {
            return Ok(None);
        }
        DataFrame::new_infer_height(columns).map(Some).map_err(|error| self.broken("taxon", &error))
    }
}

/// A text without blanks around it, if anything is left.
fn kept(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_string())
}

/// Letters and digits of a name in small letters.
fn squashed(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn columns(name: &str, text: &str) -> Columns {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Columns::read(&path).unwrap()
    }

    #[test]
    fn columns_are_found_by_their_usual_names() {
        let table = columns("t.csv", "Query,Negative_2,negative-1,positive\na,d,c,b\n");
        assert_eq!(table.find(&["anchor", "query"], "queries").unwrap(), Some("Query"));
        assert_eq!(table.numbered(&["negative"]), ["Negative_2", "negative-1"]);
        assert_eq!(table.find(&["title"], "titles").unwrap(), None);
        let message = table.required(&["text", "contents"], "texts").unwrap_err().to_string();
        assert!(message.ends_with("columns are 'Query', 'Negative_2', 'negative-1', 'positive'; call it 'text' or 'contents'"));
        let twice = columns("t.csv", "query,Query\na,b\n");
        assert!(twice.find(&["query"], "queries").unwrap_err().to_string().contains("'query', 'Query' could each be"));
    }

    #[test]
    fn lists_stand_in_cells_in_several_ways() {
        let lines = "{\"query\": \"a\", \"negatives\": [\" b \", \"\", \"c\"]}\n{\"query\": \"d\", \"negatives\": null}\n\
                     {\"query\": \"e\", \"negatives\": \"[sic] f\"}\n";
        let table = columns("t.jsonl", lines);
        let expected: [&[&str]; 3] = [&["b", "c"], &[], &["[sic] f"]];
        assert_eq!(table.lists("negatives").unwrap(), expected);
        let python = columns("t.csv", "query,negatives\na,\"['b', 'c']\"\n");
        let message = python.lists("negatives").unwrap_err().to_string();
        assert!(message.contains("row 1: 'negatives' holds a list as Python prints it (['b', 'c']"), "{message}");
        let mut data = df!("q" => ["a", "b"]).unwrap();
        let lists = Series::new("n".into(), [Series::new("".into(), ["x", " y"]), Series::new("".into(), [" "])]);
        data.with_column(lists.into()).unwrap();
        let table = Columns { path: PathBuf::from("held"), data };
        assert_eq!(table.lists("n").unwrap(), [vec!["x", "y"], vec![]]);
    }

    #[test]
    fn what_is_said_of_taxa_is_kept_for_the_rows_that_are() {
        let table = columns("t.csv", "text,Genus,species,page\nx,Apis,mellifera,1\ny,,,2\nz,Bombus,terrestris,3\n");
        let said = table.taxa(&["n1".to_string(), "n3".to_string()], &[0, 2]).unwrap().unwrap();
        assert_eq!(said.get_column_names(), ["image", "species", "genus"]);
        assert_eq!((said.height(), said.column("genus").unwrap().str().unwrap().get(1)), (2, Some("Bombus")));
        assert!(columns("t.csv", "text,page\nx,1\n").taxa(&["n1".to_string()], &[0]).unwrap().is_none());
    }
}
