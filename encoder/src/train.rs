//! Training and adapting models: image towers and text towers on photographs with truth, text towers on texts that ask and
//! answer.
//!
//! ```text
//! examples ──batches──▶ loss (of towers over the parameters) ──gradients──▶ optimiser
//!    ╰──evaluate each epoch──▶ checkpoint ──best epoch──▶ model directory
//! ```
//!
//! Every epoch's chance depends on seed and epoch alone, and a checkpoint holds all that learns, so
//! a killed training goes on to the same model. [`training`] is all of it, from a configuration to a folder; a
//! [`lesson`] is what is taught: [`photographs`] or [`sentences`]. A model of any layout is trained, and
//! written as it was read.

pub mod hard_negatives;
mod error;
pub mod losses;
pub mod config;
pub mod examples;
pub mod towers;
mod learning;
pub mod start;
pub mod parameters;
pub mod wording;
pub mod evaluate;
pub mod optimiser;
pub mod checkpoint;
pub mod lesson;
pub mod change;
mod kinship;
mod step;
pub mod photographs;
pub mod sentences;
mod written;
pub mod training;

use crate::encoder::description::tensors::TowerKind;
use change::{Change, changes};
use checkpoint::{Checkpoints, Epoch, State};
use config::{LossKind, ModelStart, Optimiser, TrainConfig};
pub use error::TrainError;
use evaluate::Evaluation;
use examples::stream;
use lesson::Lesson;
use nearmiss::taxonomy::Taxonomy;
use optimiser::AdamW;
use parameters::{Compared, Parameters};
use photographs::{PhotographLesson, Photographs};
use sentences::config::SentenceConfig;
use sentences::splits::Splits;
use sentences::{PairLesson, TaxonLesson};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use tch::{Kind, Tensor};
pub use written::{CURVES, LOG, RECORD};

/// A training, ready to run.
pub struct Trainer<L> {
    lesson: L,
    settings: Optimiser,
    /// Whether the weights are written in half precision.
    half: bool,
    /// The configuration, for the record.
    config: serde_json::Value,
    parameters: Parameters,
    identity: String,
}

/// What a finished training came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// All epochs.
    pub epochs: Vec<Epoch>,
    /// The epoch whose model was written, from 1.
    pub best: usize,
    /// Photographs that could not be read.
    pub unreadable: Vec<String>,
    /// How the model of that epoch compares with the one that the training started at; empty for photographs.
    pub changes: Vec<Change>,
}

/// What the steps of an epoch came to.
#[derive(Default)]
struct Steps {
    /// Sum of the losses of the batches.
    losses: f64,
    /// Batches.
    count: u32,
    /// Lengths of the gradients before clipping, one for each step.
    lengths: Vec<f64>,
}

impl<'a> Trainer<PhotographLesson<'a>> {
    /// Reads photographs and model; `start` is the directory of the model to start at.
    ///
    /// # Errors
    ///
    /// [`TrainError`].
    pub fn new(config: &'a TrainConfig, taxonomy: &'a Taxonomy, start: &Path) -> Result<Self, TrainError> {
        let photographs = Photographs::read(config, taxonomy)?;
        let sigmoid = config.losses.iter().find_map(|term| match term.kind {
            LossKind::Sigmoid { bias } => Some(bias),
            _ => None,
        });
        let compared = match (config.optimiser.learn_temperature, sigmoid) {
            (false, _) => Compared::Kept,
            (true, None) => Compared::Scale,
            (true, Some(_)) => Compared::ScaleAndBias,
        };
        let towers = [TowerKind::Image, TowerKind::Text];
        let parameters = Parameters::open(start, config.what, &towers, compared, &mut stream(config.seed, 0, 1))?;
        if let Some(Some(bias)) = sigmoid {
            parameters.set_bias(bias)?;
        }
        let lesson = photographs.seen_by(&parameters)?;
        if matches!(config.model, ModelStart::New(_)) {
            parameters.forget_tokens(&lesson.known_tokens())?;
        }
        Trainer::of(lesson, parameters, (&config.optimiser, config.half), config)
    }
}

impl<'a> Trainer<PairLesson<'a>> {
    /// Takes queries and documents, and reads the model; `start` is the directory of the model to start at.
    ///
    /// # Errors
    ///
    /// [`TrainError`].
    pub fn of_pairs(config: &'a SentenceConfig, splits: Splits, start: &Path) -> Result<Self, TrainError> {
        let parameters = Parameters::of_texts(start, config.what, &mut stream(config.seed, 0, 1))?;
        let lesson = PairLesson::of(config, splits, &parameters)?;
        Trainer::of(lesson, parameters, (&config.optimiser, config.half), config)
    }
}

impl<'a> Trainer<TaxonLesson<'a>> {
    /// Takes texts with taxa, and reads the model; `start` is the directory of the model to start at.
    ///
    /// # Errors
    ///
    /// [`TrainError`].
    pub fn of_taxa(config: &'a SentenceConfig, splits: &Splits, start: &Path) -> Result<Self, TrainError> {
        let parameters = Parameters::of_texts(start, config.what, &mut stream(config.seed, 0, 1))?;
        let lesson = TaxonLesson::of(config, splits, &parameters)?;
        Trainer::of(lesson, parameters, (&config.optimiser, config.half), config)
    }
}

impl<L: Lesson> Trainer<L> {
    fn of(
        lesson: L,
        parameters: Parameters,
        (settings, half): (&Optimiser, bool),
        config: &impl serde::Serialize,
    ) -> Result<Self, TrainError> {
        let config = serde_json::to_value(config).map_err(|error| TrainError::Checkpoint(error.to_string()))?;
        let mut trainer = Self { lesson, settings: settings.clone(), half, config, parameters, identity: String::new() };
        trainer.identity = trainer.fingerprint()?;
        Ok(trainer)
    }

    /// How many numbers learn, and how many the model has.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        self.parameters.counts()
    }

    /// What is taught.
    #[must_use]
    pub fn lesson(&self) -> &L {
        &self.lesson
    }

    /// What of the model is left out, or left as it was, a sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.parameters.notes
    }

    /// SHA-256 of configuration, examples and start: a checkpoint or a model of another one is of another training.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// SHA-256 of configuration, examples and start.
    fn fingerprint(&self) -> Result<String, TrainError> {
        let mut chunks = vec![self.config.to_string().into_bytes(), self.parameters.start.sha256().into_bytes()];
        chunks.extend(self.lesson.identity());
        for (name, tensor) in self.parameters.merged()? {
            // The sum of the bits is the same however many threads make it.
            let bits = tensor.f_detach()?.f_contiguous()?.f_view_dtype(Kind::Int)?.f_sum(Kind::Int64)?;
            chunks.push(format!("{name} {}", i64::try_from(bits)?).into_bytes());
        }
        Ok(nearmiss::files::sha256::hex(chunks.iter().map(Vec::as_slice)))
    }

    /// Trains and writes the model of the best epoch; `told` hears of every epoch.
    ///
    /// Returns `None` when `stop` was raised: the checkpoint of the last epoch is there.
    ///
    /// # Errors
    ///
    /// [`TrainError`]; nothing is written in place of a model then.
    pub fn run(&mut self, output: &Path, stop: &AtomicBool, told: &dyn Fn(&Epoch)) -> Result<Option<Trained>, TrainError> {
        self.parameters.start.check_room(output)?;
        let settings = &self.settings;
        let per_epoch = (self.lesson.examples() / settings.batch / settings.accumulate).max(1) as u64;
        let before = self.lesson.values(&self.parameters.plain_towers()?)?;
        let mut optimiser = AdamW::new(self.parameters.learned(), settings.clone(), per_epoch * settings.epochs as u64)?;
        let checkpoints = Checkpoints::of(output);
        let mut state = State { identity: self.identity.clone(), ..State::default() };
        if let Some((known, tensors)) = checkpoints.read(&self.identity)? {
            let steps = known.epochs.last().map_or(0, |epoch| epoch.steps);
            optimiser.resume(&tensors, steps)?;
            known.epochs.iter().for_each(told);
            state = known;
        }
        for epoch in state.epochs.len()..settings.epochs {
            if self.has_stopped_improving(&state) {
                break;
            }
            let Some(done) = self.epoch(epoch, &mut optimiser, &mut state, stop)? else { return Ok(None) };
            let better = state.epochs.iter().all(|known| known.validation.mrr < done.validation.mrr);
            told(&done);
            state.epochs.push(done);
            let best: Option<Vec<(String, Tensor)>> = if better {
                state.best = epoch + 1;
                let tensors = self.parameters.merged()?.into_iter().chain(self.parameters.beside()?);
                Some(tensors.map(|(name, tensor)| (name, tensor.detach())).collect())
            } else {
                None
            };
            checkpoints.write(&state, &optimiser.state(), best.as_deref())?;
            written::log(output, &state)?;
        }
        let best = checkpoints.best(&state)?;
        let after = self.lesson.values(&self.parameters.towers_of(&best)?)?;
        let changes = before.zip(after).map_or_else(Vec::new, |(before, after)| changes(&before, &after));
        let kind = if self.half { Kind::Half } else { Kind::Float };
        written::forget(output)?;
        self.parameters.start.write(output, &best, kind)?;
        written::curves(output, &state)?;
        written::record(output, &self.record(&state, &changes))?;
        checkpoints.remove()?;
        Ok(Some(Trained { epochs: state.epochs, best: state.best, unreadable: state.unreadable, changes }))
    }

    fn has_stopped_improving(&self, state: &State) -> bool {
        let patience = self.settings.patience;
        patience > 0 && state.epochs.len() >= state.best + patience && state.best > 0
    }

    /// One epoch; `None` when `stop` was raised.
    fn epoch(
        &self,
        epoch: usize,
        optimiser: &mut AdamW,
        state: &mut State,
        stop: &AtomicBool,
    ) -> Result<Option<Epoch>, TrainError> {
        let Some(Steps { losses, lengths, count }) = self.steps(epoch, optimiser, state, stop)? else { return Ok(None) };
        let gradient = lengths.iter().sum::<f64>() / f64::from(u32::try_from(lengths.len()).unwrap_or(1).max(1));
        if !gradient.is_finite() {
            return Err(TrainError::NotFinite { value: gradient, step: optimiser.step, epoch: epoch + 1 });
        }
        let Evaluation { train, validation, unreadable } = self.lesson.evaluate(&self.parameters.towers()?)?;
        state.add_unreadable(&unreadable);
        let (scale, learning_rate) = (self.parameters.scale()?, optimiser.rate(optimiser.step));
        let loss = losses / f64::from(count.max(1));
        Ok(Some(Epoch { epoch: epoch + 1, steps: optimiser.step, loss, learning_rate, scale, gradient, train, validation }))
    }

    /// The steps of an epoch, while a thread of its own reads the examples; `None` when `stop` was raised.
    fn steps(
        &self,
        epoch: usize,
        optimiser: &mut AdamW,
        state: &mut State,
        stop: &AtomicBool,
    ) -> Result<Option<Steps>, TrainError> {
        let settings = &self.settings;
        let mut plans = self.lesson.plans(&self.parameters, epoch)?;
        // A step that is not full would leave gradients behind, which no checkpoint holds.
        plans.truncate(plans.len() / settings.accumulate * settings.accumulate);
        std::thread::scope(|scope| -> Result<Option<Steps>, TrainError> {
            let (sender, receiver) = sync_channel::<Result<L::Batch, TrainError>>(2);
            let (read, plans) = (self.lesson.reader(), &plans);
            scope.spawn(move || {
                for plan in plans {
                    // The receiver goes away when the training stops; there is nothing left to read then.
                    if sender.send(read(plan)).is_err() {
                        break;
                    }
                }
            });
            let mut steps = Steps::default();
            for (number, batch) in (0_u64..).zip(receiver) {
                if stop.load(Ordering::Relaxed) {
                    return Ok(None);
                }
                let batch = batch?;
                state.add_unreadable(L::unreadable(&batch));
                let loss = self.lesson.loss(&self.parameters.towers()?, batch, epoch, number)?;
                let value = f64::try_from(&loss)?;
                if !value.is_finite() {
                    return Err(TrainError::NotFinite { value, step: optimiser.step, epoch: epoch + 1 });
                }
                steps.losses += value;
                steps.count += 1;
                let parts = i64::try_from(settings.accumulate).unwrap_or(1);
                loss.f_div_scalar(parts)?.f_backward()?;
                if (number + 1).is_multiple_of(settings.accumulate as u64) {
                    steps.lengths.push(optimiser.take_step()?);
                }
            }
            Ok(Some(steps))
        })
    }

    /// What the model was trained from.
    fn record(&self, state: &State, changes: &[Change]) -> serde_json::Value {
        let (learned, all) = self.counts();
        let mut record = serde_json::json!({
            "program": concat!("nearmiss ", env!("CARGO_PKG_VERSION")),
            "config": self.config,
            "identity": state.identity,
        });
        if let Some(record) = record.as_object_mut() {
            record.extend(self.lesson.record(&state.unreadable));
            record.insert("parameters".to_string(), serde_json::json!({ "learned": learned, "all": all }));
            record.insert("best_epoch".to_string(), serde_json::json!(state.best));
            record.insert("epochs".to_string(), serde_json::json!(state.epochs));
            if !changes.is_empty() {
                record.insert("changes".to_string(), serde_json::json!(changes));
            }
        }
        record
    }
}
