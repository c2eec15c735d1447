//! The tensors of a model in training: which of them learn, and the towers over them.

use super::TrainError;
use super::config::What;
use crate::encoder::config::{CONFIG_FILE, ModelConfig};
use crate::encoder::model_files;
use crate::encoder::text::TextTower;
use crate::encoder::vision::VisionTower;
use crate::encoder::weights::Weights;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::path::Path;
use tch::{Device, Kind, Tensor};

/// Name of the logarithm of the factor on cosines.
pub const LOGIT_SCALE: &str = "logit_scale";

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
    pub fn open(directory: &Path, what: What, learn_temperature: bool, random: &mut ChaCha8Rng) -> Result<Self, TrainError> {
        let files = model_files(directory)?;
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
        let mut parameters =
            Self { config, config_bytes, tensors, prefix, lora: BTreeMap::new(), lora_factor: 1.0, learning: vec![] };
        parameters.choose(what, learn_temperature, random)?;
        Ok(parameters)
    }

    /// Marks what learns.
    fn choose(&mut self, what: What, learn_temperature: bool, random: &mut ChaCha8Rng) -> Result<(), TrainError> {
        let names: Vec<String> = self.tensors.keys().filter(|name| *name != LOGIT_SCALE).cloned().collect();
        let learns = |name: &str| match what {
            What::Everything => true,
            What::LastBlocks(blocks) => self.is_last(name, blocks),
            What::LayerNorms => is_norm(name),
            What::Projections => is_projection(name),
            What::Lora { .. } => false,
        };
        let mut learning: Vec<String> = names.iter().filter(|name| learns(name)).cloned().collect();
        if learn_temperature {
            learning.push(LOGIT_SCALE.to_string());
        }
        for name in &learning {
            if let Some(tensor) = self.tensors.get_mut(name) {
                *tensor = tensor.copy().set_requires_grad(true);
            }
        }
        if let What::Lora { rank, alpha } = what {
            self.lora_factor = alpha / f64::from(i32::try_from(rank).unwrap_or(i32::MAX));
            for name in names.iter().filter(|name| is_block_matrix(name)) {
                let size = self.tensors[name].size();
                let (outputs, inputs) = (size[0], size[1]);
                // Even numbers of the deviation of Kaiming's start; B starts at nothing.
                let half = 1.0 / f64::from(i32::try_from(inputs).unwrap_or(1)).sqrt();
                let numbers: Vec<f32> = (0..rank * inputs).map(|_| single(random.random_range(-half..half))).collect();
                let a = Tensor::f_from_slice(&numbers)?.f_reshape([rank, inputs])?.set_requires_grad(true);
                let b = Tensor::f_zeros([outputs, rank], (Kind::Float, Device::Cpu))?.set_requires_grad(true);
                self.lora.insert(name.clone(), (a, b));
            }
        }
        self.learning = learning;
        if self.learned().is_empty() { Err(TrainError::NothingToTrain) } else { Ok(()) }
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
        of_model.chain(of_lora).collect()
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

#[expect(clippy::cast_possible_truncation, reason = "a start at random")]
fn single(value: f64) -> f32 {
    value as f32
}
