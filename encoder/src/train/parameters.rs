//! The tensors of a model in training: which of them learn, and the towers over them.

use super::config::What;
use super::error::TrainError;
use crate::encoder::config::{CONFIG_FILE, ModelConfig};
use crate::encoder::model_files;
use crate::encoder::text::{PROMPT, TextTower};
use crate::encoder::vision::VisionTower;
use crate::encoder::weights::{ADAPTERS_FILE, Weights, checked_logit_scale};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::path::Path;
use tch::{Device, Kind, Tensor};

/// Name of the logarithm of the factor on cosines.
pub const LOGIT_SCALE: &str = "logit_scale";

/// Whether the factor on cosines learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogitScale {
    /// It does.
    Learnt,
    /// It stays as the model has it.
    Kept,
}

/// A model in training.
pub struct Parameters {
    /// The model's configuration.
    pub config: ModelConfig,
    /// The configuration as its file has it.
    pub config_bytes: Vec<u8>,
    /// All tensors by their names in the file; those that learn are leaves of the gradient.
    tensors: BTreeMap<String, Tensor>,
    prefix: &'static str,
    /// Low-rank additions by the name of their matrix: A `[r, inputs]`, B `[outputs, r]`.
    lora: BTreeMap<String, (Tensor, Tensor)>,
    lora_factor: f64,
    /// Bottlenecks by their names in the file of adapters.
    adapters: BTreeMap<String, Tensor>,
    /// Tokens of a prompt and the two matrices of the network they are made by.
    prompt: Option<[Tensor; 3]>,
    /// Names of the tensors that learn.
    learning: Vec<String>,
}

/// Both towers and the factor on cosines, for one step.
pub struct Towers {
    /// Photographs into the common space.
    pub vision: VisionTower,
    /// Texts into the common space.
    pub text: TextTower,
    /// The factor, of one number.
    pub scale: Tensor,
}

impl Parameters {
    /// Opens a model directory for training.
    ///
    /// # Errors
    ///
    /// What keeps the directory from being read; nothing to train.
    pub fn open(directory: &Path, what: What, scale: LogitScale, random: &mut ChaCha8Rng) -> Result<Self, TrainError> {
        let files = model_files(directory)?;
        if files.iter().any(|file| file.file_name().is_some_and(|name| name == ADAPTERS_FILE)) {
            return Err(TrainError::HasAdapters(directory.to_path_buf()));
        }
        let config = ModelConfig::from_path(&files[0])?;
        let config_bytes = std::fs::read(&files[0]).map_err(|source| TrainError::file(&files[0], source))?;
        let mut weights = Weights::open(&files[1], Kind::Float, Device::Cpu)?;
        let prefix = if weights.contains("text.token_embedding.weight") { "text." } else { "" };
        let mut expected = VisionTower::tensors(&config);
        expected.extend(TextTower::tensors(&config, prefix));
        expected.push((LOGIT_SCALE.to_string(), vec![]));
        weights.check(&expected, CONFIG_FILE)?;
        let mut tensors = BTreeMap::new();
        for (name, _) in &expected {
            tensors.insert(name.clone(), weights.take(name)?);
        }
        checked_logit_scale(f64::try_from(tensors[LOGIT_SCALE].f_sum(Kind::Double)?)?, &files[1])?;
        let mut parameters = Self {
            config,
            config_bytes,
            tensors,
            prefix,
            lora: BTreeMap::new(),
            lora_factor: 1.0,
            adapters: BTreeMap::new(),
            prompt: None,
            learning: vec![],
        };
        parameters.choose(what, scale, random)?;
        Ok(parameters)
    }

    /// Marks what learns.
    fn choose(&mut self, what: What, scale: LogitScale, random: &mut ChaCha8Rng) -> Result<(), TrainError> {
        let names: Vec<String> = self.tensors.keys().filter(|name| *name != LOGIT_SCALE).cloned().collect();
        let learns = |name: &str| match what {
            What::Everything => true,
            What::LastBlocks(blocks) => self.is_last(name, blocks),
            What::LayerNorms => is_norm(name),
            What::Projections | What::Adapters { projections: true, .. } => is_projection(name),
            What::Lora { .. } | What::Adapters { .. } | What::Prompt { .. } => false,
        };
        let mut learning: Vec<String> = names.iter().filter(|name| learns(name)).cloned().collect();
        if scale == LogitScale::Learnt {
            learning.push(LOGIT_SCALE.to_string());
        }
        for name in &learning {
            if let Some(tensor) = self.tensors.get_mut(name) {
                *tensor = tensor.copy().set_requires_grad(true);
            }
        }
        match what {
            What::Lora { rank, alpha } => {
                self.lora_factor = alpha / f64::from(i32::try_from(rank).unwrap_or(i32::MAX));
                for name in names.iter().filter(|name| is_block_matrix(name)) {
                    let size = self.tensors[name].size();
                    self.lora.insert(name.clone(), (even(&[rank, size[1]], random)?, nothing(&[size[0], rank])?));
                }
            }
            What::Adapters { reduction_factor, .. } => self.add_adapters(reduction_factor, random)?,
            What::Prompt { prompt_length, mid_dim } => {
                let width = self.config.text.transformer.width;
                let tokens = even(&[prompt_length, width], random)?;
                self.prompt = Some([tokens, even(&[mid_dim, width], random)?, nothing(&[width, mid_dim])?]);
            }
            _ => {}
        }
        self.learning = learning;
        if self.learned().is_empty() { Err(TrainError::NothingToTrain) } else { Ok(()) }
    }

    /// Two bottlenecks for every block of both towers; at the start they change nothing.
    fn add_adapters(&mut self, reduction_factor: i64, random: &mut ChaCha8Rng) -> Result<(), TrainError> {
        let towers = [
            ("visual.transformer".to_string(), self.config.vision.transformer.width, self.config.vision.transformer.layers),
            (format!("{}transformer", self.prefix), self.config.text.transformer.width, self.config.text.transformer.layers),
        ];
        for (tower, width, layers) in towers {
            let narrow = (width / reduction_factor).max(1);
            for place in
                (0..layers).flat_map(|block| ["attn", "mlp"].map(|part| format!("{tower}.resblocks.{block}.{part}.adapter")))
            {
                self.adapters.insert(format!("{place}.down.weight"), even(&[narrow, width], random)?);
                self.adapters.insert(format!("{place}.down.bias"), nothing(&[narrow])?);
                self.adapters.insert(format!("{place}.up.weight"), nothing(&[width, narrow])?);
                self.adapters.insert(format!("{place}.up.bias"), nothing(&[width])?);
            }
        }
        Ok(())
    }

    /// The tensors of the file of adapters, as they stand: bottlenecks and the finished prompt.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn beside(&self) -> Result<BTreeMap<String, Tensor>, TrainError> {
        let mut beside: BTreeMap<String, Tensor> =
            self.adapters.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone())).collect();
        if let Some([tokens, down, up]) = &self.prompt {
            let hidden = tokens.f_matmul(&down.f_transpose(0, 1)?)?.f_tanh()?;
            beside.insert(PROMPT.to_string(), tokens.f_add(&hidden.f_matmul(&up.f_transpose(0, 1)?)?)?);
        }
        Ok(beside)
    }

    /// Whether a tensor is of the last blocks or after them.
    fn is_last(&self, name: &str, blocks: usize) -> bool {
        let layers =
            if name.starts_with("visual.") { self.config.vision.transformer.layers } else { self.config.text.transformer.layers };
        let Some((_, rest)) = name.split_once("resblocks.") else {
            return is_projection(name) || name.contains("ln_post") || name.contains("ln_final");
        };
        let block: i64 = rest.split('.').next().and_then(|number| number.parse().ok()).unwrap_or(-1);
        block >= layers - i64::try_from(blocks).unwrap_or(i64::MAX)
    }

    /// The tensors that learn, with names, in order; whether each decays.
    #[must_use]
    pub fn learned(&self) -> Vec<(String, Tensor, bool)> {
        let of_model = self.learning.iter().map(|name| {
            let tensor = &self.tensors[name];
            (name.clone(), tensor.shallow_clone(), tensor.size().len() >= 2)
        });
        let of_lora = self.lora.iter().flat_map(|(name, (a, b))| {
            [(format!("{name}.lora_a"), a.shallow_clone(), true), (format!("{name}.lora_b"), b.shallow_clone(), true)]
        });
        let of_adapters =
            self.adapters.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone(), tensor.size().len() >= 2));
        let of_prompt = self.prompt.iter().flat_map(|tensors| {
            ["tokens", "down", "up"]
                .into_iter()
                .zip(tensors)
                .map(|(part, tensor)| (format!("prompt.{part}"), tensor.shallow_clone(), true))
        });
        of_model.chain(of_lora).chain(of_adapters).chain(of_prompt).collect()
    }

    /// How many numbers learn, and how many there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let numbers = |tensors: &mut dyn Iterator<Item = Tensor>| tensors.map(|tensor| tensor.numel()).sum();
        let learned = numbers(&mut self.learned().into_iter().map(|(_, tensor, _)| tensor));
        (learned, numbers(&mut self.tensors.values().map(Tensor::shallow_clone)))
    }

    /// The tensors as they stand, low-rank additions merged.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn merged(&self) -> Result<BTreeMap<String, Tensor>, TrainError> {
        let merge = |(name, tensor): (&String, &Tensor)| -> Result<(String, Tensor), TrainError> {
            let tensor = match self.lora.get(name) {
                Some((a, b)) => tensor.f_add(&b.f_matmul(a)?.f_mul_scalar(self.lora_factor)?)?,
                None => tensor.shallow_clone(),
            };
            Ok((name.clone(), tensor))
        };
        self.tensors.iter().map(merge).collect()
    }

    /// Towers over the tensors as they stand, through which gradients reach what learns.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn towers(&self) -> Result<Towers, TrainError> {
        let mut weights = Weights::of_tensors(self.merged()?, Kind::Float, Device::Cpu);
        weights.add(self.beside()?);
        let vision = VisionTower::take(&mut weights, &self.config)?;
        let text = TextTower::take(&mut weights, &self.config, self.prefix)?;
        Ok(Towers { vision, text, scale: weights.take(LOGIT_SCALE)?.f_exp()? })
    }

    /// Sets rows of the token embedding that are not among `known` to nothing: they are never learnt.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn forget_tokens(&self, known: &[i64]) -> Result<(), TrainError> {
        let Some(embedding) = self.tensors.get(&format!("{}token_embedding.weight", self.prefix)) else { return Ok(()) };
        let _guard = tch::no_grad_guard();
        let mask = Tensor::f_zeros([embedding.size()[0], 1], (Kind::Float, Device::Cpu))?;
        let _ = mask.shallow_clone().f_index_fill_(0, &Tensor::f_from_slice(known)?, 1.0)?;
        let _ = embedding.shallow_clone().f_mul_(&mask)?;
        Ok(())
    }
}

fn is_norm(name: &str) -> bool {
    name.contains("ln_")
}

fn is_projection(name: &str) -> bool {
    name == "visual.proj" || name.ends_with("text_projection")
}

/// The matrices of attention and of the two-layer network of a block.
fn is_block_matrix(name: &str) -> bool {
    name.contains("resblocks.") && name.ends_with("weight") && !is_norm(name)
}

/// A leaf of even numbers of the deviation of Kaiming's start, by its last dimension.
fn even(size: &[i64], random: &mut ChaCha8Rng) -> Result<Tensor, TrainError> {
    let inputs = size.last().copied().unwrap_or(1);
    let half = 1.0 / f64::from(i32::try_from(inputs).unwrap_or(1)).sqrt();
    let numbers: Vec<f32> = (0..size.iter().product::<i64>()).map(|_| single(random.random_range(-half..half))).collect();
    Ok(Tensor::f_from_slice(&numbers)?.f_reshape(size)?.set_requires_grad(true))
}

/// A leaf of zeros.
fn nothing(size: &[i64]) -> Result<Tensor, TrainError> {
    Ok(Tensor::f_zeros(size, (Kind::Float, Device::Cpu))?.set_requires_grad(true))
}

#[expect(clippy::cast_possible_truncation, reason = "a start at random")]
fn single(value: f64) -> f32 {
    value as f32
}
