//! Why an image did not come out right: causes that only look alike in an accuracy.

use super::judged_run::JudgedRun;
use super::same_epithet::Epithets;
use crate::answers::{Answer, Truth};
use crate::scores::outcome::{Judgement, Outcome, reachable};
use crate::taxonomy::TaxonId;
use serde::Serialize;

/// Why an image did not come out right, or that it did: the first cause that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The answer is right.
    Right,
    /// The photograph could not be read.
    Unreadable,
    /// Nobody said what the image shows.
    WithoutTruth,
    /// The truth is not in the taxonomy.
    OutsideTaxonomy,
    /// The truth was not among the candidates.
    NotACandidate,
    /// The truth was a candidate whose label vector is zero or not finite: it could not win.
    UnusableLabel,
    /// The classifier gave no answer.
    NoAnswer,
    /// The answer is not in the taxonomy.
    AnswerOutsideTaxonomy,
    /// The truth was given under a synonym, and the answer is wrong: it may only be named otherwise.
    Synonym,
    /// The answer is right as far as it goes, but stops above the truth.
    StoppedAbove,
    /// Truth and answer have one epithet in two genera: probably one organism under two names.
    ProbablyTheName,
    /// One taxon was taken for another.
    Confusion,
    /// The image shows something known that is no taxon.
    NotATaxon,
}

impl Cause {
    /// All of them, in the order of [`Causes`]: the number of a cause is its place here.
    pub const ALL: [Cause; 13] = [
        Cause::Right,
        Cause::Unreadable,
        Cause::WithoutTruth,
        Cause::OutsideTaxonomy,
        Cause::NotACandidate,
        Cause::UnusableLabel,
        Cause::NoAnswer,
        Cause::AnswerOutsideTaxonomy,
        Cause::Synonym,
        Cause::StoppedAbove,
        Cause::ProbablyTheName,
        Cause::Confusion,
        Cause::NotATaxon,
    ];

    /// The name in files: that of its count.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Cause::Right => "right",
            Cause::Unreadable => "unreadable",
            Cause::WithoutTruth => "without_truth",
            Cause::OutsideTaxonomy => "outside_taxonomy",
            Cause::NotACandidate => "not_a_candidate",
            Cause::UnusableLabel => "unusable_label",
            Cause::NoAnswer => "no_answer",
            Cause::AnswerOutsideTaxonomy => "answer_outside_taxonomy",
            Cause::Synonym => "synonym",
            Cause::StoppedAbove => "stopped_above",
            Cause::ProbablyTheName => "probably_the_name",
            Cause::Confusion => "confusion",
            Cause::NotATaxon => "not_a_taxon",
        }
    }
}

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
    /// The image shows something known that is no taxon: nothing, a person, a vehicle.
    pub not_a_taxon: u64,
}

impl Causes {
    /// How many images have each cause.
    pub(super) fn of(causes: &[Cause], times: impl Fn(usize) -> u64) -> Self {
        let mut counts = Self::default();
        for (image, cause) in causes.iter().enumerate() {
            counts.images += times(image);
            *counts.count(*cause) += times(image);
        }
        counts
    }

    fn count(&mut self, cause: Cause) -> &mut u64 {
        match cause {
            Cause::Right => &mut self.right,
            Cause::Unreadable => &mut self.unreadable,
            Cause::WithoutTruth => &mut self.without_truth,
            Cause::OutsideTaxonomy => &mut self.outside_taxonomy,
            Cause::NotACandidate => &mut self.not_a_candidate,
            Cause::UnusableLabel => &mut self.unusable_label,
            Cause::NoAnswer => &mut self.no_answer,
            Cause::AnswerOutsideTaxonomy => &mut self.answer_outside_taxonomy,
            Cause::Synonym => &mut self.synonym,
            Cause::StoppedAbove => &mut self.stopped_above,
            Cause::ProbablyTheName => &mut self.probably_the_name,
            Cause::Confusion => &mut self.confusion,
            Cause::NotATaxon => &mut self.not_a_taxon,
        }
    }
}

/// The cause of every image, and the places of those whose mistakes are probably the name.
pub(super) fn cause_of_each(run: &JudgedRun<'_>) -> (Vec<Cause>, Vec<usize>) {
    let reach = run.answers.candidates.as_ref().map(|candidates| reachable(run.taxonomy, candidates));
    let usable = run.answers.candidates.as_ref().filter(|_| !run.answers.unusable_candidates.is_empty()).map(|candidates| {
        let dead = &run.answers.unusable_candidates;
        let alive: Vec<TaxonId> = candidates.iter().filter(|candidate| !dead.contains(candidate)).copied().collect();
        reachable(run.taxonomy, &alive)
    });
    let reach = (reach.as_deref(), usable.as_deref());
    let mut epithets = Epithets::of(run.taxonomy);
    let cause = |(image, judgement): (usize, &Judgement)| match judgement {
        Judgement::Unreadable => Cause::Unreadable,
        Judgement::OutsideTaxonomy => Cause::OutsideTaxonomy,
        Judgement::Unplaced(_) if run.answers.truths[image] == Truth::Outside => Cause::OutsideTaxonomy,
        Judgement::WithoutTruth | Judgement::Unplaced(_) => Cause::WithoutTruth,
        Judgement::NotACandidate => Cause::NotACandidate,
        Judgement::NotATaxon => Cause::NotATaxon,
        Judgement::Scored(outcome) => of_scored(run, (image, outcome), reach, &mut epithets),
    };
    let causes = run.judgements.iter().enumerate().map(cause).collect();
    (causes, epithets.images)
}

fn of_scored(
    run: &JudgedRun<'_>,
    (image, outcome): (usize, &Outcome),
    (reach, usable): (Option<&[bool]>, Option<&[bool]>),
    epithets: &mut Epithets<'_>,
) -> Cause {
    let truth = outcome.truth.index();
    match run.answers.ranked.best(image) {
        _ if outcome.is_right() => Cause::Right,
        _ if reach.is_some_and(|reach| !reach[truth]) => Cause::NotACandidate,
        _ if usable.is_some_and(|usable| !usable[truth]) => Cause::UnusableLabel,
        Answer::Nothing => Cause::NoAnswer,
        Answer::Outside => Cause::AnswerOutsideTaxonomy,
        Answer::Taxon(_) if run.answers.synonym_truths.contains(&image) => Cause::Synonym,
        Answer::Taxon(_) if outcome.stops_above() => Cause::StoppedAbove,
        Answer::Taxon(_) if epithets.keep(image, outcome) => Cause::ProbablyTheName,
        Answer::Taxon(_) => Cause::Confusion,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_counted_under_its_name() {
        for (place, cause) in Cause::ALL.into_iter().enumerate() {
            assert_eq!(cause as usize, place);
            let counts = serde_json::to_value(Causes::of(&[cause, cause], |_| 1)).unwrap();
            for (name, count) in counts.as_object().unwrap() {
                let expected = if name == "images" || name == cause.name() { 2 } else { 0 };
                assert_eq!(count, &expected, "{name} {cause:?}");
            }
        }
    }
}
