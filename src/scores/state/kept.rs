//! A run whose images are kept one by one, with what their whole distributions gave.

use super::givens::Givens;
use super::unaddable::Unaddable;
use crate::answers::Answers;
use crate::answers::table::summed;
use crate::taxonomy::Taxonomy;
use std::collections::BTreeSet;

/// Where the whole distributions of a run are.
#[derive(Debug, Clone, PartialEq)]
pub enum Distributions {
    /// In the lists of the answers, if anywhere.
    Listed,
    /// Nowhere, for these reasons.
    Nowhere(BTreeSet<String>),
    /// Where vectors or logits were, which gave what scores take of them.
    Given(Givens),
}

/// A run whose images are kept one by one: answers as they were read, and what their whole distributions gave.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The answers, without the sentences on how they were read.
    pub answers: Answers,
    /// Where their distributions are.
    pub distributions: Distributions,
}

impl Kept {
    /// The images of a run. What lists of probabilities add up to is left out: [`Kept::sum`] works it out for all parts together,
    /// since the lists of one may be whole where those of all are not.
    ///
    /// # Errors
    ///
    /// [`Unaddable::NeedsImages`]: times and places, which are asked for and not kept.
    pub fn of(answers: Answers, distributions: Distributions) -> Result<Self, Unaddable> {
        if answers.taken.times.is_some() || answers.taken.cameras.is_some() || answers.taken.sites.is_some() {
            return Err(Unaddable::NeedsImages("events and sites take times and places"));
        }
        let mut answers = Answers { notes: vec![], warnings: vec![], ..answers };
        answers.candidates.iter_mut().for_each(|candidates| candidates.sort_unstable());
        answers.unusable_candidates.sort_unstable();
        if distributions == Distributions::Listed {
            answers.summed = Default::default();
        }
        Ok(Self { answers, distributions })
    }

    /// Sums the probabilities that are listed at every rank, where these are whole distributions; sums that the source gives stay.
    pub fn sum(&mut self, taxonomy: &Taxonomy) {
        if self.distributions == Distributions::Listed {
            // Why there are none is said of each part, where it was read.
            self.answers.summed = summed(&self.answers.ranked, taxonomy).unwrap_or_default();
        }
    }

    /// How many images there are.
    #[must_use]
    pub fn images(&self) -> u64 {
        self.answers.images.len() as u64
    }

    /// Adds the images of another part, behind those that are there.
    ///
    /// # Errors
    ///
    /// [`Unaddable`]: a part that was read otherwise, with other candidates or other distributions.
    pub fn merge(&mut self, taxonomy: &Taxonomy, other: Kept) -> Result<(), Unaddable> {
        self.agree(&other)?;
        let images = self.answers.images.len();
        match (&mut self.distributions, other.distributions) {
            (Distributions::Given(mine), Distributions::Given(theirs)) => mine.append(images, theirs),
            (Distributions::Nowhere(mine), Distributions::Nowhere(theirs)) => mine.extend(theirs),
            _ => {}
        }
        self.answers.name = self.answers.name.clone().min(other.answers.name.clone());
        self.answers.append(taxonomy, other.answers);
        Ok(())
    }

    /// Puts the images into one order, whatever the order in which they came: by name.
    pub fn sort(&mut self) {
        let names = &self.answers.images;
        if names.is_sorted() {
            return;
        }
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by(|a, b| names[*a].cmp(&names[*b]));
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, image)| places[*image] = place);
        self.answers = self.answers.select(&order);
        if let Distributions::Given(givens) = &mut self.distributions {
            givens.reorder(&places);
        }
    }

    /// Whether both were read alike, and are of one run.
    fn agree(&self, other: &Kept) -> Result<(), Unaddable> {
        let (mine, theirs) = (&self.answers, &other.answers);
        let different = |what, one: String, other: String| Err(Unaddable::Different { what, one, other });
        let kind = |run: &Answers| if run.ranked.has_probabilities() { "probabilities" } else { "no probabilities" }.to_string();
        let says_nothing = !mine.ranked.has_scores() || !theirs.ranked.has_scores();
        if mine.ranked.has_probabilities() != theirs.ranked.has_probabilities() && !says_nothing {
            return different("kind of scores", kind(mine), kind(theirs));
        }
        let groups = |run: &Answers| run.groups.iter().map(|by| by.name.clone()).collect::<Vec<String>>();
        if groups(mine) != groups(theirs) {
            return different("list of groups", listed(&groups(mine)), listed(&groups(theirs)));
        }
        if let (Some(mine), Some(theirs)) = (&mine.non_taxa, &theirs.non_taxa)
            && mine.names != theirs.names
        {
            return different("list of classes that are no taxa", listed(&mine.names), listed(&theirs.names));
        }
        if mine.count_outside_as_wrong != theirs.count_outside_as_wrong {
            let said = |run: &Answers| if run.count_outside_as_wrong { "counted as a mistake" } else { "left out" }.to_string();
            return different("missing truth", said(mine), said(theirs));
        }
        let sums = |run: &Answers| run.summed.each_ref().map(Option::is_some);
        if sums(mine) != sums(theirs) && !says_nothing {
            let said = |run: &Answers| format!("of {} ranks", sums(run).iter().filter(|is_listed| **is_listed).count());
            return different("list of summed answers", said(mine), said(theirs));
        }
        if mine.candidates != theirs.candidates || mine.unusable_candidates != theirs.unusable_candidates {
            return Err(Unaddable::Candidates);
        }
        match (&self.distributions, &other.distributions) {
            (Distributions::Given(mine), Distributions::Given(theirs)) => mine.agree(theirs),
            (Distributions::Nowhere(_), Distributions::Nowhere(_)) | (Distributions::Listed, Distributions::Listed) => Ok(()),
            (Distributions::Nowhere(reasons), _) | (_, Distributions::Nowhere(reasons)) => {
                Err(Unaddable::Distributions(joined(reasons)))
            }
            _ => Err(Unaddable::Mixed),
        }
    }
}

/// Reasons as one sentence.
pub(crate) fn joined(reasons: &BTreeSet<String>) -> String {
    reasons.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_string() } else { names.join(", ") }
}
