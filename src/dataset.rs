//! Finding photographs, and what they are said to show.
//!
//! From folders, files and lists ([`Dataset::from_paths`]) or a table with a row per photograph
//! ([`Dataset::from_manifest`]). The truth stays text here; a taxonomy resolves it later.

mod class_folder;
mod columns;
mod error;
mod manifest;
mod walk;

pub use class_folder::truth_of_folder;
pub use columns::Column;
pub use error::DatasetError;
pub use manifest::ManifestOptions;

use std::collections::BTreeMap;
use std::path::PathBuf;

/// One photograph and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photograph {
    /// Path relative to the root of the dataset, as on disk, with `/` between its parts.
    pub image: String,
    /// Where the file is (or should be: a listed file may be absent).
    pub path: PathBuf,
    /// What the photograph shows: a name, or a lineage joined by `;`; `None` where nobody says.
    pub truth_text: Option<String>,
    /// The id of the taxon in its source, where a manifest has a column of them.
    pub taxon_id: Option<String>,
    /// The individual or event, where several photographs show the same.
    pub observation: Option<String>,
    /// `train`, `validation`, `test` or what else the source says.
    pub split: Option<String>,
}

/// Photographs in the order of their paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dataset {
    /// The folder that the photographs' paths start from.
    pub root: PathBuf,
    /// Each once, by path.
    pub photographs: Vec<Photograph>,
    /// How many files were not taken, by extension (`.csv`, `no extension`, `hidden file`, `hidden folder`).
    pub passed_over: BTreeMap<String, usize>,
    /// Decisions made while reading, one sentence each, for the user.
    pub notes: Vec<String>,
}

impl Dataset {
    /// The photographs of one split; `val`, `valid` and `validation` are the same, as are `train` and `training`.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Split`] where no photograph is of it.
    pub fn select(mut self, split: &str) -> Result<Dataset, DatasetError> {
        let wanted = split_name(split);
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for photograph in &self.photographs {
            let name = photograph.split.clone().unwrap_or_else(|| "none".to_string());
            *found.entry(name).or_default() += 1;
        }
        self.photographs.retain(|photograph| photograph.split.as_deref().is_some_and(|split| split_name(split) == wanted));
        if self.photographs.is_empty() {
            return Err(DatasetError::Split { split: split.to_string(), found });
        }
        Ok(self)
    }

    /// How many photographs somebody named.
    #[must_use]
    pub fn with_truth(&self) -> usize {
        self.photographs.iter().filter(|photograph| photograph.truth_text.is_some()).count()
    }

    fn sort(&mut self) {
        self.photographs.sort_by(|a, b| (&a.image, &a.path).cmp(&(&b.image, &b.path)));
    }
}

/// One spelling per split.
fn split_name(text: &str) -> String {
    let word = text.trim().to_lowercase();
    match word.as_str() {
        "train" | "training" | "train_mini" => "train".to_string(),
        "val" | "valid" | "validation" | "dev" => "validation".to_string(),
        "test" | "testing" | "public_test" => "test".to_string(),
        _ => word,
    }
}

/// Whether a folder of this name holds a split and not a class.
fn is_split_folder(name: &str) -> bool {
    matches!(split_name(name).as_str(), "train" | "validation" | "test")
}
