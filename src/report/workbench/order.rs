//! The order of images in a page: mistakes, the worst first, then those that are right, then those that were left out.

use crate::answers::Answers;
use crate::numbers::place::Place;
use crate::scores::Scores;
use crate::scores::compare::runs::ComparedRuns;
use crate::scores::mistakes::Mistake;
use crate::scores::outcome::Judgement;

/// Images in the page, and in each of the files beside it that have the others.
pub(super) const PART: usize = 100_000;

/// The same of several runs: as many columns take as much room.
pub(super) fn part(runs: usize) -> usize {
    (PART * 2 / runs.max(2)).max(5_000)
}

/// The images of a run, with its mistakes in their order; the others stand as in the answers.
pub(super) fn of_run(mistakes: &[Mistake], judgements: &[Judgement]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(judgements.len());
    order.extend(mistakes.iter().map(|mistake| mistake.image));
    let places = |holds: fn(&Judgement) -> bool| (0..judgements.len()).filter(move |&image| holds(&judgements[image]));
    order.extend(places(is_right));
    order.extend(places(|judgement| !judgement.is_scored()));
    order
}

/// The images of a report: of answers that were added up the mistakes, since others have no names, and several of them one row.
pub(super) fn of_answers(answers: &Answers, scores: &Scores) -> Vec<usize> {
    if answers.times.is_some() {
        return scores.mistakes.iter().map(|mistake| mistake.image).collect();
    }
    of_run(&scores.mistakes, &scores.images.judgements)
}

/// The images that runs are compared over: those that all of them score, by the mistakes of the first.
pub(super) fn of_compared(compared: &ComparedRuns, mistakes: &[Mistake]) -> Vec<usize> {
    let (Some(first), Some(rows), Some(answers)) = (compared.judgements.first(), compared.rows.first(), compared.runs.first())
    else {
        return vec![];
    };
    let is_compared = |image: &usize| compared.judgements.iter().all(|judgements| judgements[*image].is_scored());
    let mut places = vec![Place::NONE; answers.images.len()];
    for (image, &row) in rows.iter().enumerate() {
        places[row] = Place::at(image);
    }
    let mut order: Vec<usize> = mistakes.iter().filter_map(|mistake| places[mistake.image].get()).filter(is_compared).collect();
    order.extend((0..first.len()).filter(|image| is_right(&first[*image])).filter(is_compared));
    order
}

fn is_right(judgement: &Judgement) -> bool {
    matches!(judgement, Judgement::Scored(outcome) if outcome.is_right())
}

/// The row of every image.
pub(super) fn rows(order: &[usize], images: usize) -> Vec<Place> {
    let mut rows = vec![Place::NONE; images];
    for (row, &image) in order.iter().enumerate() {
        rows[image] = Place::at(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::outcome::Outcome;
    use crate::taxonomy::TaxonId;

    #[test]
    fn mistakes_stand_first_and_those_left_out_last() {
        let scored = |predicted: TaxonId| {
            let truth = TaxonId(1);
            Judgement::Scored(Outcome { truth, answer: predicted, predicted, lca: TaxonId::ROOT })
        };
        let judgements = [
            Judgement::Unreadable,
            scored(TaxonId(1)),
            scored(TaxonId(2)),
            Judgement::Unplaced(TaxonId(2)),
            Judgement::NotACandidate,
            scored(TaxonId(1)),
        ];
        let mistake = |image: usize| Mistake {
            image,
            truth: None,
            predicted: TaxonId(2),
            lca: TaxonId::ROOT,
            height: None,
            stopped_above: false,
            probability: None,
        };
        let order = of_run(&[mistake(3), mistake(2)], &judgements);
        assert_eq!(order, [3, 2, 1, 5, 0, 4]);
        let rows: Vec<_> = rows(&order, 6).into_iter().map(Place::get).collect();
        assert_eq!(rows, [4, 2, 1, 0, 5, 3].map(Some));
    }
}
