//! The column of scores that belongs to a column of answers.

use super::names::{Columns, Named};
use crate::answers::table::words::{SCORES, Word};

impl Columns<'_> {
    /// The score that is named like a predicted column: `roi_pred` and `roi_conf`, `Pred_MLP` and `Conf_MLP`,
    /// `predicted_species` and `predicted_species_score`, `prediction` and `confidence_in_pred`.
    pub(super) fn score_beside(&self, predicted: &str) -> Option<String> {
        let own = self.meaning(predicted)?;
        let beside = |column: &&Named| {
            let score = &column.meaning;
            column.written != predicted && score.is_score() && score.rest == own.rest && self.content.is_numeric(&column.written)
        };
        let beside: Vec<&Named> = self.all.iter().filter(beside).collect();
        let says_so = |column: &&&Named| own.rest.is_empty() && column.meaning.has(Word::Predicted);
        let of_rank = own.rank().and_then(|rank| beside.iter().find(|column| column.meaning.rank() == Some(rank)));
        let unranked = || beside.iter().filter(|column| column.meaning.rank().is_none());
        let found =
            of_rank.or_else(|| unranked().find(says_so)).or_else(|| if own.rest.is_empty() { None } else { unranked().next() });
        found.map(|column| column.written.clone())
    }

    /// The score of a table that has one run: by its usual name, or else the only column of numbers with a word for scores.
    pub(super) fn lone_score(&self) -> Option<String> {
        self.find(SCORES).or_else(|| {
            let is_score = |column: &&Named| {
                let elsewhere = ["detection", "detector", "box", "truth", "cumulative", "threshold", "min", "max"];
                let meaning = &column.meaning;
                meaning.is_score()
                    && !meaning.rest.iter().any(|word| elsewhere.contains(&word.as_str()))
                    && self.content.is_numeric(&column.written)
            };
            let mut scores = self.all.iter().filter(is_score);
            scores.next().filter(|_| scores.next().is_none()).map(|column| column.written.clone())
        })
    }
}
