//! Pairs of texts and photographs as points of one space, by a fusion encoder.
//!
//! ```text
//! pairs.csv ─text──tokens──────────────────────────────╮
//!     ╰─image─ regions of a file, or an image tower's patches ─ fusion encoder ─ vectors ─ taxa of the row
//! ```

mod array;
mod error;
mod image_names;
mod stored;
mod region_file;
mod pairs;
mod grid_source;

pub use error::FusedError;
pub use region_file::RegionFile;

use crate::encoder::EncoderOptions;
use crate::encoder::description::fusion::FusionDescription;
use crate::encoder::fusion::batch::FusionInput;
use crate::encoder::fusion::pool::FusionPool;
use crate::encoder::fusion::regions::Regions;
use crate::encoder::fusion::{FusionEncoder, FusionError, FusionOptions, Scaling};
use crate::encoder::tokenizer::Tokenizer;
use grid_source::GridSource;
use nearmiss::numbers::counted::{counted, form};
use nearmiss::runs::pooling::Layers;
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::taxonomy::Taxonomy;
use pairs::Pairs;
use std::collections::BTreeMap;
use std::path::Path;
use tch::Tensor;

/// Rows that are read and embedded together.
const ROWS_AT_ONCE: usize = 64;

/// Where the regions of photographs come from.
#[derive(Debug, Clone, Copy)]
pub enum RegionSource<'a> {
    /// A file of features and boxes.
    File {
        /// The file: `.safetensors` or `.npz`, as [`RegionFile`] has it.
        path: &'a Path,
        /// A table that names its photographs.
        names: Option<&'a Path>,
    },
    /// The patches of an image tower.
    Grid {
        /// Its model directory.
        model: &'a Path,
        /// The folder of the photographs; that of the table where none is given.
        photographs: Option<&'a Path>,
    },
}

/// Pairs of texts and photographs to be embedded, and how.
#[derive(Debug, Clone)]
pub struct Fusing<'a> {
    /// A table with columns `text` and `image`, and what else says of taxa.
    pub pairs: &'a Path,
    /// The folder of the fusion encoder.
    pub model: &'a Path,
    /// Where the regions of photographs come from.
    pub regions: RegionSource<'a>,
    /// For each of these there is one space.
    pub wanted: &'a [(FusionPool, Layers)],
    /// Words before each text, such as `vqa: `.
    pub prefix: &'a str,
    /// How vectors are scaled.
    pub scaling: Scaling,
    /// The taxonomy; that of the table's own lineages where none is given.
    pub taxonomy: Option<&'a Taxonomy>,
    /// What the model is opened with.
    pub options: FusionOptions,
}

/// What became of the rows so far.
struct Seen {
    /// Per way of pooling the vectors.
    values: Vec<Vec<f64>>,
    /// Which rows have one, ascending.
    taken: Vec<usize>,
    /// How many have no text.
    without_text: usize,
    /// How many have a text and no regions.
    without_regions: usize,
    /// What the first row that was left out lacks.
    first_lost: Option<String>,
    /// How many texts lost their end.
    cut: usize,
}

/// Regions from wherever they come.
enum Source {
    File(Box<RegionFile>),
    Grid(Box<GridSource>),
}

impl Fusing<'_> {
    /// Embeds the pairs: one space for each way of pooling, called `all last` or alike. Its points are the rows of which text
    /// and regions can be read, with their taxa and observations; [`Embeddings::notes`] counts the others.
    ///
    /// `progress` is told how many rows are done, and how many there are.
    ///
    /// # Errors
    ///
    /// [`FusedError`]: what is missing of the table, the model or the regions, and what to do.
    pub fn run(&self, progress: &dyn Fn(usize, usize)) -> Result<Vec<(String, Embeddings)>, FusedError> {
        if self.wanted.is_empty() {
            return Err(FusedError::NothingWanted);
        }
        let pairs = Pairs::read(self.pairs, self.taxonomy)?;
        let encoder = FusionEncoder::from_dir(self.model, &self.options)?;
        let (tokenizer, source) = (encoder.tokenizer()?, self.source(encoder.description())?);
        let mut seen = Seen::nothing(self.wanted.len());
        let rows: Vec<usize> = (0..pairs.len()).collect();
        for rows in rows.chunks(ROWS_AT_ONCE) {
            let inputs = self.inputs(rows, &pairs, &tokenizer, &source, &mut seen)?;
            let vectors = encoder.embed(&inputs, self.wanted, self.scaling)?;
            for (values, rows) in seen.values.iter_mut().zip(&vectors) {
                values.extend(numbers(rows)?);
            }
            progress(rows.last().map_or(0, |last| last + 1), pairs.len());
        }
        if seen.taken.is_empty() {
            let why = seen.first_lost.unwrap_or_default();
            return Err(FusedError::Nothing { path: self.pairs.to_path_buf(), rows: pairs.len(), why });
        }
        let mut notes = encoder.description().notes.clone();
        notes.push(encoder.description().summary());
        notes.extend(encoder.device_note().filter(|_| Path::new("/dev/nvidia0").exists()).map(str::to_string));
        if let Source::File(file) = &source {
            notes.extend(file.note());
        }
        Ok(seen.spaces(self, &pairs, encoder.tower().blocks(), &notes))
    }

    fn source(&self, description: &FusionDescription) -> Result<Source, FusedError> {
        match self.regions {
            RegionSource::File { path, names } => {
                let (file, wanted) = (RegionFile::open(path, names)?, description.visual.feature_width);
                if i64::try_from(file.width()) != Ok(wanted) {
                    let what = format!("its features are {} numbers long; the model takes {wanted} ('feat_dim')", file.width());
                    return Err(FusedError::File { path: path.to_path_buf(), what });
                }
                Ok(Source::File(Box::new(file)))
            }
            RegionSource::Grid { model, photographs } => {
                let folder = photographs.or_else(|| self.pairs.parent()).unwrap_or(Path::new(""));
                let FusionOptions { device, precision, linear, .. } = self.options;
                let options = EncoderOptions { device, precision, activation: None, linear };
                Ok(Source::Grid(Box::new(GridSource::open(model, &options, folder, description)?)))
            }
        }
    }

    /// What the encoder reads of some rows; those that lack something are counted and left out.
    fn inputs(
        &self,
        rows: &[usize],
        pairs: &Pairs,
        tokenizer: &Tokenizer,
        source: &Source,
        seen: &mut Seen,
    ) -> Result<Vec<FusionInput>, FusedError> {
        let known = source.regions(rows.iter().flat_map(|&row| &pairs.images[row]))?;
        let mut inputs = vec![];
        for &row in rows {
            let Some(text) = &pairs.texts[row] else {
                seen.without_text += 1;
                seen.first_lost.get_or_insert_with(|| format!("row {} has no text", row + 1));
                continue;
            };
            let photographs = match photographs(&pairs.images[row], &known) {
                Ok(photographs) => photographs,
                Err(reason) => {
                    seen.without_regions += 1;
                    seen.first_lost.get_or_insert_with(|| format!("row {} {reason}", row + 1));
                    continue;
                }
            };
            let tokens = tokenizer.encode(&format!("{}{text}", self.prefix));
            seen.cut += usize::from(tokens.truncated);
            seen.taken.push(row);
            inputs.push(FusionInput { ids: tokens.ids, photographs });
        }
        Ok(inputs)
    }
}

impl Source {
    /// The regions of photographs by name; of one that has none, why.
    fn regions<'a>(
        &self,
        images: impl Iterator<Item = &'a String>,
    ) -> Result<BTreeMap<String, Result<Regions, String>>, FusedError> {
        let mut images: Vec<String> = images.cloned().collect();
        images.sort();
        images.dedup();
        let regions = match self {
            Source::Grid(grid) => grid.regions(&images)?,
            Source::File(file) => {
                let of = |image: &String| {
                    let regions = file.regions(image)?;
                    Ok(regions.ok_or_else(|| "the file of regions has none for it".to_string()))
                };
                images.iter().map(of).collect::<Result<Vec<_>, FusedError>>()?
            }
        };
        Ok(images.into_iter().zip(regions).collect())
    }
}

/// The regions of a row's photographs, or what it lacks.
fn photographs(images: &[String], known: &BTreeMap<String, Result<Regions, String>>) -> Result<Vec<Regions>, String> {
    if images.is_empty() {
        return Err("names no photograph".to_string());
    }
    let of = |image: &String| match known.get(image) {
        Some(Ok(regions)) => Ok(regions.clone()),
        Some(Err(reason)) => Err(format!("has the photograph '{image}': {reason}")),
        None => Err(format!("has the photograph '{image}', which was not looked for")),
    };
    images.iter().map(of).collect()
}

impl Seen {
    fn nothing(wanted: usize) -> Seen {
        let values = vec![vec![]; wanted];
        Seen { values, taken: vec![], without_text: 0, without_regions: 0, first_lost: None, cut: 0 }
    }

    /// One space for each way of pooling.
    fn spaces(self, fusing: &Fusing, pairs: &Pairs, blocks: usize, notes: &[String]) -> Vec<(String, Embeddings)> {
        let mut notes = [&pairs.known.notes[..], notes].concat();
        if let Some(first) = &self.first_lost {
            let (rows, lost) = (counted(pairs.len(), "row", "rows"), pairs.len() - self.taken.len());
            notes.push(format!(
                "{}: {lost} of {rows} {} left out, {} without a text and {} without regions, the first: {first}",
                fusing.pairs.display(),
                form(lost, "is", "are"),
                self.without_text,
                self.without_regions
            ));
        }
        if self.cut > 0 {
            let (texts, are) = (counted(self.cut, "text", "texts"), form(self.cut, "is", "are"));
            notes.push(format!("{texts} {are} longer than the model reads; the end is cut"));
        }
        let Pairs { known, .. } = pairs;
        let space = |(values, &(pool, layers)): (Vec<f64>, &(FusionPool, Layers))| {
            let mut notes = notes.clone();
            notes.push(origin(pool, layers, blocks));
            let embeddings = Embeddings {
                width: values.len() / self.taken.len().max(1),
                values,
                names: self.taken.iter().map(|&row| pairs.name(row)).collect(),
                taxa: self.taken.iter().map(|&row| known.taxa[row]).collect(),
                observations: self.taken.iter().map(|&row| known.observations[row].clone()).collect(),
                taxonomy: known.taxonomy.clone(),
                labels: None,
                notes,
            };
            (format!("{pool} {layers}"), embeddings)
        };
        self.values.into_iter().zip(fusing.wanted).map(space).collect()
    }
}

/// Where the vectors come from, for the notes.
fn origin(pool: FusionPool, layers: Layers, blocks: usize) -> String {
    let first = blocks + 1 - layers.count();
    let of = if first == blocks { format!("block {blocks}") } else { format!("blocks {first} to {blocks}") };
    format!("hidden states of {of} of the fusion encoder, the last after its final normalisation (mean over {pool}, {layers})")
}

/// The numbers of a tensor, row by row.
fn numbers(rows: &Tensor) -> Result<impl Iterator<Item = f64>, FusionError> {
    let flat = Vec::<f32>::try_from(rows.f_contiguous()?.f_flatten(0, -1)?)?;
    Ok(flat.into_iter().map(f64::from))
}
