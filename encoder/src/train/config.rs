//! What a training is told: one TOML file.

use crate::encoder::seeded_model::SeededModel;
use nearmiss::runs::prompt::{NameFormat, Templates};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A training, as its TOML file says it; what is left out has the default named.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// Where chance starts.
    #[serde(default)]
    pub seed: u64,
    /// Photographs with truth.
    pub data: DataConfig,
    /// The model to start at.
    pub model: ModelStart,
    /// What is trained; `everything` by default.
    #[serde(default)]
    pub what: What,
    /// What is made small; InfoNCE by default.
    #[serde(default = "default_losses")]
    pub losses: Vec<LossTerm>,
    /// How names are written.
    #[serde(default)]
    pub texts: Texts,
    /// How photographs are varied.
    #[serde(default)]
    pub augmentation: Augmentation,
    /// How it is made small.
    #[serde(default)]
    pub optimiser: Optimiser,
    /// Whether the weights of the model that comes of it are written in half precision.
    #[serde(default)]
    pub half: bool,
}

/// Photographs with truth.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// Folder that the paths start from; without a manifest its folders are the classes.
    pub photographs: PathBuf,
    /// A table of photographs with truth, observation and split.
    pub manifest: Option<PathBuf>,
    /// A taxonomy file or the name of a shipped one.
    pub taxonomy: String,
    /// Split to train on; `train` by default.
    #[serde(default = "train_split")]
    pub train: String,
    /// Split to stop by; `validation` by default.
    #[serde(default = "validation_split")]
    pub validation: String,
}

/// The model to start at: a directory, or a new one.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum ModelStart {
    /// A model directory, `hf-hub:OWNER/NAME` or `atlas`.
    From(String),
    /// Random weights of these sizes.
    New(SeededModel),
}

/// What is trained.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum What {
    /// All tensors.
    #[default]
    Everything,
    /// The last blocks of both towers, with what comes after them.
    LastBlocks(usize),
    /// Layer norms.
    LayerNorms,
    /// The two projections into the common space.
    Projections,
    /// Low-rank additions to all matrices of the blocks, merged into them at the end: `W + (α / r) B A`.
    Lora {
        /// Rank r.
        rank: i64,
        /// α.
        alpha: f64,
    },
    /// Bottlenecks after attention and two-layer network of every block, beside the model
    /// (`adapters.safetensors`, which open_clip does not read).
    Adapters {
        /// A bottleneck is so many times narrower than the tower.
        reduction_factor: i64,
        /// Whether the projections are trained as well.
        #[serde(default)]
        projections: bool,
    },
    /// A prompt of learnt tokens after the start of every text, beside the model.
    Prompt {
        /// Tokens.
        prompt_length: i64,
        /// Width of the network that the tokens are made by: `P + up(tanh(down(P)))`.
        mid_dim: i64,
    },
}

/// One term of the loss.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LossTerm {
    /// Which.
    pub kind: LossKind,
    /// Factor.
    #[serde(default = "one")]
    pub weight: f64,
}

/// The losses.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum LossKind {
    /// Symmetric InfoNCE of photographs and texts; equal texts are equally right.
    InfoNce,
    /// Sigmoid of every pair (SigLIP), with this bias.
    Sigmoid {
        /// Added to every logit; SigLIP starts at −10.
        bias: f64,
    },
    /// Supervised contrast among photographs, positive at the species.
    SupCon {
        /// Temperature.
        temperature: f64,
    },
    /// Supervised contrast at species, genus, family and order, each at least as large as the finer.
    Hmce {
        /// Temperature.
        temperature: f64,
    },
    /// Hierarchical cross-entropy over the taxa of the batch.
    Hxe {
        /// Weights are exp(−α · depth): the larger, the less the fine ranks count.
        alpha: f64,
    },
    /// Cross-entropy with soft labels by tree distance over the taxa of the batch.
    SoftLabels {
        /// The larger, the harder the labels.
        beta: f64,
    },
}

/// How names are written; every photograph gets one text a step, drawn at random.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Texts {
    /// Formats that are drawn from.
    pub names: Vec<NameFormat>,
    /// Sentences that are drawn from.
    pub templates: Templates,
    /// Share of texts that are cut at a random rank above.
    pub cut_ranks: f64,
}

/// How photographs are varied.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augmentation {
    /// Whether half of them are mirrored.
    pub flip: bool,
    /// Largest change of scale: 0.2 is from 0.8 to 1.2.
    pub scale: f64,
    /// Largest turn in degrees.
    pub turn: f64,
    /// Largest shift, as a share of the side.
    pub shift: f64,
    /// Largest change of light: 0.2 is from 0.8 to 1.2.
    pub light: f64,
}

/// AdamW with warm-up and cosine decay.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Optimiser {
    /// Times through the photographs.
    pub epochs: usize,
    /// Photographs a batch.
    pub batch: usize,
    /// Batches a step.
    pub accumulate: usize,
    /// Highest learning rate.
    pub learning_rate: f64,
    /// Decay of matrices; vectors do not decay.
    pub weight_decay: f64,
    /// Steps until the highest learning rate.
    pub warmup: usize,
    /// Longest gradient; longer ones are scaled down to it.
    pub clip: f64,
    /// Epochs without a better validation before it stops; 0 never stops early.
    pub patience: usize,
    /// Share of a batch that are look-alikes: the next photograph is of the most similar other species
    /// of the same family, by the current texts, or of those that `look_alikes` names.
    pub hard_negatives: f64,
    /// The file `hard_negatives.csv` that `nearmiss retrieve` writes: its pairs of taxa are the look-alikes then, the
    /// most frequent pair first, and taxa that it does not name have none. It takes `hard_negatives` above 0. Make it
    /// from photographs for training: made from those of a test, it tells the training what the test is like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look_alikes: Option<PathBuf>,
    /// Whether the temperature is learnt.
    pub learn_temperature: bool,
}

impl Default for Texts {
    fn default() -> Self {
        Self { names: vec![NameFormat::Taxon, NameFormat::Sci], templates: Templates::Single, cut_ranks: 0.0 }
    }
}

impl Default for Augmentation {
    fn default() -> Self {
        Self { flip: true, scale: 0.15, turn: 10.0, shift: 0.06, light: 0.2 }
    }
}

impl Default for Optimiser {
    fn default() -> Self {
        Self {
            epochs: 10,
            batch: 64,
            accumulate: 1,
            learning_rate: 5e-4,
            weight_decay: 0.05,
            warmup: 100,
            clip: 1.0,
            patience: 0,
            hard_negatives: 0.0,
            look_alikes: None,
            learn_temperature: true,
        }
    }
}

fn default_losses() -> Vec<LossTerm> {
    vec![LossTerm { kind: LossKind::InfoNce, weight: 1.0 }]
}

fn train_split() -> String {
    "train".to_string()
}

fn validation_split() -> String {
    "validation".to_string()
}

fn one() -> f64 {
    1.0
}

/// The most epochs, batches a step and photographs a batch; the widest addition to a model.
const MOST_TIMES: usize = 1_000_000;
const MOST_WIDTH: i64 = 32_768;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum TrainConfigError {
    #[error("{}: cannot read the configuration: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {reason}", path.display())]
    Toml { path: PathBuf, reason: String },
    #[error("{}: {what} is {value}; {wanted}", path.display())]
    Value { path: PathBuf, what: &'static str, value: String, wanted: &'static str },
}

impl TrainConfig {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    ///
    /// [`TrainConfigError`]: an unknown key, a value outside its range.
    pub fn from_path(path: &Path) -> Result<TrainConfig, TrainConfigError> {
        let text = nearmiss::files::regular_file::read_to_string(path)
            .map_err(|source| TrainConfigError::Read { path: path.to_path_buf(), source })?;
        let config: TrainConfig = toml::from_str(&text)
            .map_err(|error| TrainConfigError::Toml { path: path.to_path_buf(), reason: error.to_string() })?;
        config.check(path)?;
        Ok(config)
    }

    fn check(&self, path: &Path) -> Result<(), TrainConfigError> {
        let checked = self.optimiser.check_counts().and_then(|()| self.check_sizes()).and_then(|()| self.check_shares());
        let checked = checked.and_then(|()| self.check_lists()).and_then(|()| self.what.check());
        checked.map_err(|Fault { what, value, wanted }| TrainConfigError::Value { path: path.to_path_buf(), what, value, wanted })
    }

    /// Augmentation, weights, rates.
    fn check_sizes(&self) -> Result<(), Fault> {
        let (augmentation, optimiser) = (&self.augmentation, &self.optimiser);
        for (what, value) in [
            ("augmentation.scale", augmentation.scale),
            ("augmentation.turn", augmentation.turn),
            ("augmentation.shift", augmentation.shift),
            ("augmentation.light", augmentation.light),
            ("optimiser.weight_decay", optimiser.weight_decay),
        ] {
            if !(0.0..=360.0).contains(&value) {
                return bad(what, value, "it is a number from 0 to 360");
            }
        }
        if let Some(term) = self.losses.iter().find(|term| !term.weight.is_finite()) {
            return bad("losses.weight", term.weight, "it is a finite number");
        }
        if !(optimiser.learning_rate > 0.0 && optimiser.learning_rate.is_finite()) {
            return bad("optimiser.learning_rate", optimiser.learning_rate, "it is a number above 0");
        }
        if optimiser.clip.is_nan() || optimiser.clip <= 0.0 {
            return bad("optimiser.clip", optimiser.clip, "it is a length above 0");
        }
        Ok(())
    }

    /// Shares, and what a share is of.
    fn check_shares(&self) -> Result<(), Fault> {
        let optimiser = &self.optimiser;
        for (what, value) in [("texts.cut_ranks", self.texts.cut_ranks), ("optimiser.hard_negatives", optimiser.hard_negatives)] {
            if !(0.0..=1.0).contains(&value) {
                return bad(what, value, "it is a share from 0 to 1");
            }
        }
        if let Some(file) = optimiser.look_alikes.as_ref().filter(|_| optimiser.hard_negatives == 0.0) {
            let wanted = "it takes a share of look-alikes, optimiser.hard_negatives, above 0, such as 0.3";
            return bad("optimiser.look_alikes", format!("'{}'", file.display()), wanted);
        }
        Ok(())
    }

    /// What must not be empty.
    fn check_lists(&self) -> Result<(), Fault> {
        if self.texts.names.is_empty() {
            return bad("texts.names", "empty", "name at least one format: sci, com, taxon, sci_com, taxon_com, asis");
        }
        if self.losses.is_empty() {
            return bad("losses", "empty", "name at least one");
        }
        Ok(())
    }
}

impl Optimiser {
    fn check_counts(&self) -> Result<(), Fault> {
        for (what, value) in [("optimiser.epochs", self.epochs), ("optimiser.accumulate", self.accumulate)] {
            if !(1..=MOST_TIMES).contains(&value) {
                return bad(what, value, "it is from 1 to 1000000");
            }
        }
        if !(2..=MOST_TIMES).contains(&self.batch) {
            return bad("optimiser.batch", self.batch, "a contrast takes from 2 to 1000000 photographs");
        }
        Ok(())
    }
}

impl What {
    fn check(self) -> Result<(), Fault> {
        let is_width = |width: i64| (1..=MOST_WIDTH).contains(&width);
        match self {
            What::LastBlocks(0) => bad("what.last_blocks", 0, "it is at least 1"),
            What::Lora { rank, .. } if !is_width(rank) => bad("what.lora.rank", rank, "it is from 1 to 32768"),
            What::Lora { alpha, .. } if !alpha.is_finite() => bad("what.lora.alpha", alpha, "it is a finite number"),
            What::Adapters { reduction_factor, .. } if !is_width(reduction_factor) => {
                bad("what.adapters.reduction_factor", reduction_factor, "it is from 1 to 32768")
            }
            What::Prompt { prompt_length, mid_dim } if !is_width(prompt_length) || !is_width(mid_dim) => {
                bad("what.prompt", format!("{prompt_length} tokens by a width of {mid_dim}"), "both are from 1 to 32768")
            }
            _ => Ok(()),
        }
    }
}

/// A value that no training takes.
struct Fault {
    what: &'static str,
    value: String,
    wanted: &'static str,
}

fn bad(what: &'static str, value: impl std::fmt::Display, wanted: &'static str) -> Result<(), Fault> {
    Err(Fault { what, value: value.to_string(), wanted })
}
