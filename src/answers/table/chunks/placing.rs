//! Labels of all chunks of a table into taxa, all together.

use super::super::error::TableError;
use super::super::label::{LabelId, Labels};
use super::super::options::TableOptions;
use super::super::placed::Placed;
use super::super::{tree, truth};
use crate::taxonomy::Taxonomy;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Where the truths of a table are among its lists of labels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TruthLabels {
    /// Which list they are; `None` where the table has none.
    pub(super) list: Option<usize>,
    /// Whether they may be finer than what the classifier was asked.
    pub(super) are_bare: bool,
    /// Whether they are the folders of images.
    pub(super) are_folders: bool,
}

/// What labels became.
pub(super) struct PlacedLabels<'a> {
    pub(super) placed: Placed<'a>,
    /// How the cells of each list are written, where any says it.
    pub(super) how: Vec<Option<String>>,
    /// What was done with truths that are finer than all answers.
    pub(super) cut: Option<String>,
    /// Whether a label says a class that is no taxon.
    pub(super) says_classes: bool,
}

/// Makes taxa of the labels of a dictionary, and forgets all of them that rows do not need.
///
/// # Errors
///
/// [`TableError`]: cells that are no labels; folders of which none is among the answers, of a table with columns so `listed`.
pub(super) fn place<'a>(
    labels: &mut Labels,
    truths: TruthLabels,
    (taxonomy, options): (&'a Taxonomy, &TableOptions),
    (path, listed): (&Path, &str),
) -> Result<PlacedLabels<'a>, TableError> {
    let how = labels.complete(path, options.lineage_separator, options.predicted_pattern.as_ref())?;
    let lists = labels.dictionary.as_ref().map(super::super::dictionary::Dictionary::lists).unwrap_or_default();
    let of_list = |list: usize| {
        lists.get(list).map(|list| list.first..list.first + LabelId::try_from(list.cells.len()).unwrap_or(LabelId::MAX))
    };
    let ids: Vec<LabelId> = truths.list.and_then(of_list).into_iter().flatten().collect();
    if truths.are_folders && !truth::are_answered(labels, ids.iter().copied()) {
        return Err(TableError::NoTruth { path: path.to_path_buf(), columns: listed.to_string() });
    }
    let cut = if truths.are_bare { truth::cut_to_answers(&ids, labels) } else { None };
    let facts = labels.facts();
    let (placed, says_classes) = tree::place_part(labels, &ids, taxonomy, options, path)?;
    labels.abridge(facts);
    Ok(PlacedLabels { placed, how, cut, says_classes })
}
