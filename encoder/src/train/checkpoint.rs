//! Where a killed training goes on.

use super::error::TrainError;
use super::evaluate::Retrieval;
use crate::encoder::weights::Weights;
use nearmiss::files::output::publish;
use nearmiss::runs::directory::write_whole;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tch::{Device, Kind, Tensor};

const STATE: &str = "state.json";

/// What an epoch came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Steps taken so far.
    pub steps: u64,
    /// Mean loss over the epoch.
    pub loss: f64,
    /// Learning rate at its end.
    pub learning_rate: f64,
    /// Factor on cosines at its end; `None` for a model without one.
    pub scale: Option<f64>,
    /// Mean length of the gradient before clipping.
    pub gradient: f64,
    /// On as many examples for training as there are for validation.
    pub train: Retrieval,
    /// On those for validation.
    pub validation: Retrieval,
}

/// Everything but the tensors.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// SHA-256 of configuration, photographs and start: what a checkpoint must be of.
    pub identity: String,
    /// Epochs so far.
    pub epochs: Vec<Epoch>,
    /// Photographs that could not be read, once each.
    pub unreadable: Vec<String>,
    /// The epoch of the best validation, from 1; 0 before the first.
    pub best: usize,
}

impl State {
    /// Remembers examples that could not be read.
    pub fn add_unreadable(&mut self, names: &[String]) {
        for name in names {
            if !self.unreadable.contains(name) {
                self.unreadable.push(name.clone());
            }
        }
    }
}

/// A state with its tensors.
pub type Saved = (State, BTreeMap<String, Tensor>);

/// The folder of checkpoints, beside the model that is to come.
pub struct Checkpoints {
    folder: PathBuf,
}

impl Checkpoints {
    /// In the output folder.
    #[must_use]
    pub fn of(output: &Path) -> Self {
        Self { folder: output.join("checkpoint") }
    }

    /// The state to go on from, with its tensors; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`TrainError::OtherTraining`] if it is of another training; files that cannot be read.
    pub fn read(&self, identity: &str) -> Result<Option<Saved>, TrainError> {
        let path = self.folder.join(STATE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(TrainError::file(&path, source)),
        };
        let state: State = serde_json::from_str(&text).map_err(|error| TrainError::Checkpoint(error.to_string()))?;
        if state.identity != identity {
            return Err(TrainError::OtherTraining(self.folder.clone()));
        }
        if !self.folder.join(best_file(state.best)).is_file() {
            return Err(TrainError::Checkpoint(format!("{} is missing", best_file(state.best))));
        }
        let file = self.folder.join(tensors_file(state.epochs.len()));
        Ok(Some((state, read_tensors(&file)?)))
    }

    /// Writes a state: tensors first, then the file that makes it count, then the older ones go. `best` are the tensors of the
    /// model of its last epoch, if that is the best.
    ///
    /// # Errors
    ///
    /// Files that cannot be written.
    pub fn write(
        &self,
        state: &State,
        tensors: &[(String, Tensor)],
        best: Option<&[(String, Tensor)]>,
    ) -> Result<(), TrainError> {
        std::fs::create_dir_all(&self.folder).map_err(|source| TrainError::file(&self.folder, source))?;
        if let Some(best) = best {
            write_tensors(&self.folder.join(best_file(state.best)), best)?;
        }
        let own = [tensors_file(state.epochs.len()), best_file(state.best), STATE.to_string()];
        write_tensors(&self.folder.join(&own[0]), tensors)?;
        let text = serde_json::to_string_pretty(state).map_err(|error| TrainError::Checkpoint(error.to_string()))?;
        write_whole(&self.folder.join(STATE), text.as_bytes())?;
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if !own.iter().any(|name| entry.file_name() == name.as_str()) {
                // Left behind by a kill it would only take room.
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    /// The tensors of the best epoch of a state that was written.
    ///
    /// # Errors
    ///
    /// Files that cannot be read.
    pub fn best(&self, state: &State) -> Result<BTreeMap<String, Tensor>, TrainError> {
        read_tensors(&self.folder.join(best_file(state.best)))
    }

    /// Removes the folder.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn remove(&self) -> Result<(), TrainError> {
        let gone = |removed: std::io::Result<()>| match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(TrainError::file(&self.folder, error)),
            _ => Ok(()),
        };
        // Without its state the rest counts for nothing, however much of it a kill leaves.
        gone(std::fs::remove_file(self.folder.join(STATE)))?;
        gone(std::fs::remove_dir_all(&self.folder))
    }
}

fn tensors_file(epoch: usize) -> String {
    format!("epoch-{epoch:04}.safetensors")
}

/// The model of an epoch keeps the epoch's name: one that a kill left before its state was written is none of the state's.
fn best_file(epoch: usize) -> String {
    format!("best-{epoch:04}.safetensors")
}

fn write_tensors(path: &Path, tensors: &[(String, Tensor)]) -> Result<(), TrainError> {
    let draft = path.with_extension("partial");
    let named: Vec<(&str, Tensor)> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.contiguous())).collect();
    Tensor::write_safetensors(&named, &draft)?;
    let file = std::fs::File::open(&draft).map_err(|source| TrainError::file(&draft, source))?;
    publish(&file, &draft, path).map_err(|source| TrainError::file(path, source))
}

fn read_tensors(path: &Path) -> Result<BTreeMap<String, Tensor>, TrainError> {
    let mut weights = Weights::open(path, Kind::Float, Device::Cpu)?;
    let names: Vec<String> = weights.names().map(str::to_string).collect();
    names.into_iter().map(|name| Ok((name.clone(), weights.take(&name)?))).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn epoch(epoch: usize) -> Epoch {
        let (train, validation) = (Retrieval::default(), Retrieval::default());
        Epoch { epoch, steps: 3, loss: 0.5, learning_rate: 0.1, scale: None, gradient: 1.0, train, validation }
    }

    #[test]
    fn a_state_has_its_own_best_model_whatever_a_kill_left() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::of(folder.path());
        let tensor = |number: f32| [("w".to_string(), Tensor::from_slice(&[number]))];
        let number = |tensors: &BTreeMap<String, Tensor>| f32::try_from(&tensors["w"]).unwrap().to_bits();
        let mut state = State { identity: "i".to_string(), epochs: vec![epoch(1)], unreadable: vec![], best: 1 };
        assert!(checkpoints.read("i").unwrap().is_none());
        checkpoints.write(&state, &tensor(1.0), Some(&tensor(10.0))).unwrap();
        // Killed after the model of the second epoch and before its state.
        write_tensors(&folder.path().join("checkpoint").join(best_file(2)), &tensor(20.0)).unwrap();
        let (read, tensors) = checkpoints.read("i").unwrap().unwrap();
        assert_eq!((&read, number(&tensors)), (&state, 1.0_f32.to_bits()));
        assert_eq!(number(&checkpoints.best(&read).unwrap()), 10.0_f32.to_bits());
        // Again, and this time it is no better: what is of no epoch goes.
        state.epochs.push(epoch(2));
        checkpoints.write(&state, &tensor(2.0), None).unwrap();
        let mut names: Vec<String> = std::fs::read_dir(folder.path().join("checkpoint"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        assert_eq!(names, ["best-0001.safetensors", "epoch-0002.safetensors", "state.json"]);
        assert!(matches!(checkpoints.read("other"), Err(TrainError::OtherTraining(_))));
        std::fs::remove_file(folder.path().join("checkpoint/best-0001.safetensors")).unwrap();
        let message = checkpoints.read("i").err().unwrap().to_string();
        assert!(message.contains("best-0001.safetensors is missing; remove the folder 'checkpoint'"), "{message}");
        checkpoints.remove().unwrap();
        checkpoints.remove().unwrap();
        assert!(!folder.path().join("checkpoint").exists());
    }
}
