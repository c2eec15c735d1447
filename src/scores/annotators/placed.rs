//! The annotators and the classifiers, each held against what the others say.

use super::panel::{Panel, Rater};
use super::rater::{HumanRank, RaterRank, RaterScores};
use super::references::References;
use crate::numbers::interval::MetricIntervals;
use crate::numbers::statistics::{ExactSum, share, to_f64};
use crate::scores::apart::height;
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;

/// Who is the best annotator is asked of those only that were compared at least this share as often as the busiest.
const OFTEN: f64 = 0.5;

/// All raters, annotators first, and the human level.
pub(super) fn of(panel: &Panel, majority: &References, consensus: Option<&References>) -> (Vec<RaterScores>, Vec<HumanRank>) {
    let mut scores: Vec<RaterScores> =
        panel.raters().enumerate().map(|(place, rater)| scored(panel, place, rater, (majority, consensus))).collect();
    let mut human = vec![];
    for (index, &rank) in Rank::MAIN.iter().enumerate() {
        human.extend(human_at(panel, majority, &scores, (rank, index)));
        placed_at(&mut scores, rank);
    }
    for (rater, scores) in panel.classifiers.iter().zip(&mut scores[panel.annotators.len()..]) {
        for row in &mut scores.ranks {
            differ(panel, majority, rater, row);
        }
    }
    (scores, human)
}

/// The reference of each image for a rater: annotators come first.
fn reference(references: &References, place: usize, image: usize) -> Option<TaxonId> {
    references.of_others.get(place).map_or_else(|| references.of_all[image].map(|(taxon, _)| taxon), |others| others[image])
}

fn scored(panel: &Panel, place: usize, rater: &Rater, (majority, consensus): (&References, Option<&References>)) -> RaterScores {
    let against = |references: &References| -> Vec<(usize, TaxonId, TaxonId)> {
        let of = |(image, label): (usize, &Option<TaxonId>)| Some((image, reference(references, place, image)?, (*label)?));
        rater.labels.iter().enumerate().filter_map(of).collect()
    };
    let (pairs, consensus_pairs) = (against(majority), consensus.map(against).unwrap_or_default());
    let mut intervals = MetricIntervals::default();
    let (n, mean_height) = heights(panel, &pairs, "mean_height", &mut intervals);
    let (consensus_n, consensus_height) = heights(panel, &consensus_pairs, "consensus_height", &mut intervals);
    let at = |(index, &rank)| rank_of(panel, (&pairs, &consensus_pairs), rank, index);
    RaterScores {
        name: rater.name.clone(),
        is_classifier: place >= panel.annotators.len(),
        labels: rater.labels.iter().flatten().count() as u64,
        outside: rater.outside,
        n,
        mean_height,
        consensus_n,
        consensus_height,
        intervals,
        ranks: Rank::MAIN.iter().enumerate().filter_map(at).collect(),
    }
}

/// The mean height of the images whose reference is below the root.
fn heights(
    panel: &Panel,
    pairs: &[(usize, TaxonId, TaxonId)],
    name: &'static str,
    intervals: &mut MetricIntervals,
) -> (u64, Option<f64>) {
    let taxonomy = &panel.taxonomy;
    let values: Vec<(usize, f64, f64)> = pairs
        .iter()
        .filter(|(_, reference, _)| *reference != TaxonId::ROOT)
        .map(|(image, reference, label)| (*image, f64::from(height(taxonomy, *reference, *label)), 1.0))
        .collect();
    let mut sum = ExactSum::default();
    for (_, height, _) in &values {
        sum.add(*height);
    }
    let n = values.len() as u64;
    let mean = (n > 0).then(|| sum.value() / to_f64(n));
    let most = pairs.iter().map(|(_, reference, _)| height(taxonomy, *reference, TaxonId::ROOT)).max().unwrap_or(1).max(1);
    intervals.add_for(name, mean, panel.sample.mean(values, Some((0.0, f64::from(most)))), panel.sample.noun);
    (n, mean)
}

type Pairs<'a> = &'a [(usize, TaxonId, TaxonId)];

/// The images whose reference reaches a rank, and whether the label is right there.
fn right_at(panel: &Panel, pairs: Pairs<'_>, index: usize) -> Vec<(usize, bool)> {
    let taxonomy = &panel.taxonomy;
    let of = |(image, reference, label): &(usize, TaxonId, TaxonId)| {
        let wanted = taxonomy.main_ancestor(*reference, index)?;
        Some((*image, taxonomy.main_ancestor(*label, index) == Some(wanted)))
    };
    pairs.iter().filter_map(of).collect()
}

fn rank_of(panel: &Panel, (pairs, consensus): (Pairs<'_>, Pairs<'_>), rank: Rank, index: usize) -> Option<RaterRank> {
    let (right, by_consensus) = (right_at(panel, pairs, index), right_at(panel, consensus, index));
    if right.is_empty() && by_consensus.is_empty() {
        return None;
    }
    let mut intervals = MetricIntervals::default();
    let mut share_of = |name: &'static str, right: Vec<(usize, bool)>| {
        let n = right.len() as u64;
        let accuracy = share(right.iter().filter(|(_, right)| *right).count() as u64, n);
        intervals.add_for(name, accuracy, panel.sample.share(right), panel.sample.noun);
        (n, accuracy)
    };
    let (n, accuracy) = share_of("accuracy", right);
    let (consensus_n, consensus_accuracy) = share_of("consensus_accuracy", by_consensus);
    let (place, compared, difference) = (None, 0, None);
    Some(RaterRank { rank, n, accuracy, place, consensus_n, consensus_accuracy, compared, difference, intervals })
}

/// The level of people at a rank: all comparisons of an annotator with the others, and the best annotator.
fn human_at(panel: &Panel, majority: &References, scores: &[RaterScores], (rank, index): (Rank, usize)) -> Option<HumanRank> {
    let annotators = scores.iter().take(panel.annotators.len());
    let rows: Vec<(&str, &RaterRank)> = annotators
        .filter_map(|scores| Some((scores.name.as_str(), scores.ranks.iter().find(|row| row.rank == rank)?)))
        .filter(|(_, row)| row.n > 0)
        .collect();
    let busiest = rows.iter().map(|(_, row)| row.n).max()?;
    let often = |row: &RaterRank| to_f64(row.n) >= OFTEN * to_f64(busiest);
    let best = rows.iter().filter(|(_, row)| often(row)).max_by(|(name, row), (other, than)| {
        row.accuracy.unwrap_or(0.0).total_cmp(&than.accuracy.unwrap_or(0.0)).then_with(|| other.cmp(name))
    });
    let mut values = vec![];
    for (place, rater) in panel.annotators.iter().enumerate() {
        let of = |(image, label): (usize, &Option<TaxonId>)| Some((image, reference(majority, place, image)?, (*label)?));
        let pairs: Vec<(usize, TaxonId, TaxonId)> = rater.labels.iter().enumerate().filter_map(of).collect();
        values.extend(right_at(panel, &pairs, index).into_iter().map(|(image, right)| (image, f64::from(u8::from(right)))));
    }
    let values = by_image(values);
    let n = rows.iter().map(|(_, row)| row.n).sum();
    let mut right = ExactSum::default();
    for (_, sum, _) in &values {
        right.add(*sum);
    }
    let mean = Some(right.value() / to_f64(n));
    let mut intervals = MetricIntervals::default();
    intervals.add_for("mean", mean, panel.sample.mean(values, Some((0.0, 1.0))), panel.sample.noun);
    let (best_name, best) = best.map(|(name, row)| ((*name).to_string(), row.accuracy)).unzip();
    Some(HumanRank { rank, n, mean, best: best.flatten(), best_name, intervals })
}

/// The values of each image together: their sum and their number.
fn by_image(mut values: Vec<(usize, f64)>) -> Vec<(usize, f64, f64)> {
    values.sort_by_key(|(image, _)| *image);
    let of = |same: &[(usize, f64)]| (same[0].0, same.iter().map(|(_, value)| value).sum(), to_f64(same.len() as u64));
    values.chunk_by(|one, other| one.0 == other.0).map(of).collect()
}

/// The place of every rater at a rank: 1 and as many as there are annotators with a higher accuracy.
fn placed_at(scores: &mut [RaterScores], rank: Rank) {
    let at = |scores: &RaterScores| scores.ranks.iter().find(|row| row.rank == rank).and_then(|row| row.accuracy);
    let people: Vec<f64> = scores.iter().filter(|scores| !scores.is_classifier).filter_map(at).collect();
    for row in scores.iter_mut().flat_map(|scores| &mut scores.ranks).filter(|row| row.rank == rank) {
        let better = |accuracy: f64| people.iter().filter(|other| **other > accuracy + 1e-12).count() as u64;
        row.place = row.accuracy.filter(|_| !people.is_empty()).map(|accuracy| 1 + better(accuracy));
    }
}

/// A classifier against people: each annotator and the classifier held against the majority of the others, image by image.
fn differ(panel: &Panel, majority: &References, classifier: &Rater, row: &mut RaterRank) {
    let Some(index) = row.rank.main_index() else { return };
    let taxonomy = &panel.taxonomy;
    let at = |label: TaxonId| taxonomy.main_ancestor(label, index);
    let mut values = vec![];
    for (place, rater) in panel.annotators.iter().enumerate() {
        for (image, (label, answer)) in rater.labels.iter().zip(&classifier.labels).enumerate() {
            let (Some(label), Some(answer)) = (label, answer) else { continue };
            if let Some(wanted) = reference(majority, place, image).and_then(at) {
                let right = |label: TaxonId| f64::from(u8::from(at(label) == Some(wanted)));
                values.push((image, right(*answer) - right(*label)));
            }
        }
    }
    row.compared = values.len() as u64;
    let values = by_image(values);
    let mut sum = ExactSum::default();
    for (_, difference, _) in &values {
        sum.add(*difference);
    }
    row.difference = (row.compared > 0).then(|| sum.value() / to_f64(row.compared));
    let found = panel.sample.mean(values, Some((-1.0, 1.0)));
    row.intervals.add_for("difference", row.difference, found, panel.sample.noun);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::annotators::panel::tests::panel;

    fn row(scores: &[RaterScores], name: &str, rank: Rank) -> RaterRank {
        scores.iter().find(|scores| scores.name == name).unwrap().ranks.iter().find(|row| row.rank == rank).unwrap().clone()
    }

    #[test]
    fn everybody_is_held_against_the_others_worked_by_hand() {
        // Image 1: cat, cat, lynx. Image 2: lynx, lynx, lynx. Image 3: fox, cat; c says nothing. The classifier says wildcat,
        // lynx, fox.
        let panel = panel(
            &[
                ("a", &["Felis catus", "Lynx lynx", "Vulpes vulpes"]),
                ("b", &["Felis catus", "Lynx lynx", "Felis catus"]),
                ("c", &["Lynx lynx", "Lynx lynx", ""]),
            ],
            &[("svm", &["Felis silvestris", "Lynx lynx", "Vulpes vulpes"])],
        );
        let majority = References::majority(&panel);
        let (scores, human) = of(&panel, &majority, None);
        // Species. a: image 1 the others say cat and lynx, a family; image 2 lynx, right; image 3 b says cat, wrong: 1 of 2.
        let a = row(&scores, "a", Rank::Species);
        assert_eq!((a.n, a.accuracy), (2, Some(0.5)));
        // b: image 1 has no species either; right on image 2, wrong on image 3. c: image 1 cat: wrong; image 2 right: 1 of 2.
        assert_eq!(
            [row(&scores, "b", Rank::Species), row(&scores, "c", Rank::Species)].map(|row| (row.n, row.accuracy)),
            [(2, Some(0.5)); 2]
        );
        // The classifier against all: cat (wrong), lynx (right), and of image 3 fox and cat meet at the order: 1 of 2.
        let svm = row(&scores, "svm", Rank::Species);
        assert_eq!((svm.n, svm.accuracy, svm.place), (2, Some(0.5), Some(1)));
        // Families: all of a's: Felidae right, Felidae right, Felidae for the fox wrong: 2 of 3.
        assert_eq!(row(&scores, "a", Rank::Family).accuracy, Some(2.0 / 3.0));
        let people = human.iter().find(|row| row.rank == Rank::Species).unwrap();
        // 3 right of 6; equals are named in order.
        assert_eq!((people.n, people.mean, people.best, people.best_name.as_deref()), (6, Some(0.5), Some(0.5), Some("a")));
        // The classifier beside each annotator on the same references. a: image 2 equal, image 3 wanted cat: both wrong. b: image
        // 2 equal; image 3 wanted fox: classifier right, b wrong: +1. c: image 1 wanted cat: both wrong; image 2 equal. 1 of 6.
        assert_eq!((svm.compared, svm.difference), (6, Some(1.0 / 6.0)));
        // Heights of the classifier: wildcat for cat 1; lynx 0; image 3: the order Carnivora, which the fox is of: 0.
        let classifier = scores.last().unwrap();
        assert_eq!((classifier.n, classifier.mean_height), (3, Some(1.0 / 3.0)));
    }

    #[test]
    fn one_annotator_alone_is_held_against_nobody() {
        let panel = panel(&[("a", &["Felis catus", "Lynx lynx"])], &[("svm", &["Felis catus", "Felis catus"])]);
        let (scores, human) = of(&panel, &References::majority(&panel), None);
        assert!(human.is_empty() && scores[0].ranks.is_empty() && scores[0].mean_height.is_none());
        let svm = row(&scores, "svm", Rank::Species);
        assert_eq!((svm.accuracy, svm.place, svm.difference), (Some(0.5), None, None));
    }
}
