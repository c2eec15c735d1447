//! `run.json`: everything that turned photographs and names into numbers.

use super::shard::Shard;
use super::{RunError, TableFormat, write_whole};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// File name of the record.
pub const FILE: &str = "run.json";

/// The record of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Program and version that wrote the run.
    pub program: String,
    /// The command line.
    pub command_line: Vec<String>,
    /// What decides the numbers: a run is continued only when all of it is the same.
    pub identity: Identity,
    /// Device the encoder ran on.
    pub device: String,
    /// How many images of each status.
    pub counts: BTreeMap<String, usize>,
    /// Candidates whose prompts were longer than the model's context and were cut.
    pub truncated_labels: Vec<String>,
    /// Candidates whose vector has no direction; they get no probability.
    pub unusable_labels: Vec<String>,
    /// Factor on cosines before the softmax; unknown in records of version 0.1.
    #[serde(default)]
    pub logit_scale: Option<f64>,
    /// Seconds by stage; the only part that differs between two equal runs.
    pub seconds: BTreeMap<String, f64>,
    /// Whether every image has been processed.
    pub complete: bool,
}

/// What decides the numbers of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// As given by `--model`.
    pub model: String,
    /// Files of the model with their SHA-256.
    pub model_files: BTreeMap<String, String>,
    /// What the configuration says: towers, width, layers, activation.
    pub architecture: String,
    /// Name of the recipe and its parts.
    pub recipe: BTreeMap<String, String>,
    /// Taxonomy file as given.
    pub taxonomy: String,
    /// SHA-256 of what the taxonomy says.
    pub taxonomy_sha256: String,
    /// Number of candidates.
    pub labels: usize,
    /// Rank of the candidates; `mixed` where they differ.
    pub label_rank: String,
    /// SHA-256 of the candidates' lineages.
    pub labels_sha256: String,
    /// Root folder of the photographs as given.
    pub dataset: String,
    /// Number of photographs.
    pub images: usize,
    /// SHA-256 of the image names, truths, observations and splits.
    pub dataset_sha256: String,
    /// How many answers are kept per image and rank.
    pub k: usize,
    /// Images per batch (the last bits of an embedding can depend on it).
    pub batch: usize,
    /// How tables are written.
    pub format: TableFormat,
    /// Which share of the photographs this is; `None` for all of them. `images` counts the share,
    /// `dataset_sha256` is of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
}

impl Identity {
    /// The first thing that differs between two runs; `None` when nothing does.
    #[must_use]
    pub fn difference(&self, other: &Identity) -> Option<String> {
        let [mine, theirs] = [self, other].map(|identity| serde_json::to_value(identity).unwrap_or_default());
        let fields = mine.as_object()?;
        fields.iter().find(|(field, value)| theirs.get(field) != Some(value)).map(|(field, _)| field.replace('_', " "))
    }
}

impl Record {
    /// Writes the record into a run directory, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`RunError::File`].
    pub fn write(&self, directory: &Path) -> Result<(), RunError> {
        let path = directory.join(FILE);
        let json = serde_json::to_string_pretty(self).map_err(|source| RunError::Record { path: path.clone(), source })?;
        write_whole(&path, (json + "\n").as_bytes())
    }

    /// Reads the record of a run directory.
    ///
    /// # Errors
    ///
    /// [`RunError::File`] when there is none, [`RunError::Record`] when it is not one of ours.
    pub fn read(directory: &Path) -> Result<Record, RunError> {
        let path = directory.join(FILE);
        let text = std::fs::read_to_string(&path).map_err(RunError::file(&path, "read"))?;
        serde_json::from_str(&text).map_err(|source| RunError::Record { path, source })
    }
}
