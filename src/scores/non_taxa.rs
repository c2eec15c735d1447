//! Blank, person, vehicle: whether a classifier tells pictures without an animal from those with one.
//!
//! A question beside that of the taxonomy, asked of all images of which somebody said what they show. All taxa are one class,
//! `animal`. An image that is answered `unknown`, or not at all, is declined: missed by its own class and met by none.

mod class_scores;

pub use class_scores::ClassScores;

use super::judged_run::JudgedRun;
use crate::answers::non_taxon::{ANIMAL, BLANK, DECLINED, NonTaxa, PERSON, Shown, UNKNOWN};
use crate::numbers::interval::{MetricIntervals, NoInterval, Sample};
use crate::numbers::statistics::{ExactSum, share, to_f64};
use crate::scores::cost::{ClassEntry, CostMatrix, OTHER};
use crate::scores::outcome::Judgement;
use serde::Serialize;

/// Scores of classes that are no taxa, beside `animal`; shares are `None` where there is nothing to divide by.
///
/// How it is written stands with the lists of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct NonTaxonScores {
    pub n: u64,
    pub accuracy: Option<f64>,
    pub exact: Option<f64>,
    pub macro_f1: Option<f64>,
    pub missed_animals: Option<f64>,
    pub false_animals: Option<f64>,
    pub persons_as_animals: Option<f64>,
    pub declined: u64,
    pub cost_mean: Option<f64>,
    pub cost_total: Option<f64>,
    /// The classes that are true or answered, `animal` first.
    pub classes: Vec<ClassScores>,
    /// What the mistakes cost, by entry of the matrix; empty without entries.
    pub costs: Vec<ClassCost>,
    /// Mistakes that no entry covers, where there are entries.
    pub other: u64,
    /// Images of which somebody looked and could not say what they show.
    pub unknown_truth: u64,
    /// Images of which nobody said what they show.
    pub without_truth: u64,
    /// Photographs that could not be read.
    pub unreadable: u64,
    /// The intervals of the shares and of the mean cost.
    pub intervals: MetricIntervals,
}

/// What the images of one entry cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassCost {
    /// What they show.
    pub truth: String,
    /// What is answered.
    pub answer: String,
    /// What one image costs.
    pub cost: f64,
    /// Images.
    pub images: u64,
}

/// Why the mean of classes has no interval.
const NO_MEAN: NoInterval = NoInterval::NoMean("the classes count alike, whatever their images: this is no mean over images");

/// An image that is scored: its place, the place of its class, and that of the class that is answered, if any is.
#[derive(Debug, Clone, Copy)]
struct Seen {
    image: usize,
    truth: usize,
    answer: Option<usize>,
}

impl NonTaxonScores {
    /// `None` where the source speaks of taxa alone, or its answers were pooled.
    pub(super) fn of(run: &JudgedRun<'_>, matrix: Option<&CostMatrix>) -> Option<Self> {
        let non_taxa = run.answers.non_taxa.as_ref()?;
        let answers = non_taxa.answers.as_ref()?;
        // `animal` stands before the others.
        let place = |shown: Shown| match shown {
            Shown::Animal => Some(0),
            Shown::Class(class) if class != UNKNOWN => Some(class + 1),
            Shown::Class(_) | Shown::Nothing => None,
        };
        let (mut seen, mut unknown_truth, mut without_truth, mut unreadable) = (vec![], 0, 0, 0);
        for (image, (truth, answer)) in non_taxa.truths.iter().zip(answers).enumerate() {
            let times = run.times(image);
            match place(*truth) {
                _ if matches!(run.judgements.get(image), Some(Judgement::Unreadable)) => unreadable += times,
                Some(truth) => seen.push(Seen { image, truth, answer: place(*answer) }),
                None if *truth == Shown::Class(UNKNOWN) => unknown_truth += times,
                None => without_truth += times,
            }
        }
        let names = names(non_taxa);
        let classes = class_scores::of_all(&seen_pairs(&seen), &names, &run.sample);
        let mut scores = Self {
            n: seen.iter().map(|seen| run.times(seen.image)).sum(),
            declined: seen.iter().filter(|seen| seen.answer.is_none()).map(|seen| run.times(seen.image)).sum(),
            macro_f1: macro_f1(&classes),
            classes,
            unknown_truth,
            without_truth,
            unreadable,
            ..Self::empty()
        };
        scores.add_shares(&seen, &run.sample);
        scores.add_exact(run, &seen);
        scores.intervals.add_for("macro_f1", scores.macro_f1, Err(NO_MEAN), run.sample.noun);
        scores.intervals.add("cost_mean", Err(NoInterval::NoValue), run.sample.noun);
        if let Some(matrix) = matrix.filter(|matrix| !matrix.classes().is_empty()) {
            scores.add_costs(&seen, &names, matrix.classes(), &run.sample);
        }
        Some(scores)
    }

    /// The shares as one line; those that are undefined are left out.
    #[must_use]
    pub fn line(&self) -> String {
        let share = |words: &str, name: &str, value: Option<f64>| {
            let value = value?;
            let ends = self.intervals.of(name);
            let ends = ends.map(|ends| format!(" [{:.1}, {:.1}]", 100.0 * ends.low, 100.0 * ends.high)).unwrap_or_default();
            Some(format!("{words} {:.1}%{ends}", 100.0 * value))
        };
        let shares = [
            share("right", "accuracy", self.accuracy),
            share("to the taxon or class", "exact", self.exact),
            share("animals answered blank", "missed_animals", self.missed_animals),
            share("blanks answered animal", "false_animals", self.false_animals),
            share("persons answered animal", "persons_as_animals", self.persons_as_animals),
        ];
        let classes: Vec<&str> = self.classes.iter().map(|class| class.class.as_str()).collect();
        let shares: Vec<String> = shares.into_iter().flatten().collect();
        format!("{} of {}: {}", self.n, classes.join(", "), shares.join(", "))
    }

    fn empty() -> Self {
        Self {
            n: 0,
            accuracy: None,
            exact: None,
            macro_f1: None,
            missed_animals: None,
            false_animals: None,
            persons_as_animals: None,
            declined: 0,
            cost_mean: None,
            cost_total: None,
            classes: vec![],
            costs: vec![],
            other: 0,
            unknown_truth: 0,
            without_truth: 0,
            unreadable: 0,
            intervals: MetricIntervals::default(),
        }
    }

    /// Shares of the images of one class that are answered in one way.
    fn add_shares(&mut self, seen: &[Seen], sample: &Sample) {
        let (animal, blank, person) = (0, BLANK + 1, PERSON + 1);
        let answered = |truth: usize, answer: usize| {
            let of_truth = move |seen: &&Seen| seen.truth == truth;
            let is_answered = move |seen: &Seen| (seen.image, seen.answer == Some(answer));
            seen.iter().filter(of_truth).map(is_answered).collect::<Vec<(usize, bool)>>()
        };
        let right = seen.iter().map(|seen| (seen.image, seen.answer == Some(seen.truth))).collect();
        let shares = [
            ("accuracy", right),
            ("missed_animals", answered(animal, blank)),
            ("false_animals", answered(blank, animal)),
            ("persons_as_animals", answered(person, animal)),
        ];
        let values = shares.each_ref().map(|(_, images)| share_of(images, sample));
        [self.accuracy, self.missed_animals, self.false_animals, self.persons_as_animals] = values;
        for ((name, images), value) in shares.into_iter().zip(values) {
            self.intervals.add_for(name, value, sample.share(images), sample.noun);
        }
    }

    /// The share that a list of classes without a tree gives: of an animal the answer is its taxon, elsewhere the class.
    fn add_exact(&mut self, run: &JudgedRun<'_>, seen: &[Seen]) {
        let animal = 0;
        let is_right = |seen: &Seen| match run.judgements.get(seen.image) {
            _ if seen.truth != animal => Some((seen.image, seen.answer == Some(seen.truth))),
            Some(Judgement::Scored(outcome)) => Some((seen.image, outcome.is_right())),
            _ => None,
        };
        let images: Vec<(usize, bool)> = seen.iter().filter_map(is_right).collect();
        self.exact = share_of(&images, &run.sample);
        self.intervals.add_for("exact", self.exact, run.sample.share(images), run.sample.noun);
    }

    /// What mistakes cost by the entries of a matrix; a right answer costs nothing, a mistake without an entry 1. An image
    /// that is declined is answered `unknown`.
    fn add_costs(&mut self, seen: &[Seen], names: &[String], entries: &[ClassEntry], sample: &Sample) {
        let unknown = UNKNOWN + 1;
        let entry_of = |seen: &Seen| {
            let answer = seen.answer.unwrap_or(unknown);
            entries.iter().position(|entry| entry.truth == names[seen.truth] && entry.answer == names[answer])
        };
        let mut images = vec![0; entries.len()];
        let mut costs = Vec::with_capacity(seen.len());
        let mut total = ExactSum::default();
        for seen in seen {
            let times = sample.times(seen.image);
            let cost = match entry_of(seen) {
                _ if seen.answer == Some(seen.truth) => 0.0,
                Some(entry) => {
                    images[entry] += times;
                    entries[entry].cost
                }
                None => {
                    self.other += times;
                    OTHER
                }
            };
            total.add_times(cost, times);
            costs.push((seen.image, cost, 1.0));
        }
        let most = entries.iter().map(|entry| entry.cost).fold(OTHER, f64::max);
        let total = total.value();
        self.cost_mean = (self.n > 0).then(|| total / to_f64(self.n));
        self.cost_total = Some(total);
        self.intervals.add_for("cost_mean", self.cost_mean, sample.mean(costs, Some((0.0, most))), sample.noun);
        let cost = |(entry, images): (&ClassEntry, u64)| {
            let ClassEntry { truth, answer, cost } = entry.clone();
            ClassCost { truth, answer, cost, images }
        };
        self.costs = entries.iter().zip(images).map(cost).collect();
    }
}

/// What images show or are answered as in any of some runs: the classes in the order in which they are met, `unknown` last.
pub fn answers<'s>(runs: impl IntoIterator<Item = &'s NonTaxonScores>) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for class in runs.into_iter().flat_map(|scores| &scores.classes) {
        if !all.contains(&class.class) {
            all.push(class.class.clone());
        }
    }
    all.push(DECLINED.to_string());
    all
}

/// The names of the classes, `animal` before the others.
/// The share of images that count; `None` without images.
fn share_of(images: &[(usize, bool)], sample: &Sample) -> Option<f64> {
    let counting = images.iter().filter(|(_, counts)| *counts).map(|(image, _)| sample.times(*image)).sum();
    share(counting, images.iter().map(|(image, _)| sample.times(*image)).sum())
}

fn names(non_taxa: &NonTaxa) -> Vec<String> {
    std::iter::once(ANIMAL.to_string()).chain(non_taxa.names.iter().cloned()).collect()
}

/// Image, truth and answer of each.
fn seen_pairs(seen: &[Seen]) -> Vec<(usize, usize, Option<usize>)> {
    seen.iter().map(|seen| (seen.image, seen.truth, seen.answer)).collect()
}

/// The mean F1 over the classes that are true or answered; all have one.
fn macro_f1(classes: &[ClassScores]) -> Option<f64> {
    let mut sum = ExactSum::default();
    let defined: Vec<f64> = classes.iter().filter_map(|class| class.f1).collect();
    for f1 in &defined {
        sum.add(*f1);
    }
    (!defined.is_empty()).then(|| sum.value() / to_f64(defined.len() as u64))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
