//! Training: a configuration to a model directory, as `nearmiss train` does it.

use super::checkpoint::Epoch;
use super::config::{ModelStart, TrainConfig, TrainConfigError};
use super::lesson::Lesson;
use super::sentences::config::SentenceConfig;
use super::sentences::splits::Splits;
use super::{RECORD, TrainError, Trained, Trainer};
use crate::classify::listener::Listener;
use crate::classify::model::{self, ModelError};
use nearmiss::files::output::lock::{self, Lock, LockError};
use nearmiss::files::output::staging::Staging;
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

/// What a model is trained on.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// Photographs with truth.
    Photographs(Box<TrainConfig>),
    /// Texts.
    Sentences(Box<SentenceConfig>),
}

impl Subject {
    /// Reads and checks a configuration: of texts where it has a table `sentences`, else of photographs.
    ///
    /// # Errors
    ///
    /// [`TrainConfigError`]: an unknown key, a value outside its range.
    pub fn from_path(path: &Path) -> Result<Subject, TrainConfigError> {
        match SentenceConfig::from_path(path)? {
            Some(config) => Ok(config.into()),
            None => Ok(TrainConfig::from_path(path)?.into()),
        }
    }
}

impl From<TrainConfig> for Subject {
    fn from(config: TrainConfig) -> Subject {
        Subject::Photographs(Box::new(config))
    }
}

impl From<SentenceConfig> for Subject {
    fn from(config: SentenceConfig) -> Subject {
        Subject::Sentences(Box::new(config))
    }
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
    /// Photographs or texts, model to start at, what is trained and how.
    pub subject: Subject,
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
    #[error("the training would be written over the model that it starts at, '{}'; give another folder with -o", .0.display())]
    OverStart(PathBuf),
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
    pub fn of(subject: impl Into<Subject>, output: &Path) -> Training {
        Training { subject: subject.into(), output: output.to_path_buf(), folder: Folder::default() }
    }

    /// Trains.
    ///
    /// # Errors
    ///
    /// [`TrainingError`]: examples or a model that cannot be used; a loss that is not finite.
    pub fn run(&self, listener: &dyn Listener) -> Result<Ended, TrainingError> {
        match &self.subject {
            Subject::Photographs(config) => {
                let taxonomy = Taxonomy::named(&config.data.taxonomy)?;
                let _lock = self.locked()?;
                self.started(&config.model, config.seed, listener, &|start| {
                    self.train(Trainer::new(config, &taxonomy, start)?, listener)
                })
            }
            Subject::Sentences(config) => {
                let _lock = self.locked()?;
                self.started(&config.model, config.seed, listener, &|start| {
                    let splits = Splits::read(&config.sentences, config.seed)?;
                    if splits.are_of_taxa() {
                        self.train(Trainer::of_taxa(config, &splits, start)?, listener)
                    } else {
                        self.train(Trainer::of_pairs(config, splits, start)?, listener)
                    }
                })
            }
        }
    }

    /// SHA-256 of configuration, examples and start, as the record of a model that was trained from them has it.
    ///
    /// # Errors
    ///
    /// As [`Training::run`], before the first step.
    pub fn identity(&self, listener: &dyn Listener) -> Result<String, TrainingError> {
        match &self.subject {
            Subject::Photographs(config) => {
                let taxonomy = Taxonomy::named(&config.data.taxonomy)?;
                self.started(&config.model, config.seed, listener, &|start| {
                    Ok(Trainer::new(config, &taxonomy, start)?.identity().to_string())
                })
            }
            Subject::Sentences(config) => self.started(&config.model, config.seed, listener, &|start| {
                let splits = Splits::read(&config.sentences, config.seed)?;
                if splits.are_of_taxa() {
                    Ok(Trainer::of_taxa(config, &splits, start)?.identity().to_string())
                } else {
                    Ok(Trainer::of_pairs(config, splits, start)?.identity().to_string())
                }
            }),
        }
    }

    /// Keeps others from writing into the folder.
    fn locked(&self) -> Result<Lock, TrainingError> {
        self.check_output()?;
        Ok(Lock::take(&self.output)?)
    }

    /// Does what begins at the directory of a model.
    fn started<T>(
        &self,
        model: &ModelStart,
        seed: u64,
        listener: &dyn Listener,
        run: &dyn Fn(&Path) -> Result<T, TrainingError>,
    ) -> Result<T, TrainingError> {
        let fault = |action| move |source| TrainingError::File { action, source };
        let fresh = Staging::new_in(&std::env::temp_dir(), "train").map_err(fault("make a temporary folder"))?;
        match model {
            ModelStart::From(model) => {
                let found = model::directory(model)?;
                found.note.iter().for_each(|note| listener.warn(note));
                self.check_start(&found.directory)?;
                run(&found.directory)
            }
            ModelStart::New(sizes) => {
                sizes.write(fresh.path(), seed).map_err(fault("write the model to start at"))?;
                run(fresh.path())
            }
        }
    }

    fn train<L: Lesson>(&self, mut trainer: Trainer<L>, listener: &dyn Listener) -> Result<Ended, TrainingError> {
        trainer.lesson().remarks().iter().for_each(|remark| listener.remark(remark));
        trainer.lesson().warnings().iter().for_each(|warning| listener.warn(warning));
        trainer.notes().iter().for_each(|note| listener.warn(note));
        let (learned, all) = trainer.counts();
        listener.remark(&format!("trained: {learned} of {all} numbers"));
        let told = |epoch: &Epoch| listener.remark(&line(epoch));
        let outcome = trainer.run(&self.output, &listener.stop(), &told)?;
        Ok(outcome.map_or(Ended::Stopped, Ended::Done))
    }

    /// A training does not write over what it starts at: killed in between, nothing would be left of either.
    fn check_start(&self, start: &Path) -> Result<(), TrainingError> {
        let folder = match start.parent().filter(|_| start.is_file()) {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => start,
        };
        let is_same = |folder: PathBuf| self.output.canonicalize().is_ok_and(|output| output == folder);
        if folder.canonicalize().is_ok_and(is_same) { Err(TrainingError::OverStart(self.output.clone())) } else { Ok(()) }
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

/// What came of an epoch, in a line.
fn line(epoch: &Epoch) -> String {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let (train, validation) = (&epoch.train, &epoch.validation);
    let scale = epoch.scale.map_or_else(String::new, |scale| format!("  scale {scale:.1}"));
    let triplets = validation.triplets.map_or_else(String::new, |share| format!("  triplets {}", percent(share)));
    format!(
        "epoch {:>3}  loss {:.4}{scale}  recall@1 {} in training, {} in validation  MRR {:.3}{triplets}",
        epoch.epoch,
        epoch.loss,
        percent(train.recall_at_1),
        percent(validation.recall_at_1),
        validation.mrr
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_not_trained_over_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (model, other) = (folder.path().join("m"), folder.path().join("n"));
        std::fs::create_dir_all(&model).unwrap();
        std::fs::write(model.join("model.safetensors"), "").unwrap();
        let config: SentenceConfig = toml::from_str("model.from = 'm'\n[sentences]\ntexts = 't.csv'\n").unwrap();
        let into = |output: &Path| Training::of(config.clone(), output);
        let message = into(&model.join("../m")).check_start(&model).unwrap_err().to_string();
        assert!(message.starts_with("the training would be written over the model that it starts at, '"), "{message}");
        assert!(into(&model).check_start(&model.join("model.safetensors")).is_err());
        assert!(into(&other).check_start(&model).is_ok());
    }
}
