//! A data set of a suite on disk: where it lies, what is missing of it, and its photographs.

use anyhow::anyhow;
use nearmiss::commands::cli::word;
use nearmiss::photographs::dataset::{Dataset, Layout, ManifestOptions};
use nearmiss::scores::suite::SuiteDataset;
use nearmiss::taxonomy::shipped::SHIPPED;
use std::path::{Component, Path, PathBuf};

/// The taxonomy of a data set where it is a file.
pub(super) fn taxonomy_file(dataset: &SuiteDataset, data: &Path) -> Option<PathBuf> {
    let built_in = ["dataset", "labels"].contains(&dataset.taxonomy.as_str());
    let shipped = SHIPPED.iter().any(|shipped| shipped.name == dataset.taxonomy);
    (!built_in && !shipped).then(|| data.join(&dataset.taxonomy))
}

/// What of a data set is not on disk, in a sentence; `None` where all of it is.
pub(super) fn missing(dataset: &SuiteDataset, data: &Path) -> Option<String> {
    let folder = data.join(&dataset.path);
    let mut missing = vec![];
    if folder.exists() {
        missing.extend(dataset.needs.iter().map(|file| folder.join(file)).filter(|path| !path.exists()));
    } else {
        missing.push(folder);
    }
    missing.extend(taxonomy_file(dataset, data).filter(|path| !path.exists()));
    missing.extend(dataset.manifest.iter().map(|file| data.join(file)).filter(|path| !path.exists()));
    let names: Vec<String> = missing.iter().map(|path| format!("'{}'", path.display())).collect();
    (!names.is_empty()).then(|| format!("Missing: {}.", names.join(", ")))
}

/// How the suite says that a data set is laid out.
pub(super) fn layout(dataset: &SuiteDataset) -> anyhow::Result<Option<Layout>> {
    dataset.layout.as_deref().map(|word| word::layout(word).map_err(|what| anyhow!("layout {what}"))).transpose()
}

/// Reads the photographs of a data set, all splits.
pub(super) fn read(dataset: &SuiteDataset, data: &Path) -> anyhow::Result<Dataset> {
    let layout = layout(dataset)?;
    let folder = data.join(&dataset.path);
    Ok(match &dataset.manifest {
        Some(manifest) => {
            Dataset::from_manifest(&data.join(manifest), &ManifestOptions { root: Some(folder), ..ManifestOptions::default() })?
        }
        None => Dataset::open(&folder, layout, &ManifestOptions::default())?,
    })
}

/// Whether a path joined to a folder lies in it.
pub(super) fn stays_inside(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
