//! What a training on photographs is told: one TOML file.

use super::losses::pairs::Distance;
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
    /// The projections into the common space; of a tower without one the attention that pools.
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
    /// A prompt of learnt tokens after the start of every text, before it where it has no start, beside the model.
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
    /// Sigmoid of every pair (SigLIP).
    Sigmoid {
        /// Added to every logit; SigLIP starts at −10. The model's own without, which learns as the factor on cosines does.
        #[serde(default)]
        bias: Option<f64>,
    },
    /// Supervised contrast among photographs, or texts, positive at the species.
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
    /// Cross-entropy of each query over all documents of the batch (multiple negatives ranking).
    Ranking {
        /// Factor on similarities; 20, for models that compare vectors as they are 1.
        #[serde(default)]
        scale: Option<f64>,
    },
    /// How much nearer a right document must be to a query than a wrong one.
    Triplet {
        /// What is far.
        #[serde(default)]
        distance: Distance,
        /// By how much; 5, of cosines 0.2.
        #[serde(default)]
        margin: Option<f64>,
    },
}

impl LossKind {
    /// As a configuration names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LossKind::InfoNce => "info_nce",
            LossKind::Sigmoid { .. } => "sigmoid",
            LossKind::SupCon { .. } => "sup_con",
            LossKind::Hmce { .. } => "hmce",
            LossKind::Hxe { .. } => "hxe",
            LossKind::SoftLabels { .. } => "soft_labels",
            LossKind::Ranking { .. } => "ranking",
            LossKind::Triplet { .. } => "triplet",
        }
    }

    /// Numbers that a loss is taken with: others would make it grow where it should fall, or nothing at all.
    fn check(self) -> Result<(), Fault> {
        let (what, value) = match self {
            LossKind::SupCon { temperature } | LossKind::Hmce { temperature } => ("losses.kind.temperature", temperature),
            LossKind::SoftLabels { beta } => ("losses.kind.beta", beta),
            LossKind::Ranking { scale: Some(scale) } => ("losses.kind.scale", scale),
            LossKind::Triplet { margin: Some(margin), .. } => ("losses.kind.margin", margin),
            LossKind::Hxe { alpha } if !(0.0..f64::INFINITY).contains(&alpha) => {
                return bad("losses.kind.alpha", alpha, "it is a finite number from 0 on");
            }
            LossKind::Sigmoid { bias: Some(bias) } if !bias.is_finite() => {
                return bad("losses.kind.bias", bias, "it is a finite number");
            }
            _ => return Ok(()),
        };
        if value > 0.0 && value.is_finite() { Ok(()) } else { bad(what, value, "it is a finite number above 0") }
    }
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
    /// Times through the photographs, or pairs of texts.
    pub epochs: usize,
    /// Photographs, or pairs of texts, a batch.
    pub batch: usize,
    /// Batches a step.
    pub accumulate: usize,
    /// Highest learning rate; of photographs 5e-4, of texts 2e-5: their encoders have learnt before.
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
    /// Whether the temperature is learnt, and with the sigmoid loss the model's bias; of photographs alone.
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
            learning_rate: RATE,
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

impl Optimiser {
    /// Of texts, as far as nothing is said: what is trained is mostly an encoder that has learnt, which a higher rate would
    /// make forget.
    #[must_use]
    pub fn of_texts() -> Optimiser {
        Optimiser { learning_rate: RATE_OF_TEXTS, ..Optimiser::default() }
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

/// The highest learning rate where none is said: of photographs and their names, of texts.
const RATE: f64 = 5e-4;
const RATE_OF_TEXTS: f64 = 2e-5;

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
        let checked = self.optimiser.check().and_then(|()| self.check_augmentation()).and_then(|()| check_losses(&self.losses));
        checked.and_then(|()| self.check_texts()).and_then(|()| self.what.check()).map_err(|fault| fault.of(path))
    }

    fn check_augmentation(&self) -> Result<(), Fault> {
        let augmentation = &self.augmentation;
        // A photograph of no size, or mirrored in its light, is none.
        for (what, value, most, wanted) in [
            ("augmentation.scale", augmentation.scale, 0.9, "it is a share from 0 to 0.9"),
            ("augmentation.turn", augmentation.turn, 360.0, "it is an angle from 0 to 360 degrees"),
            ("augmentation.shift", augmentation.shift, 1.0, "it is a share from 0 to 1"),
            ("augmentation.light", augmentation.light, 1.0, "it is a share from 0 to 1"),
        ] {
            if !(0.0..=most).contains(&value) {
                return bad(what, value, wanted);
            }
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), Fault> {
        if self.texts.names.is_empty() {
            return bad("texts.names", "empty", "name at least one format: sci, com, taxon, sci_com, taxon_com, asis");
        }
        is_share("texts.cut_ranks", self.texts.cut_ranks)
    }
}

/// Losses that there must be, of weights that are numbers.
pub(super) fn check_losses(losses: &[LossTerm]) -> Result<(), Fault> {
    if losses.is_empty() {
        return bad("losses", "empty", "name at least one");
    }
    if let Some(term) = losses.iter().find(|term| !term.weight.is_finite()) {
        return bad("losses.weight", term.weight, "it is a finite number");
    }
    losses.iter().try_for_each(|term| term.kind.check())
}

/// A share from 0 to 1.
pub(super) fn is_share(what: &'static str, value: f64) -> Result<(), Fault> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { bad(what, value, "it is a share from 0 to 1") }
}

impl Optimiser {
    /// Counts, rates, shares.
    pub(super) fn check(&self) -> Result<(), Fault> {
        for (what, value) in [("optimiser.epochs", self.epochs), ("optimiser.accumulate", self.accumulate)] {
            if !(1..=MOST_TIMES).contains(&value) {
                return bad(what, value, "it is from 1 to 1000000");
            }
        }
        if !(2..=MOST_TIMES).contains(&self.batch) {
            return bad("optimiser.batch", self.batch, "a contrast takes from 2 to 1000000 photographs");
        }
        if !(0.0..=360.0).contains(&self.weight_decay) {
            return bad("optimiser.weight_decay", self.weight_decay, "it is a number from 0 to 360");
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return bad("optimiser.learning_rate", self.learning_rate, "it is a number above 0");
        }
        if self.clip.is_nan() || self.clip <= 0.0 {
            return bad("optimiser.clip", self.clip, "it is a length above 0");
        }
        is_share("optimiser.hard_negatives", self.hard_negatives)?;
        if let Some(file) = self.look_alikes.as_ref().filter(|_| self.hard_negatives == 0.0) {
            let wanted = "it takes a share of look-alikes, optimiser.hard_negatives, above 0, such as 0.3";
            return bad("optimiser.look_alikes", format!("'{}'", file.display()), wanted);
        }
        Ok(())
    }
}

impl What {
    /// Sizes of what is added to a model.
    pub(super) fn check(self) -> Result<(), Fault> {
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
#[derive(Debug)]
pub(super) struct Fault {
    what: &'static str,
    value: String,
    wanted: &'static str,
}

impl Fault {
    /// Of a file.
    pub(super) fn of(self, path: &Path) -> TrainConfigError {
        let Fault { what, value, wanted } = self;
        TrainConfigError::Value { path: path.to_path_buf(), what, value, wanted }
    }
}

/// Refuses a value.
pub(super) fn bad(what: &'static str, value: impl std::fmt::Display, wanted: &'static str) -> Result<(), Fault> {
    Err(Fault { what, value: value.to_string(), wanted })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_no_training_takes_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        let refused = |more: &str| {
            std::fs::write(&path, format!("model.from = 'm'\n{more}\n[data]\nphotographs = 'p'\ntaxonomy = 't'\n")).unwrap();
            TrainConfig::from_path(&path).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(refused("losses = [{ kind = { hxe = { alpha = 0.0 } } }, { kind = { sigmoid = {} } }]"), Ok(()));
        for (more, sentence) in [
            ("[augmentation]\nscale = 1.0", "augmentation.scale is 1; it is a share from 0 to 0.9"),
            ("[augmentation]\nlight = 2.0", "augmentation.light is 2; it is a share from 0 to 1"),
            (
                "losses = [{ kind = { sup_con = { temperature = 0.0 } } }]",
                "losses.kind.temperature is 0; it is a finite number above",
            ),
            (
                "losses = [{ kind = { hmce = { temperature = -1.0 } } }]",
                "losses.kind.temperature is -1; it is a finite number above",
            ),
            ("losses = [{ kind = { soft_labels = { beta = inf } } }]", "losses.kind.beta is inf; it is a finite number above 0"),
            ("losses = [{ kind = { hxe = { alpha = -0.1 } } }]", "losses.kind.alpha is -0.1; it is a finite number from 0 on"),
            ("losses = [{ kind = { sigmoid = { bias = nan } } }]", "losses.kind.bias is NaN; it is a finite number"),
        ] {
            let message = refused(more).unwrap_err();
            assert!(message.contains(sentence), "{message}");
        }
        // What is not said is of photographs here, of texts there.
        assert_eq!((Optimiser::default().learning_rate, Optimiser::of_texts().learning_rate), (5e-4, 2e-5));
        assert_eq!(Optimiser { learning_rate: 5e-4, ..Optimiser::of_texts() }, Optimiser::default());
    }
}
