//! What the record of a run says about its taxonomy and its model.

use super::error::TableError;
use crate::runs::directory::TAXONOMY;
use crate::runs::directory::record::{FILE, Record};
use crate::taxonomy::Taxonomy;
use std::path::Path;

/// What a run says about itself; nothing where it has no record.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// The taxonomy it names, if it has not changed since.
    pub(super) taxonomy: Option<Taxonomy>,
    /// Why the taxonomy it names cannot be used.
    pub(super) note: Option<String>,
    /// What the run is called: its model.
    pub(super) name: Option<String>,
    /// Candidates whose vector has no direction.
    pub(super) unusable: Vec<String>,
}

/// Reads the record of a run, where there is one.
pub(super) fn of(folder: &Path) -> Result<Recorded, TableError> {
    if !folder.join(FILE).is_file() {
        return Ok(Recorded::default());
    }
    let broken = |what: String| TableError::Run { path: folder.to_path_buf(), what };
    let record = Record::read(folder).map_err(|error| broken(error.to_string()))?;
    record.check_files(folder).map_err(|(name, fault)| TableError::Altered { path: folder.join(name), fault })?;
    let (identity, unusable) = (record.identity, record.unusable_labels);
    let name = Some(model_name(&identity.model).to_string());
    let instead = "the lineages of the run's labels were used instead";
    let own = folder.join(TAXONOMY);
    let read = if own.is_file() { Taxonomy::from_path(&own) } else { Taxonomy::named(&identity.taxonomy) };
    let (taxonomy, note) = match read {
        Ok(taxonomy) if taxonomy.fingerprint() == identity.taxonomy_sha256 => (Some(taxonomy), None),
        Ok(_) => (None, Some(format!("the taxonomy {} has changed since the run; {instead}", identity.taxonomy))),
        Err(_) => (None, Some(format!("the taxonomy {} is not there any more; {instead}", identity.taxonomy))),
    };
    Ok(Recorded { taxonomy, note, name, unusable })
}

/// What a run is called: the model's name on the hub, or the last part of its path.
fn model_name(model: &str) -> &str {
    let last = model.trim_end_matches('/').rsplit('/').next().filter(|last| !last.is_empty());
    if model.contains(':') { model } else { last.unwrap_or(model) }
}

#[cfg(test)]
mod tests {
    use super::model_name;

    #[test]
    fn a_run_is_called_after_its_model() {
        assert_eq!(model_name("hf-hub:imageomics/bioclip-2"), "hf-hub:imageomics/bioclip-2");
        assert_eq!(model_name("/data/models/vit-b-16/"), "vit-b-16");
        assert_eq!(model_name("model"), "model");
    }
}
