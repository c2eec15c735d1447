//! What `report` and `compare` read.

use crate::cli::{Blank, TableArgs};
use crate::table::{MissingTruth, TableOptions};
use anyhow::Context;

/// The options of a table of predictions.
///
/// # Errors
///
/// A pattern that is no regular expression.
pub(super) fn table_options(args: &TableArgs, group_columns: &[String]) -> anyhow::Result<TableOptions> {
    let pattern = args.predicted_pattern.as_deref().map(regex::Regex::new).transpose();
    Ok(TableOptions {
        image_column: args.image_column.clone(),
        truth_column: args.truth_column.clone(),
        predicted_columns: args.predicted_column.clone(),
        score_column: args.score_column.clone(),
        lineage_separator: args.lineage_separator,
        truth_file: args.truth.clone(),
        predicted_pattern: pattern.context("--predicted-pattern is no regular expression")?,
        missing_truth: match args.blank_truth {
            Blank::LeaveOut => MissingTruth::LeaveOut,
            Blank::Wrong => MissingTruth::Wrong,
            Blank::Taxon => MissingTruth::Taxon,
        },
        group_columns: group_columns.to_vec(),
        clade: args.clade.clone(),
    })
}
