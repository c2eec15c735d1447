//! Why an image did not come out right: causes that only look alike in an accuracy.

use super::judged_run::JudgedRun;
use super::same_epithet::Epithets;
use crate::answers::{Answer, Truth};
use crate::scores::outcome::{Judgement, Outcome, reachable};
use crate::taxonomy::TaxonId;
use serde::Serialize;

/// Images by what became of them; each is counted once, under the first cause that holds, and the
/// parts add up to all images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Causes {
    /// All images of the source.
    pub images: u64,
    /// The answer is right.
    pub right: u64,
    /// The photograph could not be read.
    pub unreadable: u64,
    /// Nobody said what the image shows.
    pub without_truth: u64,
    /// The truth is not in the taxonomy.
    pub outside_taxonomy: u64,
    /// The truth was not among the candidates.
    pub not_a_candidate: u64,
    /// The truth was a candidate whose label vector is zero or not finite: it could not win.
    pub unusable_label: u64,
    /// The classifier gave no answer.
    pub no_answer: u64,
    /// The answer is not in the taxonomy.
    pub answer_outside_taxonomy: u64,
    /// The truth was given under a synonym, and the answer is wrong: it may only be named otherwise.
    pub synonym: u64,
    /// The answer is right as far as it goes, but stops above the truth.
    pub stopped_above: u64,
    /// Truth and answer have one epithet in two genera: probably one organism under two names (see
    /// [`same_epithet`](super::same_epithet)).
    pub probably_the_name: u64,
    /// One taxon was taken for another.
    pub confusion: u64,
}

impl Causes {
    /// The causes, and the places of the images whose mistakes are probably the name.
    pub(super) fn of(run: &JudgedRun<'_>) -> (Self, Vec<usize>) {
        let reach = run.answers.candidates.as_ref().map(|candidates| reachable(run.taxonomy, candidates));
        let usable = run.answers.candidates.as_ref().filter(|_| !run.answers.unusable_candidates.is_empty()).map(|candidates| {
            let dead = &run.answers.unusable_candidates;
            let alive: Vec<TaxonId> = candidates.iter().filter(|candidate| !dead.contains(candidate)).copied().collect();
            reachable(run.taxonomy, &alive)
        });
        let reach = (reach.as_deref(), usable.as_deref());
        let mut epithets = Epithets::of(run.taxonomy);
        let mut counts = Self { images: run.judgements.len() as u64, ..Self::default() };
        for (image, judgement) in run.judgements.iter().enumerate() {
            let cause = match judgement {
                Judgement::Unreadable => &mut counts.unreadable,
                Judgement::OutsideTaxonomy => &mut counts.outside_taxonomy,
                Judgement::Unplaced(_) if run.answers.truths[image] == Truth::Outside => &mut counts.outside_taxonomy,
                Judgement::WithoutTruth | Judgement::Unplaced(_) => &mut counts.without_truth,
                Judgement::NotACandidate => &mut counts.not_a_candidate,
                Judgement::Scored(outcome) => counts.of_scored(run, (image, outcome), reach, &mut epithets),
            };
            *cause += 1;
        }
        (counts, epithets.images)
    }

    fn of_scored(
        &mut self,
        run: &JudgedRun<'_>,
        (image, outcome): (usize, &Outcome),
        (reach, usable): (Option<&[bool]>, Option<&[bool]>),
        epithets: &mut Epithets<'_>,
    ) -> &mut u64 {
        let truth = outcome.truth.index();
        let best = run.answers.ranked.best(image);
        match best {
            _ if outcome.is_right() => &mut self.right,
            _ if reach.is_some_and(|reach| !reach[truth]) => &mut self.not_a_candidate,
            _ if usable.is_some_and(|usable| !usable[truth]) => &mut self.unusable_label,
            Answer::Nothing => &mut self.no_answer,
            Answer::Outside => &mut self.answer_outside_taxonomy,
            Answer::Taxon(_) if run.answers.synonym_truths.contains(&image) => &mut self.synonym,
            Answer::Taxon(_) if outcome.stops_above() => &mut self.stopped_above,
            Answer::Taxon(_) if epithets.keep(image, outcome) => &mut self.probably_the_name,
            Answer::Taxon(_) => &mut self.confusion,
        }
    }
}
