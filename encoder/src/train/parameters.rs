//! The tensors of a model in training: which of them learn, and the towers over them.

use super::config::What;
use super::error::TrainError;
use super::learning::Learning;
use super::start::{Opened, Start};
use super::towers::Towers;
use crate::encoder::description::model::ModelDescription;
use crate::encoder::description::tensors::{Role, TowerKind};
use crate::encoder::text::PROMPT;
use crate::encoder::weights::checked_logit_scale;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tch::{Device, Kind, Tensor};

/// What of the comparison of vectors learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// Nothing.
    Kept,
    /// The factor on cosines.
    Scale,
    /// The factor, and what is added to the products, where the model has that.
    ScaleAndBias,
}

/// A tensor that learns.
#[derive(Debug)]
pub struct Learned {
    /// Its name.
    pub name: String,
    /// It; its leaf of the gradient.
    pub tensor: Tensor,
    /// Whether it decays: matrices do.
    pub decays: bool,
    /// The most it becomes; `None` for no such line.
    pub most: Option<f64>,
}

/// Largest logarithm of the factor on cosines: CLIP's factor never passes 100. A model that starts beyond stays there.
const LARGEST_SCALE: f64 = 4.605_170_185_988_092;

/// A model in training.
pub struct Parameters {
    /// What the model is made of.
    pub description: ModelDescription,
    /// Its files.
    pub start: Start,
    /// What is left out of the model that comes of it, or left as it was, a sentence each.
    pub notes: Vec<String>,
    /// All tensors by their names in the file; those that learn are leaves of the gradient.
    tensors: BTreeMap<String, Tensor>,
    /// Low-rank additions by the name of their matrix: A `[r, inputs]`, B `[outputs, r]`.
    lora: BTreeMap<String, (Tensor, Tensor)>,
    lora_factor: f64,
    /// Bottlenecks by their names in the file of adapters.
    adapters: BTreeMap<String, Tensor>,
    /// Tokens of a prompt and the two matrices of the network they are made by.
    prompt: Option<[Tensor; 3]>,
    /// Names of the tensors that learn.
    learning: Vec<String>,
    /// The largest logarithm of the factor on cosines.
    largest_scale: f64,
}

impl Parameters {
    /// Opens a model directory of any layout for training of some of its towers.
    ///
    /// # Errors
    ///
    /// What keeps the directory from being read; nothing to train.
    pub fn open(
        directory: &Path,
        what: What,
        taught: &[TowerKind],
        compared: Compared,
        random: &mut ChaCha8Rng,
    ) -> Result<Self, TrainError> {
        let Opened { start, description, mut weights, left_out, file } = Start::open(directory)?;
        if description.text.is_none() && !taught.contains(&TowerKind::Image) {
            let remedy = "give photographs in [data] to train a model of images";
            let what = "a training on texts".to_string();
            return Err(TrainError::NoTower { layout: description.layout, missing: "text", what, remedy });
        }
        let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
        for (_, tensor) in description.tensors() {
            // Layers that share a tensor each list it.
            if let Entry::Vacant(place) = tensors.entry(tensor.name.clone()) {
                place.insert(weights.take(&tensor.name)?);
            }
        }
        let mut largest_scale = LARGEST_SCALE;
        if let Some(comparison) = &description.comparison {
            let scale = f64::try_from(tensors[&comparison.scale].f_sum(Kind::Double)?)?;
            largest_scale = largest_scale.max(checked_logit_scale(scale, &file)?);
        }
        let mut parameters = Self {
            notes: notes(&description, &left_out),
            description,
            start,
            tensors,
            lora: BTreeMap::new(),
            lora_factor: 1.0,
            adapters: BTreeMap::new(),
            prompt: None,
            learning: vec![],
            largest_scale,
        };
        parameters.choose(what, taught, compared, random)?;
        Ok(parameters)
    }

    /// As [`Parameters::open`], for training of the text tower alone, whose vectors are compared with each other.
    ///
    /// # Errors
    ///
    /// As [`Parameters::open`]; a model without a text tower.
    pub fn of_texts(directory: &Path, what: What, random: &mut ChaCha8Rng) -> Result<Self, TrainError> {
        Parameters::open(directory, what, &[TowerKind::Text], Compared::Kept, random)
    }

    /// Marks what learns.
    fn choose(
        &mut self,
        what: What,
        taught: &[TowerKind],
        compared: Compared,
        random: &mut ChaCha8Rng,
    ) -> Result<(), TrainError> {
        let description = self.description.clone();
        let of_towers = Learning::of(&description, taught);
        let mut learning: Vec<String> = of_towers.names(what).into_iter().collect();
        let comparison = description.comparison.as_ref();
        if compared != Compared::Kept {
            learning.extend(comparison.map(|comparison| comparison.scale.clone()));
        }
        if compared == Compared::ScaleAndBias {
            learning.extend(comparison.and_then(|comparison| comparison.bias.clone()));
        }
        for name in &learning {
            if let Some(tensor) = self.tensors.get_mut(name) {
                *tensor = tensor.copy().set_requires_grad(true);
            }
        }
        match what {
            What::Lora { rank, alpha } => {
                self.lora_factor = alpha / f64::from(i32::try_from(rank).unwrap_or(i32::MAX));
                for (name, [outputs, inputs]) in of_towers.block_matrices() {
                    self.lora.insert(name, (even(&[rank, inputs], random)?, nothing(&[outputs, rank])?));
                }
            }
            What::Adapters { reduction_factor, .. } => {
                for (block, width) in of_towers.blocks() {
                    self.add_adapters(block, width, (width / reduction_factor).max(1), random)?;
                }
            }
            What::Prompt { prompt_length, mid_dim } => {
                let Some(text) = description.text.as_ref() else { return Err(TrainError::NoPrompt) };
                let width = text.transformer.width;
                let tokens = even(&[prompt_length, width], random)?;
                self.prompt = Some([tokens, even(&[mid_dim, width], random)?, nothing(&[width, mid_dim])?]);
            }
            _ => {}
        }
        self.learning = learning;
        if self.learned().is_empty() { Err(TrainError::NothingToTrain) } else { Ok(()) }
    }

    /// Two bottlenecks for a block; at the start they change nothing.
    fn add_adapters(&mut self, block: &str, width: i64, narrow: i64, random: &mut ChaCha8Rng) -> Result<(), TrainError> {
        for place in ["attn", "mlp"].map(|part| format!("{block}.{part}.adapter")) {
            self.adapters.insert(format!("{place}.down.weight"), even(&[narrow, width], random)?);
            self.adapters.insert(format!("{place}.down.bias"), nothing(&[narrow])?);
            self.adapters.insert(format!("{place}.up.weight"), nothing(&[width, narrow])?);
            self.adapters.insert(format!("{place}.up.bias"), nothing(&[width])?);
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

    /// The tensors that learn, in order.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        let scale = self.description.comparison.as_ref().map(|comparison| comparison.scale.as_str());
        let learned = |name: String, tensor: &Tensor| {
            let most = (scale == Some(name.as_str())).then_some(self.largest_scale);
            Learned { name, tensor: tensor.shallow_clone(), decays: tensor.size().len() >= 2, most }
        };
        let of_model = self.learning.iter().map(|name| learned(name.clone(), &self.tensors[name]));
        let of_lora = self
            .lora
            .iter()
            .flat_map(|(name, (a, b))| [learned(format!("{name}.lora_a"), a), learned(format!("{name}.lora_b"), b)]);
        let of_adapters = self.adapters.iter().map(|(name, tensor)| learned(name.clone(), tensor));
        let of_prompt = self.prompt.iter().flat_map(|tensors| {
            let parts = ["tokens", "down", "up"].into_iter().zip(tensors);
            parts.map(|(part, tensor)| learned(format!("prompt.{part}"), tensor)).collect::<Vec<_>>()
        });
        of_model.chain(of_lora).chain(of_adapters).chain(of_prompt).collect()
    }

    /// How many numbers learn, and how many there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let learned = self.learned().iter().map(|learned| learned.tensor.numel()).sum();
        (learned, self.tensors.values().map(Tensor::numel).sum())
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
        Towers::over(&self.description, self.merged()?, self.beside()?)
    }

    /// Towers without what is added to them: before the first step those of the model that the training starts at.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn plain_towers(&self) -> Result<Towers, TrainError> {
        let own = self.tensors.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone())).collect();
        Towers::over(&self.description, own, BTreeMap::new())
    }

    /// Towers over tensors that were kept of a training: its own, and those beside the model.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn towers_of(&self, kept: &BTreeMap<String, Tensor>) -> Result<Towers, TrainError> {
        let all = kept.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone()));
        let (own, beside) = all.partition(|(name, _)| self.tensors.contains_key(name));
        Towers::over(&self.description, own, beside)
    }

    /// The factor on cosines as it stands; `None` where the model has none.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn scale(&self) -> Result<Option<f64>, TrainError> {
        let Some(comparison) = &self.description.comparison else { return Ok(None) };
        Ok(Some(f64::try_from(self.tensors[&comparison.scale].f_detach()?.f_sum(Kind::Double)?)?.exp()))
    }

    /// Puts a number in the place of what is added to products, where the model has a tensor for it.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn set_bias(&self, bias: f64) -> Result<(), TrainError> {
        let name = self.description.comparison.as_ref().and_then(|comparison| comparison.bias.as_ref());
        if let Some(tensor) = name.and_then(|name| self.tensors.get(name)) {
            let _guard = tch::no_grad_guard();
            let _ = tensor.shallow_clone().f_fill_(bias)?;
        }
        Ok(())
    }

    /// Sets rows of the words' vectors that are not among `known` to nothing: they are never learnt.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn forget_tokens(&self, known: &[i64]) -> Result<(), TrainError> {
        let Some(words) = self.description.text.as_ref().and_then(|text| self.tensors.get(&text.words)) else { return Ok(()) };
        let _guard = tch::no_grad_guard();
        let mask = Tensor::f_zeros([words.size()[0], 1], (Kind::Float, Device::Cpu))?;
        let _ = mask.shallow_clone().f_index_fill_(0, &Tensor::f_from_slice(known)?, 1.0)?;
        let _ = words.shallow_clone().f_mul_(&mask)?;
        Ok(())
    }
}

/// What is left out of the trained model, and what stays as it was.
fn notes(description: &ModelDescription, left_out: &[String]) -> Vec<String> {
    let mut notes = vec![];
    if !left_out.is_empty() {
        let (tensors, names) = (nearmiss::numbers::counted::counted(left_out.len(), "tensor", "tensors"), left_out.join(", "));
        notes.push(format!("the trained model leaves out {tensors} that it does not use: {names}"));
    }
    let classes: BTreeSet<String> = description
        .tensors()
        .into_iter()
        .filter(|(_, tensor)| tensor.role == Role::Classes)
        .map(|(_, tensor)| tensor.name)
        .collect();
    if !classes.is_empty() {
        let names = classes.into_iter().collect::<Vec<_>>().join(", ");
        notes.push(format!(
            "the layer of classes ({names}) stays as it is: no loss is about it, and it no longer fits the vectors"
        ));
    }
    notes
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
