//! A run as the page shows it: what was answered to every image, and what became of it.

use super::column;
use super::format::{RunPart, StepColumns, SummedColumns};
use super::taxa::Taxa;
use crate::answers::{Answer, Answers, Ranked};
use crate::numbers::place::Place;
use crate::scores::back_off::BackOffSteps;
use crate::scores::image_scores::ImageScores;
use crate::scores::outcome::Judgement;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::HashMap;
use std::io;

/// What becomes of an image, in a word; the number of an outcome is its place.
pub(super) const OUTCOMES: [&str; 7] =
    ["right", "wrong", "unreadable", "without_truth", "outside_taxonomy", "not_a_candidate", "not_a_taxon"];

/// The row of an image of the page in the answers of a run.
pub(super) enum Rows<'a> {
    /// Its own place.
    Same,
    /// By the place of the image.
    Paired(&'a [usize]),
    /// The same, where a run need not have every image.
    Named(Vec<Place>),
}

impl Rows<'_> {
    /// The rows of images in a run that has the same ones, or others.
    pub(super) fn by_name(images: &[String], of_run: &[String]) -> Self {
        if images == of_run {
            return Rows::Same;
        }
        let mut rows: HashMap<&str, usize> = HashMap::new();
        for (row, name) in of_run.iter().enumerate() {
            rows.entry(name).or_insert(row);
        }
        Rows::Named(images.iter().map(|name| rows.get(name.as_str()).map_or(Place::NONE, |row| Place::at(*row))).collect())
    }

    fn of(&self, image: usize) -> Option<usize> {
        match self {
            Rows::Same => Some(image),
            Rows::Paired(rows) => Some(rows[image]),
            Rows::Named(rows) => rows[image].get(),
        }
    }
}

/// A run as the page shows it.
pub(super) struct ShownRun<'a> {
    pub taxonomy: &'a Taxonomy,
    pub answers: &'a Answers,
    pub scores: &'a ImageScores,
    /// Answers of the back-off rule, where the source holds whole distributions.
    pub steps: Option<&'a BackOffSteps>,
    pub rows: Rows<'a>,
}

impl ShownRun<'_> {
    /// What became of an image; `None` where the run does not have it.
    pub(super) fn judgement(&self, image: usize) -> Option<Judgement> {
        self.rows.of(image).map(|row| self.scores.judgements[row])
    }

    /// Probability of the best answer to an image.
    pub(super) fn probability(&self, image: usize) -> Option<f64> {
        self.answers.ranked.best_probability(self.rows.of(image)?)
    }

    /// Tells of all taxa of the columns of some images, but for those that lie above others.
    pub(super) fn tell(&self, images: &[usize], tell: &mut dyn FnMut(TaxonId)) {
        for row in images.iter().filter_map(|image| self.rows.of(*image)) {
            match self.scores.judgements[row] {
                Judgement::Scored(outcome) => [outcome.truth, outcome.predicted].into_iter().for_each(&mut *tell),
                Judgement::Unplaced(answer) => tell(answer),
                _ => {}
            }
            let bests = std::iter::once(&self.answers.ranked).chain(self.answers.summed.iter().flatten());
            bests.for_each(|ranked| tell(ranked.best(row).taxon()));
            self.steps.into_iter().flat_map(|steps| steps.of_image(row)).for_each(|(_, taxon)| tell(taxon));
        }
    }

    /// The columns of some images.
    pub(super) fn columns(&self, images: &[usize], taxa: &Taxa, ranks: &[Rank]) -> io::Result<RunPart> {
        let (count, ranked, scores) = (images.len(), &self.answers.ranked, self.scores);
        let row = |place: usize| self.rows.of(images[place]);
        let judgement = |place: usize| self.judgement(images[place]);
        let bits_of = |place: usize, holds: &dyn Fn(usize, Rank) -> bool| {
            let holds_at = |row: usize| bits(ranks, |rank| holds(row, rank));
            Some(row(place).map_or(0, holds_at))
        };
        let cost = |costs: &Vec<f64>| column::doubles(count, |place| Some(costs[row(place)?]).filter(|cost| !cost.is_nan()));
        Ok(RunPart {
            answer: column::numbers(count, |place| match ranked.best(row(place)?) {
                Answer::Taxon(taxon) => taxa.number(taxon),
                Answer::Outside | Answer::Nothing => None,
            })?,
            predicted: column::numbers(count, |place| taxa.number(meeting(judgement(place)?)?.0))?,
            lca: column::numbers(count, |place| taxa.number(meeting(judgement(place)?)?.1))?,
            height: column::numbers(count, |place| scores.height(self.taxonomy, row(place)?))?,
            outcome: column::numbers(count, |place| judgement(place).map(outcome))?,
            cause: column::numbers(count, |place| Some(scores.causes[row(place)?] as u32))?,
            flag: column::numbers(count, |place| scores.flags[row(place)?].map(|flag| flag as u32))?,
            probability: column::doubles(count, |place| self.probability(images[place]))?,
            counts_at: column::numbers(count, |place| bits_of(place, &|row, rank| self.counts_at(row, rank)))?,
            right_at: column::numbers(count, |place| bits_of(place, &|row, rank| self.is_right_at(row, rank)))?,
            cost: scores.costs.as_ref().map(cost).transpose()?,
            summed: self.summed(images, taxa, ranks)?,
            steps: self.steps.map(|steps| self.step_columns(steps, images, taxa)).transpose()?,
        })
    }

    /// Whether an image counts at a rank, as in the report's row of it.
    fn counts_at(&self, row: usize, rank: Rank) -> bool {
        match self.scores.judgements[row] {
            Judgement::Scored(outcome) => self.taxonomy.ancestor_at(outcome.truth, rank).is_some(),
            Judgement::Unplaced(_) => rank.main_index().is_some(),
            _ => false,
        }
    }

    /// Whether its best answer is right there.
    fn is_right_at(&self, row: usize, rank: Rank) -> bool {
        let Judgement::Scored(outcome) = self.scores.judgements[row] else { return false };
        let at = |taxon: TaxonId| self.taxonomy.ancestor_at(taxon, rank);
        let truth = at(outcome.truth);
        // Where nothing is answered nothing is right, not even the root.
        truth.is_some() && self.answers.ranked.answers(row).first().is_some_and(|answer| at(answer.taxon()) == truth)
    }

    /// The summed answers at the ranks that have them; `None` where no rank has.
    fn summed(&self, images: &[usize], taxa: &Taxa, ranks: &[Rank]) -> io::Result<Option<Vec<Option<SummedColumns>>>> {
        let of = |rank: &Rank| {
            let index = rank.main_index()?;
            Some((index, self.answers.summed[index].as_ref()?))
        };
        if ranks.iter().all(|rank| of(rank).is_none()) {
            return Ok(None);
        }
        let columns = |rank: &Rank| of(rank).map(|summed| self.summed_at(summed, images, taxa)).transpose();
        ranks.iter().map(columns).collect::<io::Result<_>>().map(Some)
    }

    fn summed_at(&self, (index, summed): (usize, &Ranked), images: &[usize], taxa: &Taxa) -> io::Result<SummedColumns> {
        let taxon = |place: usize| match summed.best(self.rows.of(images[place])?) {
            Answer::Taxon(taxon) => taxa.number(self.taxonomy.main_ancestor(taxon, index)?),
            Answer::Outside | Answer::Nothing => None,
        };
        let probability = |place: usize| summed.best_probability(self.rows.of(images[place])?);
        Ok(SummedColumns {
            taxon: column::numbers(images.len(), taxon)?,
            probability: column::singles(images.len(), |place| probability(place).map_or(f32::NAN, column::single))?,
        })
    }

    fn step_columns(&self, steps: &BackOffSteps, images: &[usize], taxa: &Taxa) -> io::Result<StepColumns> {
        let mut starts = Vec::with_capacity(images.len() + 1);
        let mut all: Vec<(f32, TaxonId)> = vec![];
        for &image in images {
            starts.push(all.len());
            all.extend(self.rows.of(image).into_iter().flat_map(|row| steps.of_image(row)));
        }
        starts.push(all.len());
        Ok(StepColumns {
            starts: column::numbers(starts.len(), |place| u32::try_from(starts[place]).ok())?,
            threshold: column::singles(all.len(), |step| all[step].0)?,
            taxon: column::numbers(all.len(), |step| taxa.number(all[step].1))?,
        })
    }
}

/// The answer as it is scored and where it meets the truth; `None` where the image is not scored.
fn meeting(judgement: Judgement) -> Option<(TaxonId, TaxonId)> {
    match judgement {
        Judgement::Scored(outcome) => Some((outcome.predicted, outcome.lca)),
        Judgement::Unplaced(answer) => Some((answer, TaxonId::ROOT)),
        _ => None,
    }
}

/// The place of what became of an image among [`OUTCOMES`].
fn outcome(judgement: Judgement) -> u32 {
    match judgement {
        Judgement::Scored(outcome) if outcome.is_right() => 0,
        Judgement::Scored(_) | Judgement::Unplaced(_) => 1,
        Judgement::Unreadable => 2,
        Judgement::WithoutTruth => 3,
        Judgement::OutsideTaxonomy => 4,
        Judgement::NotACandidate => 5,
        Judgement::NotATaxon => 6,
    }
}

/// A bit for each rank at which something holds.
fn bits(ranks: &[Rank], holds: impl Fn(Rank) -> bool) -> u32 {
    ranks.iter().enumerate().filter(|(_, rank)| holds(**rank)).fold(0, |bits, (place, _)| bits | 1 << place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_another_run_are_found_by_their_names() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let images = names(&["a", "b", "c"]);
        assert!(matches!(Rows::by_name(&images, &images), Rows::Same));
        let rows = Rows::by_name(&images, &names(&["c", "a", "c", "d"]));
        assert_eq!([0, 1, 2].map(|image| rows.of(image)), [Some(1), None, Some(0)]);
        assert_eq!(Rows::Paired(&[4, 2]).of(1), Some(2));
    }

    #[test]
    fn a_bit_stands_for_a_rank() {
        assert_eq!(bits(&Rank::MAIN, |rank| rank != Rank::Phylum), 0b111_1101);
        assert_eq!(bits(&[], |_| true), 0);
    }
}
