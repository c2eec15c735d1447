//! Embeddings with what is known of them: from and to runs, Parquet tables, NumPy arrays and safetensors.

mod write;

pub use write::Columns;

use crate::archive::Archive;
use crate::name;
use crate::neighbours::{Rows, normalised};
use crate::rank::Rank;
use crate::run::columns::TAXON_COLUMNS;
use crate::taxonomy::build::{Handle, Place, TaxonomyBuilder};
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::*;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Embeddings of `N` things.
#[derive(Debug, Clone)]
pub struct Embeddings {
    /// `N × D` values as read.
    pub values: Vec<f64>,
    /// `D`.
    pub width: usize,
    /// `N` names.
    pub names: Vec<String>,
    /// `N` taxa; `None` where nobody says, or where the taxonomy does not have it.
    pub taxa: Vec<Option<TaxonId>>,
    /// `N` observations; blank where there is none.
    pub observations: Vec<String>,
    /// The taxonomy.
    pub taxonomy: Taxonomy,
    /// Vectors of candidate labels, where a run has them.
    pub labels: Option<Labels>,
    /// Decisions made while reading, one sentence each.
    pub notes: Vec<String>,
}

/// Vectors of labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// `C × D` values.
    pub values: Vec<f64>,
    /// `C` taxa.
    pub taxa: Vec<Option<TaxonId>>,
}

/// Why embeddings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingsError {
    /// The file cannot be read.
    #[error("{path}: {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and the remedy.
        what: String,
    },
    /// A vector holds a number that is none.
    #[error("{path}: the vector of '{name}' (row {row}) holds a value that is not finite; leave it out or embed it again")]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// Whose.
        name: String,
        /// From 1.
        row: usize,
    },
}

impl Embeddings {
    /// `N`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The vectors.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows { values: &self.values, width: self.width }
    }

    /// Whether a run directory holds vectors.
    ///
    /// # Errors
    ///
    /// [`EmbeddingsError::File`] if its `images.parquet` cannot be read.
    pub fn in_run(folder: &Path) -> Result<bool, EmbeddingsError> {
        let images = folder.join("images.parquet");
        if !images.is_file() {
            return Ok(false);
        }
        let fault = |what: String| EmbeddingsError::File { path: images.clone(), what };
        let file = File::open(&images).map_err(|error| fault(error.to_string()))?;
        let schema = ParquetReader::new(file).schema().map_err(|error| fault(format!("not readable as Parquet: {error}")))?;
        Ok(schema.contains("embedding"))
    }

    /// Vectors divided by their lengths; a vector of zeros stays.
    #[must_use]
    pub fn normalised(&self) -> Vec<f64> {
        normalised(self.rows())
    }

    /// Reads a run directory, a Parquet table with a column of vectors (`embedding` or `emb`), `.npy`,
    /// `.npz` or `.safetensors`; arrays take names and taxa from `table`, a CSV with a row per vector.
    ///
    /// Without a taxonomy it is that of the run, or the lineages of the rank columns.
    ///
    /// # Errors
    ///
    /// [`EmbeddingsError`]: unreadable, no vectors, lengths that differ, values that are not finite.
    pub fn read(path: &Path, table: Option<&Path>, taxonomy: Option<&Taxonomy>) -> Result<Embeddings, EmbeddingsError> {
        let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
        if !path.exists() {
            return Err(fault("there is no such file or folder".to_string()));
        }
        let mut embeddings = if path.is_dir() {
            read_run(path, taxonomy)?
        } else {
            match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
                "npy" | "npz" | "safetensors" => read_array(path, table, taxonomy)?,
                _ => read_parquet(path, taxonomy)?,
            }
        };
        if embeddings.is_empty() {
            return Err(fault("it holds no vector".to_string()));
        }
        let width = embeddings.width.max(1);
        if let Some(place) = embeddings.values.iter().position(|value| !value.is_finite()) {
            let row = place / width;
            return Err(EmbeddingsError::NotFinite {
                path: path.to_path_buf(),
                name: embeddings.names[row].clone(),
                row: row + 1,
            });
        }
        let zeros = embeddings.values.chunks(width).filter(|row| row.iter().all(|value| *value == 0.0)).count();
        if zeros > 0 {
            embeddings.notes.push(format!("{zeros} vectors are zero: they have no direction, and a cosine of 0 with everything"));
        }
        let without = embeddings.taxa.iter().filter(|taxon| taxon.is_none()).count();
        if without > 0 {
            embeddings.notes.push(format!("{without} of {} vectors have no taxon of the taxonomy", embeddings.len()));
        }
        Ok(embeddings)
    }
}

/// Column of vectors as numbers, with the rows that have one.
fn vectors(data: &DataFrame, column: &str) -> Result<(Vec<usize>, Vec<f64>, usize), String> {
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
        if cell.len() != known || known == 0 {
            return Err(format!("the vector of row {} has length {}, the first one {known}", row + 1, cell.len()));
        }
        values.extend(cell.iter().map(|value| value.unwrap_or(f64::NAN)));
        rows.push(row);
    }
    Ok((rows, values, width.unwrap_or(0)))
}

fn parquet(path: &Path) -> Result<DataFrame, EmbeddingsError> {
    let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
    let file = File::open(path).map_err(|error| fault(error.to_string()))?;
    ParquetReader::new(file).finish().map_err(|error| fault(format!("not readable as Parquet: {error}")))
}

fn texts(data: &DataFrame, name: &str) -> Option<Vec<Option<String>>> {
    let column = data.column(name).ok()?.cast(&DataType::String).ok()?;
    Some(column.str().ok()?.iter().map(|cell| cell.map(str::to_string)).collect())
}

fn read_run(folder: &Path, given: Option<&Taxonomy>) -> Result<Embeddings, EmbeddingsError> {
    let fault = |what: String| EmbeddingsError::File { path: folder.to_path_buf(), what };
    let images = folder.join("images.parquet");
    if !images.is_file() {
        return Err(fault(
            "no images.parquet in it; it is no run directory, or one that was written as CSV, without vectors".to_string(),
        ));
    }
    let tables = crate::table::read_tables(folder, given, &crate::table::TableOptions::default())
        .map_err(|error| fault(error.to_string()))?;
    let taxonomy = tables.taxonomy.into_owned();
    let data = parquet(&images)?;
    let (rows, values, width) = vectors(&data, "embedding").map_err(fault)?;
    let (truths, names) = (texts(&data, "truth").unwrap_or_default(), texts(&data, "image").unwrap_or_default());
    let observations = texts(&data, "observation").unwrap_or_default();
    let find = |text: &str| if let Found::One(taxon) = taxonomy.find(text) { Some(taxon) } else { None };
    let cell = |cells: &[Option<String>], row: usize| cells.get(row).cloned().flatten().unwrap_or_default();
    let taxa =
        rows.iter().map(|&row| Some(cell(&truths, row)).filter(|text| !text.is_empty()).and_then(|text| find(&text))).collect();
    let labels_file = folder.join("labels.parquet");
    let labels = if labels_file.is_file() {
        let data = parquet(&labels_file)?;
        let (rows, values, label_width) = vectors(&data, "embedding").map_err(fault)?;
        let ids = texts(&data, "taxon").unwrap_or_default();
        (label_width == width).then(|| Labels { values, taxa: rows.iter().map(|&row| find(&cell(&ids, row))).collect() })
    } else {
        None
    };
    let mut notes = tables.notes;
    if rows.len() < data.height() {
        notes.push(format!("{} of {} photographs have no vector", data.height() - rows.len(), data.height()));
    }
    Ok(Embeddings {
        values,
        width,
        names: rows.iter().map(|&row| cell(&names, row)).collect(),
        taxa,
        observations: rows.iter().map(|&row| cell(&observations, row)).collect(),
        taxonomy,
        labels,
        notes,
    })
}

/// What a row of a table says about its taxon.
struct Said {
    lineage: Vec<(Rank, String)>,
    text: Option<String>,
}

/// Resolves rows in a taxonomy, or makes one of their lineages.
fn place(said: &[Said], given: Option<&Taxonomy>, file: &Path) -> (Taxonomy, Vec<Option<TaxonId>>) {
    if let Some(taxonomy) = given {
        let find = |said: &Said| {
            let lineage = said.lineage.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(";");
            let text = said.text.clone().filter(|_| lineage.is_empty()).unwrap_or(lineage);
            (!text.is_empty()).then(|| taxonomy.resolve(&text).taxon()).flatten()
        };
        return (taxonomy.clone(), said.iter().map(find).collect());
    }
    let mut builder = TaxonomyBuilder::lenient();
    let place = Place { file: file.display().to_string(), line: 0 };
    let handles: Vec<Option<Handle>> = said
        .iter()
        .map(|said| {
            let own: Vec<(Rank, String)> = match (&said.text, said.lineage.is_empty()) {
                (Some(text), true) => match name::parse(text) {
                    Some(parsed) if parsed.rank >= Rank::Species => {
                        vec![(Rank::Genus, parsed.genus().to_string()), (Rank::Species, parsed.canonical)]
                    }
                    _ => vec![(Rank::Unranked, text.clone())],
                },
                _ => said.lineage.clone(),
            };
            (!own.is_empty()).then(|| builder.add_lineage(own.iter().map(|(rank, name)| (*rank, name.as_str())), &place))
        })
        .collect();
    match builder.freeze_with_handles() {
        Ok((taxonomy, numbers)) => {
            (taxonomy, handles.into_iter().map(|handle| handle.map(|handle| numbers.id(handle))).collect())
        }
        // Lineages of a table always make a lenient tree; without any the tree is empty.
        Err(_) => (Taxonomy::empty(), vec![None; said.len()]),
    }
}

fn said_of(columns: &[(Rank, Vec<Option<String>>)], names: Option<&Vec<Option<String>>>, row: usize) -> Said {
    let mut lineage: Vec<(Rank, String)> = vec![];
    for (rank, cells) in columns {
        let Some(text) = cells.get(row).cloned().flatten().filter(|text| !name::is_missing(text)) else { continue };
        let genus = lineage.iter().find(|(rank, _)| *rank == Rank::Genus).map(|(_, genus)| genus.clone());
        let text = match genus {
            // `species` may hold the epithet alone.
            Some(genus) if *rank == Rank::Species && !text.contains(' ') && text.starts_with(char::is_lowercase) => {
                format!("{genus} {text}")
            }
            _ => text,
        };
        lineage.push((*rank, text));
    }
    Said { lineage, text: names.and_then(|names| names.get(row).cloned().flatten()).filter(|text| !name::is_missing(text)) }
}

fn rank_columns(data: &DataFrame) -> Vec<(Rank, Vec<Option<String>>)> {
    Rank::MAIN.iter().filter_map(|&rank| texts(data, rank.name()).map(|cells| (rank, cells))).collect()
}

fn read_parquet(path: &Path, given: Option<&Taxonomy>) -> Result<Embeddings, EmbeddingsError> {
    let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
    let data = parquet(path)?;
    let column = ["embedding", "emb", "embeddings", "vector", "features"].into_iter().find(|name| data.column(name).is_ok());
    let Some(column) = column else {
        let found = data.get_column_names().iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        return Err(fault(format!("no column of vectors (embedding, emb); its columns are {found}")));
    };
    let (rows, values, width) = vectors(&data, column).map_err(fault)?;
    let columns = rank_columns(&data);
    let own = TAXON_COLUMNS.iter().find_map(|name| texts(&data, name));
    let said: Vec<Said> = rows.iter().map(|&row| said_of(&columns, own.as_ref(), row)).collect();
    let (taxonomy, taxa) = place(&said, given, path);
    let names = ["image", "uuid", "name", "id", "file_name"].into_iter().find_map(|name| texts(&data, name)).unwrap_or_default();
    let observations = ["observation", "observation_id"].into_iter().find_map(|name| texts(&data, name)).unwrap_or_default();
    let cell = |cells: &[Option<String>], row: usize, other: String| cells.get(row).cloned().flatten().unwrap_or(other);
    let mut notes = vec![];
    if rows.len() < data.height() {
        notes.push(format!("{} of {} rows have no vector", data.height() - rows.len(), data.height()));
    }
    Ok(Embeddings {
        names: rows.iter().map(|&row| cell(&names, row, format!("row {}", row + 1))).collect(),
        observations: rows.iter().map(|&row| cell(&observations, row, String::new())).collect(),
        values,
        width,
        taxa,
        taxonomy,
        labels: None,
        notes,
    })
}

fn read_array(path: &Path, table: Option<&Path>, given: Option<&Taxonomy>) -> Result<Embeddings, EmbeddingsError> {
    let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
    let (values, rows, width) = array(path).map_err(fault)?;
    let Some(table) = table else {
        return Err(fault(format!("{rows} vectors without names; give a CSV with a row for each with --labels")));
    };
    let broken = |what: String| EmbeddingsError::File { path: table.to_path_buf(), what };
    let data = CsvReadOptions::default()
        .with_infer_schema_length(Some(0))
        .try_into_reader_with_file_path(Some(table.to_path_buf()))
        .and_then(CsvReader::finish)
        .map_err(|error| broken(format!("not readable as a table: {error}")))?;
    if data.height() != rows {
        return Err(broken(format!(
            "{} rows for the {rows} vectors of '{}'; there must be one for each",
            data.height(),
            path.display()
        )));
    }
    let columns = rank_columns(&data);
    let own = TAXON_COLUMNS.iter().find_map(|name| texts(&data, name));
    let said: Vec<Said> = (0..rows).map(|row| said_of(&columns, own.as_ref(), row)).collect();
    let (taxonomy, taxa) = place(&said, given, table);
    let names = ["image", "path", "file_name", "name", "id"].into_iter().find_map(|name| texts(&data, name)).unwrap_or_default();
    let observations = ["observation", "observation_id"].into_iter().find_map(|name| texts(&data, name)).unwrap_or_default();
    let cell = |cells: &[Option<String>], row: usize, other: String| cells.get(row).cloned().flatten().unwrap_or(other);
    Ok(Embeddings {
        names: (0..rows).map(|row| cell(&names, row, format!("row {}", row + 1))).collect(),
        observations: (0..rows).map(|row| cell(&observations, row, String::new())).collect(),
        values,
        width,
        taxa,
        taxonomy,
        labels: None,
        notes: vec![],
    })
}

/// A matrix of numbers: values, rows, columns.
type Matrix = (Vec<f64>, usize, usize);

fn array(path: &Path) -> Result<Matrix, String> {
    let archive = Archive::open(path).map_err(|error| error.to_string())?;
    if path.extension().is_some_and(|extension| extension == "safetensors") {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        return crate::numpy::safetensors(&bytes);
    }
    // Of several arrays in an npz the first that is a matrix.
    let mut reasons = vec![];
    for member in archive.members() {
        let bytes = archive.bytes(member).map_err(|error| error.to_string())?;
        match crate::numpy::matrix(&bytes) {
            Ok(matrix) => return Ok(matrix),
            Err(error) => reasons.push(format!("'{}': {error}", member.name)),
        }
    }
    Err(format!("no matrix of numbers in it ({})", reasons.join("; ")))
}
