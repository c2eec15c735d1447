//! The worst mistakes with their names: all that is kept of single images.

use super::listing::Listing;
use super::traits::Traits;
use std::cmp::Ordering;

/// How many mistakes keep their names.
pub const WORST: usize = 10_000;

/// A mistake with its name, and what is known of its image.
#[derive(Debug, Clone, PartialEq)]
pub struct WorstMistake {
    /// The image.
    pub image: String,
    /// Height of the error; `None` where the truth is unknown.
    pub height: Option<u32>,
    /// Probability of the answer, where the source gives one.
    pub probability: Option<f64>,
    /// The truth.
    pub truth: u32,
    /// All labels that are listed for it with their scores, as they came.
    pub listed: Vec<(u32, Option<f64>)>,
    /// The same as it is counted.
    pub listing: Listing,
    /// What sorts it.
    pub traits: Traits,
}

impl WorstMistake {
    /// The worst first: by height, then probability, both highest first, then by name.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let probability = |mistake: &Self| mistake.probability.unwrap_or(f64::NEG_INFINITY);
        let by_height = other.height.cmp(&self.height);
        by_height.then_with(|| probability(other).total_cmp(&probability(self))).then_with(|| self.image.cmp(&other.image))
    }
}

/// Keeps the worst of some mistakes, in order.
pub fn keep_worst(mistakes: &mut Vec<WorstMistake>) {
    mistakes.sort_by(WorstMistake::order);
    mistakes.truncate(WORST);
}
