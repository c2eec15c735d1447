//! Models: image towers and text towers on `LibTorch`, whatever program published them.

pub mod description;
pub mod layouts;
pub mod tokenizer;
pub mod seeded_model;
mod linear_path;
pub mod weights;
pub mod hub;
pub(crate) mod batches;
pub mod device;
pub mod fingerprint;
pub mod pooled_states;
pub mod error;
mod units;
pub(crate) mod hidden_states;
pub mod texts;
pub mod linear;
mod norm;
mod activation;
mod adapter;
mod relative_positions;
mod rotary;
pub(crate) mod memory;
mod side_by_side;
pub mod token_trie;
pub mod tree_attention;
pub mod transformer;
mod attention_pool;
pub mod text;
pub mod vision;
pub mod fusion;
pub mod classifier;

use description::model::ModelDescription;
use device::{DeviceChoice, OpenDevice};
pub use error::EncoderError;
use fingerprint::ModelFile;
use layouts::files::ModelFiles;
use linear::{LinearPath, native_bf16};
use nearmiss::runs::recipe::{Activation, Precision};
use side_by_side::side_by_side;
use std::path::Path;
use tch::{Device, Kind, Tensor};
use text::TextTower;
use tokenizer::Tokenizer;
use units::{finite_rows, unit_rows};
use vision::VisionTower;
use weights::{Weights, checked_logit_scale};

/// Images of a batch that go through the image tower together on the processor, beside others on other cores.
const IMAGES_AT_ONCE: i64 = 4;

/// What to open a model with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EncoderOptions {
    /// Where to compute.
    pub device: DeviceChoice,
    /// What to compute in; `None` takes bf16 where the device has it by itself, else fp32.
    pub precision: Option<Precision>,
    /// Non-linearity in the place of GELU or QuickGELU; `None` takes the one the configuration states.
    pub activation: Option<Activation>,
    /// How linear layers are computed; `None` takes [`LinearPath::fastest`].
    pub linear: Option<LinearPath>,
}

/// Embeddings that may still be under way on their device.
#[derive(Debug)]
pub struct BegunImages(Tensor);

impl BegunImages {
    /// The unit vectors, as [`Encoder::embed_images`] gives them.
    ///
    /// # Errors
    ///
    /// [`EncoderError::NotFinite`]; whatever LibTorch reports of the work begun.
    pub fn wait(self) -> Result<Tensor, EncoderError> {
        let _guard = tch::no_grad_guard();
        unit_rows(&self.0)
    }
}

/// A model: an image tower, a text tower, or both, which then embed into one space.
pub struct Encoder {
    description: ModelDescription,
    vision: Option<VisionTower>,
    text: Option<TextTower>,
    logit_scale: f64,
    logit_bias: Option<f64>,
    device: Device,
    device_note: Option<String>,
    precision: Precision,
    linear: LinearPath,
    extras: Vec<String>,
    files: ModelFiles,
}

impl Encoder {
    /// Opens a model directory in any of the [layouts]; given a file of weights, takes these and
    /// the rest from its directory.
    ///
    /// Open the encoder before anything else uses `LibTorch`: see [`OpenDevice::open`].
    ///
    /// # Errors
    ///
    /// [`EncoderError`] where the directory, the configuration, a tensor or the device is wrong.
    pub fn from_dir(dir: &Path, options: &EncoderOptions) -> Result<Encoder, EncoderError> {
        let files = ModelFiles::find(dir)?;
        // What the files say comes before a device is begun: a mistake is told at once.
        let shapes = Weights::open_all(&files.weights, Kind::Float, Device::Cpu)?.shapes();
        let files = files.told_by(&shapes);
        let mut description = files.describe(&shapes)?;
        if let Some(activation) = options.activation {
            description.activate(activation);
        }
        let opened = OpenDevice::open(options.device)?;
        memory::keep_freed();
        let native = if native_bf16(opened.device) { Precision::Bf16 } else { Precision::Fp32 };
        let precision = options.precision.unwrap_or(native);
        let linear = options.linear.unwrap_or_else(|| LinearPath::fastest(opened.device));
        let mut weights = Weights::open_all(&files.weights, kind(precision), opened.device)?;
        weights.set_linear(linear);
        let expected: Vec<_> = description.tensors().into_iter().map(|(_, tensor)| tensor).collect();
        let extras = weights.check(&expected, &description.unused, &files.name_of(&files.config))?;
        weights.add_adapters(&files.folder)?;
        let (mut logit_scale, mut logit_bias) = (0.0, None);
        if let Some(comparison) = &description.comparison {
            logit_scale = checked_logit_scale(weights.take_number(&comparison.scale)?, &files.weights[0].1)?;
            logit_bias = comparison.bias.as_ref().map(|name| weights.take_number(name)).transpose()?;
        }
        let vision = description.image.as_ref().map(|tower| VisionTower::take(&mut weights, tower)).transpose()?;
        let text = description.text.as_ref().map(|tower| TextTower::take(&mut weights, tower)).transpose()?;
        let (device, device_note) = (opened.device, opened.note);
        Ok(Encoder { description, vision, text, logit_scale, logit_bias, device, device_note, precision, linear, extras, files })
    }

    /// What the model is made of, with the activation that is used.
    #[must_use]
    pub fn description(&self) -> &ModelDescription {
        &self.description
    }

    /// Whether it embeds images.
    #[must_use]
    pub fn has_images(&self) -> bool {
        self.vision.is_some()
    }

    /// Whether it embeds texts.
    #[must_use]
    pub fn has_text(&self) -> bool {
        self.text.is_some()
    }

    /// Side of the square images that it takes, in pixels.
    ///
    /// # Errors
    ///
    /// [`EncoderError::NoTower`] for a model of texts alone.
    pub fn image_size(&self) -> Result<i64, EncoderError> {
        let remedy = "photographs are embedded by a model with one; this one embeds texts (nearmiss retrieve, latent)";
        self.description.image.as_ref().map(|image| image.image_size).ok_or_else(|| self.no_tower("image", remedy))
    }

    /// Natural logarithm of the factor on cosines: logits are `exp(logit_scale) · cosine`; 0 for a model of one tower.
    #[must_use]
    pub fn logit_scale(&self) -> f64 {
        self.logit_scale
    }

    /// What is added to logits before a sigmoid, of models that were trained with one (SigLIP); `None` elsewhere. It
    /// changes no order and no softmax.
    #[must_use]
    pub fn logit_bias(&self) -> Option<f64> {
        self.logit_bias
    }

    /// The tokenizer for the text tower: the model directory's vocabulary, else CLIP's own.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Tokenizer`] if the directory has none that can be used; [`EncoderError::NoTower`].
    pub fn tokenizer(&self) -> Result<Tokenizer, EncoderError> {
        let (Some(text), Some(description)) = (&self.description.text, &self.description.tokenizer) else {
            return Err(self.no_text());
        };
        let context = usize::try_from(text.context_length).unwrap_or(0);
        let folder = self.files.config.parent().unwrap_or(&self.files.folder);
        Ok(Tokenizer::open(description, folder, context)?)
    }

    /// Where it computes.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// `cpu` or `cuda:N`.
    #[must_use]
    pub fn device_name(&self) -> String {
        device::name(self.device)
    }

    /// Why the device `auto` came out as the processor; `None` where it did not.
    #[must_use]
    pub fn device_note(&self) -> Option<&str> {
        self.device_note.as_deref()
    }

    /// As [`Encoder::device_note`], where there is a device of that make: without one nobody expects CUDA, and nobody wants
    /// to hear why there is none.
    #[must_use]
    pub fn device_note_where_expected(&self) -> Option<&str> {
        self.device_note().filter(|_| Path::new("/dev/nvidia0").exists())
    }

    /// What the encoder computes in.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// How linear layers are computed.
    #[must_use]
    pub fn linear(&self) -> LinearPath {
        self.linear
    }

    /// Tensors of the checkpoint that are known and not used.
    #[must_use]
    pub fn extras(&self) -> &[String] {
        &self.extras
    }

    /// The files the model was read from, each with its SHA-256; reads them again.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Fingerprint`] if a file cannot be read any more.
    pub fn fingerprint(&self) -> Result<Vec<ModelFile>, EncoderError> {
        let fingerprint = |path: &std::path::PathBuf| {
            let sha256 = nearmiss::files::sha256::of_file(path)
                .map_err(|source| EncoderError::Fingerprint { path: path.clone(), source })?;
            Ok(ModelFile { name: self.files.name_of(path), sha256 })
        };
        self.files.all().iter().map(fingerprint).collect()
    }

    /// Embeds preprocessed images as unit vectors.
    ///
    /// # Shapes
    ///
    /// `pixels`: `[B, 3, S, S]` f32, RGB, normalised with the mean and the deviation of
    /// [`ModelDescription::preprocessing`]. Returns `[B, D]` f32 on the processor; every row has L2 norm 1.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Shape`] if `pixels` has another shape; [`EncoderError::NotFinite`]; [`EncoderError::NoTower`].
    pub fn embed_images(&self, pixels: &Tensor) -> Result<Tensor, EncoderError> {
        self.begin_images(pixels)?.wait()
    }

    /// Embeds preprocessed images without normalising: what [`Encoder::class_logits`] takes.
    ///
    /// # Shapes
    ///
    /// As [`Encoder::embed_images`], but for the norm.
    ///
    /// # Errors
    ///
    /// As [`Encoder::embed_images`].
    pub fn raw_images(&self, pixels: &Tensor) -> Result<Tensor, EncoderError> {
        let _guard = tch::no_grad_guard();
        finite_rows(&self.begin_images(pixels)?.0)
    }

    /// Logits of the model's own classes.
    ///
    /// # Shapes
    ///
    /// `vectors`: `[B, D]` f32 of [`Encoder::raw_images`]. Returns `[B, C]` f32 on the processor.
    ///
    /// # Errors
    ///
    /// [`EncoderError::NoClasses`]; [`EncoderError::NotFinite`].
    pub fn class_logits(&self, vectors: &Tensor) -> Result<Tensor, EncoderError> {
        let _guard = tch::no_grad_guard();
        let vectors = vectors.f_to_device(self.device)?.f_to_kind(kind(self.precision))?;
        let logits = self.vision()?.class_logits(&vectors)?;
        finite_rows(&logits.ok_or_else(|| EncoderError::NoClasses { path: self.files.folder.clone() })?)
    }

    /// Begins what [`Encoder::embed_images`] does. A GPU then works while the caller does something else; the processor
    /// has done its work on return.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Shape`] if `pixels` has another shape; [`EncoderError::NoTower`].
    pub fn begin_images(&self, pixels: &Tensor) -> Result<BegunImages, EncoderError> {
        self.check_pixels(pixels)?;
        let vision = self.vision()?;
        let _guard = tch::no_grad_guard();
        if pixels.size()[0] == 0 {
            return Ok(BegunImages(Tensor::f_zeros([0, self.description.embed_dim()], (Kind::Float, Device::Cpu))?));
        }
        let pixels = device::send(pixels, self.device)?.f_to_kind(kind(self.precision))?;
        if self.device != Device::Cpu {
            return Ok(BegunImages(vision.forward(&pixels)?));
        }
        let count = pixels.size()[0];
        let jobs = usize::try_from((count + IMAGES_AT_ONCE - 1) / IMAGES_AT_ONCE).unwrap_or(0);
        let vectors = side_by_side(self.device, jobs, &|job: usize| {
            let start = IMAGES_AT_ONCE * i64::try_from(job).unwrap_or(i64::MAX);
            vision.forward(&pixels.f_narrow(0, start, IMAGES_AT_ONCE.min(count - start))?)
        })?;
        Ok(BegunImages(Tensor::f_cat(&vectors, 0)?))
    }

    fn vision(&self) -> Result<&VisionTower, EncoderError> {
        let remedy = "photographs are embedded by a model with one";
        self.vision.as_ref().ok_or_else(|| self.no_tower("image", remedy))
    }

    fn text(&self) -> Result<&TextTower, EncoderError> {
        self.text.as_ref().ok_or_else(|| self.no_text())
    }

    fn no_text(&self) -> EncoderError {
        let remedy = "texts and names of candidates are read by a model with one; photographs by this one (nearmiss classify)";
        self.no_tower("text", remedy)
    }

    fn no_tower(&self, missing: &'static str, remedy: &'static str) -> EncoderError {
        EncoderError::NoTower { path: self.files.folder.clone(), layout: self.description.layout.clone(), missing, remedy }
    }

    fn check_pixels(&self, pixels: &Tensor) -> Result<(), EncoderError> {
        let size = self.image_size()?;
        let found = pixels.size();
        if found.len() == 4 && found[1..] == [3, size, size] { Ok(()) } else { Err(EncoderError::Shape { found, size }) }
    }
}

fn kind(precision: Precision) -> Kind {
    match precision {
        Precision::Fp32 => Kind::Float,
        Precision::Bf16 => Kind::BFloat16,
    }
}
