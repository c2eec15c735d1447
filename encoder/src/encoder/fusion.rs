//! Fusion encoders: one transformer reads a text and regions of photographs together (VL-T5).
//!
//! ```text
//! words ─embedding──────────────────────────────╮
//! prompt ─middle─tanh─out───────────────────────┤ [prompt ; text ; regions] ─T5's blocks─ states ─mean─ vector
//! features ─layer─norm─╮                        │
//! box, area ─layer─norm┴─ + places ─────────────╯
//! ```

mod error;
mod files;
mod visual_embedding;
mod prompt;
pub mod pool;
pub mod regions;
pub mod batch;
pub mod tower;
pub mod grid;

pub use error::FusionError;

use crate::encoder::description::fusion::FusionDescription;
use crate::encoder::description::model::TokenizerDescription;
use crate::encoder::description::tensors::LinearNames;
use crate::encoder::device::{DeviceChoice, OpenDevice, name};
use crate::encoder::error::EncoderError;
use crate::encoder::fingerprint::ModelFile;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::files::ModelFiles;
use crate::encoder::layouts::fusion;
use crate::encoder::layouts::shapes::Shapes;
use crate::encoder::linear::{LinearPath, native_bf16};
use crate::encoder::tokenizer::Tokenizer;
use crate::encoder::units::{finite_rows, unit_rows};
use crate::encoder::weights::Weights;
use crate::encoder::{kind, memory};
use batch::{FusionBatch, FusionInput};
use nearmiss::runs::pooling::Layers;
use nearmiss::runs::recipe::Precision;
use pool::FusionPool;
use regions::MOST_REGIONS;
use serde_json::Value;
use std::path::Path;
use tch::{Device, Kind, Tensor};
use tower::FusionTower;

/// Most texts that go through the encoder together.
const TEXTS_AT_ONCE: usize = 16;

/// What to open a fusion encoder with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FusionOptions {
    /// Where to compute.
    pub device: DeviceChoice,
    /// What to compute in; `None` takes bf16 where the device has it by itself, else fp32.
    pub precision: Option<Precision>,
    /// How linear layers are computed; `None` takes [`LinearPath::fastest`].
    pub linear: Option<LinearPath>,
    /// The task whose bottlenecks and prompt are taken; `None` where there is one, or where all share them.
    pub task: Option<String>,
}

/// How vectors are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// To a length of 1.
    Unit,
    /// Not at all.
    #[default]
    AsComputed,
}

/// A fusion encoder.
pub struct FusionEncoder {
    description: FusionDescription,
    tower: FusionTower,
    device: Device,
    device_note: Option<String>,
    precision: Precision,
    files: ModelFiles,
}

impl FusionEncoder {
    /// Opens the folder of a fusion encoder, or a file of weights with the rest from its folder: `config.json` is that of a T5
    /// with VL-T5's arguments in it, the weights are `model.safetensors`, `pytorch_model.bin` or a state dictionary (`.pth`).
    ///
    /// Open it before anything else uses `LibTorch`: see [`OpenDevice::open`].
    ///
    /// # Errors
    ///
    /// [`FusionError`] where the folder, the configuration, a tensor or the device is wrong.
    pub fn from_dir(dir: &Path, options: &FusionOptions) -> Result<FusionEncoder, FusionError> {
        let files = files::find(dir)?;
        // What the files say comes before a device is begun: a mistake is told at once.
        let shapes = Weights::open_all(&files.weights, Kind::Float, Device::Cpu)?.shapes();
        let description = described(&files, options.task.as_deref(), &shapes)?;
        let opened = OpenDevice::open(options.device)?;
        memory::keep_freed();
        let native = if native_bf16(opened.device) { Precision::Bf16 } else { Precision::Fp32 };
        let precision = options.precision.unwrap_or(native);
        let mut weights = Weights::open_all(&files.weights, kind(precision), opened.device)?;
        weights.set_linear(options.linear.unwrap_or_else(|| LinearPath::fastest(opened.device)));
        let expected: Vec<_> = description.tensors().into_iter().map(|tensor| tensor.expected).collect();
        weights.check(&expected, &description.unused, &files.name_of(&files.config))?;
        check_copies(&files, &description, &shapes)?;
        let tower = FusionTower::take(&mut weights, &description)?;
        Ok(FusionEncoder { description, tower, device: opened.device, device_note: opened.note, precision, files })
    }

    /// What the model is made of.
    #[must_use]
    pub fn description(&self) -> &FusionDescription {
        &self.description
    }

    /// The encoder itself.
    #[must_use]
    pub fn tower(&self) -> &FusionTower {
        &self.tower
    }

    /// The tokenizer of the model's folder.
    ///
    /// # Errors
    ///
    /// [`FusionError::Tokenizer`] if the folder has none that can be used.
    pub fn tokenizer(&self) -> Result<Tokenizer, FusionError> {
        let context = usize::try_from(self.description.text.context_length).unwrap_or(0);
        let description = TokenizerDescription::File(self.description.tokenizer.clone());
        Ok(Tokenizer::open(&description, &self.files.folder, context)?)
    }

    /// `cpu` or `cuda:N`.
    #[must_use]
    pub fn device_name(&self) -> String {
        name(self.device)
    }

    /// Why the device `auto` came out as the processor; `None` where it did not.
    #[must_use]
    pub fn device_note(&self) -> Option<&str> {
        self.device_note.as_deref()
    }

    /// What the encoder computes in.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The files the model was read from, each with its SHA-256; reads them again.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Fingerprint`] if a file cannot be read any more.
    pub fn fingerprint(&self) -> Result<Vec<ModelFile>, FusionError> {
        let fingerprint = |path: std::path::PathBuf| match nearmiss::files::sha256::of_file(&path) {
            Ok(sha256) => Ok(ModelFile { name: self.files.name_of(&path), sha256 }),
            Err(source) => Err(FusionError::Encoder(EncoderError::Fingerprint { path, source })),
        };
        self.files.all().into_iter().map(fingerprint).collect()
    }

    /// Embeds texts with the photographs that they are read beside: states of the last blocks, averaged over positions, and
    /// through the projection where the model has one.
    ///
    /// # Shapes
    ///
    /// Returns for each of `wanted` `[N, D]` f32 on the processor, in the order of `inputs`: `D` is that of the projection, else
    /// the width, else `n` times the width for [`Layers::Concat`].
    ///
    /// # Errors
    ///
    /// [`FusionError`]: tokens or regions that the model does not take, fewer blocks than are wanted, numbers that are not finite.
    pub fn embed(
        &self,
        inputs: &[FusionInput],
        wanted: &[(FusionPool, Layers)],
        scaling: Scaling,
    ) -> Result<Vec<Tensor>, FusionError> {
        self.check_wanted(wanted)?;
        let mean_of_regions = wanted.iter().any(|(pool, _)| *pool == FusionPool::Regions);
        for (index, input) in inputs.iter().enumerate() {
            self.check_tokens(index, &input.ids)?;
            self.check_regions(index, input)?;
            if mean_of_regions && input.regions() == 0 {
                return Err(FusionError::NoRegion { index });
            }
        }
        let _guard = tch::no_grad_guard();
        let features = usize::try_from(self.description.visual.feature_width).unwrap_or(0);
        let mut vectors: Vec<Vec<Tensor>> = wanted.iter().map(|_| vec![]).collect();
        for (number, inputs) in inputs.chunks(TEXTS_AT_ONCE).enumerate() {
            let batch = FusionBatch::of(inputs, features)?.to(self.device, kind(self.precision))?;
            for (vectors, pooled) in vectors.iter_mut().zip(self.tower.pooled(&batch, wanted)?) {
                let rows = self.tower.projected(&pooled)?;
                let rows = if scaling == Scaling::Unit { unit_rows(&rows) } else { finite_rows(&rows) };
                vectors.push(rows.map_err(|error| of_all(error, number * TEXTS_AT_ONCE))?);
            }
        }
        let joined = |(rows, layers): (Vec<Tensor>, Layers)| match &rows[..] {
            [] => Tensor::f_zeros([0, self.outputs(layers)], (Kind::Float, Device::Cpu)),
            rows => Tensor::f_cat(rows, 0),
        };
        let layers = wanted.iter().map(|&(_, layers)| layers);
        Ok(vectors.into_iter().zip(layers).map(joined).collect::<Result<_, _>>()?)
    }

    /// Length of the vectors of some layers.
    fn outputs(&self, layers: Layers) -> i64 {
        let width = usize::try_from(self.description.width()).unwrap_or(0);
        let pooled = i64::try_from(layers.width(width)).unwrap_or(i64::MAX);
        self.description.projection.as_ref().map_or(pooled, LinearNames::outputs)
    }

    /// Refuses layers that the model does not have, or that its projection does not take.
    fn check_wanted(&self, wanted: &[(FusionPool, Layers)]) -> Result<(), FusionError> {
        let width = usize::try_from(self.description.width()).unwrap_or(0);
        for &(_, layers) in wanted {
            layers.check(self.tower.blocks()).map_err(|source| EncoderError::Pooling { tower: "fusion", source })?;
            let found = layers.width(width);
            if self.description.projection.is_some() && found != width {
                return Err(FusionError::Projection { layers, found, wanted: self.description.width() });
            }
        }
        Ok(())
    }

    fn check_tokens(&self, index: usize, ids: &[i64]) -> Result<(), FusionError> {
        let (context, words) = (self.description.text.context_length, self.description.text.vocab_size);
        let problem = if ids.is_empty() {
            "no token".to_string()
        } else if i64::try_from(ids.len()).is_ok_and(|length| length > context) {
            format!("{} tokens; the model reads {context}", ids.len())
        } else if let Some(id) = ids.iter().find(|&&id| id < 0 || id >= words) {
            format!("token id {id}; the model's vocabulary has {words}")
        } else {
            return Ok(());
        };
        Err(EncoderError::Tokens { index, problem }.into())
    }

    fn check_regions(&self, index: usize, input: &FusionInput) -> Result<(), FusionError> {
        let wanted = self.description.visual.feature_width;
        let (most_regions, most_images) = self.tower.most();
        let place = |what, found: usize, most: Option<i64>| match most {
            Some(most) if i64::try_from(found).unwrap_or(i64::MAX) > most => {
                Err(FusionError::Places { index, what, found, most })
            }
            _ => Ok(()),
        };
        place("photographs", input.photographs.len(), most_images)?;
        for regions in &input.photographs {
            if i64::try_from(regions.width()) != Ok(wanted) {
                return Err(FusionError::Features { index, found: regions.width(), wanted });
            }
            place("regions", regions.count(), most_regions)?;
        }
        let found = input.regions();
        if found > MOST_REGIONS { Err(FusionError::Many { index, found }) } else { Ok(()) }
    }
}

/// What the files say of the model.
fn described(files: &ModelFiles, task: Option<&str>, shapes: &Shapes) -> Result<FusionDescription, FusionError> {
    let path = &files.config;
    let bytes = nearmiss::files::regular_file::read(path).map_err(|source| ConfigError::Open { path: path.clone(), source })?;
    let config: Value =
        serde_json::from_slice(&bytes).map_err(|error| ConfigError::Json { path: path.clone(), reason: error.to_string() })?;
    if !fusion::is_fusion(&config, shapes) {
        return Err(FusionError::NotFusion { path: files.folder.clone() });
    }
    Ok(fusion::describe(&config, path, task, shapes)?)
}

/// Compares tensors that stand twice in the files.
fn check_copies(files: &ModelFiles, description: &FusionDescription, shapes: &Shapes) -> Result<(), FusionError> {
    let stands_twice = |(copy, original): &&(String, String)| shapes.contains_key(copy) && shapes.contains_key(original);
    let twice: Vec<&(String, String)> = description.copies.iter().filter(stands_twice).collect();
    if twice.is_empty() {
        return Ok(());
    }
    let mut weights = Weights::open_all(&files.weights, Kind::Float, Device::Cpu)?;
    for (copy, original) in twice {
        if !weights.take(copy)?.f_equal(&weights.take_shared(original)?)? {
            let path = files.weights.first().map(|(_, path)| path.clone()).unwrap_or_default();
            return Err(FusionError::Copy { path, copy: copy.clone(), original: original.clone() });
        }
    }
    Ok(())
}

/// An error about a row of a batch as one about a row of all.
fn of_all(error: EncoderError, first: usize) -> EncoderError {
    match error {
        EncoderError::NotFinite { index } => EncoderError::NotFinite { index: first + index },
        other => other,
    }
}
