//! The figure of annotators, as a block; none without the feature `plots`.

use crate::report::document::Block;
use crate::report::error::ReportError;
use crate::scores::annotators::Annotators;

/// Ranks that are drawn, and raters of each.
#[cfg(feature = "plots")]
const DRAWN: (usize, usize) = (3, 40);

/// Annotators and classifiers at the finest ranks, the best first.
#[cfg(feature = "plots")]
pub(super) fn human_level(judged: &Annotators) -> Result<Option<Block>, ReportError> {
    use crate::report::figures::{LevelPanel, LevelRow};
    use crate::scores::metric::Row;
    use crate::taxonomy::rank::Rank;

    let panel = |rank: &Rank| {
        let of = |rater: &crate::scores::annotators::RaterScores| {
            let row = rater.ranks.iter().find(|row| row.rank == *rank)?;
            let (accuracy, interval) = row.within("accuracy");
            Some(LevelRow { name: rater.name.clone(), is_classifier: rater.is_classifier, accuracy: accuracy?, interval })
        };
        let mut rows: Vec<LevelRow> = judged.raters.iter().filter_map(of).collect();
        rows.sort_by(|one, other| other.accuracy.total_cmp(&one.accuracy));
        // Classifiers are always drawn.
        let classifiers = rows.iter().filter(|row| row.is_classifier).count();
        let mut people = DRAWN.1.saturating_sub(classifiers);
        rows.retain(|row| {
            let keep = row.is_classifier || people > 0;
            people -= usize::from(keep && !row.is_classifier);
            keep
        });
        let human = judged.human.iter().find(|human| human.rank == *rank).and_then(|human| human.mean);
        LevelPanel { title: rank.name().to_string(), human, rows }
    };
    let panels = Rank::MAIN.iter().rev().map(panel).filter(|panel| !panel.rows.is_empty()).take(DRAWN.0);
    Ok(crate::report::figures::human_level(&panels.collect::<Vec<_>>())?.map(Block::Figure))
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
pub(super) fn human_level(_judged: &Annotators) -> Result<Option<Block>, ReportError> {
    Ok(None)
}
