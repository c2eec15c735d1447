//! The tables of a run directory as polars frames.

use crate::files::parquet::Parquet;
use crate::runs::zero_shot::ImageAnswers;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::*;
use std::collections::HashMap;
use std::path::Path;

/// Columns that name the taxon of a row in tables of others, the surest first.
pub const TAXON_COLUMNS: [&str; 8] =
    ["taxon", "truth", "scientific_name", "label", "species", "taxon_id", "class_name", "target"];

/// One row of `images`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImageRow {
    /// Path relative to the dataset root, as on disk.
    pub image: String,
    /// The truth, where it is one taxon of the taxonomy.
    pub truth: Option<TaxonId>,
    /// The truth as the dataset wrote it.
    pub truth_name: Option<String>,
    /// Name of the observation (images of one individual).
    pub observation: Option<String>,
    /// Split (train, val, test).
    pub split: Option<String>,
    /// The licence of the photograph, as its data set writes it.
    pub licence: Option<String>,
    /// `ok`, or the code of what kept the photograph from being read.
    pub status: String,
    /// The message that goes with the code.
    pub error: Option<String>,
    /// SHA-256 of the bytes of the photograph; `None` where there were none to read.
    pub sha256: Option<String>,
    /// Unit vector of length `D`; `None` unless `ok`.
    pub embedding: Option<Vec<f32>>,
}

/// The `images` table; `width` is `D`.
///
/// # Errors
///
/// Whatever polars refuses, such as embeddings of another length.
pub fn images(taxonomy: &Taxonomy, rows: &[ImageRow], width: usize) -> PolarsResult<DataFrame> {
    let text = |name: &str, of: &dyn Fn(&ImageRow) -> Option<String>| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<Option<String>>>())
    };
    DataFrame::new_infer_height(vec![
        text("image", &|row| Some(row.image.clone())),
        text("truth", &|row| row.truth.map(|taxon| taxonomy.identity(taxon))),
        text("truth_name", &|row| row.truth_name.clone()),
        text("observation", &|row| row.observation.clone()),
        text("split", &|row| row.split.clone()),
        text("licence", &|row| row.licence.clone()),
        text("status", &|row| Some(row.status.clone())),
        text("error", &|row| row.error.clone()),
        text("sha256", &|row| row.sha256.clone()),
        embeddings(rows.iter().map(|row| row.embedding.as_deref()), rows.len(), width)?,
    ])
}

/// Licences of the photographs of an `images` table; of none where it has no such column.
///
/// # Errors
///
/// Whatever polars refuses.
pub fn licences(path: &Path) -> PolarsResult<HashMap<String, Option<String>>> {
    let mut file = Parquet::new(std::fs::File::open(path)?)?;
    let has = file.schema()?.contains("licence");
    let columns: &[&str] = if has { &["image", "licence"] } else { &["image"] };
    let data = file.read(Some(columns), None)?;
    let images = data.column("image")?.str()?.clone();
    let licences = if has { Some(data.column("licence")?.cast(&DataType::String)?.str()?.clone()) } else { None };
    let of = |row: usize| licences.as_ref().and_then(|licences| licences.get(row)).map(str::to_string);
    Ok((0..data.height()).map(|row| (images.get(row).unwrap_or_default().to_string(), of(row))).collect())
}

/// What a run has seen of a photograph.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownImage {
    /// `ok`, or the code of what kept it from being read.
    pub status: String,
    /// The message that goes with the code.
    pub error: Option<String>,
    /// SHA-256 of the bytes of the photograph; `None` where there were none, or the run is of version 0.1.
    pub sha256: Option<String>,
    /// Unit vector of length `D`; `None` unless `ok`.
    pub embedding: Option<Vec<f32>>,
}

/// What a run has seen, by the name of the photograph.
pub type KnownImages = HashMap<String, KnownImage>;

/// Reads what a run has seen from its `images` table.
///
/// # Errors
///
/// Whatever polars refuses; a table without vectors.
pub fn known_images(path: &Path) -> PolarsResult<KnownImages> {
    let mut reader = Parquet::new(std::fs::File::open(path)?)?;
    let with_sums = reader.schema()?.contains("sha256");
    let columns = ["image", "status", "error", "embedding", "sha256"];
    let data = reader.read(Some(if with_sums { &columns } else { &columns[..4] }), None)?;
    let text = |name: &str| data.column(name).and_then(|column| column.str().cloned());
    let (images, statuses, errors) = (text("image")?, text("status")?, text("error")?);
    let sums = with_sums.then(|| text("sha256")).transpose()?;
    let mut known = KnownImages::with_capacity(data.height());
    for (row, vector) in data.column("embedding")?.array()?.amortized_iter().enumerate() {
        let embedding = match vector {
            None => None,
            Some(vector) => Some(vector.as_ref().f32()?.iter().map(|value| value.unwrap_or(f32::NAN)).collect()),
        };
        let get = |cells: &StringChunked| cells.get(row).map(str::to_string);
        let (status, sha256) = (get(&statuses).unwrap_or_default(), sums.as_ref().and_then(get));
        let image = KnownImage { status, error: get(&errors), sha256, embedding };
        known.insert(get(&images).unwrap_or_default(), image);
    }
    Ok(known)
}

/// The `labels` table, or a stretch of it: candidates with their lineages, number of prompts each and unit vectors.
///
/// # Errors
///
/// Whatever polars refuses.
pub fn labels(taxonomy: &Taxonomy, taxa: &[TaxonId], prompts: usize, vectors: &[f32], width: usize) -> PolarsResult<DataFrame> {
    let mut columns = vec![
        Column::new("taxon".into(), taxa.iter().map(|&taxon| taxonomy.identity(taxon)).collect::<Vec<_>>()),
        Column::new("name".into(), taxa.iter().map(|&taxon| taxonomy.name(taxon)).collect::<Vec<_>>()),
        Column::new("rank".into(), taxa.iter().map(|&taxon| taxonomy.rank(taxon).name()).collect::<Vec<_>>()),
    ];
    columns.extend(lineage_columns(taxonomy, taxa));
    columns.push(Column::new("prompts".into(), vec![u32::try_from(prompts).unwrap_or(u32::MAX); taxa.len()]));
    columns.push(embeddings(vectors.chunks(width.max(1)).map(Some), taxa.len(), width)?);
    DataFrame::new_infer_height(columns)
}

/// The `predictions` table: per image its best labels under the rank `label_rank`, then the best
/// taxa of each coarser rank, finest first.
///
/// # Errors
///
/// Whatever polars refuses.
pub fn predictions(taxonomy: &Taxonomy, label_rank: &str, rows: &[(String, ImageAnswers)]) -> PolarsResult<DataFrame> {
    let (mut images, mut ranks, mut positions, mut taxa, mut probabilities) = (vec![], vec![], vec![], vec![], vec![]);
    for (image, answers) in rows {
        let own = std::iter::once((label_rank, &answers.labels));
        let coarser = answers.summed.iter().rev().map(|(rank, taxa)| (rank.name(), taxa));
        for (rank, scored) in own.chain(coarser) {
            for (position, &(taxon, probability)) in scored.iter().enumerate() {
                images.push(image.as_str());
                ranks.push(rank);
                positions.push(u32::try_from(position + 1).unwrap_or(u32::MAX));
                taxa.push(taxon);
                probabilities.push(probability);
            }
        }
    }
    let mut columns = vec![
        Column::new("image".into(), images),
        Column::new("rank".into(), ranks),
        Column::new("position".into(), positions),
        Column::new("taxon".into(), taxa.iter().map(|&taxon| taxonomy.identity(taxon)).collect::<Vec<_>>()),
        Column::new("name".into(), taxa.iter().map(|&taxon| taxonomy.name(taxon)).collect::<Vec<_>>()),
    ];
    columns.extend(lineage_columns(taxonomy, &taxa));
    columns.push(Column::new("probability".into(), probabilities));
    DataFrame::new_infer_height(columns)
}

fn lineage_columns(taxonomy: &Taxonomy, taxa: &[TaxonId]) -> Vec<Column> {
    let column = |(index, rank): (usize, &Rank)| {
        let names: Vec<Option<&str>> =
            taxa.iter().map(|&taxon| taxonomy.main_ancestor(taxon, index).map(|ancestor| taxonomy.name(ancestor))).collect();
        Column::new(rank.name().into(), names)
    };
    Rank::MAIN.iter().enumerate().map(column).collect()
}

/// A fixed-size list column of f32, null where there is no vector.
fn embeddings<'a>(vectors: impl Iterator<Item = Option<&'a [f32]>>, count: usize, width: usize) -> PolarsResult<Column> {
    let mut builder =
        ListPrimitiveChunkedBuilder::<Float32Type>::new("embedding".into(), count, count * width, DataType::Float32);
    for vector in vectors {
        match vector {
            Some(vector) => builder.append_slice(vector),
            None => builder.append_null(),
        }
    }
    let list = builder.finish().into_series();
    Ok(list.cast(&DataType::Array(Box::new(DataType::Float32), width))?.into())
}
