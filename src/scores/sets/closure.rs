//! Sets closed under ancestors: each member with all that lies above it but the root.

use super::chosen::SetPair;
use super::overlap::Overlap;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeSet;

fn closed(taxonomy: &Taxonomy, taxa: &[TaxonId]) -> BTreeSet<TaxonId> {
    taxa.iter().flat_map(|&taxon| taxonomy.lineage(taxon)).filter(|step| *step != TaxonId::ROOT).collect()
}

/// What the closed sets have in common; an answered name that is no taxon is one wrong member.
pub(super) fn overlap(taxonomy: &Taxonomy, pair: &SetPair) -> Overlap {
    let (truths, answers) = (closed(taxonomy, &pair.truths), closed(taxonomy, &pair.answers));
    Overlap {
        right: truths.intersection(&answers).count() as u64,
        truths: truths.len() as u64,
        answered: (answers.len() + pair.unknown.len()) as u64,
    }
}
