//! The columns of the truth.

use super::content::Ids;
use super::labels::TRUTH;
use super::names::{Columns, Side};
use crate::answers::table::error::TableError;
use crate::answers::table::frame::{Frame, named_column};
use crate::answers::table::label::LabelSource;
use crate::answers::table::options::TableOptions;
use crate::answers::table::words::{TRUTHS, squashed};
use crate::taxonomy::rank::Rank;

/// Names of labels that are the truth where other columns are predictions.
const LABELS_BESIDE: &[&str] =
    &["label", "class", "class_name", "taxon", "taxon_name", "lineage", "taxonomy", "etiquette", "etiqueta"];

/// The truth of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct FoundTruth {
    pub(super) label: Option<LabelSource>,
    /// Whether it comes from bare rank columns.
    pub(super) is_bare: bool,
}

impl FoundTruth {
    fn of(label: LabelSource) -> FoundTruth {
        FoundTruth { label: Some(label), is_bare: false }
    }
}

impl Columns<'_> {
    /// The truth by the names of its columns; `taken` are those of predictions.
    pub(super) fn truth(&self, taken: &[&str]) -> Result<FoundTruth, TableError> {
        let free = |column: &str| !taken.contains(&column);
        let ranks: Vec<_> = self.ranks_of(Some(Side::Truth)).into_iter().filter(|(_, column)| free(column)).collect();
        let class_only = matches!(ranks[..], [(Rank::Class, _)]);
        let mut plain = self.all_of(TRUTHS);
        let nouns = self.nouns_of(Side::Truth, &ranks).into_iter().filter(|column| !plain.contains(column)).collect::<Vec<_>>();
        plain.extend(nouns);
        plain.retain(|column| free(column) && !self.content.holds_ranks(column));
        let (plain, refused) = self.content.named(plain);
        if ranks.len() >= 2 || (ranks.len() == 1 && plain.is_empty() && !class_only) {
            return Ok(FoundTruth::of(self.ranked(ranks, Some(Side::Truth))));
        }
        match &plain[..] {
            [] => {}
            [only] => return Ok(FoundTruth::of(self.levelled(only.clone()))),
            several => return self.best_truth(several).map(|column| FoundTruth::of(self.levelled(column))),
        }
        if let Some(column) = self.common_names(Some(Side::Truth)).filter(|column| free(column)) {
            return Ok(FoundTruth::of(LabelSource::Text(column)));
        }
        if let Some(column) = refused {
            return Err(self.numbers_refused(column, TRUTH));
        }
        if taken.is_empty() {
            return Ok(FoundTruth::default());
        }
        self.truth_beside(taken)
    }

    /// Of several columns the one that is called just the truth, or the first where all say the same.
    fn best_truth(&self, several: &[String]) -> Result<String, TableError> {
        let called = |column: &&String| ["truth", "groundtruth"].contains(&squashed(column).as_str());
        if let Some(column) = several.iter().find(called) {
            return Ok(column.clone());
        }
        match several {
            [first, others @ ..] if others.iter().all(|other| self.content.are_same(first, other)) => Ok(first.clone()),
            _ => Err(self.several(several, TRUTH)),
        }
    }

    /// The truth beside predictions where nothing is called so: bare rank columns, a label.
    fn truth_beside(&self, taken: &[&str]) -> Result<FoundTruth, TableError> {
        let bare = self.ranks_of(None);
        let of_predictions = bare.iter().any(|(_, column)| taken.contains(&column.as_str()));
        let bare = self.with_species(bare, taken);
        if !of_predictions && !bare.is_empty() && !matches!(bare[..], [(Rank::Class, _)]) {
            return Ok(FoundTruth { label: Some(self.ranked(bare, None)), is_bare: true });
        }
        let mut labels = self.all_of(LABELS_BESIDE);
        labels.retain(|column| !taken.contains(&column.as_str()));
        let (labels, refused) = self.content.named(labels);
        match (&labels[..], refused) {
            ([], None) => Ok(FoundTruth::default()),
            ([], Some(column)) => Err(self.numbers_refused(column, TRUTH)),
            ([only], _) => Ok(FoundTruth::of(LabelSource::Text(only.clone()))),
            (several, _) => self.best_truth(several).map(|column| FoundTruth::of(LabelSource::Text(column))),
        }
    }
}

/// The truth of a table that holds little else: the column named, the usual names, or a lone label.
pub(in crate::answers::table) fn truth_source(
    frame: &Frame,
    image: &str,
    options: &TableOptions,
) -> Result<LabelSource, TableError> {
    let asked = options.truth_column.as_ref().map(|column| named_column(frame, column, "--truth-column"));
    let asked = match asked {
        Some(Ok(column)) => return Ok(LabelSource::Text(column)),
        // The option may name a column of the other table.
        Some(Err(error)) => Some(error),
        None => None,
    };
    let columns = Columns::of(frame, Some(image), Ids::Any);
    if let Some(truth) = columns.truth(&[])?.label {
        return Ok(truth);
    }
    let none = || TableError::NoTruth { path: frame.path.clone(), columns: frame.listed() };
    if let Some(lone) = columns.lone_label(TRUTH)? {
        return Ok(lone);
    }
    let others: Vec<&str> = frame.names().into_iter().filter(|name| *name != image).collect();
    match (&others[..], asked) {
        ([only], _) => Ok(LabelSource::Text((*only).to_string())),
        (_, Some(error)) => Err(error),
        _ => Err(none()),
    }
}
