//! People: a species, and no animal of a survey.

use super::words::{PERSON, Shown};
use crate::answers::{Answer, Truth};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// The species that people are of, and its genus.
const PEOPLE: [(Rank, &str); 2] = [(Rank::Species, "homo sapiens"), (Rank::Genus, "homo")];
/// Whether a taxon is people, or lies below them.
pub(crate) fn is_of_people(taxonomy: &Taxonomy, taxon: TaxonId) -> bool {
    taxonomy.lineage(taxon).any(|step| is_people(taxonomy.rank(step), taxonomy.name(step)))
}

/// What a truth shows that was read where nothing but taxa was met.
pub(crate) fn shown_by(taxonomy: &Taxonomy, truth: Truth) -> Shown {
    match truth {
        Truth::Taxon(taxon) if is_of_people(taxonomy, taxon) => Shown::Class(PERSON),
        Truth::Taxon(_) | Truth::Outside => Shown::Animal,
        Truth::Missing => Shown::Nothing,
    }
}

/// What an answer shows that was read where nothing but taxa was met.
pub(crate) fn answered_by(taxonomy: &Taxonomy, answer: Answer) -> Shown {
    let truth = match answer {
        Answer::Taxon(taxon) => Truth::Taxon(taxon),
        Answer::Outside => Truth::Outside,
        Answer::Nothing => Truth::Missing,
    };
    shown_by(taxonomy, truth)
}

/// Whether a step of a lineage says people.
pub(crate) fn is_people(rank: Rank, step: &str) -> bool {
    PEOPLE.iter().any(|(known, people)| *known == rank && step.eq_ignore_ascii_case(people))
}
