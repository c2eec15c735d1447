//! Labels into taxa: found in a given taxonomy, or built into one.

use super::clade;
use super::error::TableError;
use super::label::{LabelId, Labels};
use super::options::{MissingTruth, TableOptions};
use super::placed::Placed;
use super::settling::settle;
use super::{built, given};
use crate::taxonomy::Taxonomy;
use std::path::Path;

/// Finds the taxon of every label. `truths` are the labels of the images.
///
/// # Errors
///
/// A clade that cannot be read; blank truths that are to be a class of a given taxonomy; lineages that form no tree.
pub(super) fn place<'a>(
    labels: &mut Labels,
    truths: &[LabelId],
    taxonomy: Option<&'a Taxonomy>,
    options: &TableOptions,
    path: &Path,
) -> Result<Placed<'a>, TableError> {
    let settled = settle(labels, taxonomy);
    let mut placed = match taxonomy {
        Some(_) if options.missing_truth == MissingTruth::Taxon => return Err(TableError::BlankInGivenTaxonomy),
        Some(taxonomy) => {
            let within = options.clade.as_deref().map(|clade| clade::taxon_of(clade, taxonomy)).transpose()?;
            given::find_all(labels, taxonomy, within)
        }
        None => {
            let clade = options.clade.as_deref().map(clade::steps).transpose()?.unwrap_or_default();
            built::build_all(labels, truths, &clade, options, path)?
        }
    };
    placed.notes.splice(0..0, settled.notes);
    placed.warnings.extend(settled.warnings);
    Ok(placed)
}
