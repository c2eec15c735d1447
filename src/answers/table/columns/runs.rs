//! The columns of predictions: every kind of column that is named like one is a run.

use super::labels::PREDICTION;
use super::names::{Columns, Named, Side};
use super::sources::RunSource;
use crate::answers::table::error::TableError;
use crate::answers::table::frame::named_column;
use crate::answers::table::options::TableOptions;
use crate::answers::table::words::{PREDICTED, Word};
use crate::taxonomy::rank::Rank;

/// What stands in a column beside an answer that is no model.
const DETAILS: &[&str] =
    &["is", "who", "reviewer", "sex", "life", "stage", "behaviour", "behavior", "language", "common", "group"];

/// Runs that are named like predictions, and the first column that is and holds numbers.
#[derive(Debug, Default)]
pub(super) struct FoundRuns {
    pub(super) runs: Vec<RunSource>,
    pub(super) refused: Option<String>,
}

impl Columns<'_> {
    /// Predicted columns named by the user: each is a run.
    pub(super) fn named_runs(&self, options: &TableOptions) -> Result<Vec<RunSource>, TableError> {
        let run = |column: &String| {
            let column = named_column(self.content.frame, column, "--predicted-column")?;
            if self.content.holds_lists(&column) {
                return Ok(self.list_run(column));
            }
            let pattern = options.predicted_pattern.is_some();
            let (_, refused) = self.content.named(vec![column.clone()]);
            if !pattern && (refused.is_some() || self.content.holds_number_lists(&column)) {
                return Err(self.numbers_refused(column, PREDICTION));
            }
            Ok(self.single(column))
        };
        options.predicted_columns.iter().map(run).collect()
    }

    /// A run of one column of names, or of lists of them, with the score and the ranks that stand beside it.
    fn single(&self, column: String) -> RunSource {
        if self.content.holds_lists(&column) {
            return self.list_run(column);
        }
        let score = self.score_beside(&column);
        RunSource::single(column.clone(), self.levelled(column), score)
    }

    /// All columns that are named like predictions.
    pub(super) fn found_runs(&self) -> FoundRuns {
        let ranks = self.ranks_of(Some(Side::Predicted));
        let ranks = if matches!(ranks[..], [(Rank::Class, _)]) { vec![] } else { ranks };
        let mut found = FoundRuns::default();
        if ranks.len() < 2 || self.find(&["predicted", "prediction", "pred"]).is_none() {
            let mut plain = self.all_of(PREDICTED);
            let nouns = self.nouns_of(Side::Predicted, &ranks).into_iter().filter(|column| !self.content.holds_ranks(column));
            for column in nouns.collect::<Vec<_>>() {
                if !plain.contains(&column) {
                    plain.push(column);
                }
            }
            let (plain, refused) = self.content.named(plain);
            found.refused = refused;
            found.runs.extend(plain.into_iter().map(|column| self.single(column)));
        }
        if let Some((_, finest)) = ranks.last() {
            let name = if let [(_, only)] = &ranks[..] { only.clone() } else { "predicted".to_string() };
            let score = self.score_beside(finest);
            found.runs.push(RunSource::single(name, self.ranked(ranks, Some(Side::Predicted)), score));
        }
        found.runs.extend(self.wide(2));
        found.runs.extend(self.models());
        if let Some(column) = self.find(&["classifications"]).filter(|column| self.content.holds_lists(column)) {
            found.runs.push(RunSource { name: "classifier".to_string(), ..self.list_run(column) });
        }
        if found.runs.is_empty() {
            found.runs.extend(self.wide(1).or_else(|| self.numbered()));
        }
        if found.runs.is_empty() {
            let common = self.common_names(Some(Side::Predicted));
            found.runs.extend(common.map(|column| self.single(column)));
        }
        let place = |run: &RunSource| {
            let first = run.columns().first().map(ToString::to_string);
            self.all.iter().position(|column| Some(&column.written) == first.as_ref())
        };
        found.runs.sort_by_key(place);
        found
    }

    /// `Pred_<Model>` and `<model>_pred`: one run per model. Where `prediction` is written out, the cells must be names
    /// of taxa: many columns are called so that say something else of an answer.
    fn models(&self) -> Vec<RunSource> {
        let is_model = |column: &&Named| {
            let meaning = &column.meaning;
            let short = column.name.starts_with("pred_") || column.name.ends_with("_pred");
            let of_words = |word: &String| !DETAILS.contains(&word.as_str()) && word.parse::<u64>().is_err();
            meaning.side() == Some(Side::Predicted)
                && !meaning.rest.is_empty()
                && meaning.rest.iter().all(of_words)
                && ![Word::Score, Word::Detail, Word::Common].into_iter().any(|word| meaning.has(word))
                && !PREDICTED.contains(&column.name.as_str())
                && (short || self.content.holds_taxa(&column.written))
        };
        let models = self.all.iter().filter(is_model).map(|column| column.written.clone()).collect();
        let (models, _) = self.content.named(models);
        let is_free = |column: &String| !self.content.is_blank(column) || self.content.frame.len() == 0;
        models.into_iter().filter(is_free).map(|column| self.single(column)).collect()
    }
}
