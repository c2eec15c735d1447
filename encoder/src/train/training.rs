//! Training: a configuration to a model directory, as `nearmiss train` does it.

use super::checkpoint::Epoch;
use super::config::{ModelStart, TrainConfig};
use super::{RECORD, TrainError, Trained, Trainer};
use crate::classify::listener::Listener;
use crate::classify::model::{self, ModelError};
use nearmiss::files::output::lock::{self, Lock, LockError};
use nearmiss::files::output::staging::Staging;
use nearmiss::numbers::counted::counted;
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::read::ReadError;
use std::path::{Path, PathBuf};

/// Which folder a model may be written into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Folder {
    /// An empty one, or that of a training, which goes on.
    #[default]
    Own,
    /// Any; files of other names stay.
    Any,
}

/// A model to be trained, and how.
///
/// # Examples
///
/// ```no_run
/// use nearmiss_encoder::classify::listener::Silent;
/// use nearmiss_encoder::train::config::TrainConfig;
/// use nearmiss_encoder::train::training::{Ended, Training};
/// use std::path::Path;
///
/// let config = TrainConfig::from_path(Path::new("train.toml"))?;
/// match Training::of(config, Path::new("models/bees")).run(&Silent)? {
///     Ended::Done(trained) => println!("the best of {} epochs: {}", trained.epochs.len(), trained.best),
///     Ended::Stopped => println!("the same call goes on where this one stopped"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Training {
    /// Photographs, model to start at, what is trained and how.
    pub config: TrainConfig,
    /// The model directory; a checkpoint in it goes on.
    pub output: PathBuf,
    /// Which folder it may be.
    pub folder: Folder,
}

/// What became of a training.
#[derive(Debug)]
pub enum Ended {
    /// The model of the best epoch is in the folder.
    Done(Trained),
    /// It was stopped; run again, it goes on.
    Stopped,
}

/// Why a model could not be trained.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum TrainingError {
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(
        "output folder '{}' is not empty and holds no training; give another folder with -o, or --force", .0.display()
    )]
    NotEmpty(PathBuf),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("cannot {action}")]
    File { action: &'static str, source: std::io::Error },
    #[error(transparent)]
    FindModel(#[from] ModelError),
    #[error(transparent)]
    Train(#[from] TrainError),
}

impl Training {
    /// Into a folder of its own.
    #[must_use]
    pub fn of(config: TrainConfig, output: &Path) -> Training {
        Training { config, output: output.to_path_buf(), folder: Folder::default() }
    }

    /// Trains.
    ///
    /// # Errors
    ///
    /// [`TrainingError`]: photographs or a model that cannot be used; a loss that is not finite.
    pub fn run(&self, listener: &dyn Listener) -> Result<Ended, TrainingError> {
        let config = &self.config;
        let taxonomy = Taxonomy::named(&config.data.taxonomy)?;
        self.check_output()?;
        let _lock = Lock::take(&self.output)?;
        let fault = |action| move |source| TrainingError::File { action, source };
        let fresh = Staging::new_in(&std::env::temp_dir(), "train").map_err(fault("make a temporary folder"))?;
        let start = match &config.model {
            ModelStart::From(model) => {
                let found = model::directory(model)?;
                found.note.iter().for_each(|note| listener.warn(note));
                found.directory
            }
            ModelStart::New(sizes) => {
                sizes.write(fresh.path(), config.seed).map_err(fault("write the model to start at"))?;
                fresh.path().to_path_buf()
            }
        };
        let mut trainer = Trainer::new(config, &taxonomy, &start)?;
        describe(&trainer, listener);
        let told = |epoch: &Epoch| listener.remark(&line(epoch));
        let outcome = trainer.run(&self.output, &listener.stop(), &told)?;
        Ok(outcome.map_or(Ended::Stopped, Ended::Done))
    }

    /// A folder may be written to if it is empty, or holds a training.
    fn check_output(&self) -> Result<(), TrainingError> {
        let holds = |name: &str| self.output.join(name).exists();
        let foreign = |entry: std::fs::DirEntry| entry.file_name() != lock::FILE;
        let empty = std::fs::read_dir(&self.output).map_or(true, |entries| !entries.flatten().any(foreign));
        if empty || self.folder == Folder::Any || holds(RECORD) || holds("checkpoint") {
            return Ok(());
        }
        Err(TrainingError::NotEmpty(self.output.clone()))
    }
}

/// Says what is trained on, and how much.
fn describe(trainer: &Trainer<'_>, listener: &dyn Listener) {
    let ((learned, all), (train, validation, taxa)) = (trainer.counts(), trainer.sizes());
    listener.remark(&format!("photographs: {train} of {taxa} taxa for training, {validation} for validation"));
    if let Some(look_alikes) = trainer.look_alikes() {
        look_alikes.notes().iter().for_each(|note| listener.warn(note));
        let (pairs, file) = (look_alikes.pairs, look_alikes.file.display());
        let taxa = counted(look_alikes.of.len(), "taxon", "taxa");
        listener.remark(&format!("look-alikes: {} of {taxa} from {file}", counted(pairs, "pair", "pairs")));
    }
    listener.remark(&format!("trained: {learned} of {all} numbers"));
}

/// What came of an epoch, in a line.
fn line(epoch: &Epoch) -> String {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    format!(
        "epoch {:>3}  loss {:.4}  scale {:.1}  recall@1 {} in training, {} in validation  MRR {:.3}",
        epoch.epoch,
        epoch.loss,
        epoch.scale,
        percent(epoch.train.recall_at_1),
        percent(epoch.validation.recall_at_1),
        epoch.validation.mrr
    )
}
