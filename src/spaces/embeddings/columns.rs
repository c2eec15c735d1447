//! Columns of a table of embeddings: vectors, names, observations, taxa.

use super::error::EmbeddingsError;
use super::lineage::{Said, place, said_of};
use crate::files::parquet::Parquet;
use crate::runs::directory::columns::TAXON_COLUMNS;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::*;
use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

/// Columns that name a row, in the order in which they are looked for, whatever the format of the table.
pub(super) const NAMES: [&str; 6] = ["image", "path", "file_name", "uuid", "name", "id"];
/// Columns that say what was photographed together.
pub(super) const OBSERVATIONS: [&str; 2] = ["observation", "observation_id"];

/// Vectors of a column.
#[derive(Debug)]
pub(super) struct Vectors {
    /// The rows that have one.
    pub rows: Vec<usize>,
    /// Their values.
    pub values: Vec<f64>,
    /// How many each has.
    pub width: usize,
}

/// Column of vectors as numbers; `place` says what messages call a row.
pub(super) fn vectors(data: &DataFrame, column: &str, place: &dyn Fn(usize) -> usize) -> Result<Vectors, String> {
    let cells = data.column(column).map_err(|error| error.to_string())?;
    let lists = match cells.dtype() {
        DataType::Array(inner, _) => cells.cast(&DataType::List(inner.clone())).map_err(|error| error.to_string())?,
        DataType::List(_) => cells.clone(),
        other => return Err(format!("the column '{column}' holds {other} and not vectors")),
    };
    let lists = lists.cast(&DataType::List(Box::new(DataType::Float64))).map_err(|error| error.to_string())?;
    let (mut rows, mut values, mut width) = (vec![], vec![], None);
    for (row, cell) in lists.list().map_err(|error| error.to_string())?.amortized_iter().enumerate() {
        let Some(cell) = cell else { continue };
        let cell = cell.as_ref().f64().map_err(|error| error.to_string())?.clone();
        let known = *width.get_or_insert(cell.len());
        if known == 0 {
            return Err(format!("the vector of row {} is an empty list: there is no number in it", place(row)));
        }
        if cell.len() != known {
            return Err(format!("the vector of row {} has length {}, the first one {known}", place(row), cell.len()));
        }
        values.extend(cell.iter().map(|value| value.unwrap_or(f64::NAN)));
        rows.push(row);
    }
    Ok(Vectors { rows, values, width: width.unwrap_or(0) })
}

pub(super) fn parquet(path: &Path) -> Result<DataFrame, EmbeddingsError> {
    let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
    let file = File::open(path).map_err(|error| fault(error.to_string()))?;
    Parquet::new(file).and_then(|file| file.read(None, None)).map_err(|error| fault(format!("not readable as Parquet: {error}")))
}

pub(super) fn texts(data: &DataFrame, name: &str) -> Option<Vec<Option<String>>> {
    let column = data.column(name).ok()?.cast(&DataType::String).ok()?;
    Some(column.str().ok()?.iter().map(|cell| cell.map(str::to_string)).collect())
}

/// The first column that says the taxon, as texts.
pub(super) fn own_texts(data: &DataFrame) -> Option<Vec<Option<String>>> {
    TAXON_COLUMNS.iter().find_map(|name| texts(data, name))
}

pub(super) fn rank_columns(data: &DataFrame) -> Vec<(Rank, Vec<Option<String>>)> {
    Rank::MAIN.iter().filter_map(|&rank| texts(data, rank.name()).map(|cells| (rank, cells))).collect()
}

/// What a table says of each vector.
pub(super) struct Described {
    /// Names; `row N` where there is none.
    pub names: Vec<String>,
    /// Observations; blank where there is none.
    pub observations: Vec<String>,
    /// The taxonomy, given or made of the lineages.
    pub taxonomy: Taxonomy,
    /// Taxa.
    pub taxa: Vec<Option<TaxonId>>,
}

/// Names, observations and taxa of some rows of a table.
pub(super) fn described(data: &DataFrame, rows: &[usize], given: Option<&Taxonomy>, path: &Path) -> Described {
    let columns = rank_columns(data);
    let usual = own_texts(data);
    let (own, own_is_name) = match usual {
        None if columns.is_empty() => (name_of_taxa(data), true),
        usual => (usual, false),
    };
    let said: Vec<Said> = rows.iter().map(|&row| said_of(&columns, own.as_ref(), row)).collect();
    let (taxonomy, taxa) = place(&said, given, path);
    // A column `name` that holds taxa names no photograph.
    let first = |known: &[&str]| {
        known
            .iter()
            .filter(|name| !(own_is_name && own.is_some() && **name == "name"))
            .find_map(|name| texts(data, name))
            .unwrap_or_default()
    };
    let (names, observations) = (first(&NAMES), first(&OBSERVATIONS));
    let cell = |cells: &[Option<String>], row: usize| cells.get(row).cloned().flatten();
    Described {
        names: rows.iter().map(|&row| cell(&names, row).unwrap_or_else(|| format!("row {}", row + 1))).collect(),
        observations: rows.iter().map(|&row| cell(&observations, row).unwrap_or_default()).collect(),
        taxonomy,
        taxa,
    }
}

/// A column called `name`, or the only one, where it holds names of taxa and not of files: some stand in several rows, or all
/// are names that can be read, and none is a path.
pub(super) fn name_of_taxa(data: &DataFrame) -> Option<Vec<Option<String>>> {
    let columns = data.get_column_names();
    let lone = if let [only] = &columns[..] { Some(only.as_str()) } else { None };
    let cells = texts(data, "name").or_else(|| lone.and_then(|lone| texts(data, lone)))?;
    let held: Vec<&str> = cells.iter().flatten().map(String::as_str).filter(|text| !name::is_missing(text)).collect();
    let distinct: HashSet<&str> = held.iter().copied().collect();
    let is_path = |text: &&str| text.contains(['/', '\\']) || text.rsplit_once('.').is_some_and(|(_, ending)| is_ending(ending));
    let read = || held.iter().all(|text| name::parse(text).is_some_and(|parsed| parsed.rank >= Rank::Species));
    let are_taxa = !held.is_empty() && !held.iter().any(is_path) && (distinct.len() < held.len() || read());
    are_taxa.then_some(cells)
}

/// Whether a text is the ending of a file of an image.
fn is_ending(text: &str) -> bool {
    matches!(
        &*text.to_lowercase(),
        "jpg" | "jpeg" | "png" | "tif" | "tiff" | "webp" | "bmp" | "gif" | "npy" | "pt" | "wav" | "mp3" | "flac"
    )
}
