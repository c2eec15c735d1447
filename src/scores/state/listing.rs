//! The answers to one image, as far as scores ask for them.

use super::code::{of_answer, to_answer};
use crate::answers::{Answer, Ranked};
use crate::numbers::statistics::to_f64;
use crate::taxonomy::{TaxonId, Taxonomy};

/// How far the probabilities of a list may be from 1 in all.
const ROUNDING: f64 = 1e-3;

/// The answers to one image, as far as scores ask for them: the best as they are, and of the others where they meet the truth.
///
/// Whether the third answer is right at a rank, and how high it meets the truth, is said by the lowest taxon that it shares
/// with the truth; that taxon stands for it. So lists that amount to the same become the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Listing {
    /// The best answer, those that share its score, and what stands for the others, best first.
    pub labels: Vec<u32>,
    /// How many share the best score; 0 without answers.
    pub tied: u32,
    /// How many have a score.
    pub scored: u32,
    /// Labels of probability 0 that stand behind the answers.
    pub zeros: u32,
    /// Whether all have a probability, and these add up to 1.
    pub whole: bool,
}

impl Listing {
    /// Of the answers to an image.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, truth: Option<TaxonId>, ranked: &Ranked, image: usize) -> Self {
        let answers = ranked.answers(image);
        let tied = ranked.tied(image).len();
        let stands_for = |answer: &Answer| match truth {
            Some(truth) if taxonomy.contains(truth, answer.taxon()) => truth.0,
            Some(truth) => taxonomy.lca(truth, answer.taxon()).0,
            None => TaxonId::ROOT.0,
        };
        let (best, others) = answers.split_at(tied.max(1).min(answers.len()));
        let labels = best.iter().map(|answer| of_answer(*answer)).chain(others.iter().map(stands_for)).collect();
        let listed = ranked.listed(image).len();
        let scored = (0..answers.len()).take_while(|position| ranked.score(image, *position).is_some()).count();
        let sum: Option<f64> = (0..listed).map(|position| ranked.probability(image, position)).sum();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            labels,
            tied: count(tied),
            scored: count(scored),
            zeros: count(listed - answers.len()),
            whole: listed > 0 && sum.is_some_and(|sum| (sum - 1.0).abs() <= ROUNDING),
        }
    }

    /// The best answer; [`Answer::Nothing`] where there is none.
    #[must_use]
    pub fn best(&self) -> Answer {
        self.labels.first().map_or(Answer::Nothing, |label| to_answer(*label))
    }

    /// Answers with scores that have the same order, the same ties and the same sum, as far as the sum counts: to be ranked.
    #[must_use]
    pub fn ranked(&self) -> Vec<(Answer, Option<f64>)> {
        let count = self.labels.len() as u64;
        let weight = |position: u64| if position < u64::from(self.tied) { count + 1 } else { count - position };
        let has_score = |position: u64| position < u64::from(self.scored);
        let all: u64 = (0..count).filter(|position| has_score(*position)).map(weight).sum();
        let sum = if self.whole { 1.0 } else { 0.5 };
        let score = |position: u64| has_score(position).then(|| sum * to_f64(weight(position)) / to_f64(all));
        let answers = self.labels.iter().zip(0..).map(|(label, position)| (to_answer(*label), score(position)));
        answers.chain((0..self.zeros).map(|_| (Answer::Taxon(TaxonId::ROOT), Some(0.0)))).collect()
    }
}
