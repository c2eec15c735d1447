//! A run that is counted and not kept.

use super::code::{of_answer, of_truth};
use super::kinds::Kinds;
use super::listing::Listing;
use super::totals::Totals;
use super::traits::Traits;
use super::unaddable::Unaddable;
use super::worst::{WORST, WorstMistake, keep_worst};
use crate::answers::{Answers, Ranked, Truth};
use crate::scores::outcome::Outcome;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;

/// A run that is counted and not kept: kinds of images, each with its number, and the names of the worst mistakes.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Name of the run.
    pub name: String,
    /// What images are sorted by.
    pub groupings: Vec<String>,
    /// Names of the classes that are no taxa; `None` where the source speaks of taxa alone.
    pub classes: Option<Vec<String>>,
    /// Whether some image has an observation.
    pub has_observations: bool,
    /// Whether scores, where there are any, are probabilities.
    pub probabilities: bool,
    /// Whether images without a usable truth are mistakes.
    pub count_outside_as_wrong: bool,
    /// What all images list.
    pub totals: Totals,
    /// Kinds of images.
    pub kinds: Kinds,
    /// The worst mistakes.
    pub worst: Vec<WorstMistake>,
    /// Whether each taxon is listed for an image that is scored; empty where none is.
    pub listed: Vec<bool>,
    /// Names of truths that are not in the taxonomy, with their images.
    pub outside_truths: BTreeMap<String, usize>,
    /// The same of best answers.
    pub outside_answers: BTreeMap<String, usize>,
}

/// Images that are counted by one thread.
const TOGETHER: usize = 1 << 16;

impl Counted {
    /// A run with nothing counted yet, described by its first images.
    ///
    /// # Errors
    ///
    /// [`Unaddable::NeedsImages`].
    pub fn described_by(answers: &Answers) -> Result<Self, Unaddable> {
        let (totals, outside_truths, outside_answers) = (Totals::default(), BTreeMap::new(), BTreeMap::new());
        Ok(Self { totals, outside_truths, outside_answers, ..Self::with_totals(answers)? })
    }

    /// A run with no kinds yet, and what its images list in all.
    fn with_totals(answers: &Answers) -> Result<Self, Unaddable> {
        if answers.candidates.is_some() {
            return Err(Unaddable::NeedsImages("the source says which labels could be answered, as runs do"));
        }
        if answers.taken.times.is_some() || answers.taken.cameras.is_some() || answers.taken.sites.is_some() {
            return Err(Unaddable::NeedsImages("events and sites take times and places"));
        }
        Ok(Self {
            name: answers.name.clone(),
            groupings: answers.groups.iter().map(|grouping| grouping.name.clone()).collect(),
            classes: answers.non_taxa.as_ref().map(|non_taxa| non_taxa.names.clone()),
            has_observations: answers.observations.is_some(),
            probabilities: answers.ranked.has_probabilities(),
            count_outside_as_wrong: answers.count_outside_as_wrong,
            totals: Totals::of(answers),
            outside_truths: answers.outside_truths.clone(),
            outside_answers: answers.outside_answers.clone(),
            ..Self::default()
        })
    }

    /// Adds images.
    ///
    /// # Errors
    ///
    /// [`Unaddable`].
    pub fn add(&mut self, taxonomy: &Taxonomy, answers: &Answers) -> Result<(), Unaddable> {
        self.merge(&Self::with_totals(answers)?)?;
        let (groupings, wrong) = (self.groupings.clone(), self.count_outside_as_wrong);
        let part = |from: usize| {
            let mut part = Self { groupings: groupings.clone(), count_outside_as_wrong: wrong, ..Self::default() };
            part.add_images(taxonomy, answers, from..answers.images.len().min(from + TOGETHER));
            part
        };
        let starts: Vec<usize> = (0..answers.images.len()).step_by(TOGETHER).collect();
        for part in starts.par_iter().map(|from| part(*from)).collect::<Vec<Self>>() {
            self.merge_images(&part);
        }
        Ok(())
    }

    fn add_images(&mut self, taxonomy: &Taxonomy, answers: &Answers, images: Range<usize>) {
        let has_traits = Traits::are_in(answers);
        let plain = Traits { groups: vec![String::new(); self.groupings.len()], ..Traits::default() };
        for image in images {
            let truth = answers.truths[image];
            let taxon = if let Truth::Taxon(taxon) = truth { Some(taxon).filter(|taxon| *taxon != TaxonId::ROOT) } else { None };
            let listing = Listing::of(taxonomy, taxon, &answers.ranked, image);
            let own = has_traits.then(|| Traits::of(answers, image));
            let traits = own.as_ref().unwrap_or(&plain);
            self.kinds.add(of_truth(truth), &listing, traits, answers.times(image));
            let is_scored = traits.unreadable.is_none() && (taxon.is_some() || self.count_outside_as_wrong);
            if !is_scored || answers.is_not_a_taxon(image) {
                continue;
            }
            self.note_listed(taxonomy, &answers.ranked, image);
            let outcome = taxon.map(|taxon| Outcome::of(taxonomy, taxon, listing.best().taxon()));
            if outcome.is_some_and(|outcome| outcome.is_right()) {
                continue;
            }
            let height = outcome.map(|outcome| outcome.height(taxonomy));
            self.note(height, || WorstMistake {
                image: answers.images[image].clone(),
                height,
                probability: answers.ranked.best_probability(image),
                truth: of_truth(truth),
                listed: listed(&answers.ranked, image),
                listing,
                traits: traits.clone(),
            });
        }
        keep_worst(&mut self.worst);
    }

    fn note_listed(&mut self, taxonomy: &Taxonomy, ranked: &Ranked, image: usize) {
        self.listed.resize(taxonomy.len(), false);
        ranked.listed(image).iter().for_each(|answer| self.listed[answer.taxon().index()] = true);
    }

    /// Keeps a mistake, unless as many worse ones are known already.
    fn note(&mut self, height: Option<u32>, mistake: impl FnOnce() -> WorstMistake) {
        if self.worst.len() >= WORST && self.worst[WORST - 1].height > height {
            return;
        }
        self.worst.push(mistake());
        if self.worst.len() >= 2 * WORST {
            keep_worst(&mut self.worst);
        }
    }

    /// Adds the images of another part.
    ///
    /// # Errors
    ///
    /// [`Unaddable::Different`] where it was read otherwise; [`Unaddable::TooMany`].
    pub fn merge(&mut self, other: &Counted) -> Result<(), Unaddable> {
        self.agree(other)?;
        self.name = self.name.clone().min(other.name.clone());
        self.has_observations |= other.has_observations;
        self.classes = self.classes.take().or_else(|| other.classes.clone());
        self.totals.merge(&other.totals);
        add_counts(&mut self.outside_truths, &other.outside_truths);
        add_counts(&mut self.outside_answers, &other.outside_answers);
        self.merge_images(other);
        self.check()
    }

    fn merge_images(&mut self, other: &Counted) {
        self.kinds.merge(&other.kinds);
        self.worst.extend(other.worst.iter().cloned());
        keep_worst(&mut self.worst);
        self.listed.resize(self.listed.len().max(other.listed.len()), false);
        self.listed.iter_mut().zip(&other.listed).for_each(|(mine, theirs)| *mine |= theirs);
    }

    fn check(&self) -> Result<(), Unaddable> {
        if self.totals.images > u64::from(u32::MAX) { Err(Unaddable::TooMany(self.totals.images)) } else { Ok(()) }
    }

    /// Whether both were read alike.
    fn agree(&mut self, other: &Counted) -> Result<(), Unaddable> {
        let list = |names: &[String]| if names.is_empty() { "none".to_string() } else { names.join(", ") };
        let kind = |run: &Counted| if run.probabilities { "probabilities" } else { "no probabilities" }.to_string();
        // Where there are no scores nothing says what they are.
        if self.totals.scored == 0 && other.totals.scored > 0 {
            self.probabilities = other.probabilities;
        }
        let says_nothing = other.totals.scored == 0;
        let different = |what, one: String, other: String| Err(Unaddable::Different { what, one, other });
        if self.probabilities != other.probabilities && !says_nothing {
            return different("kind of scores", kind(self), kind(other));
        }
        if self.groupings != other.groupings {
            return different("list of groups", list(&self.groupings), list(&other.groupings));
        }
        if let (Some(mine), Some(theirs)) = (&self.classes, &other.classes)
            && mine != theirs
        {
            return different("list of classes that are no taxa", list(mine), list(theirs));
        }
        if self.count_outside_as_wrong != other.count_outside_as_wrong {
            let said = |wrong: bool| if wrong { "counted as a mistake" } else { "left out" }.to_string();
            return different("missing truth", said(self.count_outside_as_wrong), said(other.count_outside_as_wrong));
        }
        Ok(())
    }
}

/// All labels of an image with their scores.
fn listed(ranked: &Ranked, image: usize) -> Vec<(u32, Option<f64>)> {
    ranked
        .listed(image)
        .iter()
        .enumerate()
        .map(|(position, answer)| (of_answer(*answer), ranked.score(image, position)))
        .collect()
}

fn add_counts(counts: &mut BTreeMap<String, usize>, others: &BTreeMap<String, usize>) {
    for (name, count) in others {
        *counts.entry(name.clone()).or_default() += count;
    }
}
