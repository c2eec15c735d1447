//! Where every image went.

use super::judged_run::JudgedRun;
use crate::answers::Answer;
use crate::scores::outcome::{Judgement, reachable};
use serde::Serialize;

/// Counts of images; `scored` and the parts left out add up to `images`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Accounting {
    /// All images of the source.
    pub images: u64,
    /// Images whose answer was compared with their truth.
    pub scored: u64,
    /// Photographs that could not be read.
    pub unreadable: u64,
    /// Images without a truth.
    pub without_truth: u64,
    /// Images whose truth is not in the taxonomy.
    pub outside_taxonomy: u64,
    /// Images whose truth the classifier could not give.
    pub not_a_candidate: u64,
    /// Images that show something known that is no taxon: nothing, a person, a vehicle.
    pub not_a_taxon: u64,
    /// Parts of `scored` worth knowing; they may overlap.
    pub of_scored: OfScored,
}

/// Parts of the scored images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct OfScored {
    /// The classifier gave no answer; scored as the root.
    pub no_answer: u64,
    /// The best answer is not in the taxonomy; scored as the root.
    pub answer_outside_taxonomy: u64,
    /// The truth stops above the species; scored down to its rank.
    pub coarse_truth: u64,
    /// The truth lies above the kingdoms (a domain), or above all ranks: it counts in the rows of no rank.
    pub above_kingdom: u64,
    /// The truth is missing or unknown, which counts as a mistake here.
    pub unusable_truth: u64,
    /// The truth is not among the candidates, and is scored because that was asked for.
    pub not_a_candidate: u64,
    /// The best answer is that there is no taxon: nothing, a person, a vehicle; scored as the root, and among those without an
    /// answer.
    pub answered_non_taxon: u64,
}

impl Accounting {
    pub(super) fn of(run: &JudgedRun<'_>) -> Self {
        let mut counts = Self { images: run.answers.count(), ..Self::default() };
        let reach = run.answers.candidates.as_ref().map(|candidates| reachable(run.taxonomy, candidates));
        for (image, judgement) in run.judgements.iter().enumerate() {
            let times = run.times(image);
            match judgement {
                Judgement::Unreadable => counts.unreadable += times,
                Judgement::WithoutTruth => counts.without_truth += times,
                Judgement::OutsideTaxonomy => counts.outside_taxonomy += times,
                Judgement::NotACandidate => counts.not_a_candidate += times,
                Judgement::NotATaxon => counts.not_a_taxon += times,
                Judgement::Scored(_) | Judgement::Unplaced(_) => counts.scored += times,
            }
            counts.of_scored.add(run, image, *judgement, reach.as_deref());
        }
        counts
    }

    /// The parts that are not 0, as one line: `8 images, 7 scored, 1 unreadable`.
    #[must_use]
    pub fn line(&self) -> String {
        let parts = [
            (self.images, if self.images == 1 { "image" } else { "images" }),
            (self.scored, "scored"),
            (self.unreadable, "unreadable"),
            (self.without_truth, "without truth"),
            (self.outside_taxonomy, "outside taxonomy"),
            (self.not_a_candidate, "not a candidate"),
            (self.not_a_taxon, "not a taxon"),
        ];
        let some = parts.into_iter().filter(|&(count, _)| count > 0);
        some.map(|(count, name)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
    }

    /// Images left out.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.unreadable + self.without_truth + self.outside_taxonomy + self.not_a_candidate + self.not_a_taxon
    }
}

impl OfScored {
    fn add(&mut self, run: &JudgedRun<'_>, image: usize, judgement: Judgement, reach: Option<&[bool]>) {
        let times = run.times(image);
        match judgement {
            Judgement::Scored(outcome) => {
                let coarse = run.taxonomy.has_ranks() && run.taxonomy.rung(outcome.truth) > 0;
                self.coarse_truth += times * u64::from(coarse);
                self.above_kingdom += times * u64::from(coarse && run.taxonomy.rung(outcome.truth) == 7);
                self.not_a_candidate += times * u64::from(reach.is_some_and(|reach| !reach[outcome.truth.index()]));
            }
            Judgement::Unplaced(_) => self.unusable_truth += times,
            _ => return,
        }
        match run.answers.ranked.best(image) {
            Answer::Nothing => {
                self.no_answer += times;
                self.answered_non_taxon += times * u64::from(run.answers.is_answered_non_taxon(image));
            }
            Answer::Outside => self.answer_outside_taxonomy += times,
            Answer::Taxon(_) => {}
        }
    }
}
