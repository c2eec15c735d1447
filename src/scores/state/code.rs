//! Truths and answers as numbers: the place of a taxon in its taxonomy, and some above all of these.

use crate::answers::{Answer, Truth};
use crate::taxonomy::TaxonId;

/// No truth, or no answer.
const NOTHING: u32 = u32::MAX;

/// A name that the taxonomy does not hold.
const OUTSIDE: u32 = u32::MAX - 1;

/// The number of a truth.
#[must_use]
pub fn of_truth(truth: Truth) -> u32 {
    match truth {
        Truth::Taxon(taxon) => taxon.0,
        Truth::Outside => OUTSIDE,
        Truth::Missing => NOTHING,
    }
}

/// The truth of a number.
#[must_use]
pub fn to_truth(code: u32) -> Truth {
    match code {
        NOTHING => Truth::Missing,
        OUTSIDE => Truth::Outside,
        taxon => Truth::Taxon(TaxonId(taxon)),
    }
}

/// The number of an answer.
#[must_use]
pub fn of_answer(answer: Answer) -> u32 {
    match answer {
        Answer::Taxon(taxon) => taxon.0,
        Answer::Outside => OUTSIDE,
        Answer::Nothing => NOTHING,
    }
}

/// The answer of a number.
#[must_use]
pub fn to_answer(code: u32) -> Answer {
    match code {
        NOTHING => Answer::Nothing,
        OUTSIDE => Answer::Outside,
        taxon => Answer::Taxon(TaxonId(taxon)),
    }
}
