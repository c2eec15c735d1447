//! Training and adapting models of the open_clip layout on photographs with truth.
//!
//! ```text
//! examples ──batches──▶ step (towers over the parameters, losses) ──gradients──▶ optimiser
//!    ╰──evaluate each epoch──▶ checkpoint ──best epoch──▶ model directory
//! ```
//!
//! Every epoch's chance depends on seed and epoch alone, and a checkpoint holds all that learns, so
//! a killed training goes on to the same model. [`training`] is all of it, from a configuration to a folder.

pub mod hard_negatives;
mod error;
pub mod config;
pub mod examples;
pub mod parameters;
pub mod wording;
pub mod evaluate;
pub mod checkpoint;
pub mod losses;
pub mod optimiser;
mod step;
pub mod training;

use crate::encoder::tokenizer::Tokenizer;
use checkpoint::{Checkpoints, Epoch, State, write_model};
use config::{LossKind, ModelStart, TrainConfig};
pub use error::TrainError;
use evaluate::{Retrieval, embed_texts, retrieval, rows};
use examples::{Batch, Examples, stream};
use hard_negatives::HardNegatives;
use nearmiss::photographs::preprocess::{Preprocess, Resize};
use nearmiss::runs::directory::write_whole;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use optimiser::AdamW;
use parameters::{LOGIT_SCALE, LogitScale, Parameters};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use tch::Tensor;
use wording::Wording;

/// The log of epochs, a CSV.
pub const LOG: &str = "log.csv";
/// The figure of loss and retrieval by epoch.
pub const CURVES: &str = "curves.svg";
/// What a model was trained from.
pub const RECORD: &str = "train.json";

/// A training, ready to run.
pub struct Trainer<'a> {
    config: &'a TrainConfig,
    taxonomy: &'a Taxonomy,
    train: Examples,
    validation: Examples,
    look_alikes: Option<HardNegatives>,
    parameters: Parameters,
    tokenizer: Tokenizer,
    preprocess: Preprocess,
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

impl<'a> Trainer<'a> {
    /// Reads photographs and model; `start` is the directory of the model to start at.
    ///
    /// # Errors
    ///
    /// [`TrainError`].
    pub fn new(config: &'a TrainConfig, taxonomy: &'a Taxonomy, start: &Path) -> Result<Self, TrainError> {
        let (train, validation) = Examples::read(&config.data, taxonomy)?;
        let batch = config.optimiser.batch * config.optimiser.accumulate;
        if train.taxa.len() < batch {
            let (photographs, split) = (train.taxa.len(), config.data.train.clone());
            return Err(TrainError::FewPhotographs { batch, photographs, split });
        }
        let among_photographs = |kind: &LossKind| matches!(kind, LossKind::SupCon { .. } | LossKind::Hmce { .. });
        if config.losses.iter().any(|term| among_photographs(&term.kind)) && train.classes().len() == train.taxa.len() {
            return Err(TrainError::NoPairs);
        }
        let look_alikes = match &config.optimiser.look_alikes {
            Some(file) => Some(HardNegatives::from_path(file, taxonomy, &train.classes())?),
            None => None,
        };
        let mut random = stream(config.seed, 0, 1);
        let scale = if config.optimiser.learn_temperature { LogitScale::Learnt } else { LogitScale::Kept };
        let parameters = Parameters::open(start, config.what, scale, &mut random)?;
        let context = usize::try_from(parameters.config.text.context_length).unwrap_or(77);
        let tokenizer = Tokenizer::from_dir(start, context)?;
        let model = &parameters.config;
        let size = u32::try_from(model.vision.image_size).unwrap_or(224);
        let preprocess = Preprocess { resize: Resize::ShortestBicubic8, size, mean: model.mean, std: model.std };
        let mut trainer =
            Self { config, taxonomy, train, validation, look_alikes, parameters, tokenizer, preprocess, identity: String::new() };
        if matches!(config.model, ModelStart::New(_)) {
            trainer.parameters.forget_tokens(&trainer.known_tokens())?;
        }
        trainer.identity = trainer.fingerprint()?;
        Ok(trainer)
    }

    /// Tokens of all texts that can be drawn: of the training taxa and all above them.
    fn known_tokens(&self) -> Vec<i64> {
        let taxa: BTreeSet<TaxonId> = self.train.taxa.iter().flat_map(|&taxon| self.taxonomy.lineage(taxon)).collect();
        let mut tokens = BTreeSet::new();
        for &taxon in &taxa {
            for format in &self.config.texts.names {
                for prompt in self.config.texts.templates.prompts(&format.write(self.taxonomy, taxon)) {
                    tokens.extend(self.tokenizer.encode(&prompt).ids);
                }
            }
        }
        tokens.into_iter().collect()
    }

    /// How many numbers learn, and how many the model has.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        self.parameters.counts()
    }

    /// Photographs for training and for validation, and taxa of the first.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.train.taxa.len(), self.validation.taxa.len(), self.train.classes().len())
    }

    /// Look-alikes from a file, where the configuration names one.
    #[must_use]
    pub fn look_alikes(&self) -> Option<&HardNegatives> {
        self.look_alikes.as_ref()
    }

    /// SHA-256 of configuration, photographs with truths, taxonomy, look-alikes and start.
    fn fingerprint(&self) -> Result<String, TrainError> {
        let config = serde_json::to_vec(self.config).map_err(|error| TrainError::Checkpoint(error.to_string()))?;
        let mut chunks = vec![config, self.taxonomy.fingerprint().into_bytes()];
        for examples in [&self.train, &self.validation] {
            for (photograph, taxon) in examples.photographs.iter().zip(&examples.taxa) {
                chunks.push(format!("{}\t{}\n", photograph.image, self.taxonomy.identity(*taxon)).into_bytes());
            }
        }
        chunks.extend(self.look_alikes.iter().map(|look_alikes| look_alikes.sha256.clone().into_bytes()));
        for (name, tensor) in self.parameters.merged()? {
            chunks.push(format!("{name} {:?}", f64::try_from(tensor.detach().f_sum(tch::Kind::Double)?)?).into_bytes());
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
        let settings = &self.config.optimiser;
        let per_epoch = (self.train.taxa.len() / settings.batch / settings.accumulate).max(1) as u64;
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
            write_log(output, &state)?;
        }
        let kind = if self.config.half { tch::Kind::Half } else { tch::Kind::Float };
        write_model(output, &self.parameters.config_bytes, &checkpoints.best()?, kind)?;
        draw_curves(output, &state)?;
        self.write_record(output, &state)?;
        checkpoints.remove()?;
        Ok(Some(Trained { epochs: state.epochs, best: state.best, unreadable: state.unreadable }))
    }

    fn has_stopped_improving(&self, state: &State) -> bool {
        let patience = self.config.optimiser.patience;
        patience > 0 && state.epochs.len() >= state.best + patience && state.best > 0
    }

    fn wording(&self) -> Wording<'_> {
        Wording { taxonomy: self.taxonomy, texts: &self.config.texts, tokenizer: &self.tokenizer }
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
        let (train, validation) = self.evaluate()?;
        let scale = self.parameters.learned().into_iter().find(|(name, ..)| name == LOGIT_SCALE);
        let scale = match scale {
            Some((_, scale, _)) => f64::try_from(scale.detach())?.exp(),
            None => f64::try_from(self.parameters.towers()?.scale.detach())?,
        };
        let learning_rate = optimiser.rate(optimiser.step);
        let loss = losses / f64::from(count.max(1));
        Ok(Some(Epoch { epoch: epoch + 1, steps: optimiser.step, loss, learning_rate, scale, gradient, train, validation }))
    }

    /// The steps of an epoch, while a thread of its own reads the photographs; `None` when `stop` was raised.
    fn steps(
        &self,
        epoch: usize,
        optimiser: &mut AdamW,
        state: &mut State,
        stop: &AtomicBool,
    ) -> Result<Option<Steps>, TrainError> {
        let settings = &self.config.optimiser;
        let batches = self.batches(epoch)?;
        std::thread::scope(|scope| -> Result<Option<Steps>, TrainError> {
            let (sender, receiver) = sync_channel::<Result<Batch, TrainError>>(2);
            let (train, preprocess, batches) = (&self.train, &self.preprocess, &batches);
            scope.spawn(move || {
                for batch in batches {
                    // The receiver goes away when the training stops; there is nothing left to read then.
                    if sender.send(train.plain(batch, preprocess)).is_err() {
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
                for name in &batch.unreadable {
                    if !state.unreadable.contains(name) {
                        state.unreadable.push(name.clone());
                    }
                }
                let loss = self.loss(batch, epoch, number)?;
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

    /// Which photographs stand in which batch of an epoch.
    fn batches(&self, epoch: usize) -> Result<Vec<Vec<usize>>, TrainError> {
        let settings = &self.config.optimiser;
        let share = settings.hard_negatives;
        let from_texts = if share > 0.0 && self.look_alikes.is_none() { self.neighbours()? } else { HashMap::new() };
        let neighbours = self.look_alikes.as_ref().map_or(&from_texts, |look_alikes| &look_alikes.of);
        let mut batches = self.train.batches(settings.batch, self.config.seed, epoch, neighbours, share);
        // A step that is not full would leave gradients behind, which no checkpoint holds.
        batches.truncate(batches.len() / settings.accumulate * settings.accumulate);
        Ok(batches)
    }

    /// The loss of a batch, its photographs varied and its texts drawn.
    fn loss(&self, batch: Batch, epoch: usize, number: u64) -> Result<Tensor, TrainError> {
        let mut random = stream(self.config.seed, epoch, 16 + number);
        let batch = batch.vary(self.taxonomy, &self.config.texts, &self.config.augmentation, &mut random)?;
        step::loss(&self.parameters.towers()?, self.wording(), &self.config.losses, &batch)
    }

    fn evaluate(&self) -> Result<(Retrieval, Retrieval), TrainError> {
        let towers = self.parameters.towers()?;
        let mut classes = self.train.classes();
        classes.extend(self.validation.classes());
        classes.sort_unstable();
        classes.dedup();
        // As many training photographs as there are for validation, spread evenly.
        let wanted = self.validation.taxa.len().clamp(1, self.train.taxa.len());
        let chosen: Vec<usize> = (0..wanted).map(|index| index * self.train.taxa.len() / wanted).collect();
        let part = Examples {
            photographs: chosen.iter().map(|&index| self.train.photographs[index].clone()).collect(),
            taxa: chosen.iter().map(|&index| self.train.taxa[index]).collect(),
        };
        let of = |examples: &Examples| retrieval(&towers, self.wording(), &self.preprocess, examples, &classes);
        Ok((of(&part)?, of(&self.validation)?))
    }

    /// Other species of the same family, the most similar text first.
    fn neighbours(&self) -> Result<HashMap<TaxonId, Vec<TaxonId>>, TrainError> {
        let _guard = tch::no_grad_guard();
        let classes = self.train.classes();
        let towers = self.parameters.towers()?;
        let texts: Vec<String> = classes.iter().map(|&taxon| self.wording().plain(taxon)).collect();
        let vectors = embed_texts(&towers, &self.tokenizer, &texts)?;
        let similar = rows(&vectors.f_matmul(&vectors.f_transpose(0, 1)?)?)?;
        let family = |taxon: TaxonId| self.taxonomy.ancestor_at(taxon, Rank::Family);
        let of_one = |(own, row): (usize, &Vec<f32>)| {
            let taxon = classes[own];
            let relative = |other: &usize| *other != own && family(taxon).is_some() && family(classes[*other]) == family(taxon);
            let mut others: Vec<usize> = (0..classes.len()).filter(relative).collect();
            others.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
            (taxon, others.into_iter().map(|other| classes[other]).collect())
        };
        Ok(similar.iter().enumerate().map(of_one).collect())
    }

    fn write_record(&self, output: &Path, state: &State) -> Result<(), TrainError> {
        let (learned, all) = self.counts();
        let (train, validation, classes) = self.sizes();
        let record = serde_json::json!({
            "program": concat!("nearmiss ", env!("CARGO_PKG_VERSION")),
            "config": self.config,
            "identity": state.identity,
            "taxonomy_sha256": self.taxonomy.fingerprint(),
            "photographs": { "train": train, "validation": validation, "taxa": classes, "unreadable": state.unreadable },
            "look_alikes": self.look_alikes,
            "parameters": { "learned": learned, "all": all },
            "best_epoch": state.best,
            "epochs": state.epochs,
        });
        Ok(write_whole(&output.join(RECORD), format!("{record:#}\n").as_bytes())?)
    }
}

/// The epochs so far, as a CSV.
fn write_log(output: &Path, state: &State) -> Result<(), TrainError> {
    let mut log = "epoch,steps,loss,learning_rate,scale,gradient,train_recall_at_1,train_recall_at_5,train_mrr,\
                   train_precision_at_5,validation_recall_at_1,validation_recall_at_5,validation_mrr,\
                   validation_precision_at_5\n"
        .to_string();
    let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for epoch in &state.epochs {
        let of = |retrieval: &Retrieval| {
            let Retrieval { recall_at_1, recall_at_5, mrr, precision_at_5, .. } = retrieval;
            format!("{recall_at_1},{recall_at_5},{mrr},{}", cell(*precision_at_5))
        };
        let Epoch { epoch, steps, loss, learning_rate, scale, gradient, train, validation } = epoch;
        let head = format!("{epoch},{steps},{loss},{learning_rate},{scale},{gradient}");
        log.extend([head, ",".to_string(), of(train), ",".to_string(), of(validation), "\n".to_string()]);
    }
    Ok(write_whole(&output.join(LOG), log.as_bytes())?)
}

/// Loss and retrieval by epoch, as a figure.
fn draw_curves(output: &Path, state: &State) -> Result<(), TrainError> {
    let of = |value: &dyn Fn(&Epoch) -> f64| state.epochs.iter().map(value).collect::<Vec<f64>>();
    let shares = [
        ("right in training", of(&|epoch| epoch.train.recall_at_1)),
        ("right in validation", of(&|epoch| epoch.validation.recall_at_1)),
        ("MRR in training", of(&|epoch| epoch.train.mrr)),
        ("MRR in validation", of(&|epoch| epoch.validation.mrr)),
    ];
    let svg = nearmiss::report::figures::training_curves(&of(&|epoch| epoch.loss), &shares);
    let svg = svg.map_err(|error| TrainError::Figure(error.to_string()))?;
    Ok(write_whole(&output.join(CURVES), svg.as_bytes())?)
}
