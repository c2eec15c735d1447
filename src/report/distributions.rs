//! The whole distributions of a run directory, made again from what it holds: the logits of a classifier, or vectors.

use crate::answers::distribution::Distribution;
use crate::answers::distribution::run_logits::{self, RunLogits};
use crate::answers::distribution::run_vectors::{self, VectorsError};
use crate::answers::table::TableSource;
use crate::runs::directory::record::{self, Record};
use crate::runs::pair_scores::ScoreKind;
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::HashSet;
use std::path::Path;

/// The run directory of predictions; `None` for a table, and for one that lies beside those of a run.
pub(super) fn run_directory(predictions: &TableSource) -> Option<&Path> {
    // Other tables that lie in a run's folder are of other answers than its vectors give.
    let table = || predictions.file().filter(|path| path.file_stem().is_some_and(|stem| stem == "predictions"));
    let folder = predictions.folder().or_else(|| table()?.parent());
    folder.filter(|folder| folder.join(record::FILE).is_file())
}

/// The distributions of a run of so many images, or the reason why it has none.
///
/// # Errors
///
/// [`VectorsError`] where numbers are damaged.
pub(super) fn of_run(folder: &Path, taxonomy: &Taxonomy, images: usize) -> Result<Result<Distribution, String>, VectorsError> {
    if let Some(run) = run_logits::read(folder)? {
        return Ok(of_classifier(run, taxonomy, images));
    }
    let scores = Record::read(folder).ok().and_then(|record| record.identity.recipe.get("scores").cloned());
    if scores.is_some_and(|scores| scores == ScoreKind::Sigmoid.name()) {
        let reason = "the run's scores are sigmoids of pairs, which are no distribution over the candidates";
        return Ok(Err(reason.to_string()));
    }
    if pools_tiles(folder) {
        let reason = "the run pools the probabilities of tiles and has more candidates than it keeps them of; vectors alone do not \
                      make them again";
        return Ok(Err(reason.to_string()));
    }
    let run = match run_vectors::read(folder) {
        Ok(run) => run,
        Err(reason @ VectorsError::Missing { .. }) => return Ok(Err(reason.to_string())),
        Err(error) => return Err(error),
    };
    let made = || -> Result<Distribution, String> {
        let candidates = taxa_of(&run.candidates, taxonomy)?;
        let distribution = Distribution::of_vectors(candidates, run.vectors);
        if distribution.images() != images {
            return Err(format!("the run has {images} images and {} vectors", distribution.images()));
        }
        Ok(distribution)
    };
    Ok(made())
}

/// Whether the answers of a run with vectors are those of tiles, pooled: they are more than the photographs' vectors say.
fn pools_tiles(folder: &Path) -> bool {
    let tiles = Record::read(folder).is_ok_and(|record| record.identity.recipe.contains_key("tiles"));
    tiles && folder.join("images.parquet").is_file()
}

/// The distributions of a classifier; the probability of what is no taxon is the root's own.
fn of_classifier(run: RunLogits, taxonomy: &Taxonomy, images: usize) -> Result<Distribution, String> {
    let mut candidates = taxa_of(&run.candidates, taxonomy)?;
    if run.has_outside() {
        candidates.push(TaxonId::ROOT);
    }
    let distribution = Distribution::of_logits(candidates, run.logits);
    if distribution.images() == images {
        Ok(distribution)
    } else {
        Err(format!("the run has {images} images, and logits of {}", distribution.images()))
    }
}

/// The candidates of a run by their identities.
fn taxa_of(names: &[String], taxonomy: &Taxonomy) -> Result<Vec<TaxonId>, String> {
    let mut candidates = vec![];
    for name in names {
        match taxonomy.find(name) {
            Found::One(taxon) => candidates.push(taxon),
            _ => return Err(format!("the candidate '{name}' of the run is not one taxon of the taxonomy")),
        }
    }
    if candidates.iter().collect::<HashSet<_>>().len() < candidates.len() {
        return Err("several candidates of the run are one taxon of the taxonomy".to_string());
    }
    Ok(candidates)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::files::parquet::writer;
    use crate::runs::directory::columns::{self, ImageRow};
    use crate::runs::directory::logits::with_logits;
    use crate::runs::directory::record::Record;
    use polars::prelude::DataFrame;
    use serde_json::json;
    use std::fs::File;

    /// A run directory of one photograph, whose vector is nearer to the first of two candidates, with a part of its recipe.
    fn run(folder: &Path, taxonomy: &Taxonomy, part: &str, logits: Option<Vec<f32>>) {
        let identity = json!({
            "model": "m", "model_files": {}, "architecture": "", "recipe": { part: "2x1, overlap 0, mean" },
            "taxonomy": "", "taxonomy_sha256": "", "labels": 2, "label_rank": "species", "labels_sha256": "", "dataset": "",
            "images": 1, "dataset_sha256": "", "k": 5, "batch": 1, "format": "parquet",
        });
        let record = json!({
            "program": "", "command_line": [], "identity": identity, "device": "cpu", "counts": { "ok": 1 },
            "truncated_labels": [], "unusable_labels": [], "logit_scale": 1.0, "seconds": {}, "complete": true,
        });
        serde_json::from_value::<Record>(record).unwrap().write(folder).unwrap();
        let row = ImageRow { image: "1".into(), status: "ok".into(), embedding: Some(vec![1.0, 0.0]), ..ImageRow::default() };
        let images = columns::images(taxonomy, &[row], 2).unwrap();
        let images = match logits {
            Some(logits) => with_logits(&images, &[Some(logits)], 2).unwrap(),
            None => images,
        };
        let taxa = ["A a", "A b"].map(|name| taxonomy.resolve(name).taxon().unwrap());
        let labels = columns::labels(taxonomy, &taxa, 1, &[1.0, 0.0, 0.0, 1.0], 2).unwrap();
        let write = |name: &str, mut table: DataFrame| {
            writer(File::create(folder.join(name)).unwrap(), table.schema()).finish(&mut table).unwrap();
        };
        write("images.parquet", images);
        write("labels.parquet", labels);
    }

    #[test]
    fn vectors_do_not_stand_in_for_pooled_probabilities() {
        let taxonomy = Taxonomy::from_bytes(b"genus,species\nA,A a\nA,A b\n", Path::new("small.csv")).unwrap();
        let first = |part: &str, logits: Option<Vec<f32>>| {
            let folder = tempfile::tempdir().unwrap();
            run(folder.path(), &taxonomy, part, logits);
            let distribution = of_run(folder.path(), &taxonomy, 1).unwrap()?;
            Ok::<f64, String>(distribution.map(&[0], |_, probabilities| probabilities[0])[0].unwrap())
        };
        // Vectors alone say e of e + 1.
        let of_vectors = 1.0_f64.exp() / (1.0_f64.exp() + 1.0);
        assert!((first("crop", None).unwrap() - of_vectors).abs() < 1e-7);
        // One of two tiles shows the other candidate more clearly: what was pooled and kept is what counts, 0.4 to 0.6.
        let kept = vec![0.4_f32.ln(), 0.6_f32.ln()];
        assert!((first("tiles", Some(kept)).unwrap() - 0.4).abs() < 1e-7);
        // Where it was not kept there is no distribution, and the reason.
        assert!(first("tiles", None).unwrap_err().starts_with("the run pools the probabilities of tiles"));
    }
}
