//! The taxonomy of a run whose predictions are not read, for they are a hundred times as many as its photographs.

use super::error::TableError;
use super::options::TableOptions;
use super::run::{Taxa, has_labels, truths};
use super::{recorded, tree};
use crate::taxonomy::Taxonomy;
use polars::prelude::{NewChunkedArray, StringChunked};
use std::path::Path;

/// The taxonomy of a run, and what has been decided about it, a sentence each: the given one, the one that `run.json` names if it
/// has not changed since, or one built of the lineages of its labels and of these truths, which are ids with names. Unlike that of
/// [`read_run`](super::read_run) a built one has no ids of taxa that only the predictions tell.
///
/// # Errors
///
/// As [`read_run`](super::read_run), but for the predictions.
pub fn read_run_taxonomy(
    folder: &Path,
    taxonomy: Option<&Taxonomy>,
    of_truths: &[(String, String)],
) -> Result<(Taxonomy, Vec<String>), TableError> {
    let recorded = recorded::of(folder)?;
    if let Some(taxonomy) = taxonomy.cloned().or(recorded.taxonomy) {
        return Ok((taxonomy, vec![]));
    }
    let mut taxa = Taxa::default();
    if has_labels(folder) {
        taxa.read_candidates(folder)?;
    }
    let ids = StringChunked::from_iter_values("truth".into(), of_truths.iter().map(|(id, _)| id.as_str()));
    let names = StringChunked::from_iter_values("truth_name".into(), of_truths.iter().map(|(_, name)| name.as_str()));
    let of_truths = truths(&ids, &names, &mut taxa);
    let placed = tree::place(&mut taxa.labels, &of_truths, None, &TableOptions::default(), folder)?;
    Ok((placed.taxonomy.into_owned(), recorded.note.into_iter().chain(placed.notes).collect()))
}
