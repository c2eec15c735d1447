//! Embeddings of which a sample is read where there are many.

use super::beside::Beside;
use super::columns::{Vectors, texts, vectors};
use super::error::EmbeddingsError;
use super::file::{VECTORS, array, counted_rows, extension, no_column, without_names, without_vector};
use super::labelling::{Labelling, names_and_observations};
use super::points::{Embeddings, Labels};
use super::population::{Observations, Population};
use super::sampling::{Drawing, Sample, SampleSize, Sampling};
use super::stored::Stored;
use crate::answers::table::{TableSource, columns_of};
use crate::files::numpy::stored::StoredMatrix;
use crate::files::parquet::row_groups::RowGroups;
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::error::PolarsResult;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Embeddings, all of them or a sample.
#[derive(Debug)]
pub struct Sampled {
    /// The vectors that are looked at.
    pub embeddings: Embeddings,
    /// All that they are drawn of; `None` where they are all.
    pub population: Option<Population>,
}

impl Sampled {
    /// How the sample was drawn; `None` where it is no sample.
    #[must_use]
    pub fn sample(&self) -> Option<&Sample> {
        self.population.as_ref().map(|population| &population.drawing.sample)
    }

    /// How many vectors there are, those that were not drawn too.
    #[must_use]
    pub fn vectors(&self) -> usize {
        self.population.as_ref().map_or(self.embeddings.len(), Population::len)
    }

    /// The same by other names, one for each of all vectors.
    #[must_use]
    pub fn named(mut self, names: Vec<String>) -> Sampled {
        self.embeddings.names = self.of_drawn(&names).unwrap_or(names);
        self
    }

    /// The same with other observations, one for each of all vectors; blank where there is none.
    #[must_use]
    pub fn observed(mut self, observations: Vec<String>) -> Sampled {
        match (self.of_drawn(&observations), &mut self.population) {
            (Some(of_drawn), Some(population)) => {
                self.embeddings.observations = of_drawn;
                population.observations = Observations::Held(observations);
            }
            _ => self.embeddings.observations = observations,
        }
        self
    }

    /// Those of the vectors that were drawn; `None` where all are looked at.
    fn of_drawn(&self, texts: &[String]) -> Option<Vec<String>> {
        let drawn = self.population.as_ref()?.drawn();
        Some(drawn.iter().filter_map(|&vector| texts.get(vector).cloned()).collect())
    }

    /// Draws from vectors that are in memory.
    #[must_use]
    pub fn of(embeddings: Embeddings, sampling: Sampling) -> Sampled {
        let Some(wanted) = sampling.wanted(embeddings.len()) else { return Sampled { embeddings, population: None } };
        let distinct: Vec<Option<TaxonId>> = embeddings.taxa.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let place = |taxon: &Option<TaxonId>| u32::try_from(distinct.binary_search(taxon).unwrap_or(0)).unwrap_or(u32::MAX);
        let of: Vec<u32> = embeddings.taxa.iter().map(place).collect();
        let drawing = Drawing::of(&distinct, &of, wanted, sampling.seed);
        let taken = |texts: &[String]| drawing.rows.iter().map(|&row| texts[row].clone()).collect();
        let width = embeddings.width;
        let some = Embeddings {
            values: drawing.rows.iter().flat_map(|&row| embeddings.rows().row(row)).copied().collect(),
            width,
            names: taken(&embeddings.names),
            taxa: drawing.rows.iter().map(|&row| embeddings.taxa[row]).collect(),
            observations: taken(&embeddings.observations),
            taxonomy: embeddings.taxonomy,
            labels: embeddings.labels,
            notes: embeddings.notes,
        };
        let stored = Stored::held(Path::new(""), embeddings.values, width);
        let observations = Observations::Held(embeddings.observations);
        Sampled { embeddings: some, population: Some(Population { stored, observations, drawing }) }
    }
}

impl Embeddings {
    /// As [`Embeddings::labelled`], but that of more vectors than are asked for a sample is read ([`Sampling`]).
    ///
    /// What is held of the others is their taxon, 4 bytes each, and one row group of a Parquet file at a time; of an array the
    /// table of labels too. An `.npz` is unpacked as a whole. Of a run the predictions are not read, and of the vectors of its
    /// labels those of taxa in the sample.
    ///
    /// # Errors
    ///
    /// As [`Embeddings::labelled`]; of vectors that are not drawn nobody sees whether they can be compared.
    pub fn sampled(
        path: &Path,
        table: Option<&TableSource>,
        taxonomy: Option<&Taxonomy>,
        sampling: Sampling,
    ) -> Result<Sampled, EmbeddingsError> {
        let whole = || -> Result<Sampled, EmbeddingsError> {
            Ok(Sampled { embeddings: Embeddings::labelled(path, table, taxonomy)?, population: None })
        };
        if sampling.size == SampleSize::All || !(path.is_dir() || path.is_file()) {
            return whole();
        }
        let Some(many) = Many::open(path, table, sampling)? else { return whole() };
        let Some(wanted) = sampling.wanted(many.stored.len()) else { return whole() };
        let labelling = match many.kind {
            Kind::Run => Labelling::of_run(path, &many.beside, &many.stored, taxonomy)?,
            Kind::Table | Kind::Array => Labelling::of_columns(&many.beside, &many.stored, taxonomy)?,
        };
        let drawing = Drawing::of(&labelling.taxa, &labelling.of, wanted, sampling.seed);
        many.drawn(path, labelling, drawing)
    }
}

/// What vectors lie in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Run,
    Table,
    Array,
}

/// Many vectors that have not been read.
struct Many {
    kind: Kind,
    stored: Stored,
    beside: Beside,
}

impl Many {
    /// Looks at a file or a run; `None` where it is better read as a whole: there are few vectors, or none, or something else
    /// is wrong with it that is said then.
    fn open(path: &Path, table: Option<&TableSource>, sampling: Sampling) -> Result<Option<Many>, EmbeddingsError> {
        let fault = |what: String| EmbeddingsError::File { path: path.to_path_buf(), what };
        if path.is_dir() {
            return of_parquet(&path.join("images.parquet"), Kind::Run, sampling);
        }
        let open = || File::open(path).map_err(|error| fault(error.to_string()));
        let matrix = match extension(path).as_str() {
            "npy" => StoredMatrix::of_npy(open()?),
            "safetensors" => StoredMatrix::of_safetensors(open()?),
            "npz" => {
                let (values, rows, width) = array(path).map_err(fault)?;
                if sampling.wanted(rows).is_none() {
                    return Ok(None);
                }
                return Many::of_array(path, Stored::held(path, values, width), table).map(Some);
            }
            _ => return of_parquet(path, Kind::Table, sampling),
        };
        match matrix {
            Ok(matrix) if sampling.wanted(matrix.rows()).is_some() => {
                Many::of_array(path, Stored::of_matrix(path, matrix), table).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn of_array(path: &Path, stored: Stored, table: Option<&TableSource>) -> Result<Many, EmbeddingsError> {
        let table = table.ok_or_else(|| without_names(path, stored.len()))?;
        let data = columns_of(table)?;
        counted_rows(data.height(), stored.len(), path, table)?;
        Ok(Many { kind: Kind::Array, stored, beside: Beside::held(table.name(), data) })
    }

    /// Reads what was drawn.
    fn drawn(mut self, path: &Path, labelling: Labelling, drawing: Drawing) -> Result<Sampled, EmbeddingsError> {
        let rows: Vec<usize> = self.stored.rows_of(drawing.rows.iter().copied()).collect();
        let [names, observations] = names_and_observations(&self.beside, &rows, labelling.own_is_name)?;
        let taxa: Vec<Option<TaxonId>> = drawing.rows.iter().map(|&row| labelling.taxa[labelling.of[row] as usize]).collect();
        let mut notes = labelling.notes;
        let without = self.stored.rows() - self.stored.len();
        if without > 0 {
            let nouns = if self.kind == Kind::Run { ["photograph", "photographs"] } else { ["row", "rows"] };
            notes.push(without_vector(without, self.stored.rows(), nouns));
        }
        let labels = if self.kind == Kind::Run { labels(path, &labelling.taxonomy, &taxa, self.stored.width())? } else { None };
        let embeddings = Embeddings {
            values: self.stored.values(&drawing.rows)?,
            width: self.stored.width(),
            names,
            taxa,
            observations,
            taxonomy: labelling.taxonomy,
            labels,
            notes,
        };
        let embeddings = embeddings.checked(path, &|place| rows[place] + 1)?;
        let observations = Observations::Beside(self.beside);
        Ok(Sampled { embeddings, population: Some(Population { stored: self.stored, observations, drawing }) })
    }
}

/// A Parquet file with more vectors than are wanted.
fn of_parquet(path: &Path, kind: Kind, sampling: Sampling) -> Result<Option<Many>, EmbeddingsError> {
    let open = || -> PolarsResult<RowGroups> { RowGroups::new(File::open(path)?) };
    let Ok(groups) = open() else { return Ok(None) };
    if sampling.wanted(groups.rows()).is_none() {
        return Ok(None);
    }
    let column = VECTORS.into_iter().find(|name| groups.schema().contains(name));
    let Some(column) = column else {
        return Err(no_column(path, groups.schema().iter_names().map(polars::prelude::PlSmallStr::as_str)));
    };
    let groups = Arc::new(groups);
    let stored = Stored::of_column(path, Arc::clone(&groups), column)?;
    Ok(Some(Many { kind, stored, beside: Beside::of_groups(path, groups) }))
}

/// The vectors of a run's labels that are of some taxa; `None` where it has none, or they are of another length.
fn labels(folder: &Path, taxonomy: &Taxonomy, taxa: &[Option<TaxonId>], width: usize) -> Result<Option<Labels>, EmbeddingsError> {
    let path: PathBuf = folder.join("labels.parquet");
    if !path.is_file() {
        return Ok(None);
    }
    let broken = |what: String| EmbeddingsError::File { path: path.clone(), what };
    let parquet = |error: polars::error::PolarsError| broken(format!("not readable as Parquet: {error}"));
    let file = File::open(&path).map_err(|error| broken(error.to_string()))?;
    let groups = RowGroups::new(file).map_err(parquet)?;
    if !groups.schema().contains("embedding") {
        return Ok(None);
    }
    let wanted: BTreeSet<TaxonId> = taxa.iter().flatten().copied().collect();
    let mut labels = Labels { values: vec![], taxa: vec![] };
    for group in 0..groups.len() {
        let data = groups.read(group, Some(&["taxon", "embedding"])).map_err(parquet)?;
        let ids = texts(&data, "taxon").unwrap_or_default();
        let Vectors { rows, values, width: found } = vectors(&data, "embedding", &|row| row + 1).map_err(broken)?;
        if found != width && !rows.is_empty() {
            return Ok(None);
        }
        for (row, vector) in rows.iter().zip(values.chunks(width)) {
            let id = ids.get(*row).and_then(Option::as_deref).unwrap_or_default();
            let taxon = if let Found::One(taxon) = taxonomy.find(id) { Some(taxon) } else { None };
            if taxon.is_some_and(|taxon| wanted.contains(&taxon)) {
                labels.values.extend_from_slice(vector);
                labels.taxa.push(taxon);
            }
        }
    }
    Ok(Some(labels).filter(|labels| !labels.taxa.is_empty()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
