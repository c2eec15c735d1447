//! `run.json`: everything that turned photographs and names into numbers.

use super::changes::Changes;
use super::shard::Shard;
use super::sum::FileSum;
use super::{RunError, TableFormat, write_whole};
use crate::photographs::dataset::Photograph;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Bytes of a table up to which its content is compared by those that only read it.
const QUICKLY_READ: u64 = 16 << 20;

/// File name of the record.
pub const FILE: &str = "run.json";

/// What the part `scores` of a recipe is where the model names no taxon: the run holds vectors and no answers.
pub const NO_SCORES: &str = "none";

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
    /// Factor on cosines before the softmax; 1 where there are no cosines, unknown in records of version 0.1.
    #[serde(default)]
    pub logit_scale: Option<f64>,
    /// Seconds by stage; with the command line and `photographs` all that differs between two equal runs.
    pub seconds: BTreeMap<String, f64>,
    /// Whether every image has been processed.
    pub complete: bool,
    /// The tables as they were written, by file name; none in records of version 0.1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, FileSum>,
    /// SHA-256 of the stamps of the photographs' files (size, times, inode) when they were read; `None` where there
    /// were no photographs, or several runs are merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photographs: Option<String>,
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
    /// Rank of the candidates; `label` where they differ, `none` where there is none.
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
    /// Whether photographs were answered; a run of a model of images alone holds their vectors only.
    #[must_use]
    pub fn has_answers(&self) -> bool {
        self.recipe.get("scores").is_none_or(|scores| scores != NO_SCORES)
    }

    /// Whether candidates were named in sentences that a text tower read; classes of a classifier were not.
    #[must_use]
    pub fn has_prompts(&self) -> bool {
        self.has_answers() && !self.recipe.contains_key("classes")
    }

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

    /// Removes the record of a run directory, whose tables are about to be others.
    ///
    /// # Errors
    ///
    /// [`RunError::File`].
    pub(super) fn remove(directory: &Path) -> Result<(), RunError> {
        let path = directory.join(FILE);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(RunError::file(&path, "remove")(error)),
            _ => Ok(()),
        }
    }

    /// SHA-256 of what the run is and found: all of the record but times, command line, program, device, the stamps
    /// of files and where things lie, whose content is there by its hashes. Equal for runs of the same inputs with the
    /// same tables.
    ///
    /// # Errors
    ///
    /// What serde says.
    pub fn content_sha256(&self) -> Result<String, serde_json::Error> {
        let mut identity = self.identity.clone();
        identity.model.clear();
        identity.taxonomy.clear();
        identity.dataset.clear();
        if !self.files.is_empty() {
            // The names of the photographs, what is said of them and the hashes of their content are in the tables.
            identity.dataset_sha256.clear();
        }
        let content = Record {
            identity,
            program: String::new(),
            command_line: vec![],
            device: String::new(),
            seconds: BTreeMap::new(),
            photographs: None,
            ..self.clone()
        };
        Ok(crate::files::sha256::hex([serde_json::to_vec(&content)?.as_slice()]))
    }

    /// Which of its photographs have other content than the run saw; `None` if none has.
    ///
    /// `hash` gives the SHA-256 that the run's table of images has of a photograph; where it has none of any, the run is of
    /// version 0.1 and nobody knows.
    #[must_use]
    pub fn changes(&self, photographs: &[Photograph], hash: impl Fn(&str) -> Option<String>) -> Option<Changes> {
        let hashes = || photographs.iter().map(|photograph| hash(&photograph.image)).collect();
        Changes::of(photographs, self.photographs.as_deref(), hashes)
    }

    /// Compares the tables of a run directory with what the record says of them: their lengths, and the content of those
    /// that are quickly read.
    ///
    /// # Errors
    ///
    /// The name of the first table that differs, and how.
    pub fn check_files(&self, directory: &Path) -> Result<(), (String, String)> {
        for (name, sum) in &self.files {
            let path = directory.join(name);
            let checked = if sum.bytes <= QUICKLY_READ { sum.check(&path) } else { sum.check_length(&path) };
            checked.map_err(|fault| (name.clone(), fault))?;
        }
        Ok(())
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
