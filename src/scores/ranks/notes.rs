//! What a reader of the rows should know.

use super::rank_scores::RankScores;
use super::row::has_probabilities;
use crate::numbers::counted::{counted, form};
use crate::scores::judged_run::JudgedRun;
use crate::scores::listed::Listed;
use crate::taxonomy::rank::Rank;

pub(super) fn add_notes(run: &JudgedRun<'_>, rows: &[RankScores], candidates_known: bool, notes: &mut Vec<String>) {
    if !candidates_known && !rows.is_empty() {
        notes.push(
            "The source does not say which labels could be answered: chance is one in the number of taxa among truths and answers."
                .to_string(),
        );
    }
    notes.extend(tie_note(rows));
    notes.extend(coarse_note(run, rows));
    let width = run.answers.ranked.width();
    if width >= 2 && rows.iter().any(|row| row.n > 0 && row.path_top5.is_none()) {
        let all = run.answers.candidates.as_ref().map(|candidates| candidates.len() as u64);
        let Listed { images, short } = Listed::of(run, 5, all);
        let (images, list) = (counted(images, "image", "images"), form(short, "lists", "list"));
        notes.push(format!("path_top5 is left empty: {short} of {images} {list} fewer than five answers, at most {width}."));
    }
    let score_ranks: Vec<_> = rows
        .iter()
        .filter(|row| row.summed_top1.is_some() && !has_probabilities(run, row.rank))
        .map(|row| row.rank.name())
        .collect();
    if !score_ranks.is_empty() {
        notes.push(format!("Scores outside 0 to 1 are no probabilities: no ece at {}.", score_ranks.join(", ")));
    }
}

/// How many best scores are shared, and what that leaves open at the finest rank with images.
fn tie_note(rows: &[RankScores]) -> Option<String> {
    let row = rows.iter().rev().find(|row| row.n > 0 && row.tied > 0)?;
    let [least, most] = [row.path_top1_least?, row.path_top1_most?].map(|share| 100.0 * share);
    Some(format!(
        "{} of {} {} several labels of the best score; the first in the order of the taxonomy is answered. By other choices among them between {least:.1} and {most:.1} % would be right to {}.",
        row.tied,
        counted(row.n, "image", "images"),
        form(row.tied, "has", "have"),
        row.rank
    ))
}

/// Why rows count fewer images than are scored.
fn coarse_note(run: &JudgedRun<'_>, rows: &[RankScores]) -> Option<String> {
    let scored = run.judgements.iter().enumerate().filter(|(_, judgement)| judgement.is_scored());
    let scored: u64 = scored.map(|(image, _)| run.times(image)).sum();
    let fewer = rows.iter().filter(|row| row.n > 0 && row.n < scored && row.rank <= Rank::Species);
    let listed: Vec<String> = fewer.map(|row| format!("{} of {scored} at {}", row.n, row.rank)).collect();
    (!listed.is_empty()).then(|| {
        format!("Accuracy and calibration of a rank count the images whose truth has a taxon there: {}.", listed.join(", "))
    })
}
