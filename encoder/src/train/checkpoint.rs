//! Where a killed training goes on, and the model that comes of it.

use super::error::TrainError;
use super::evaluate::Retrieval;
use crate::encoder::config::CONFIG_FILE;
use crate::encoder::text::PROMPT;
use crate::encoder::weights::{ADAPTERS_FILE, WEIGHTS_FILES, Weights};
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
    /// Factor on cosines at its end.
    pub scale: f64,
    /// Mean length of the gradient before clipping.
    pub gradient: f64,
    /// On as many training photographs as there are for validation.
    pub train: Retrieval,
    /// On the validation photographs.
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
        let file = self.folder.join(tensors_file(state.epochs.len()));
        Ok(Some((state, read_tensors(&file)?)))
    }

    /// Writes a state: tensors first, then the file that makes it count, then the older one goes.
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
            write_tensors(&self.folder.join("best.safetensors"), best)?;
        }
        let done = state.epochs.len();
        write_tensors(&self.folder.join(tensors_file(done)), tensors)?;
        let text = serde_json::to_string_pretty(state).map_err(|error| TrainError::Checkpoint(error.to_string()))?;
        write_whole(&self.folder.join(STATE), text.as_bytes())?;
        if done > 0 {
            // Left behind by a kill it would only take room.
            let _ = std::fs::remove_file(self.folder.join(tensors_file(done - 1)));
        }
        Ok(())
    }

    /// The tensors of the best epoch.
    ///
    /// # Errors
    ///
    /// Files that cannot be read.
    pub fn best(&self) -> Result<BTreeMap<String, Tensor>, TrainError> {
        read_tensors(&self.folder.join("best.safetensors"))
    }

    /// Removes the folder.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn remove(&self) -> Result<(), TrainError> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(TrainError::file(&self.folder, error)),
            _ => Ok(()),
        }
    }
}

fn tensors_file(epoch: usize) -> String {
    format!("epoch-{epoch:04}.safetensors")
}

/// Writes the model: the configuration, then the weights in a kind of number.
///
/// # Errors
///
/// Files that cannot be written.
pub fn write_model(output: &Path, config: &[u8], tensors: &BTreeMap<String, Tensor>, kind: Kind) -> Result<(), TrainError> {
    std::fs::create_dir_all(output).map_err(|source| TrainError::file(output, source))?;
    write_whole(&output.join(CONFIG_FILE), config)?;
    let of_kind = |(name, tensor): (&String, &Tensor)| (name.clone(), tensor.detach().to_kind(kind));
    let (beside, own): (Vec<_>, Vec<_>) = tensors.iter().map(of_kind).partition(|(name, _)| is_beside(name));
    if !beside.is_empty() {
        write_tensors(&output.join(ADAPTERS_FILE), &beside)?;
    }
    write_tensors(&output.join(WEIGHTS_FILES[0]), &own)
}

/// Whether a tensor goes into the file of adapters.
fn is_beside(name: &str) -> bool {
    name == PROMPT || name.contains(".adapter.")
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
