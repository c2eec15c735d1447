//! A table of pairs: in each row a text and the photographs that it is read beside, and what is said of taxa.

use super::error::FusedError;
use nearmiss::answers::table::{TableSource, columns_of};
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::taxonomy::Taxonomy;
use polars::prelude::*;
use std::path::Path;

/// What columns of texts are called.
const TEXTS: [&str; 8] = ["text", "sentence", "caption", "description", "note", "question", "query", "contents"];
/// What columns of photographs are called.
const IMAGES: [&str; 5] = ["image", "path", "file_name", "photograph", "images"];
/// What stands between photographs of one row.
const BETWEEN: char = '|';

/// The rows of a table of pairs.
pub(super) struct Pairs {
    /// The text of each row; `None` for none.
    pub texts: Vec<Option<String>>,
    /// The photographs of each row; several stand in a cell with `|` between them.
    pub images: Vec<Vec<String>>,
    /// Taxa and observations of each row, with the taxonomy; its vectors are of no meaning.
    pub known: Embeddings,
}

impl Pairs {
    /// Reads CSV, TSV, JSON Lines, Parquet or whatever else tables are in.
    pub fn read(path: &Path, taxonomy: Option<&Taxonomy>) -> Result<Pairs, FusedError> {
        let data = columns_of(path)?;
        let (texts, images) = (cells(&data, &TEXTS, "texts", path)?, cells(&data, &IMAGES, "photographs", path)?);
        let parts = |cell: Option<String>| {
            let cell = cell.unwrap_or_default();
            let parts = cell.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_string).collect()
        };
        // Taxa are read as those of vectors are; a single number stands for each row.
        let table = TableSource::held(&path.display().to_string(), data);
        let known = Embeddings::held(path, vec![1.0; texts.len()], 1, &table, taxonomy)?;
        Ok(Pairs { texts, images: images.into_iter().map(parts).collect(), known })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// What a row is called: its photographs, else its number, from 1.
    pub fn name(&self, row: usize) -> String {
        let images = self.images.get(row).map(|images| images.join(&BETWEEN.to_string())).unwrap_or_default();
        if images.is_empty() { format!("row {}", row + 1) } else { images }
    }
}

/// The cells of the first column that is called by one of some words, without blanks around them.
fn cells(data: &DataFrame, words: &[&str], wanted: &str, path: &Path) -> Result<Vec<Option<String>>, FusedError> {
    let fault = |what: String| FusedError::File { path: path.to_path_buf(), what };
    let names = data.get_column_names();
    let called = words.iter().find_map(|word| names.iter().find(|name| name.eq_ignore_ascii_case(word)));
    let Some(called) = called else {
        let there = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        let word = words.first().copied().unwrap_or_default();
        return Err(fault(format!("no column of {wanted}; its columns are {there}; call it '{word}'")));
    };
    let column = data.column(called).and_then(|column| column.cast(&DataType::String));
    let column = column.map_err(|error| fault(error.to_string()))?;
    let cells = column.str().map_err(|error| fault(error.to_string()))?;
    let text = |cell: Option<&str>| cell.map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_string);
    Ok(cells.iter().map(text).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn rows_are_texts_photographs_and_taxa() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pairs.csv");
        let of = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Pairs::read(&path, None)
        };
        let table =
            "Image,text,species,observation\na.jpg|b.jpg, black and small ,Lasius niger,o1\n,bees,Apis mellifera,\nc.jpg,,,\n";
        let pairs = of(table).unwrap();
        assert_eq!(pairs.texts, [Some("black and small".to_string()), Some("bees".to_string()), None]);
        assert_eq!(pairs.images, [vec!["a.jpg".to_string(), "b.jpg".to_string()], vec![], vec!["c.jpg".to_string()]]);
        assert_eq!([0, 1, 2].map(|row| pairs.name(row)), ["a.jpg|b.jpg", "row 2", "c.jpg"]);
        let taxa: Vec<Option<&str>> =
            pairs.known.taxa.iter().map(|taxon| taxon.map(|taxon| pairs.known.taxonomy.name(taxon))).collect();
        assert_eq!(taxa, [Some("Lasius niger"), Some("Apis mellifera"), None]);
        assert_eq!((pairs.len(), pairs.known.observations[0].as_str()), (3, "o1"));
        let lacking = of("image,words\na,b\n").map(|_| ()).unwrap_err().to_string();
        assert!(lacking.ends_with("no column of texts; its columns are 'image', 'words'; call it 'text'"), "{lacking}");
    }
}
