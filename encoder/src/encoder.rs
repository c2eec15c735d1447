//! The CLIP image and text towers of `open_clip`, on `LibTorch`.

pub mod tokenizer;
pub mod config;
pub mod seeded_model;
mod linear_path;
pub mod weights;
pub mod hub;
pub(crate) mod batches;
pub mod device;
pub mod fingerprint;
pub mod pooled_states;
pub(crate) mod hidden_states;
pub mod linear;
pub(crate) mod memory;
mod side_by_side;
pub mod token_trie;
pub mod tree_attention;
pub mod transformer;
pub mod text;
pub mod vision;

use crate::encoder::tokenizer::{Tokenizer, TokenizerError, Tokens};
use batches::up_to_end;
use config::{CONFIG_FILE, ConfigError, ModelConfig};
use device::{DeviceChoice, DeviceError, OpenDevice};
use fingerprint::ModelFile;
use linear::{LinearPath, native_bf16};
use nearmiss::runs::pooling::PoolingError;
use nearmiss::runs::recipe::{Activation, Precision};
use side_by_side::side_by_side;
use std::path::{Path, PathBuf};
use tch::{Device, Kind, TchError, Tensor};
use text::TextTower;
use vision::VisionTower;
use weights::{ADAPTERS_FILE, WEIGHTS_FILES, Weights, WeightsError, checked_logit_scale};

/// Most prompts whose embeddings are held at once while labels are embedded.
const PROMPTS_AT_ONCE: usize = 8192;

/// Most tokens of a trie that go through the text tower together.
const TOKENS_AT_ONCE: usize = 2048;

/// Images of a batch that go through the image tower together on the processor, beside others on other cores.
const IMAGES_AT_ONCE: i64 = 4;

/// Why a model cannot be opened or cannot embed.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    /// The directory is not one that `open_clip` publishes.
    #[error("{path}: not a model directory: {missing} is missing; give a folder with {CONFIG_FILE} and {} or {}", WEIGHTS_FILES[0], WEIGHTS_FILES[1])]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The file that is not there.
        missing: String,
    },
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The weights cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The device cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The vocabulary cannot be used.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// Pixels of another shape.
    #[error("pixels have shape {found:?}; the model takes [B, 3, {size}, {size}]")]
    Shape {
        /// What was given.
        found: Vec<i64>,
        /// Side of the model's images.
        size: i64,
    },
    /// Token ids the model has no row for, no id at all, or too many.
    #[error("text {index} has {problem}")]
    Tokens {
        /// Which of the texts, from 0.
        index: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// More layers than a tower has.
    #[error("the {tower} tower: {source}")]
    Pooling {
        /// `image` or `text`.
        tower: &'static str,
        /// What was asked for, and what there is.
        source: PoolingError,
    },
    /// An embedding that is not a number, or of length zero.
    #[error("embedding {index} is not finite; the weights or the pixels hold infinite or undefined values")]
    NotFinite {
        /// Which row, from 0.
        index: usize,
    },
    /// A file could not be read again for its fingerprint.
    #[error("{path}: cannot read the file for its fingerprint: {source}")]
    Fingerprint {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// `LibTorch` failed.
    #[error("LibTorch: {0}")]
    Torch(#[from] TchError),
}

/// What to open a model with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EncoderOptions {
    /// Where to compute.
    pub device: DeviceChoice,
    /// What to compute in; `None` takes bf16 where the device has it by itself, else fp32.
    pub precision: Option<Precision>,
    /// Non-linearity; `None` takes the one the configuration states.
    pub activation: Option<Activation>,
    /// How linear layers are computed; `None` takes [`LinearPath::fastest`].
    pub linear: Option<LinearPath>,
}

/// Embeddings of labels, and which labels did not fit.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelEmbeddings {
    /// `[C, D]`, row by row; every row has L2 norm 1.
    pub embeddings: Vec<f32>,
    /// Labels of which at least one prompt was longer than the context and lost its end, ascending.
    pub truncated: Vec<usize>,
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

/// An image tower and a text tower that embed into one space.
pub struct Encoder {
    config: ModelConfig,
    vision: VisionTower,
    text: TextTower,
    logit_scale: f64,
    device: Device,
    device_note: Option<String>,
    precision: Precision,
    linear: LinearPath,
    extras: Vec<String>,
    files: Vec<PathBuf>,
}

impl Encoder {
    /// Opens a model directory as `open_clip` publishes it; given a file of weights, takes these and
    /// the rest from its directory.
    ///
    /// Open the encoder before anything else uses `LibTorch`: see [`OpenDevice::open`].
    ///
    /// # Errors
    ///
    /// [`EncoderError`] where the directory, the configuration, a tensor or the device is wrong.
    pub fn from_dir(dir: &Path, options: &EncoderOptions) -> Result<Encoder, EncoderError> {
        let files = model_files(dir)?;
        let mut config = ModelConfig::from_path(&files[0])?;
        config.activation = options.activation.unwrap_or(config.activation);
        let opened = OpenDevice::open(options.device)?;
        memory::keep_freed();
        let native = if native_bf16(opened.device) { Precision::Bf16 } else { Precision::Fp32 };
        let precision = options.precision.unwrap_or(native);
        let linear = options.linear.unwrap_or_else(|| LinearPath::fastest(opened.device));
        let mut weights = Weights::open(&files[1], kind(precision), opened.device)?;
        weights.set_linear(linear);
        let prefix = if weights.contains("text.token_embedding.weight") { "text." } else { "" };
        let mut expected = VisionTower::tensors(&config);
        expected.extend(TextTower::tensors(&config, prefix));
        expected.push(("logit_scale".to_string(), Vec::new()));
        let extras = weights.check(&expected, CONFIG_FILE)?;
        weights.add_adapters(files[1].parent().unwrap_or(Path::new("")))?;
        let logit_scale = checked_logit_scale(weights.take_number("logit_scale")?, &files[1])?;
        let vision = VisionTower::take(&mut weights, &config)?;
        let text = TextTower::take(&mut weights, &config, prefix)?;
        let (device, device_note) = (opened.device, opened.note);
        Ok(Encoder { config, vision, text, logit_scale, device, device_note, precision, linear, extras, files })
    }

    /// The model's configuration, with the activation that is used.
    #[must_use]
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// Natural logarithm of the factor on cosines: logits are `exp(logit_scale) · cosine`.
    #[must_use]
    pub fn logit_scale(&self) -> f64 {
        self.logit_scale
    }

    /// The tokenizer for the text tower: the model directory's vocabulary, else CLIP's own.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Tokenizer`] if the directory has a vocabulary of another kind.
    pub fn tokenizer(&self) -> Result<Tokenizer, EncoderError> {
        let context = usize::try_from(self.config.text.context_length).unwrap_or(0);
        Ok(Tokenizer::from_dir(self.files[0].parent().unwrap_or(Path::new("")), context)?)
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
        let fingerprint = |path: &PathBuf| {
            let sha256 = nearmiss::files::sha256::of_file(path)
                .map_err(|source| EncoderError::Fingerprint { path: path.clone(), source })?;
            Ok(ModelFile { name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), sha256 })
        };
        self.files.iter().map(fingerprint).collect()
    }

    /// Embeds preprocessed images as unit vectors.
    ///
    /// # Shapes
    ///
    /// `pixels`: `[B, 3, S, S]` f32, RGB, normalised with [`ModelConfig::mean`] and
    /// [`ModelConfig::std`]. Returns `[B, D]` f32 on the processor; every row has L2 norm 1.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Shape`] if `pixels` has another shape; [`EncoderError::NotFinite`].
    pub fn embed_images(&self, pixels: &Tensor) -> Result<Tensor, EncoderError> {
        self.begin_images(pixels)?.wait()
    }

    /// Begins what [`Encoder::embed_images`] does. A GPU then works while the caller does something else; the processor
    /// has done its work on return.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Shape`] if `pixels` has another shape.
    pub fn begin_images(&self, pixels: &Tensor) -> Result<BegunImages, EncoderError> {
        self.check_pixels(pixels)?;
        let _guard = tch::no_grad_guard();
        if pixels.size()[0] == 0 {
            return Ok(BegunImages(Tensor::f_zeros([0, self.config.embed_dim], (Kind::Float, Device::Cpu))?));
        }
        let pixels = device::send(pixels, self.device)?.f_to_kind(kind(self.precision))?;
        if self.device != Device::Cpu {
            return Ok(BegunImages(self.vision.forward(&pixels)?));
        }
        let count = pixels.size()[0];
        let jobs = usize::try_from((count + IMAGES_AT_ONCE - 1) / IMAGES_AT_ONCE).unwrap_or(0);
        let vectors = side_by_side(self.device, jobs, &|job: usize| {
            let start = IMAGES_AT_ONCE * i64::try_from(job).unwrap_or(i64::MAX);
            self.vision.forward(&pixels.f_narrow(0, start, IMAGES_AT_ONCE.min(count - start))?)
        })?;
        Ok(BegunImages(Tensor::f_cat(&vectors, 0)?))
    }

    /// Embeds texts, given as token ids with start and end, as unit vectors.
    ///
    /// # Shapes
    ///
    /// Returns `[B, D]` f32 on the processor, one row per text in their order; every row has L2
    /// norm 1. No text is padded, and what texts begin with in common is computed once
    /// ([`token_trie`]).
    ///
    /// # Errors
    ///
    /// [`EncoderError::Tokens`] if a text is empty, too long, or has an id the model does not know.
    pub fn embed_tokens(&self, ids: &[Vec<i64>]) -> Result<Tensor, EncoderError> {
        for (index, text) in ids.iter().enumerate() {
            self.check_tokens(index, text)?;
        }
        let _guard = tch::no_grad_guard();
        let embeddings =
            Tensor::f_zeros([ids.len().try_into().unwrap_or(i64::MAX), self.config.embed_dim], (Kind::Float, Device::Cpu))?;
        let texts: Vec<&[i64]> = ids.iter().map(|ids| up_to_end(ids)).collect();
        let blocks = token_trie::blocks(&texts, TOKENS_AT_ONCE);
        let rows = side_by_side(self.device, blocks.len(), &|block: usize| {
            let together: Vec<&[i64]> = blocks[block].iter().map(|&index| texts[index]).collect();
            unit_rows(&self.text.forward_trie(&together)?)
        })?;
        for (block, rows) in blocks.iter().zip(rows) {
            let places: Vec<i64> = block.iter().map(|&index| i64::try_from(index).unwrap_or(i64::MAX)).collect();
            let _ = embeddings.shallow_clone().f_index_copy_(0, &Tensor::f_from_slice(&places)?, &rows)?;
        }
        Ok(embeddings)
    }

    /// Labels of so many prompts each that [`Encoder::embed_labels`] embeds together: a list cut after every such many
    /// gives the same numbers, stretch by stretch.
    #[must_use]
    pub fn labels_at_once(prompts: usize) -> usize {
        (PROMPTS_AT_ONCE / prompts.max(1)).max(1)
    }

    /// Embeds labels: per label the mean of its prompts' unit vectors, as a unit vector.
    ///
    /// # Shapes
    ///
    /// `prompts`: per label its prompts, at least one. [`LabelEmbeddings::embeddings`] is `[C, D]`.
    /// `progress` is told how many labels are newly done.
    ///
    /// # Errors
    ///
    /// As [`Encoder::embed_tokens`]; a label without prompts is an [`EncoderError::Tokens`].
    ///
    /// # Source
    ///
    /// `open_clip` 3.2, `zero_shot_classifier.py`; pybioclip, `predict.py`.
    pub fn embed_labels(
        &self,
        tokenizer: &Tokenizer,
        prompts: &[Vec<String>],
        progress: &dyn Fn(usize),
    ) -> Result<LabelEmbeddings, EncoderError> {
        let mut labels = LabelEmbeddings { embeddings: Vec::new(), truncated: Vec::new() };
        let mut start = 0;
        while start < prompts.len() {
            let mut end = start + 1;
            let mut count = prompts[start].len();
            while end < prompts.len() && count + prompts[end].len() <= PROMPTS_AT_ONCE {
                count += prompts[end].len();
                end += 1;
            }
            self.embed_label_block(tokenizer, &prompts[start..end], start, &mut labels)?;
            progress(end - start);
            start = end;
        }
        Ok(labels)
    }

    fn embed_label_block(
        &self,
        tokenizer: &Tokenizer,
        prompts: &[Vec<String>],
        first: usize,
        labels: &mut LabelEmbeddings,
    ) -> Result<(), EncoderError> {
        let mut ids = Vec::new();
        for (index, prompts) in prompts.iter().enumerate() {
            if prompts.is_empty() {
                return Err(EncoderError::Tokens { index: first + index, problem: "no prompt".to_string() });
            }
            let tokens: Vec<Tokens> = prompts.iter().map(|prompt| tokenizer.encode(prompt)).collect();
            if tokens.iter().any(|tokens| tokens.truncated) {
                labels.truncated.push(first + index);
            }
            ids.extend(tokens.into_iter().map(|tokens| tokens.ids));
        }
        let _guard = tch::no_grad_guard();
        let embeddings = self.embed_tokens(&ids)?;
        let mut row = 0;
        let mut means = Vec::with_capacity(prompts.len());
        for prompts in prompts {
            let count = i64::try_from(prompts.len()).unwrap_or(i64::MAX);
            means.push(embeddings.f_narrow(0, row, count)?.f_mean_dim(0i64, false, Kind::Float)?);
            row += count;
        }
        let units = unit_rows(&Tensor::f_stack(&means, 0)?)?;
        labels.embeddings.extend(Vec::<f32>::try_from(units.f_flatten(0, -1)?)?);
        Ok(())
    }

    fn check_pixels(&self, pixels: &Tensor) -> Result<(), EncoderError> {
        let size = self.config.vision.image_size;
        let found = pixels.size();
        if found.len() == 4 && found[1..] == [3, size, size] { Ok(()) } else { Err(EncoderError::Shape { found, size }) }
    }

    fn check_tokens(&self, index: usize, ids: &[i64]) -> Result<(), EncoderError> {
        let text = &self.config.text;
        let problem = if ids.is_empty() {
            "no token".to_string()
        } else if ids.len() > usize::try_from(text.context_length).unwrap_or(0) {
            format!("{} tokens; the model's context is {}", ids.len(), text.context_length)
        } else if let Some(id) = ids.iter().find(|&&id| id < 0 || id >= text.vocab_size) {
            format!("token id {id}; the model's vocabulary has {}", text.vocab_size)
        } else {
            return Ok(());
        };
        Err(EncoderError::Tokens { index, problem })
    }
}

/// The configuration, the weights and, where there is one, the vocabulary of a model directory, or
/// of the directory of a file of weights.
///
/// # Errors
///
/// [`EncoderError::Directory`] with what is missing.
pub fn model_files(path: &Path) -> Result<Vec<PathBuf>, EncoderError> {
    let named = path.is_file().then(|| path.to_path_buf());
    let dir = if named.is_some() { path.parent().unwrap_or(Path::new("")) } else { path };
    let missing = |name: String| EncoderError::Directory { path: dir.to_path_buf(), missing: name };
    let present = |name: &str| Some(dir.join(name)).filter(|path| path.is_file());
    let config = present(CONFIG_FILE).ok_or_else(|| missing(CONFIG_FILE.to_string()))?;
    let weights = named.or_else(|| WEIGHTS_FILES.into_iter().find_map(present));
    let weights = weights.ok_or_else(|| missing(WEIGHTS_FILES.join(" or ")))?;
    let more = [crate::encoder::tokenizer::VOCABULARY_FILE, ADAPTERS_FILE].into_iter().filter_map(present);
    Ok([config, weights].into_iter().chain(more).collect())
}

fn kind(precision: Precision) -> Kind {
    match precision {
        Precision::Fp32 => Kind::Float,
        Precision::Bf16 => Kind::BFloat16,
    }
}

/// Rows divided by their L2 norms, in f32 on the processor.
fn unit_rows(rows: &Tensor) -> Result<Tensor, EncoderError> {
    let rows = rows.f_to_kind(Kind::Float)?.f_to_device(Device::Cpu)?;
    let norms = rows.f_norm_scalaropt_dim(2, [1i64], true)?;
    let units = rows.f_div(&norms)?;
    let finite = Vec::<bool>::try_from(units.f_isfinite()?.f_all_dim(1, false)?)?;
    match finite.iter().position(|finite| !finite) {
        Some(index) => Err(EncoderError::NotFinite { index }),
        None => Ok(units),
    }
}
