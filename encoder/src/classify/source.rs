//! What is classified: photographs, and what their data set says of them.

use super::error::ClassificationError;
use super::listener::Listener;
use nearmiss::numbers::counted::counted;
use nearmiss::photographs::dataset::{Column, Dataset, Layout, Leaks, ManifestOptions};
use nearmiss::runs::directory::shard::Shard;
use std::path::PathBuf;

/// What is classified.
#[derive(Debug, Clone, Default)]
pub struct PhotographSource {
    /// Folders, photographs, or text files that list them; with a manifest, the folder that its paths start from.
    pub photographs: Vec<PathBuf>,
    /// A CSV of photographs with truths.
    pub manifest: Option<PathBuf>,
    /// How the folder is laid out; its files tell where it is not said.
    pub layout: Option<Layout>,
    /// What columns of a manifest hold.
    pub columns: Vec<(String, Column)>,
    /// Only photographs of this split.
    pub split: Option<String>,
    /// Whether all splits are compared by observation and by bytes first.
    pub leaks: LeakCheck,
    /// Only a share of the photographs; `images` is filled in.
    pub shard: Option<Shard>,
}

/// Whether splits are looked through for photographs that are in several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LeakCheck {
    /// They are not.
    #[default]
    Without,
    /// They are, before anything else.
    Compared,
}

impl PhotographSource {
    /// Reads what the source says of its photographs.
    pub(super) fn read(&self, listener: &dyn Listener) -> Result<Dataset, ClassificationError> {
        let columns = self.columns.clone();
        let mut dataset = match (&self.manifest, &self.photographs[..]) {
            (Some(manifest), photographs) => {
                Dataset::from_manifest(manifest, &ManifestOptions { root: photographs.first().cloned(), columns })?
            }
            (None, [only]) if self.layout.is_some() || only.is_dir() || Layout::of(only) != Layout::ClassFolders => {
                Dataset::open(only, self.layout, &ManifestOptions { root: None, columns })?
            }
            (None, photographs) => Dataset::from_paths(photographs)?,
        };
        if self.leaks == LeakCheck::Compared {
            let leaks = Leaks::of(&dataset);
            leaks.sentences().iter().for_each(|sentence| listener.warn(sentence));
            if leaks.sentences().is_empty() {
                let photographs = counted(dataset.photographs.len(), "photograph", "photographs");
                listener.remark(&format!("no leak: {photographs} compared by observation and by bytes"));
            }
        }
        if let Some(split) = &self.split {
            dataset = dataset.select(split)?;
        }
        for note in &dataset.notes {
            listener.remark(note);
        }
        for (kind, count) in &dataset.passed_over {
            listener.remark(&format!("passed over: {count} × {kind}"));
        }
        let licences = dataset.licences();
        if licences.len() > 1 || !licences.contains_key("none") {
            let shown: Vec<String> = licences.iter().map(|(licence, count)| format!("{licence} ({count})")).collect();
            listener.remark(&format!("licences: {}", shown.join(", ")));
        }
        listener.remark(&format!("photographs: {} in {}", dataset.photographs.len(), dataset.root.display()));
        Ok(dataset)
    }
}

/// Keeps the photographs of a shard; it then knows how many all are.
pub(super) fn take_shard(
    shard: Shard,
    dataset: &mut Dataset,
    batch: usize,
    listener: &dyn Listener,
) -> Result<Shard, ClassificationError> {
    let images = dataset.photographs.len();
    let shard = Shard { images, ..shard };
    let range = shard.range(images, batch);
    if range.is_empty() {
        return Err(ClassificationError::Shard { shard, images, batch });
    }
    listener.remark(&format!("shard {shard}: photographs {} to {} of {images}", range.start + 1, range.end));
    dataset.photographs = dataset.photographs.drain(range).collect();
    Ok(shard)
}

/// SHA-256 of everything that the data set says about its photographs.
pub(super) fn photographs_sha256(dataset: &Dataset) -> String {
    let photographs: Vec<String> = dataset.photographs.iter().map(|photograph| format!("{photograph:?}\n")).collect();
    nearmiss::files::sha256::hex(photographs.iter().map(String::as_bytes))
}
