//! The logits of a classifier's run directory, read back.

use super::logits::Logits;
use super::run_vectors::{VectorsError, candidates, table, vectors};
use crate::files::parquet::Parquet;
use crate::runs::directory::logits::LOGITS;
use std::fs::File;
use std::path::Path;

/// What a classifier's run holds for making distributions again.
#[derive(Debug)]
pub struct RunLogits {
    /// Identities of the candidates.
    pub candidates: Vec<String>,
    /// Logits of images, in the order of `images`: one for each candidate, and behind them, where the run keeps it, one for
    /// all that is no taxon.
    pub logits: Logits,
}

impl RunLogits {
    /// Whether the last of the logits is that of what is no taxon.
    #[must_use]
    pub fn has_outside(&self) -> bool {
        self.logits.width() > self.candidates.len()
    }
}

/// Reads the logits of a run; `None` where it has none.
///
/// # Errors
///
/// [`VectorsError`] where a table cannot be read, or logits and candidates are not as many.
pub fn read(directory: &Path) -> Result<Option<RunLogits>, VectorsError> {
    let [images, labels] = ["images.parquet", "labels.parquet"].map(|name| directory.join(name));
    if !images.is_file() || !labels.is_file() {
        return Ok(None);
    }
    let failed = |source| VectorsError::Table { path: images.clone(), source };
    let file = File::open(&images).map_err(|error| failed(error.into()))?;
    let schema = Parquet::new(file).and_then(|mut file| file.schema()).map_err(failed)?;
    if !schema.contains(LOGITS) {
        return Ok(None);
    }
    let candidates = candidates(&labels, &table(&labels, &["taxon"])?)?;
    let (rows, numbers, width) = vectors(&images, &table(&images, &[LOGITS])?, LOGITS, None)?;
    if width != candidates.len() && width != candidates.len() + 1 {
        let what = format!("{width} logits for the {} candidates of the table of labels", candidates.len());
        return Err(VectorsError::Broken { path: images, what });
    }
    if let Some(at) = numbers.iter().position(|value| !value.is_finite()) {
        let row = rows.iter().position(|&place| place == Some(at / width.max(1))).unwrap_or(0);
        let what = format!("a logit of row {} is not finite", row + 1);
        return Err(VectorsError::Broken { path: images, what });
    }
    Ok(Some(RunLogits { candidates, logits: Logits::new(rows, numbers, width) }))
}
