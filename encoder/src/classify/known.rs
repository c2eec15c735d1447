//! What another run of the same model has seen.

use super::error::ClassificationError;
use nearmiss::photographs::dataset::Dataset;
use nearmiss::runs::directory::columns::{self, KnownImages};
use nearmiss::runs::directory::record::{Identity, Record};
use std::path::Path;

/// What another run has seen, if it saw the same photographs through the same model.
pub(super) fn known_images(run: &Path, identity: &Identity, dataset: &Dataset) -> Result<KnownImages, ClassificationError> {
    let fault = |what: String| ClassificationError::Embeddings { run: run.to_path_buf(), what };
    let other = Record::read(run).map_err(|error| fault(error.to_string()))?;
    if let Err((name, broken)) = other.check_files(run) {
        let what = format!("{name} is not the table that the run wrote ({broken}); make that run again first");
        return Err(fault(what));
    }
    let theirs = &other.identity;
    let part = |identity: &Identity, name: &str| identity.recipe.get(name).cloned().unwrap_or_default();
    let differs = if theirs.model_files != identity.model_files {
        Some("model")
    } else if theirs.dataset_sha256 != identity.dataset_sha256 {
        Some("photographs")
    } else {
        let parts = ["preprocess", "precision", "activation", "orientation", "crop", "decode", "tiles"];
        parts.into_iter().find(|name| part(theirs, name) != part(identity, name))
    };
    if let Some(what) = differs {
        return Err(fault(format!("that run differs in its {what}; its vectors are others")));
    }
    let table = run.join("images.parquet");
    let known = columns::known_images(&table)
        .map_err(|source| ClassificationError::Vectors { table: table.clone(), source: Box::new(source) })?;
    let seen = |image: &str| known.get(image).and_then(|known| known.sha256.clone());
    if let Some(changed) = other.changes(&dataset.photographs, seen) {
        return Err(fault(format!("{changed}; make that run again first")));
    }
    Ok(known)
}
