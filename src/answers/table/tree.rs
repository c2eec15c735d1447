//! Labels into taxa: found in a given taxonomy, or built into one.

use super::clade;
use super::error::TableError;
use super::label::{LabelId, Labels};
use super::options::{MissingTruth, TableOptions};
use super::placed::Placed;
use super::settling::settle;
use super::{built, given, non_taxa};
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
    let mut placed = found(labels, truths, taxonomy, options, path)?;
    non_taxa::show(&mut placed, labels, options);
    Ok(placed)
}

/// [`place`] of the labels of a part of a table, and whether one of them says a class that is no taxon.
///
/// # Errors
///
/// As [`place`].
pub(super) fn place_part<'a>(
    labels: &mut Labels,
    truths: &[LabelId],
    taxonomy: &'a Taxonomy,
    options: &TableOptions,
    path: &Path,
) -> Result<(Placed<'a>, bool), TableError> {
    let mut placed = found(labels, truths, Some(taxonomy), options, path)?;
    let says_classes = non_taxa::show_part(&mut placed, labels, options);
    Ok((placed, says_classes))
}

fn found<'a>(
    labels: &mut Labels,
    truths: &[LabelId],
    taxonomy: Option<&'a Taxonomy>,
    options: &TableOptions,
    path: &Path,
) -> Result<Placed<'a>, TableError> {
    let mut taken = non_taxa::take_out(labels, truths, taxonomy, options);
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
    taken.extend(settled.notes);
    placed.notes.splice(0..0, taken);
    placed.warnings.extend(settled.warnings);
    Ok(placed)
}
