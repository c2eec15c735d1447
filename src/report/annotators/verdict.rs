//! The main sentences on annotators.

use crate::numbers::statistics::Interval;
use crate::report::text::{count, counted, decimal_within, percent, percent_within};
use crate::scores::annotators::{Annotators, HumanRank, RaterRank, RaterScores};
use crate::scores::metric::Row;

/// How far people agree, and where each classifier stands among them, at the finest rank that they can be compared at.
#[must_use]
pub fn verdict(judged: &Annotators) -> Vec<String> {
    let mut said = vec![];
    if judged.tree.n > 0 {
        let (alpha, interval) = judged.tree.within("alpha");
        said.push(format!(
            "{} with labels of several annotators: alpha by height {}.",
            counted(judged.tree.n, "image", "images"),
            decimal_within(alpha, interval, 3)
        ));
    }
    if let Some(human) = judged.human.last() {
        let (mean, interval) = human.within("mean");
        said.push(format!("Human level at the {}: {}.", human.rank.name(), percent_within(mean, interval)));
        said.extend(
            judged.raters.iter().filter(|rater| rater.is_classifier).filter_map(|rater| classifier(rater, human, judged)),
        );
    } else {
        let of = |rater: &RaterScores| {
            let row = rater.ranks.last()?;
            let (accuracy, interval) = row.within("accuracy");
            Some(format!(
                "{}: {} right at the {}, by the annotators.",
                rater.name,
                percent_within(accuracy, interval),
                row.rank.name()
            ))
        };
        said.extend(judged.raters.iter().filter(|rater| rater.is_classifier).filter_map(of));
    }
    said
}

/// A classifier beside people.
fn classifier(rater: &RaterScores, human: &HumanRank, judged: &Annotators) -> Option<String> {
    let row: &RaterRank = rater.ranks.iter().find(|row| row.rank == human.rank && row.accuracy.is_some())?;
    let people = judged.raters.iter().filter(|rater| !rater.is_classifier).count() as u64;
    let (difference, interval) = row.within("difference");
    let beside = match (difference, interval) {
        (Some(_), Some(Interval { low, .. })) if low > 0.0 => "above the human level",
        (Some(_), Some(Interval { high, .. })) if high < 0.0 => "below the human level",
        _ => "not shown to differ from the human level",
    };
    let place = row.place.map(|place| format!("place {} among {}, ", count(place), counted(people, "annotator", "annotators")));
    Some(format!("{}: {}, {}{beside}.", rater.name, percent(row.accuracy), place.unwrap_or_default()))
}
