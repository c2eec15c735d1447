//! The photographs and labels of a run, embedded again as hidden states of the same model.
//!
//! What a transformer knows before its last normalisation and projection: each way of pooling it
//! ([`Pool`], [`Layers`]) gives one space, which is measured like any other.

mod labels;
mod photographs;

use crate::atlas::model::Unpacked;
use crate::classify::model::{self, ModelError};
use crate::encoder::hidden_states::check_layers;
use crate::encoder::{Encoder, EncoderError, EncoderOptions};
use nearmiss::photographs::dataset::Dataset;
use nearmiss::runs::device::DeviceChoice;
use nearmiss::runs::directory::RunError;
use nearmiss::runs::directory::record::{FILE, Identity, Record};
use nearmiss::runs::pooling::{Layers, Pool};
use nearmiss::runs::recipe::{Activation, Precision};
use nearmiss::spaces::embeddings::{Embeddings, EmbeddingsError};
use nearmiss::taxonomy::Taxonomy;
use std::path::{Path, PathBuf};
use tch::{Kind, Tensor};

/// Why a run cannot be embedded again.
#[derive(Debug, thiserror::Error)]
pub enum HiddenError {
    /// The record of the run cannot be read.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The tables of the run cannot be read.
    #[error(transparent)]
    Embeddings(#[from] EmbeddingsError),
    /// The model cannot be opened, has too few layers, or cannot embed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// The model of the run is not where it was.
    #[error(
        "{FILE} names the model '{model}': {source}; go to the folder in which the run was made, or give the model's directory"
    )]
    Model {
        /// As `run.json` has it.
        model: String,
        /// Why it is not to be had.
        source: Box<ModelError>,
    },
    /// The model has other files than the one of the run.
    #[error("{path}: '{file}' is not the file that the run was made with (its SHA-256 is another); give the model of the run")]
    OtherModel {
        /// The model.
        path: PathBuf,
        /// The first file that differs or is absent.
        file: String,
    },
    /// A part of the recipe that this program does not know.
    #[error("{FILE} has no recipe that can be followed again: its {part} is '{value}'; classify the photographs again")]
    Recipe {
        /// The part.
        part: &'static str,
        /// What it says.
        value: String,
    },
    /// Boxes were cut out, and a run does not keep them.
    #[error("the run was made with boxes cut out, and a run does not keep boxes; give the data set again, or classify without")]
    Boxes,
    /// The data set given is not that of the run.
    #[error("the data set given is not that of the run: {what}; give it as 'nearmiss classify' was given it")]
    Dataset {
        /// What differs.
        what: String,
    },
    /// None of the photographs can be read any more.
    #[error(
        "none of the {count} photographs of the run can be read, the first '{path}': {reason}; if they were moved give their \
         folder, if they lie inside archives or tables give the data set, if the folder is a relative one go where the run was made"
    )]
    Photographs {
        /// How many there are.
        count: usize,
        /// Where the first should be.
        path: PathBuf,
        /// What became of it.
        reason: String,
    },
    /// The names of the labels cannot be written as the run wrote them.
    #[error(
        "the text tower needs the taxonomy of the run, '{taxonomy}', as it was; it is not there or has changed; give it, or leave the labels out"
    )]
    Taxonomy {
        /// As `run.json` names it.
        taxonomy: String,
    },
    /// A table of the run is not as this program writes it.
    #[error("{path}: {what}; classify the photographs again")]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The reading thread ended early.
    #[error("reading photographs stopped unexpectedly")]
    Reader,
}

impl From<tch::TchError> for HiddenError {
    fn from(error: tch::TchError) -> HiddenError {
        HiddenError::Encoder(error.into())
    }
}

/// With what a run is embedded again; what is `None` comes from `run.json`.
#[derive(Debug, Clone, Copy, Default)]
pub struct HiddenOptions<'a> {
    /// Where to compute.
    pub device: DeviceChoice,
    /// The taxonomy, if the run's is not to be read from where it was.
    pub taxonomy: Option<&'a Taxonomy>,
    /// The directory of the model, if it was moved.
    pub model: Option<&'a Path>,
    /// The root folder of the photographs, if they were moved.
    pub photographs: Option<&'a Path>,
    /// The data set, where a folder and names do not find the photographs: inside archives and
    /// tables, and where boxes are cut out.
    pub dataset: Option<&'a Dataset>,
    /// Whether the labels are embedded by the text tower, too.
    pub text: bool,
}

/// Embeds the photographs of a run again, as hidden states: for each of `wanted` one space called
/// `image cls last` or alike, and with [`HiddenOptions::text`] one of the labels, `text cls last`.
///
/// Model, preprocessing, precision, activation and orientation are those of the run; what comes out
/// is not normalised. States are what residual blocks put out, before the tower's final normalisation
/// and projection: see [`Encoder::pooled_images`] and [`Encoder::pooled_tokens`]. A label's vector is
/// the mean over the prompts of the run's recipe. The rows of an image space are the photographs that
/// the run could read, in its order, with its taxa and observations; those that cannot be read any
/// more are left out of all spaces, and [`Embeddings::notes`] counts them and those that the model
/// now sees otherwise than the run did. Beside the vectors that come out, memory is bounded by the
/// batch, which is that of the run.
///
/// `progress` is told how many photographs and labels are done, and how many there are.
///
/// # Errors
///
/// [`HiddenError`]: what is missing of the run, the model, the photographs or the taxonomy, and what
/// to do; [`EncoderError::Pooling`] where a tower has fewer blocks than are wanted.
pub fn hidden(
    run: &Path,
    wanted: &[(Pool, Layers)],
    options: &HiddenOptions,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<(String, Embeddings)>, HiddenError> {
    let record = Record::read(run)?;
    let identity = &record.identity;
    let known = Embeddings::read(run, None, options.taxonomy)?;
    let photographs = photographs::of_run(run, identity, &known, options)?;
    let labels = if options.text { Some(labels::of_run(run, identity, &known.taxonomy)?) } else { None };
    let (encoder, mended) = encoder(identity, options)?;
    let (image_blocks, text_blocks) = encoder.blocks();
    check_layers("image", image_blocks, wanted)?;
    if options.text {
        check_layers("text", text_blocks, wanted)?;
    }
    let total = photographs.len() + labels.as_ref().map_or(0, labels::Labels::len);
    let mut spaces = photographs.embed(&encoder, wanted, &|done| progress(done, total))?;
    if let Some(labels) = labels {
        let done = photographs.len();
        spaces.extend(labels.embed(&encoder, &known.taxonomy, wanted, &|labels| progress(done + labels, total))?);
    }
    for (_, space) in &mut spaces {
        space.notes.extend(mended.clone());
    }
    Ok(spaces)
}

/// The model of the run, which must not have changed, and a note where its files had to be mended.
fn encoder(identity: &Identity, options: &HiddenOptions) -> Result<(Encoder, Option<String>), HiddenError> {
    let Unpacked { directory, note } = match options.model {
        Some(directory) => Unpacked { directory: directory.to_path_buf(), note: None },
        None => model::directory(&identity.model)
            .map_err(|source| HiddenError::Model { model: identity.model.clone(), source: Box::new(source) })?,
    };
    let precision = Some(recipe(identity, "precision", Precision::parse)?);
    let activation = Some(recipe(identity, "activation", Activation::parse)?);
    let encoder = Encoder::from_dir(&directory, &EncoderOptions { device: options.device, precision, activation, linear: None })?;
    let files: Vec<_> = encoder.fingerprint()?;
    let same = |name: &String, sha256: &String| files.iter().any(|file| file.name == *name && file.sha256 == *sha256);
    match identity.model_files.iter().find(|(name, sha256)| !same(name, sha256)) {
        Some((file, _)) => Err(HiddenError::OtherModel { path: directory, file: file.clone() }),
        None => Ok((encoder, note)),
    }
}

/// A part of the run's recipe.
fn recipe<T>(identity: &Identity, part: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T, HiddenError> {
    let value = identity.recipe.get(part).cloned().unwrap_or_default();
    parse(&value).ok_or(HiddenError::Recipe { part, value })
}

/// What a space is called.
fn name(tower: &str, (pool, layers): (Pool, Layers)) -> String {
    format!("{tower} {pool} {layers}")
}

/// Where the vectors come from, for the notes.
fn origin(tower: &str, blocks: usize, (pool, layers): (Pool, Layers)) -> String {
    let first = blocks - layers.count() + 1;
    let of = if first == blocks { format!("block {blocks}") } else { format!("blocks {first} to {blocks}") };
    format!("hidden states of {of} of the {tower} tower, before its final normalisation and projection ({pool}, {layers})")
}

fn numbers(rows: &Tensor) -> Result<impl Iterator<Item = f64>, HiddenError> {
    let flat = Vec::<f32>::try_from(rows.f_to_kind(Kind::Float)?.f_contiguous()?.f_flatten(0, -1)?)?;
    Ok(flat.into_iter().map(f64::from))
}
