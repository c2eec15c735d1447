//! The picture of a retrieval: which taxa look alike.

use super::matrix::{PairValues, matrix};
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::spaces::retrieval::classes::ClassCosines;
use crate::taxonomy::Taxonomy;

/// Mean cosine of documents, taxon by taxon in the order of the taxonomy. `None` for fewer than three taxa.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn similarity(taxonomy: &Taxonomy, classes: &ClassCosines) -> Result<Option<Figure>, ReportError> {
    let count = classes.taxa.len();
    let mut sorted: Vec<f64> = classes.means.iter().copied().flatten().collect();
    if count < 3 || sorted.is_empty() {
        return Ok(None);
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let (far, near) = (sorted[sorted.len() / 50], sorted[sorted.len() - 1 - sorted.len() / 50]);
    let caption = format!(
        "Mean cosine of all pairs of documents of {count} taxa in the order of the taxonomy; dark is alike. On the diagonal a \
         document is not held against itself."
    );
    let value = |a: usize, b: usize| classes.means[a * count + b];
    let pairs =
        PairValues { of: "Mean cosine of documents, taxon by taxon", taxonomy, taxa: &classes.taxa, near, far, value: &value };
    matrix("similarity", &caption, &pairs).map(Some)
}
