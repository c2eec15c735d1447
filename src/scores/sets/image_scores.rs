//! One image with its sets.

use super::chosen::SetPair;
use super::closure;
use super::matching::height;
use super::overlap::Overlap;
use crate::taxonomy::{TaxonId, Taxonomy};

/// One image: what is right, what is missed and what is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct SetImage {
    /// Its place among the images.
    pub image: usize,
    /// Members in common.
    pub overlap: Overlap,
    /// Members in common of the sets closed under ancestors.
    pub closed: Overlap,
    /// Mean height of the best matching.
    pub height: f64,
    /// Truths that are not answered.
    pub missed: Vec<TaxonId>,
    /// Answers that are no truths.
    pub wrong: Vec<TaxonId>,
    /// Answered names that are no taxa, by their places among those of the run.
    pub unknown: Vec<u32>,
}

impl SetImage {
    pub(super) fn of(taxonomy: &Taxonomy, image: usize, pair: &SetPair) -> SetImage {
        let without = |taxa: &[TaxonId], others: &[TaxonId]| {
            taxa.iter().filter(|taxon| others.binary_search(taxon).is_err()).copied().collect()
        };
        SetImage {
            image,
            overlap: pair.overlap(),
            closed: closure::overlap(taxonomy, pair),
            height: height(taxonomy, pair),
            missed: without(&pair.truths, &pair.answers),
            wrong: without(&pair.answers, &pair.truths),
            unknown: pair.unknown.clone(),
        }
    }

    /// Answers less truths.
    #[must_use]
    pub fn size_error(&self) -> f64 {
        let number = crate::numbers::statistics::to_f64;
        number(self.overlap.answered) - number(self.overlap.truths)
    }
}
