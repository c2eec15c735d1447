//! What `report` and `compare` read.

use crate::answers::non_taxon::{NonTaxonError, NonTaxonWords};
use crate::answers::table::{MissingTruth, TableOptions, TakenColumns};
use crate::commands::cli::{Blank, TableArgs};

/// The options of a table of predictions.
///
/// # Errors
///
/// Words of two classes, or of none.
pub(super) fn table_options(args: &TableArgs, group_columns: &[String]) -> Result<TableOptions, NonTaxonError> {
    Ok(TableOptions {
        image_column: args.image_column.clone(),
        truth_image_column: args.truth_image_column.clone(),
        truth_column: args.truth_column.clone(),
        predicted_columns: args.predicted_column.clone(),
        score_column: args.score_column.clone(),
        lineage_separator: args.lineage_separator,
        truth_file: args.truth.as_ref().map(Into::into),
        predicted_pattern: args.predicted_pattern.clone(),
        missing_truth: match args.blank_truth {
            Blank::LeaveOut => MissingTruth::LeaveOut,
            Blank::Wrong => MissingTruth::Wrong,
            Blank::Taxon => MissingTruth::Taxon,
        },
        group_columns: group_columns.to_vec(),
        encoding: args.encoding.clone(),
        clade: args.clade.clone(),
        non_taxa: NonTaxonWords::of(&args.non_taxon, &args.taxon_after_all)?,
        taken: TakenColumns::default(),
        without_truth: false,
    })
}
